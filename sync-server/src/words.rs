//! Values in words, as tables and commands write them.

use walkbook_model::Timestamp;

/// A value's name, as JSON writes it: `not_home`, `keep_opinion`.
pub(crate) fn word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        // A variant that holds something is known by its name.
        Ok(serde_json::Value::Object(members)) => members.keys().next().cloned().unwrap_or_default(),
        _ => String::new(),
    }
}

/// An instant as ISO 8601 with milliseconds, in UTC.
pub(crate) fn instant(at: Timestamp) -> String {
    let ms = i64::try_from(at.as_ms()).unwrap_or(i64::MAX);
    chrono::DateTime::from_timestamp_millis(ms)
        .map(|instant| instant.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_names_are_written_as_people_read_them() {
        assert_eq!(instant(Timestamp::from_ms(1_795_000_000_123)), "2026-11-18T11:06:40.123Z");
        assert_eq!(word(&walkbook_model::Purpose::KeepOpinion), "keep_opinion");
        assert_eq!(word(&walkbook_ledger::Standing::Present), "present");
    }
}
