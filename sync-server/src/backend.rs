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
mod inbox;
mod leaving;
mod postgres;
mod pump;
mod rows;
mod tables;
#[cfg(test)]
mod tests;
mod worker;

pub use delivery::{Delivery, DoorRecord, EntryRecord, ListRecord};
pub use inbox::{ACCESS_NOTES, Asking, Noticed, Settled, TakenIn, take_in};
pub use postgres::{PostgresTables, migrate};
pub use pump::{Published, Pumped, introduce, publish, publish_bases, publish_marked, pump};
pub use tables::Tables;
pub use worker::Worker;

use crate::store::audit::LastWord;
use std::path::PathBuf;
use thiserror::Error;
use walkbook_model::TenantId;

/// A system of record.
pub trait Backend: Send + Sync {
    /// Puts these documents in the place of what it has of them, all or none; what it has of a later state stays. Done
    /// when it returns.
    ///
    /// # Errors
    /// [`NotTaken`]; then nothing was changed.
    fn take(&self, delivery: &Delivery) -> Result<(), NotTaken>;
}

/// A system of record that holds tables.
pub trait Records: Backend {
    /// Makes sure that it is there, and of a form that this software knows.
    ///
    /// # Errors
    /// Why it is not.
    fn reach(&self) -> Result<(), Error>;

    /// Asks in SQL, without a way to change anything, and hands every row on as text.
    ///
    /// # Errors
    /// Those of the database if the question is none; those of `row`.
    fn ask(&self, sql: &str, row: Asked<'_>) -> Result<(), Error>;

    /// What others changed in the tables, by number; at most a page of it.
    ///
    /// # Errors
    /// Those of the database.
    fn noticed(&self, tenant: TenantId, asking: Asking) -> Result<Vec<Noticed>, Error>;

    /// The fields on which somebody has the last word, by name.
    ///
    /// # Errors
    /// Those of the database.
    fn last_words(&self, tenant: TenantId) -> Result<Vec<(String, LastWord)>, Error>;

    /// Gives somebody the last word on a field, or has people asked. The tables know the tenant.
    ///
    /// # Errors
    /// Those of the database.
    fn give_last_word(&self, tenant: TenantId, field: &str, wins: Option<LastWord>) -> Result<(), Error>;

    /// Notes what became of a change; says whether there is such a one.
    ///
    /// # Errors
    /// Those of the database.
    fn settle(&self, tenant: TenantId, number: i64, settled: Settled) -> Result<bool, Error>;

    /// Takes out everything of a tenant, all or nothing. Says whether nothing is left: a tenant to whose rows other systems are
    /// admitted keeps its id, without its name, until the owner of the tables admits them no more.
    ///
    /// # Errors
    /// Those of the database.
    fn forget(&self, tenant: TenantId) -> Result<bool, Error>;
}

/// Whoever is handed the cells of every row that was asked for.
pub type Asked<'a> = &'a mut dyn FnMut(Vec<String>) -> Result<(), Error>;

/// A text as a line holds it: what would break the line is written as a space.
fn line(text: &str) -> String {
    text.replace(['\t', '\n', '\r'], " ")
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
    /// The database was written by earlier software. Bring it up to date: `walkbook-server backend migrate`.
    #[error("the tables have schema {found}, this software needs {needed}; run `walkbook-server backend migrate`")]
    OlderSchema {
        /// The tables'.
        found: i64,
        /// This software's.
        needed: i64,
    },
    /// The tables do not hold a value, or an answer has a line that is too long.
    #[error("the tables do not hold it")]
    Unfit,
    /// The database's schema is of later software, or the database failed.
    #[error("{0}{below}", below = below(.0))]
    Postgres(crate::store::Error),
    /// Whoever asked could not be told.
    #[error("the answer: {0}")]
    NotTold(#[source] std::io::Error),
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

fn below(error: &crate::store::Error) -> String {
    std::error::Error::source(error).map(|source| format!(": {source}")).unwrap_or_default()
}
