//! What is set aside, and what somebody decides about it: once, and for good.

use super::{Error, Held, ListUpdate, LogPosition, Reason, Stamp, StoredEntry, Verdict};
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use walkbook_model::{DeviceId, EntryId, InvalidEntryId, Moment, TenantId, Timestamp};

/// What the name of an entry out of a rescue file begins with.
const RESCUED: &str = "rescued#";

/// What an entry that is set aside is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Which {
    /// One of a log.
    Entry(EntryId),
    /// One out of a rescue file that belongs into no log, by its number.
    Rescued(u64),
}

impl std::fmt::Display for Which {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Entry(entry) => entry.fmt(f),
            Self::Rescued(number) => write!(f, "{RESCUED}{number}"),
        }
    }
}

/// Reads what `Display` writes: `device_…#12`, `rescued#3`.
impl FromStr for Which {
    type Err = InvalidEntryId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.strip_prefix(RESCUED) {
            Some(number) => number.parse().map(Self::Rescued).map_err(|_| InvalidEntryId::Number),
            None => text.parse().map(Self::Entry),
        }
    }
}

impl Serialize for Which {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Which {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What is to become of an entry that is set aside.
#[derive(Clone, PartialEq, Eq)]
pub enum Decision {
    /// It counts from now on.
    Release {
        /// What it changes about who works what. Same transaction, behind the entry.
        updates: Vec<ListUpdate>,
        /// The tenant's position from which `updates` were computed.
        updates_as_of: LogPosition,
    },
    /// It does not count. Its place in the log stays, its content goes: the phone has it.
    Refuse {
        /// Why, as the protocol numbers it.
        reason: Reason,
        /// Why, in the words of whoever decides, for whoever wrote it. Sealed like the entry.
        words: String,
    },
}

/// The words may speak of a person: prints what is to become of it only.
impl std::fmt::Debug for Decision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Release { updates, .. } => write!(f, "Release({} updates)", updates.len()),
            Self::Refuse { reason, .. } => write!(f, "Refuse({reason:?}, …)"),
        }
    }
}

/// How an entry that was set aside stands.
#[derive(Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its place in its device's log.
    pub seq: u64,
    /// [`Verdict::Quarantined`] until it is decided.
    pub verdict: Verdict,
    /// The server's time of receipt, where the device's clock had run ahead of it.
    pub bound: Option<Moment>,
    /// When it was decided, among the tenant's changes and by the clock; nothing before.
    pub decided: Option<(LogPosition, Timestamp)>,
    /// The words with which it was refused; nothing where there were none, or they were erased.
    pub words: Option<Held<String>>,
}

/// The words may speak of a person: prints how it stands only.
impl std::fmt::Debug for Standing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Standing({}, {:?}, {:?})", self.seq, self.verdict, self.decided)
    }
}

/// The part of the store that keeps what is set aside.
pub trait Quarantine {
    /// What is set aside, oldest first, behind the first `skip`.
    ///
    /// # Errors
    /// Those of the database.
    fn quarantined(&self, tenant: TenantId, skip: u64, limit: u32) -> Result<Vec<StoredEntry>, Error>;

    /// How many entries are set aside.
    ///
    /// # Errors
    /// Those of the database.
    fn count_quarantined(&self, tenant: TenantId) -> Result<u64, Error>;

    /// Decides about an entry, all or nothing. Released, it gets the tenant's next position, as if it had come now: no
    /// reader's mark is behind it. The audit log has the decision. Deciding the same again changes nothing, and is answered as
    /// the first time.
    ///
    /// # Errors
    /// [`Error::Unknown`] without such an entry, or where it was never set aside; [`Error::Decided`] if it was decided
    /// otherwise; [`Error::Conflict`] if a list has changed under the updates.
    fn decide(&self, tenant: TenantId, entry: EntryId, decision: Decision, stamp: Stamp) -> Result<Standing, Error>;

    /// What was decided about a device's entries behind a position, in that order.
    ///
    /// # Errors
    /// Those of the database.
    fn decided_since(
        &self,
        tenant: TenantId,
        device: DeviceId,
        since: LogPosition,
        limit: u32,
    ) -> Result<Vec<Standing>, Error>;

    /// All of a device's entries that are, or were, set aside, behind one of its entries, in the order of its log.
    ///
    /// # Errors
    /// Those of the database.
    fn standings_of(&self, tenant: TenantId, device: DeviceId, after: u64, limit: u32) -> Result<Vec<Standing>, Error>;
}
