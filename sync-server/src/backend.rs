//! The regional backend: the tenant's system of record, in the tenant's region.
//!
//! What the server accepts waits in the store's outbox until the backend has taken it. The [`Worker`] brings it there, in
//! pages: for each document that a page is about, its state as the ledger computes it *now*, and the entries that made it
//! so. A backend puts that in the place of what it had. So pages may come twice or in any order, and a crash between the
//! backend's commit and the outbox's costs nothing.
//!
//! What a backend cannot take is found by taking a page apart; it becomes a dead letter that holds up nothing.

mod bring;
#[cfg(test)]
pub mod conformance;
mod delivery;
mod pump;
mod tables;
#[cfg(test)]
mod tests;
mod worker;

pub use delivery::{Delivery, DoorRecord, EntryRecord, ListRecord};
pub use pump::{Published, Pumped, publish, publish_bases, pump};
pub use tables::Tables;
pub use worker::Worker;

use std::path::PathBuf;
use thiserror::Error;

/// A system of record.
pub trait Backend: Send + Sync {
    /// Puts these documents in the place of what it has of them, all or none; what it has of a later state stays. Done
    /// when it returns.
    ///
    /// # Errors
    /// [`NotTaken`]; then nothing was changed.
    fn take(&self, delivery: &Delivery) -> Result<(), NotTaken>;
}

/// Why a backend did not take a delivery. Says nothing of anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotTaken {
    /// It cannot be reached, or can do nothing now. The same will be brought again.
    #[error("the backend is not available: {0}")]
    Unavailable(&'static str),
    /// It will never take this, as it is.
    #[error("the backend does not take it: {0}")]
    Unfit(&'static str),
}

/// Why a backend cannot be opened.
#[derive(Debug, Error)]
pub enum Error {
    /// The database was written by later software. Update; nothing was touched.
    #[error("{file} has schema {found}, this software knows up to {known}")]
    NewerSchema {
        /// The database.
        file: PathBuf,
        /// Its schema.
        found: i64,
        /// This software's.
        known: i64,
    },
    /// The database failed.
    #[error("{file}: {source}")]
    Database {
        /// The database.
        file: PathBuf,
        /// How.
        source: rusqlite::Error,
    },
    /// There is no room for the database. Make some; nothing was changed.
    #[error("{file}: the disk is full")]
    DiskFull {
        /// The database.
        file: PathBuf,
    },
    /// The file could not be made.
    #[error(transparent)]
    File(#[from] crate::config::Error),
    /// The store failed.
    #[error("the store: {0}")]
    Store(#[from] crate::store::Error),
    /// The backend did not take what was brought.
    #[error(transparent)]
    NotTaken(#[from] NotTaken),
}
