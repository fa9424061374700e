//! The devices' logs: merging batches of entries and reading them back.

use super::{Deed, Error, ListUpdate, NewBase, Spent, Stamp};
use std::collections::BTreeMap;
use walkbook_ledger::{Header, Subject};
use walkbook_model::{ContentHash, DeviceId, EntryId, Moment, TeamId, TenantId, Timestamp, WalkListId};
use walkbook_vault::{ChainHash, Salt, Signature};

/// A tenant-wide number that rises with every accepted change. 0 stands before the first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogPosition(u64);

impl LogPosition {
    /// Before the first change.
    pub const START: Self = Self(0);
    /// Behind every change that there will be.
    pub const LAST: Self = Self(u64::MAX);

    /// The position of this number.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The position's number.
    pub const fn get(self) -> u64 {
        self.0
    }
}

/// Why an entry was refused, as the protocol numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reason(pub u16);

/// What the server made of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It counts.
    Accepted,
    /// It does not. Its place in the log is kept, its content is not.
    Refused(Reason),
    /// It is set aside until someone has looked at it.
    Quarantined,
}

/// What an entry says, and the salt that hides it in its hash: they are kept and erased together.
#[derive(Clone, PartialEq, Eq)]
pub struct Content {
    /// What the payload was hashed with.
    pub salt: Salt,
    /// The payload's bytes.
    pub payload: Vec<u8>,
}

/// May name a person: prints its type and nothing else.
impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Content(…)")
    }
}

/// Something sealed, as it came out. One unreadable thing never holds up the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held<T> {
    /// It is what was stored.
    Readable(T),
    /// It was erased, or its key was destroyed.
    Erased,
    /// The stored bytes are not what was stored.
    Damaged,
}

impl<T> Held<T> {
    /// The thing, if it is readable.
    pub fn readable(self) -> Option<T> {
        match self {
            Self::Readable(value) => Some(value),
            Self::Erased | Self::Damaged => None,
        }
    }
}

/// An entry to be stored, after the chain was checked and the verdict was reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// Place, time and subject.
    pub header: Header,
    /// What it says; nothing where the sender has erased it.
    pub content: Option<Content>,
    /// The salted hash that the chain keeps.
    pub payload_hash: ContentHash,
    /// The server's time of receipt, where the device's clock had run ahead of it.
    pub bound: Option<Moment>,
    /// What the server made of it.
    pub verdict: Verdict,
    /// Whether phones may have it as one that counts: from before the store was restored. Where it does not count this time,
    /// it is recalled.
    pub may_be_out: bool,
}

impl NewEntry {
    /// Whether phones are to be told that it does not count any more.
    pub(super) fn is_recalled(&self) -> bool {
        self.may_be_out && self.verdict != Verdict::Accepted
    }

    /// Whether it takes a position among the tenant's changes: it counts from there on, or is recalled from there on.
    pub(super) fn takes_position(&self) -> bool {
        self.verdict == Verdict::Accepted || self.is_recalled()
    }
}

/// Where a log stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tip {
    /// The last sequence number; 0 before the first.
    pub seq: u64,
    /// The state after it.
    pub hash: ChainHash,
}

impl Tip {
    /// Where a device's log stands before its first entry.
    pub fn start(device: DeviceId) -> Self {
        Self { seq: 0, hash: ChainHash::start(device) }
    }

    /// Where the log stands after these entries.
    ///
    /// # Errors
    /// [`Error::NotContinuous`] if a sequence number does not follow the one before.
    pub fn after(self, entries: &[NewEntry]) -> Result<Self, Error> {
        entries.iter().try_fold(self, |tip, entry| match tip.seq.checked_add(1) {
            Some(seq) if seq == entry.header.seq => {
                Ok(Self { seq, hash: tip.hash.next(&entry.header.to_bytes(), entry.payload_hash) })
            }
            _ => Err(Error::NotContinuous),
        })
    }
}

/// A run of entries of one device's log, and what follows from them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Whose log.
    pub device: DeviceId,
    /// Where the log must stand for the batch to fit.
    pub expects: Tip,
    /// The entries that come after.
    pub entries: Vec<NewEntry>,
    /// The device's signature of where the log stands then.
    pub signature: Signature,
    /// What the accepted list edits among them change about who works what. Same transaction, after the entries.
    pub updates: Vec<ListUpdate>,
    /// The versions of scripts that the accepted entries publish. Same transaction.
    pub scripts: Vec<Vec<u8>>,
    /// The tenant's position from which `updates` and `scripts` were computed. Where one of these lists or drafts has changed
    /// since, they are of yesterday, and the batch is in conflict.
    pub updates_as_of: LogPosition,
    /// By how much the device's clock is ahead of the server's.
    pub clock_skew_ms: i64,
    /// What the exchange has spent that brought it. Same transaction.
    pub spent: Option<Spent>,
    /// What the office decides about several lists with this batch; nothing for what phones bring.
    pub arrangement: Option<Arrangement>,
}

/// What the office decides about several lists at once. Same transaction, after the batch's own updates; the deed is
/// written into the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrangement {
    /// Lists that are made.
    pub bases: Vec<NewBase>,
    /// Who works them, and their doors: none of these may be on another list by now.
    pub updates: Vec<ListUpdate>,
    /// Whose teams' they are.
    pub teams: Vec<(WalkListId, TeamId)>,
    /// What was done.
    pub deed: Deed,
    /// By whom, and when.
    pub stamp: Stamp,
}

