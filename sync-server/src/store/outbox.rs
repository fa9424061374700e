//! What the regional backend has yet to accept.

use super::{Error, LogPosition, StoredEntry};
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

/// The part of the store that knows what is still to be handed on. Rows are written by [`merge`](super::Log::merge).
pub trait Outbox {
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

    /// What was given up, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    fn dead_letters(&self, tenant: TenantId, limit: u32) -> Result<Vec<OutboxItem>, Error>;

    /// Makes a dead letter due again, at once. Says whether it was one.
    ///
    /// # Errors
    /// Those of the database.
    fn revive(&self, tenant: TenantId, id: LogPosition) -> Result<bool, Error>;

    /// Up to which entry of its log everything that a device brought is in the backend, or was refused. Dead letters
    /// and what is set aside are not in it.
    ///
    /// # Errors
    /// [`Error::Unknown`] without the device.
    fn in_backend_up_to(&self, tenant: TenantId, device: DeviceId) -> Result<u64, Error>;
}
