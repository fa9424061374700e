//! People who were erased: what is left of a door and its entries takes the place of what was there.

use super::{Error, LogPosition, NewBase, Reason, Stamp, StoredEntry};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use walkbook_ledger::Subject;
use walkbook_model::{ContactId, ContentHash, DeviceId, DoorId, EntryId, TenantId};

/// Why somebody is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// They asked for it.
    Request,
    /// They withdrew the consent on which the tenant had their data.
    ConsentWithdrawn,
    /// The tenant should never have had their data.
    Unlawful,
    /// The tenant needs their data no more.
    NoLongerNeeded,
    /// The tenant has left, and everything of it goes.
    TenantLeft,
}

/// A place in the ledger of erasures, and what stands for it and all before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recorded {
    /// The record's number, from 1 on.
    pub number: u64,
    /// Its link.
    pub link: ContentHash,
}

/// A person to be erased, and what is left of the door.
#[derive(Clone, PartialEq, Eq)]
pub struct Erasure {
    /// Where they live.
    pub door: DoorId,
    /// What they are called there; several, where contacts were said to be one person.
    pub contacts: BTreeSet<ContactId>,
    /// Why, by whom and when, where somebody has ordered it.
    pub order: Option<(Ground, Stamp)>,
    /// The door's base without them, where it had them.
    pub base: Option<NewBase>,
    /// Entries that speak of them, and the payload that is left; nothing where nothing is.
    pub left: BTreeMap<EntryId, Option<Vec<u8>>>,
    /// Why an entry of which nothing is left does not count, as the protocol numbers it.
    pub gone: Reason,
    /// Entries out of rescue files that speak of them, by number.
    pub rescued: BTreeSet<u64>,
    /// From what this was computed.
    pub seen: Seen,
}

/// What there was about a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// How many entries, whether they count or not.
    pub entries: u64,
    /// How many out of rescue files that wait for somebody.
    pub rescued: u64,
    /// Where the store stood.
    pub as_of: LogPosition,
}

/// May name a person by what is left: prints the door only.
impl std::fmt::Debug for Erasure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Erasure({}, …)", self.door)
    }
}

impl Erasure {
    /// Whether there is nothing to erase.
    pub fn is_nothing(&self) -> bool {
        self.base.is_none() && self.left.is_empty() && self.rescued.is_empty()
    }
}

/// The part of the store that erases people.
pub trait Erasures {
    /// Puts what is left in the place of what was there, all or nothing; the phones and the regional backend are to hear of it.
    /// Where it was ordered and one of the contacts is new, the audit log has who was erased and why. Says whether it did: not
    /// where something about the door has changed since it was computed.
    ///
    /// # Errors
    /// [`Error::Unknown`] without the tenant, [`Error::KeyDestroyed`].
    fn erase(&self, tenant: TenantId, erasure: &Erasure) -> Result<bool, Error>;

    /// Who was erased at one of these doors.
    ///
    /// # Errors
    /// Those of the database.
    fn erased_at(&self, tenant: TenantId, doors: &[DoorId]) -> Result<Vec<(DoorId, ContactId)>, Error>;

    /// Everybody who was erased, door by door.
    ///
    /// # Errors
    /// Those of the database.
    fn erased(&self, tenant: TenantId) -> Result<Vec<(DoorId, ContactId)>, Error>;

    /// Entries about a document of which less is left than was written, in any order.
    ///
    /// # Errors
    /// Those of the database.
    fn erased_entries_of(&self, tenant: TenantId, subject: Subject) -> Result<Vec<EntryId>, Error>;

    /// A page of a device's entries of which less is left than was written, since a position, by position.
    ///
    /// # Errors
    /// Those of the database.
    fn erased_of(
        &self,
        tenant: TenantId,
        device: DeviceId,
        since: LogPosition,
        limit: u32,
    ) -> Result<Vec<(LogPosition, StoredEntry)>, Error>;

    /// Every entry about a document, whether it counts or not.
    ///
    /// # Errors
    /// Those of the database.
    fn all_about(&self, tenant: TenantId, subject: Subject) -> Result<Vec<StoredEntry>, Error>;

    /// The last record of the ledger of erasures that the store has; nothing before the first.
    ///
    /// # Errors
    /// Those of the database.
    fn recorded(&self) -> Result<Option<Recorded>, Error>;

    /// Notes that the store has this record, and all before it. Falls back for nobody.
    ///
    /// # Errors
    /// Those of the database.
    fn note_recorded(&self, recorded: Recorded) -> Result<(), Error>;
}
