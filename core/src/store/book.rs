//! `book.db`: what can be had again from the server, or computed. Screens read it.

mod documents;
mod drafts;
mod forgetting;
mod lists;
mod maps;
mod marks;
mod rows;
mod scripts;
mod search;
mod settings;
mod streets;
mod walking;
mod withheld;

use crate::error::{Error, OnFile, StoreFile};
use crate::store::connection::Db;
use crate::store::signed;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Params, Row, Transaction};
use std::path::Path;

pub use documents::{Document, HeldBase, HeldEntry};
pub use maps::MapReach;
pub use rows::Bounds;
pub use walking::Progress;

/// The book.
pub struct Book {
    pub(crate) db: Db,
}

impl Book {
    pub(crate) fn open(folder: &Path, path: &Path, key: &[u8; 32]) -> Result<Self, Error> {
        Ok(Self { db: Db::open(folder, path, StoreFile::Book, key)? })
    }

    /// What stands in the book now.
    pub const fn view(&self) -> View<'_> {
        View { sqlite: &self.db.sqlite }
    }

    /// Changes the book in one transaction: a cursor moves with what it stands for, and rows with the entries they were
    /// computed from. If `change` fails, nothing has changed.
    ///
    /// # Errors
    /// What `change` returns; [`Error::DiskFull`] and others as described there.
    pub fn change<T>(&mut self, change: impl FnOnce(&Writer<'_>) -> Result<T, Error>) -> Result<T, Error> {
        self.db.write(|transaction| change(&Writer { sqlite: transaction }))
    }
}

/// Reads the book. Every operation fails with [`Error::Damaged`] where the file is, and otherwise as described at [`Error`].
#[derive(Clone, Copy)]
pub struct View<'a> {
    sqlite: &'a Connection,
}

/// Changes the book within one transaction. Every operation fails with [`Error::DiskFull`], [`Error::Damaged`] and
/// otherwise as described at [`Error`]; then the whole transaction is undone.
pub struct Writer<'a> {
    sqlite: &'a Transaction<'a>,
}

impl View<'_> {
    /// The last own entry that has been worked in; 0 before the first.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn applied_to(&self) -> Result<u64, Error> {
        self.one("SELECT seq FROM applied", [], |row| unsigned(row, 0)).map(Option::unwrap_or_default)
    }

    fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, Error> {
        prepare(self.sqlite, sql)?.query_row(params, read).optional().on(StoreFile::Book)
    }

    fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, Error> {
        let mut select = prepare(self.sqlite, sql)?;
        let rows = select.query_map(params, read).on(StoreFile::Book)?;
        rows.collect::<rusqlite::Result<_>>().on(StoreFile::Book)
    }
}

impl Writer<'_> {
    /// What stands in the book, with what this transaction has changed.
    pub fn view(&self) -> View<'_> {
        View { sqlite: self.sqlite }
    }

    /// Notes that own entries up to and including `seq` have been worked in.
    ///
    /// # Errors
    /// As described at [`Writer`].
    pub fn set_applied_to(&self, seq: u64) -> Result<(), Error> {
        self.run("UPDATE applied SET seq = ?1", [signed(seq)?]).map(drop)
    }

    fn run(&self, sql: &str, params: impl Params) -> Result<usize, Error> {
        prepare(self.sqlite, sql)?.execute(params).on(StoreFile::Book)
    }
}

fn prepare<'a>(sqlite: &'a Connection, sql: &str) -> Result<CachedStatement<'a>, Error> {
    sqlite.prepare_cached(sql).on(StoreFile::Book)
}

fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let value: i64 = row.get(column)?;
    u64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, value))
}
