//! What the regional backend has yet to accept.

use super::{Error, LogPosition, Stamp, StoredEntry};
use walkbook_ledger::Subject;
use walkbook_model::{DeviceId, TenantId, Timestamp};

/// An accepted entry that the regional backend does not have yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxItem {
    /// Its name in the outbox: the entry's position.
    pub id: LogPosition,
    /// The entry.
    pub entry: StoredEntry,
    /// How often it was tried in vain.
    pub attempts: u32,
    /// What was wrong the last time, as the adaptor names it.
    pub reason: Option<String>,
}

/// How much there is in an outbox.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OutboxCounts {
    /// Entries that the backend does not have yet, also those that were put off.
    pub waiting: u64,
    /// The oldest of them.
    pub oldest: Option<LogPosition>,
    /// Dead letters: given up, until somebody has seen to them.
    pub dead: u64,
    /// Dead letters that somebody has dropped.
    pub dropped: u64,
}

/// That the outboxes are this server's to bring to the backend, and no other's meanwhile, for as long as it is kept.
pub trait Lease {
    /// Whether it is still this server's: one that was cut off from the database has lost it.
    fn is_held(&self) -> bool;
}

/// The part of the store that knows what is still to be handed on. Rows are written by [`merge`](super::Log::merge).
pub trait Outbox {
    /// Takes the outboxes upon this server; nothing where another server has them. A server that dies lets go of them.
    ///
    /// # Errors
    /// Those of the database.
    fn lease_outboxes(&self) -> Result<Option<Box<dyn Lease + '_>>, Error>;

    /// What is due, in the order of acceptance, behind `after`.
    ///
    /// # Errors
    /// Those of the database.
    fn outbox_after(
        &self,
        tenant: TenantId,
        after: LogPosition,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<OutboxItem>, Error>;

    /// Notes that the backend has accepted these. Returns how many were still waiting.
    ///
    /// # Errors
    /// Those of the database.
    fn outbox_done(&self, tenant: TenantId, ids: &[LogPosition]) -> Result<u64, Error>;

    /// Notes that one failed, and why (a code, never a person's data). It is due again at `retry_at`; without one it
    /// becomes a dead letter, which holds up nothing. Says whether it was waiting.
    ///
    /// # Errors
    /// Those of the database.
    fn outbox_failed(
        &self,
        tenant: TenantId,
        id: LogPosition,
        reason: &str,
        retry_at: Option<Timestamp>,
    ) -> Result<bool, Error>;

    /// Notes that the backend has these documents with everything up to a position: what was given up about them before has
    /// come with them. Returns how many letters that were.
    ///
    /// # Errors
    /// Those of the database.
    fn outbox_caught_up(&self, tenant: TenantId, about: &[Subject], up_to: LogPosition) -> Result<u64, Error>;

    /// How much there is.
    ///
    /// # Errors
    /// Those of the database.
    fn outbox_counts(&self, tenant: TenantId) -> Result<OutboxCounts, Error>;

    /// What was given up and not dropped, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    fn dead_letters(&self, tenant: TenantId, limit: u32) -> Result<Vec<OutboxItem>, Error>;

    /// What was dropped, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    fn dropped_letters(&self, tenant: TenantId, limit: u32) -> Result<Vec<OutboxItem>, Error>;

    /// Makes a dead letter due again, at once, also a dropped one; the audit log has it. Says whether it was one.
    ///
    /// # Errors
    /// [`Error::KeyDestroyed`]; else those of the database.
    fn revive(&self, tenant: TenantId, id: LogPosition, stamp: Stamp) -> Result<bool, Error>;

    /// Drops a dead letter: the backend is not to have it. The entry itself stays, and the audit log has it. Says whether it
    /// was one.
    ///
    /// # Errors
    /// [`Error::KeyDestroyed`]; else those of the database.
    fn drop_letter(&self, tenant: TenantId, id: LogPosition, stamp: Stamp) -> Result<bool, Error>;

    /// Documents that the backend is to have anew though no entry says so: they have another base, or less is left of them.
    /// They are marked in the transaction that makes it so.
    ///
    /// # Errors
    /// Those of the database.
    fn marked(&self, tenant: TenantId, limit: u32) -> Result<Vec<Subject>, Error>;

    /// Marks every document of a tenant: what the backend has may be of another moment.
    ///
    /// # Errors
    /// Those of the database.
    fn mark_all(&self, tenant: TenantId) -> Result<(), Error>;

    /// Takes the marks off these documents: the backend has them with everything up to a position. One that was marked again
    /// since stays marked.
    ///
    /// # Errors
    /// Those of the database.
    fn unmark(&self, tenant: TenantId, documents: &[Subject], up_to: LogPosition) -> Result<(), Error>;

    /// Up to which entry of its log everything that a device brought is in the backend, was refused, or was dropped on the
    /// way. Dead letters and what is set aside are not in it.
    ///
    /// # Errors
    /// [`Error::Unknown`] without the device.
    fn in_backend_up_to(&self, tenant: TenantId, device: DeviceId) -> Result<u64, Error>;
}
