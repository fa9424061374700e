//! How the phone stands: the numbers that are always on the screen.

use super::rescue::{at_risk, lost_from_log};
use super::{Error, Walkbook};
use crate::store::{Counts, Mended, Unreadable};
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
    /// When the phone stops showing anybody unless it syncs before, by the server's clock; nothing where the tenant has set no
    /// lease.
    pub lease_ends_at: Option<Timestamp>,
    /// Whether that has come: see [`Error::LeaseOver`].
    pub lease_is_over: bool,
    /// Whether somebody has ordered the phone to destroy what it has: see [`Error::WipeOrdered`].
    pub wipe_ordered: bool,
    /// What had to be put right at this opening.
    pub mended: Mended,
    /// Whether anything can be recorded; if not, see [`Error::LogShort`].
    pub can_record: bool,
    /// How many of its entries a damaged log has lost and the book still has. They cannot be sent; a rescue file holds them.
    pub lost_from_log: u64,
    /// Logs whose key is gone. What is in them nobody can tell: it is in none of these counts.
    pub unreadable: Vec<Unreadable>,
}

impl Status {
    /// How many entries would be lost if the phone were lost now.
    pub const fn at_risk(&self) -> u64 {
        self.entries.at_risk() + self.lost_from_log
    }

    /// How many refused and set aside entries the person has not seen: the number on the badge.
    pub const fn unseen(&self) -> u64 {
        self.entries.unseen()
    }

    /// Whether the phone can be wiped without losing anything, as far as anybody can tell.
    pub const fn may_be_wiped(&self) -> bool {
        self.at_risk() == self.rescued && self.unreadable.is_empty()
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
        let lost = if inner.can_record { Vec::new() } else { lost_from_log(&inner.store)? };
        let lost_from_log = lost.len() as u64;
        let all = entries.at_risk() + lost_from_log;
        let in_no_file = if all > 0 { at_risk(&inner.store, &lost)?.len() as u64 } else { 0 };
        let view = inner.store.book.view();
        Ok(Status {
            entries,
            rescued: all.saturating_sub(in_no_file),
            not_understood: view.not_understood()?,
            clock_offset_ms: inner.clock.offset_ms(),
            exchanged_at: view.exchanged_at()?,
            lease_ends_at: inner.lease.ends_at,
            lease_is_over: inner.lease.is_over(),
            wipe_ordered: inner.wipe.is_some(),
            mended: inner.store.mended().clone(),
            can_record: inner.can_record,
            lost_from_log,
            unreadable: inner.store.unreadable().to_vec(),
        })
    }
}
