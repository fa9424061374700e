//! Entries out of rescue files that belong into no log.

use super::{Error, Held, Reason, Stamp};
use walkbook_ledger::{Header, Subject};
use walkbook_model::{DeviceId, EntryId, TenantId, Timestamp};

/// An entry out of a rescue file.
#[derive(Clone, PartialEq, Eq)]
pub struct NewRescued {
    /// Who wrote it.
    pub device: DeviceId,
    /// Its place, time and subject, as its phone had them.
    pub header: Header,
    /// What it says.
    pub payload: Vec<u8>,
    /// Why it was refused before, if it was.
    pub reason: Option<Reason>,
}

/// An entry out of a rescue file, as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct RescuedEntry {
    /// What it is called.
    pub number: u64,
    /// Who wrote it.
    pub device: DeviceId,
    /// Its place, time and subject, as its phone had them.
    pub header: Header,
    /// What it says; gone once it is decided.
    pub payload: Held<Vec<u8>>,
    /// Why it was refused before, if it was.
    pub reason: Option<Reason>,
    /// What is written in its place, or about to be.
    pub written_as: Option<EntryId>,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
}

macro_rules! unseen {
    ($($name:ident),+) => {$(
        /// May name a person: prints whose it is only.
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({}#{}, …)"), self.device, self.header.seq)
            }
        }
    )+};
}
unseen!(NewRescued, RescuedEntry);

/// The part of the store that keeps what came out of rescue files.
pub trait Rescued {
    /// Keeps entries, all or none, and returns how many are new. One that is there already changes nothing, also where it was
    /// decided.
    ///
    /// # Errors
    /// [`Error::Unknown`] without the device; [`Error::KeyDestroyed`].
    fn keep_rescued(&self, tenant: TenantId, entries: &[NewRescued]) -> Result<u64, Error>;

    /// What waits for somebody, in the order in which it came.
    ///
    /// # Errors
    /// Those of the database.
    fn rescued(&self, tenant: TenantId, limit: u32) -> Result<Vec<RescuedEntry>, Error>;

    /// What waits for somebody about a document.
    ///
    /// # Errors
    /// Those of the database.
    fn rescued_about(&self, tenant: TenantId, subject: Subject) -> Result<Vec<RescuedEntry>, Error>;

    /// How many wait for somebody.
    ///
    /// # Errors
    /// Those of the database.
    fn count_rescued(&self, tenant: TenantId) -> Result<u64, Error>;

    /// The one of this number, decided or not.
    ///
    /// # Errors
    /// Those of the database.
    fn rescued_entry(&self, tenant: TenantId, number: u64) -> Result<Option<RescuedEntry>, Error>;

    /// Which entries of a device were written anew, and as which.
    ///
    /// # Errors
    /// Those of the database.
    fn written_anew(&self, tenant: TenantId, device: DeviceId) -> Result<Vec<(EntryId, EntryId)>, Error>;

    /// Notes what is about to be written in the place of an entry: a crash must not have it written twice. Says whether it
    /// waited.
    ///
    /// # Errors
    /// Those of the database.
    fn write_rescued_as(&self, tenant: TenantId, number: u64, entry: EntryId) -> Result<bool, Error>;

    /// Notes that an entry is decided, in the audit log too; its content goes. Nothing is written in its place unless
    /// `written`. Says whether it waited.
    ///
    /// # Errors
    /// [`Error::KeyDestroyed`]; else those of the database.
    fn settle_rescued(&self, tenant: TenantId, number: u64, written: bool, stamp: Stamp) -> Result<bool, Error>;
}
