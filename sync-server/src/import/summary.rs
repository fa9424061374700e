//! Counts of an import.

use super::refused::Reason;
use std::collections::BTreeMap;

/// A kind of refusal, without its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// No coordinates.
    NoCoordinates,
    /// The same door, person or id as an earlier row.
    Duplicate,
    /// Not text in the encoding given, or control characters in it.
    Text,
    /// A number that is none, or a position off the earth.
    Number,
    /// Wrong count of fields, a quote that never closes, a row that is too long.
    Shape,
    /// A part over its bound or not what it should be.
    Value,
    /// A building that is not lived in.
    NotADwelling,
    /// Reading stopped here.
    Stopped,
}

impl Reason {
    /// The kind that this reason is counted under.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::NoCoordinates => Kind::NoCoordinates,
            Self::Duplicate { .. } | Self::SameId { .. } => Kind::Duplicate,
            Self::Encoding | Self::Control => Kind::Text,
            Self::NotANumber | Self::OffTheEarth(_) => Kind::Number,
            Self::Fields { .. } | Self::TooLong { .. } | Self::QuoteOpen => Kind::Shape,
            Self::Invalid(_) => Kind::Value,
            Self::NotADwelling => Kind::NotADwelling,
            Self::TooManyRows { .. } | Self::TooManyBytes { .. } | Self::Unreadable(_) => Kind::Stopped,
        }
    }
}

/// How an import went, in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// Rows read, taken or not.
    pub read: u64,
    /// Rows taken.
    pub taken: u64,
    /// Rows that repeat an earlier one.
    pub duplicates: u64,
    /// Rows refused for any other reason, by kind.
    pub refused: BTreeMap<Kind, u64>,
}

impl Summary {
    /// Counts one row: taken, unless there is a reason why not.
    pub fn count(&mut self, refused: Option<&Reason>) {
        self.read += 1;
        match refused.map(Reason::kind) {
            None => self.taken += 1,
            Some(Kind::Duplicate) => self.duplicates += 1,
            Some(kind) => *self.refused.entry(kind).or_default() += 1,
        }
    }

    /// Whether the file was read to its end.
    pub fn is_whole(&self) -> bool {
        !self.refused.contains_key(&Kind::Stopped)
    }
}
