//! Structured logs: a line of JSON each, on the standard error.

use super::Traces;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};
use tracing_subscriber::{EnvFilter, Layer};

/// Starts logging, and tracing where there is a collector. `filter` chooses what is logged by level and module, as in
/// `info,walkbook_server=debug`.
///
/// # Errors
/// Something else logs in this process already.
pub fn start_logs(filter: EnvFilter, traces: Option<&Traces>) -> Result<(), TryInitError> {
    // Libraries may put a person's bytes into what they log at lower levels: theirs are not shown.
    let theirs =
        ["hyper=warn", "h2=warn", "rustls=error", "tower=warn", "axum=warn", "reqwest=warn", "walkbook::traced=off"];
    let filter = theirs.iter().filter_map(|rule| rule.parse().ok()).fold(filter, EnvFilter::add_directive);
    let lines =
        tracing_subscriber::fmt::layer().json().flatten_event(true).with_current_span(false).with_span_list(false);
    let lines = lines.with_writer(std::io::stderr).with_filter(filter);
    tracing_subscriber::registry().with(traces.map(Traces::layer)).with(lines).try_init()?;
    std::panic::set_hook(Box::new(|panic| {
        // Where, and never what: a panic's text may hold what was being worked on.
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a fault in the software");
    }));
    Ok(())
}
