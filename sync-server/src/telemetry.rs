//! What the operator sees: logs, metrics and traces. None of them holds anything of anybody: no name, no address, no answer, no device,
//! no network address.

mod logs;
mod metrics;
mod traces;

pub use logs::start_logs;
pub use metrics::{Connected, Elsewhere, Metrics, PhonesSeen, Request, SEEN_WITHIN_HOURS};
pub use traces::{Collector, NotTraced, TRACED, Traces};
