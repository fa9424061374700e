//! The grammar of a record (RFC 4180, with any delimiter): one small machine, so that where a record ends and where its
//! fields end cannot disagree.

use super::options::COLUMNS;

/// Where in a record the reader stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Place {
    /// At the start of a field: only here does a quote open.
    #[default]
    FieldStart,
    /// In a field without quotes.
    Plain,
    /// Between quotes, where delimiters and line ends are text.
    Quoted,
    /// After a quote that closes, or is the first of two that stand for one.
    QuoteSeen,
}

/// What a byte means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Means {
    Text,
    Nothing,
    FieldEnd,
    RecordEnd,
}

impl Place {
    pub(crate) const fn step(self, byte: u8, delimiter: u8) -> (Self, Means) {
        match (self, byte) {
            (Self::FieldStart, b'"') => (Self::Quoted, Means::Nothing),
            (Self::Quoted, b'"') => (Self::QuoteSeen, Means::Nothing),
            (Self::QuoteSeen, b'"') => (Self::Quoted, Means::Text),
            (Self::Quoted, _) => (Self::Quoted, Means::Text),
            (_, b'\n') => (Self::FieldStart, Means::RecordEnd),
            (_, byte) if byte == delimiter => (Self::FieldStart, Means::FieldEnd),
            _ => (Self::Plain, Means::Text),
        }
    }
}

/// The fields of one record. Its memory is used again for the next.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    text: Vec<u8>,
    ends: Vec<usize>,
    found: usize,
}

impl Fields {
    /// Splits a whole record. Fields beyond the most columns a table may have are counted, not kept.
    pub(crate) fn split(&mut self, record: &[u8], delimiter: u8) {
        self.text.clear();
        self.ends.clear();
        self.found = 0;
        let mut place = Place::default();
        for byte in record {
            let (next, means) = place.step(*byte, delimiter);
            place = next;
            match means {
                Means::Text => self.text.push(*byte),
                Means::Nothing => {}
                Means::FieldEnd | Means::RecordEnd => self.end_field(),
            }
        }
        self.end_field();
    }

    fn end_field(&mut self) {
        self.found += 1;
        if self.ends.len() < COLUMNS {
            self.ends.push(self.text.len());
        }
    }

    /// How many fields the record has.
    pub(crate) const fn found(&self) -> usize {
        self.found
    }

    /// The bytes of a field, counted from 0.
    pub(crate) fn get(&self, place: usize) -> Option<&[u8]> {
        let start = match place.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.text.get(start..*self.ends.get(place)?)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.ends.len()).filter_map(|place| self.get(place))
    }
}
