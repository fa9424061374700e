//! The PostgreSQL store: one database for all servers of a region, which are stateless before it.
//!
//! Whoever writes for a tenant locks the tenant's row first, and is alone with it until the commit, on whatever node: so
//! positions become visible in their own order, and what was looked at holds until it is written. Tenants do not wait for
//! each other. Readers lock nothing and see one snapshot.
//!
//! Contents lie in it sealed. Row-level security shows each transaction the rows of the tenant it has named; `tenant` leads
//! every key, and no statement but those that list the tenants is about more than one.

mod accounts;
mod address;
mod arrangements;
mod audit;
mod connecting;
mod directory;
mod documents;
mod entries;
mod erasures;
mod error;
mod feed;
mod gathering;
mod hearing;
mod keys;
mod leases;
mod leaving;
mod lists;
mod lives;
mod log;
mod looking;
mod maps;
mod marks;
mod merging;
pub(crate) mod migrating;
mod outbox;
mod proofs;
mod quarantine;
mod registrations;
mod rescued;
mod row;
mod schema;
mod streets;
mod support;
mod teams;
#[cfg(test)]
mod tests;
mod transaction;

pub use address::{Address, AddressRefused};
pub use looking::Stands;
pub use schema::migrate;

use crate::store::columns::failed;
use crate::store::sealing::Keyring;
use crate::store::{Error, Masters};
use connecting::{Door, Pool};
use gathering::Gathered;
use lives::Presence;
use std::sync::Arc;
use tokio::runtime::{Builder, Handle, Runtime};
use transaction::{About, Mode, Tx};
use walkbook_model::TenantId;
use walkbook_vault::SecureRandom;

/// What can be chosen about a PostgreSQL store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How many callers may work at the same time, each on a connection of its own.
    pub connections: usize,
    /// How many data keys are kept unwrapped, about 300 bytes each. More than the documents of a busy day.
    pub cached_keys: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { connections: 16, cached_keys: 65_536 }
    }
}

/// The store in a PostgreSQL database.
pub struct PostgresStore {
    pool: Pool,
    /// For connections beside those of the pool.
    address: Address,
    /// Moves the connections' bytes. There until the store is dropped.
    runtime: Option<Runtime>,
    keyring: Arc<Keyring>,
    presence: Arc<Presence>,
    /// Runs that wait for their tenants.
    gathered: Gathered,
}

impl PostgresStore {
    /// Opens the region's store, which [`migrate`] has made. `masters` are the region's keys, `random` draws keys and
    /// nonces.
    ///
    /// # Errors
    /// [`Error::Unreachable`], [`Error::RoleNotBound`], [`Error::OlderSchema`], [`Error::NewerSchema`] and
    /// [`Error::WrongMasterKey`] without touching anything; those of the database.
    pub fn open(
        address: Address,
        region: &str,
        masters: impl Into<Masters>,
        random: Arc<dyn SecureRandom + Send + Sync>,
        options: Options,
    ) -> Result<Self, Error> {
        let keyring = Arc::new(Keyring::new(masters.into(), random, options.cached_keys));
        let presence = Arc::new(Presence::default());
        let runtime = Builder::new_multi_thread().worker_threads(2).thread_name("store").enable_all().build();
        let door = Door::new(address.clone(), Arc::clone(&keyring), Arc::clone(&presence));
        let pool = connecting::pool(door, options.connections.max(1))?;
        let gathered = Gathered::default();
        let store = Self { pool, address, runtime: Some(runtime.map_err(failed)?), keyring, presence, gathered };
        store.work(About::Every, Mode::Write, |tx| schema::check_master_key(tx, &store.keyring, region))?;
        Ok(store)
    }

    /// Does work on one snapshot of the committed state.
    fn read<T>(&self, tenant: TenantId, work: impl FnOnce(&Tx<'_>, &Keyring) -> Result<T, Error>) -> Result<T, Error> {
        self.work(About::Tenant(tenant), Mode::Read, |tx| work(tx, &self.keyring))
    }

    /// Does work in a transaction that is alone with the tenant, all of it or nothing; returns when it is durable.
    fn write<T>(&self, tenant: TenantId, work: impl FnOnce(&Tx<'_>, &Keyring) -> Result<T, Error>) -> Result<T, Error> {
        self.work(About::Tenant(tenant), Mode::Write, |tx| {
            tx.lock(tenant)?;
            work(tx, &self.keyring)
        })
    }

    /// As [`write`](Self::write), beside whoever else writes for the tenant: for single statements that give no position.
    fn touch<T>(&self, tenant: TenantId, work: impl FnOnce(&Tx<'_>) -> Result<T, Error>) -> Result<T, Error> {
        self.work(About::Tenant(tenant), Mode::Write, work)
    }

    fn runtime(&self) -> Result<&Handle, Error> {
        Ok(self.runtime.as_ref().ok_or(Error::Stopped)?.handle())
    }

    fn work<T>(&self, about: About, mode: Mode, work: impl FnOnce(&Tx<'_>) -> Result<T, Error>) -> Result<T, Error> {
        self.work_to_the_end(about, mode, |tx| {
            let done = work(&tx)?;
            match mode {
                Mode::Read => drop(tx),
                Mode::Write | Mode::Note => tx.commit()?,
            }
            Ok(done)
        })
    }

    /// Does work that ends its transaction itself; what it has not committed is undone.
    fn work_to_the_end<T>(
        &self,
        about: About,
        mode: Mode,
        work: impl FnOnce(Tx<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let runtime = self.runtime()?;
        let client = runtime.block_on(self.pool.get()).map_err(connecting::refused)?;
        work(Tx::new(&client, runtime, about, mode, self.presence.number()))
    }
}

/// Whoever drops the store may stand in a runtime of their own, where nobody may wait for another's end.
impl Drop for PostgresStore {
    fn drop(&mut self) {
        self.pool.close();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl std::fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PostgresStore(..)")
    }
}
