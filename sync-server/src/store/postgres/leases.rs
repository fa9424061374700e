//! What one server does at a time. The database holds the lock for as long as the connection lives that took it.

use super::PostgresStore;
use super::connecting::{self, Connection};
use super::row::get;
use super::transaction::params;
use crate::store::{Error, Lease};
use futures_util::FutureExt;

/// The lock's name, within the database: to bring what is in the outboxes to the backend.
pub(super) const OUTBOXES: i64 = 0x77616c6b_00000004;

/// A lock that is held; let go of when dropped.
pub(super) struct Leased {
    client: Connection,
    name: i64,
}

impl Lease for Leased {
    fn is_held(&self) -> bool {
        !self.client.is_closed()
    }
}

impl PostgresStore {
    /// Takes the lock of this name, unless another has it.
    pub(super) fn lease(&self, name: i64) -> Result<Option<Leased>, Error> {
        let runtime = self.runtime()?;
        let client = runtime.block_on(self.pool.get()).map_err(connecting::refused)?;
        let row = runtime.block_on(client.query_one("SELECT pg_try_advisory_lock($1)", params![name]))?;
        Ok(if get(&row, 0)? { Some(Leased { client, name }) } else { None })
    }
}

impl Drop for Leased {
    fn drop(&mut self) {
        // It is sent before whatever comes next on this connection. Where that is cut off, the lock has gone with it.
        let let_go = format!("SELECT pg_advisory_unlock({})", self.name);
        let _ = self.client.batch_execute(&let_go).now_or_never();
    }
}
