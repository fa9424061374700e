//! The one place that looks at the clock, and how people write what it says.

use chrono::{DateTime, SecondsFormat};
use std::time::{SystemTime, UNIX_EPOCH};
use walkbook_model::Timestamp;

/// The system's time.
pub fn now() -> Timestamp {
    // A clock before 1970 is held at 1970: every proof is then refused, and the log says why.
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_ms(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// A time as RFC 3339 writes it, in UTC.
pub fn written(at: Timestamp) -> String {
    let time = i64::try_from(at.as_ms()).ok().and_then(DateTime::from_timestamp_millis).unwrap_or(DateTime::UNIX_EPOCH);
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The time that is written so.
///
/// # Errors
/// Says what is wrong with it.
pub fn read(text: &str) -> Result<Timestamp, String> {
    let time = DateTime::parse_from_rfc3339(text).map_err(|_| {
        "a time is written as in RFC 3339, such as 2026-10-03T14:30:00Z or 2026-10-03T17:30:00+03:00".to_owned()
    })?;
    Ok(Timestamp::from_ms(time.timestamp_millis().try_into().unwrap_or(0)))
}