impl Batch {
    /// What the audit log says of a batch in which entries are refused: one record, however many they are.
    pub(super) fn refused_writes(&self) -> Option<Deed> {
        let refused = self.entries.iter().filter_map(|entry| match entry.verdict {
            Verdict::Refused(reason) => Some((entry.header.seq, reason)),
            Verdict::Accepted | Verdict::Quarantined => None,
        });
        let mut reasons = BTreeMap::new();
        let mut ends = None;
        for (seq, reason) in refused {
            *reasons.entry(reason.0).or_default() += 1;
            ends = Some((ends.map_or(seq, |(first, _)| first), seq));
        }
        let (first, last) = ends?;
        let [first, last] = [first, last].map(|seq| EntryId::new(self.device, seq));
        Some(Deed::WritesRefused { first, last, reasons: reasons.into_iter().collect() })
    }
}

/// What became of one entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// Its place in the device's log.
    pub seq: u64,
    /// What the server made of it, the first time.
    pub verdict: Verdict,
    /// Its position, if accepted.
    pub position: Option<LogPosition>,
}

/// What became of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// Where the device's log stands now.
    pub tip: Tip,
    /// One for each entry, in order.
    pub receipts: Vec<Receipt>,
    /// Whether all of it was stored before.
    pub repeated: bool,
}

/// An entry as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEntry {
    /// Whose log.
    pub device: DeviceId,
    /// Place, time and subject.
    pub header: Header,
    /// What it says.
    pub content: Held<Content>,
    /// The salted hash that the chain keeps.
    pub payload_hash: ContentHash,
    /// The server's time of receipt, where the device's clock had run ahead of it.
    pub bound: Option<Moment>,
    /// What the server made of it.
    pub verdict: Verdict,
    /// Its position, if accepted.
    pub position: Option<LogPosition>,
    /// From which position on it is recalled: it had counted before the store was restored, and does not now.
    pub recalled: Option<LogPosition>,
}

impl StoredEntry {
    /// Its identity.
    pub const fn id(&self) -> EntryId {
        EntryId::new(self.device, self.header.seq)
    }
}

/// What there is to say of an entry that was not simply taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remark {
    /// Its place in the device's log.
    pub seq: u64,
    /// What the server made of it.
    pub verdict: Verdict,
    /// The server's time of receipt, where the device's clock had run ahead of it.
    pub bound: Option<Moment>,
}

/// The signed end of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedTip {
    /// Where the log stood.
    pub tip: Tip,
    /// The device's signature of it.
    pub signature: Signature,
}

/// The part of the store that keeps the logs.
pub trait Log {
    /// Appends a batch to its device's log, moves the log's tip, gives positions to what is accepted and puts that into
    /// the outbox: all or nothing. A batch that is stored already, entry for entry, is answered as the first time.
    ///
    /// # Errors
    /// [`Error::Conflict`] says where the log stands, also where a list or a draft has changed under the batch's updates;
    /// [`Error::Unknown`] without the device; [`Error::NotContinuous`]; [`Error::Taken`] if an arrangement would bring a door
    /// onto a second list.
    fn merge(&self, tenant: TenantId, batch: Batch, now: Timestamp) -> Result<Merged, Error>;

    /// The accepted entries about a document, by position.
    ///
    /// # Errors
    /// Those of the database.
    fn entries_of(&self, tenant: TenantId, subject: Subject) -> Result<Vec<StoredEntry>, Error>;

    /// The entries about a document that phones may have as ones that count, and that do not count any more.
    ///
    /// # Errors
    /// Those of the database.
    fn recalled_of(&self, tenant: TenantId, subject: Subject) -> Result<Vec<EntryId>, Error>;

    /// A page of the entries about drafts of scripts, whichever they are, that were accepted or recalled behind `since`, in
    /// that order.
    ///
    /// # Errors
    /// Those of the database.
    fn draft_edits_since(&self, tenant: TenantId, since: LogPosition, limit: u32) -> Result<Vec<StoredEntry>, Error>;

    /// A page of a device's log, whatever the verdicts, from the entry behind `after`.
    ///
    /// # Errors
    /// Those of the database.
    fn log_of(&self, tenant: TenantId, device: DeviceId, after: u64, limit: u32) -> Result<Vec<StoredEntry>, Error>;

    /// What there is to say of the entries of a device's log behind `after`, up to and including `last`: of those that were
    /// refused, set aside or bounded in time, in order.
    ///
    /// # Errors
    /// Those of the database.
    fn remarks(&self, tenant: TenantId, device: DeviceId, after: u64, last: u64) -> Result<Vec<Remark>, Error>;

    /// The signed ends of a device's batches, in order.
    ///
    /// # Errors
    /// Those of the database.
    fn signed_tips(&self, tenant: TenantId, device: DeviceId) -> Result<Vec<SignedTip>, Error>;

    /// The position of the tenant's last change.
    ///
    /// # Errors
    /// [`Error::Unknown`] without the tenant.
    fn head(&self, tenant: TenantId) -> Result<LogPosition, Error>;
}
