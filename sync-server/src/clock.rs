//! The one place that looks at the clock.

use std::time::{SystemTime, UNIX_EPOCH};
use walkbook_model::Timestamp;

/// The system's time.
pub fn now() -> Timestamp {
    // A clock before 1970 is held at 1970: every proof is then refused, and the log says why.
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_ms(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
