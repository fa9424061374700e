//! What the operator sees: logs and metrics. Neither holds anything of anybody: no name, no address, no answer, no device,
//! no network address.

mod logs;
mod metrics;

pub use logs::start_logs;
pub use metrics::{Connected, Elsewhere, Metrics, Request};
