//! How the phone stands: the numbers that are always on the screen.

use super::rescue::at_risk;
use super::{Error, Walkbook};
use crate::store::{Counts, Mended};
use walkbook_model::Timestamp;

/// How the phone stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// How many of its entries are saved here only, on the server, in the backend, refused, set aside.
    pub entries: Counts,
    /// How many of those at risk are in a rescue file.
    pub rescued: u64,
    /// How many records came that this version of the app does not understand. Update it.
    pub not_understood: u64,
    /// The server's clock less the phone's, in milliseconds, as seen last.
    pub clock_offset_ms: i64,
    /// When the last exchange came to its end, by the server's clock; nothing before the first.
    pub exchanged_at: Option<Timestamp>,
    /// What had to be put right at this opening.
    pub mended: Mended,
    /// Whether anything can be recorded; if not, see [`Error::LogShort`].
    pub can_record: bool,
}

impl Status {
    /// How many entries would be lost if the phone were lost now.
    pub const fn at_risk(&self) -> u64 {
        self.entries.at_risk()
    }

    /// How many refused and set aside entries the person has not seen: the number on the badge.
    pub const fn unseen(&self) -> u64 {
        self.entries.unseen()
    }

    /// Whether the phone can be wiped without losing anything.
    pub const fn may_be_wiped(&self) -> bool {
        self.at_risk() == self.rescued
    }
}

impl Walkbook {
    /// How the phone stands. Cheap enough to be asked for at every change.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn status(&self) -> Result<Status, Error> {
        let inner = self.lock();
        let entries = inner.store.log.counts()?;
        let in_no_file = if entries.at_risk() > 0 { at_risk(&inner.store)?.len() as u64 } else { 0 };
        let view = inner.store.book.view();
        Ok(Status {
            entries,
            rescued: entries.at_risk().saturating_sub(in_no_file),
            not_understood: view.not_understood()?,
            clock_offset_ms: inner.clock.offset_ms(),
            exchanged_at: view.exchanged_at()?,
            mended: inner.store.mended().clone(),
            can_record: inner.can_record,
        })
    }
}
