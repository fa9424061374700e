//! Dates and times of day, as people say them: without a zone.

use chrono::{Datelike, NaiveDate};
use thiserror::Error;

/// A date of the proleptic Gregorian calendar, from year 1 to 9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(NaiveDate);

/// Not a date from year 1 to 9999, or not written `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a date is written YYYY-MM-DD, from year 1 to 9999")]
pub struct InvalidDay;

impl Day {
    /// The date of this year, month and day.
    ///
    /// # Errors
    /// [`InvalidDay`] if there is no such date.
    pub fn new(year: i32, month: u32, day: u32) -> Result<Self, InvalidDay> {
        NaiveDate::from_ymd_opt(year, month, day).and_then(Self::bounded).ok_or(InvalidDay)
    }

    /// The date in UTC of an instant.
    pub fn of(at: crate::Timestamp) -> Self {
        let days = i32::try_from(at.as_ms() / 86_400_000).unwrap_or(i32::MAX);
        let date = NaiveDate::from_epoch_days(days).and_then(Self::bounded);
        date.unwrap_or(Self(NaiveDate::MAX))
    }

    fn bounded(date: NaiveDate) -> Option<Self> {
        (1..=9999).contains(&date.year()).then_some(Self(date))
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d"))
    }
}

impl std::fmt::Debug for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for Day {
    type Err = InvalidDay;

    fn from_str(text: &str) -> Result<Self, InvalidDay> {
        if text.len() != 10 {
            return Err(InvalidDay);
        }
        NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().and_then(Self::bounded).ok_or(InvalidDay)
    }
}

impl serde::Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(input)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Days since 1970-01-01, as RFC 8943 counts them.
impl<C> minicbor::Encode<C> for Day {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.i32(self.0.to_epoch_days())?.ok()
    }
}

impl<'b, C> minicbor::Decode<'b, C> for Day {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        NaiveDate::from_epoch_days(d.i32()?)
            .and_then(Self::bounded)
            .ok_or_else(|| minicbor::decode::Error::message("a date is from year 1 to 9999"))
    }
}

/// A time of day in minutes after midnight, below 1440.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    minicbor::Encode,
    minicbor::Decode,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(transparent)]
#[cbor(transparent)]
pub struct TimeOfDay(#[n(0)] pub u16);

impl TimeOfDay {
    /// Whether the minutes are within a day. Bytes from outside may hold any number.
    pub const fn is_valid(self) -> bool {
        self.0 < 24 * 60
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bytes_and_text_are_read_back(days in -719_162..2_932_896i32) {
            let day = Day(NaiveDate::from_epoch_days(days).unwrap());
            prop_assert_eq!(day.to_string().parse::<Day>(), Ok(day));
            let bytes = minicbor::to_vec(day).unwrap();
            prop_assert_eq!(minicbor::decode::<Day>(&bytes).unwrap(), day);
        }
    }

    #[test]
    fn no_such_day() {
        for text in ["2026-02-30", "26-2-3", "+2026-1-1", "10000-01-01", "2026-11-24T"] {
            assert_eq!(text.parse::<Day>(), Err(InvalidDay), "{text}");
        }
    }
}
