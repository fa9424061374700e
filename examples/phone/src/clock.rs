//! The desk's clock.

use std::time::{SystemTime, UNIX_EPOCH};
use walkbook_model::Timestamp;

/// What the clock says now, right or wrong.
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_ms(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
