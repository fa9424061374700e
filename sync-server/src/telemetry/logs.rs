//! Structured logs: a line of JSON each, on the standard error.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};

/// Starts logging. `filter` chooses by level and module, as in `info,walkbook_server=debug`.
///
/// # Errors
/// Something else logs in this process already.
pub fn start_logs(filter: EnvFilter) -> Result<(), TryInitError> {
    // Libraries may put a person's bytes into what they log at lower levels: theirs are not shown.
    let theirs = ["hyper=warn", "h2=warn", "rustls=error", "tower=warn", "axum=warn"];
    let filter = theirs.iter().filter_map(|rule| rule.parse().ok()).fold(filter, EnvFilter::add_directive);
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(std::io::stderr);
    tracing_subscriber::registry().with(filter).with(lines).try_init()?;
    std::panic::set_hook(Box::new(|panic| {
        // Where, and never what: a panic's text may hold what was being worked on.
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a fault in the software");
    }));
    Ok(())
}
