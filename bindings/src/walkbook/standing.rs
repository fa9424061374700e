//! How the phone stands: what is at risk, what was not taken, and how to rescue it.

use super::{Walkbook, now, time_of};
use crate::error::WalkbookError;
use crate::words::{NotTaken, all};
use std::path::Path;
use std::time::SystemTime;
use walkbook_core as core;
use walkbook_model::EntryId;

/// How the phone stands: the numbers that are always on the screen.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Status {
    /// Entries that are on this phone only.
    pub saved: u64,
    /// Entries that are on the server.
    pub on_server: u64,
    /// Entries that the tenant's own system has taken.
    pub in_backend: u64,
    /// Entries that the server has refused.
    pub refused: u64,
    /// Entries that the server has, and on which a lead decides.
    pub set_aside: u64,
    /// How many entries would be lost if the phone were lost now.
    pub at_risk: u64,
    /// How many refused and set aside entries the person has not seen: the number on the badge.
    pub unseen: u64,
    /// How many of those at risk are in a rescue file.
    pub rescued: u64,
    /// Whether the phone can be wiped without losing anything.
    pub may_be_wiped: bool,
    /// How many records came that this version of the app does not understand. Update it.
    pub not_understood: u64,
    /// The server's clock less the phone's, in milliseconds, as seen last.
    pub clock_offset_ms: i64,
    /// When the last exchange came to its end, by the server's clock; nothing before the first.
    pub exchanged_at: Option<SystemTime>,
    /// When the phone stops showing anybody unless it syncs before, by the server's clock; nothing where the tenant has set no
    /// lease. Say so in good time.
    pub lease_ends_at: Option<SystemTime>,
    /// Whether that has come: calls that would show somebody, or record something, fail with `LeaseOver`.
    pub lease_is_over: bool,
    /// Whether somebody has ordered the phone to destroy what it has: sync until that ends with `Wiped`.
    pub wipe_ordered: bool,
    /// What had to be put right at this opening.
    pub mended: Mended,
    /// Whether anything can be recorded; if not, the log has lost entries.
    pub can_record: bool,
    /// How many entries a damaged log has lost and the book still has. They cannot be sent; a rescue file holds them.
    pub lost_from_log: u64,
    /// Logs whose key is gone. What is in them nobody can tell: it is in none of these counts.
    pub unreadable: Vec<Unreadable>,
}

/// A log that nobody can read: its key is gone. Moved aside, whole.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Unreadable {
    /// Where it lies.
    pub log: String,
    /// How large it is.
    pub bytes: u64,
    /// When it was written to last, by the phone's clock: nothing in it is younger. Nothing, where the system does not tell.
    pub written_at: Option<SystemTime>,
}

/// What had to be put right while opening.
#[derive(Debug, Clone, Default, PartialEq, Eq, uniffi::Record)]
pub struct Mended {
    /// Where the damaged log is now, if it was damaged. Its entries were salvaged one by one.
    pub log_moved_to: Option<String>,
    /// How many entries of it could be salvaged.
    pub entries_kept: u64,
    /// How many could not.
    pub entries_missing: u64,
    /// Where the damaged book is now, if it was damaged. The new one is empty: sync.
    pub book_moved_to: Option<String>,
}

#[uniffi::export]
impl Walkbook {
    /// How the phone stands. Cheap enough to be asked for at every change.
    pub fn status(&self) -> Result<Status, WalkbookError> {
        self.ask(|walkbook| Ok(walkbook.status()?.into()))
    }

    /// What the server has refused or set aside, the latest first, at most 500.
    pub fn refused(&self) -> Result<Vec<NotTaken>, WalkbookError> {
        self.ask(|walkbook| Ok(all(walkbook.refused()?)))
    }

    /// Notes that the person has seen what became of this entry: the badge goes away, and it is not at risk any more.
    pub fn seen(&self, entry: EntryId) -> Result<(), WalkbookError> {
        self.ask(|walkbook| walkbook.seen(entry))
    }

    /// Destroys the logs that nobody can read: what in them was nowhere else is lost then. For a person who has been told so, and
    /// said yes. Gives the names of what is gone.
    pub fn give_up_unreadable(&self) -> Result<Vec<String>, WalkbookError> {
        self.ask(|walkbook| Ok(walkbook.give_up_unreadable()?.files))
    }

    /// Writes what only this phone has into a new file, sealed. Gives the code that opens it: show it to the person now, it
    /// is kept nowhere.
    pub fn write_rescue_file(&self, path: String) -> Result<String, WalkbookError> {
        self.ask(|walkbook| Ok(walkbook.rescue(Path::new(&path), now())?.text().to_string()))
    }
}

impl From<core::Status> for Status {
    fn from(status: core::Status) -> Self {
        let (at_risk, unseen, may_be_wiped) = (status.at_risk(), status.unseen(), status.may_be_wiped());
        let core::Status {
            entries,
            rescued,
            not_understood,
            clock_offset_ms,
            exchanged_at,
            lease_ends_at,
            lease_is_over,
            wipe_ordered,
            mended,
            can_record,
            lost_from_log,
            unreadable,
        } = status;
        Self {
            saved: entries.saved,
            on_server: entries.on_server,
            in_backend: entries.in_backend,
            refused: entries.refused,
            set_aside: entries.set_aside,
            at_risk,
            unseen,
            rescued,
            may_be_wiped,
            not_understood,
            clock_offset_ms,
            exchanged_at: exchanged_at.map(time_of),
            lease_ends_at: lease_ends_at.map(time_of),
            lease_is_over,
            wipe_ordered,
            mended: mended.into(),
            can_record,
            lost_from_log,
            unreadable: unreadable.into_iter().map(Unreadable::from).collect(),
        }
    }
}

impl From<core::store::Unreadable> for Unreadable {
    fn from(unreadable: core::store::Unreadable) -> Self {
        Self {
            log: unreadable.log.to_string_lossy().into_owned(),
            bytes: unreadable.bytes,
            written_at: unreadable.written_at.map(time_of),
        }
    }
}

impl From<core::store::Mended> for Mended {
    fn from(mended: core::store::Mended) -> Self {
        let missing = |log: &core::store::Salvage| {
            log.missing.iter().map(|range| range.end().saturating_sub(*range.start()).saturating_add(1)).sum()
        };
        let text = |path: &std::path::PathBuf| path.to_string_lossy().into_owned();
        Self {
            entries_kept: mended.log.as_ref().map_or(0, |log| log.kept),
            entries_missing: mended.log.as_ref().map_or(0, missing),
            log_moved_to: mended.log.as_ref().map(|log| text(&log.aside)),
            book_moved_to: mended.book.as_ref().map(text),
        }
    }
}
