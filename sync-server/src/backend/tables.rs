//! The backend as tables in a SQLite database that a person can open and query.
//!
//! It holds what the tenant's own staff may read: names, opinions, permissions, in clear. The file is its owner's alone,
//! and belongs on an encrypted disk.

mod doors;
mod lists;
mod words;

use super::{Backend, Delivery, Error, NotTaken};
use crate::config::write_new;
use crate::sqlite::{is_disk_full, plan_once, use_write_ahead_log};
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior, params};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Migration n brings a database from version n - 1 to n. One that was released is never changed.
const MIGRATIONS: [&str; 2] =
    [include_str!("tables/migrations/0001_start.sql"), include_str!("tables/migrations/0002_evidence.sql")];
const BUSY: Duration = Duration::from_secs(10);
const STATEMENTS: usize = 64;

/// The tables.
pub struct Tables {
    connection: Mutex<Connection>,
}

impl Tables {
    /// Opens the database, or makes it.
    ///
    /// # Errors
    /// [`Error::NewerSchema`] without touching anything; [`Error::DiskFull`], [`Error::Database`], [`Error::File`].
    pub fn open(file: &Path) -> Result<Self, Error> {
        write_new(file, b"")?;
        let failed = |error| failed(file, error);
        let mut connection = Connection::open(file).map_err(failed)?;
        let known = MIGRATIONS.len() as i64;
        let found = set_up(&connection).map_err(failed)?;
        let Some(version) = usize::try_from(found).ok().filter(|_| found <= known) else {
            return Err(Error::NewerSchema { file: file.to_owned(), found, known });
        };
        migrate(&mut connection, version).map_err(failed)?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// Asks the tables in SQL, without a way to change them, and hands every row on as text.
    ///
    /// # Errors
    /// [`Error::Database`] if the question is none; those of `row`.
    pub fn query<E: From<Error>>(
        file: &Path,
        sql: &str,
        mut row: impl FnMut(Vec<String>) -> Result<(), E>,
    ) -> Result<(), E> {
        let failed = |error| failed(file, error);
        let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(failed)?;
        connection.busy_timeout(BUSY).map_err(failed)?;
        let mut query = connection.prepare(sql).map_err(failed)?;
        let columns = query.column_count();
        let mut rows = query.query([]).map_err(failed)?;
        while let Some(found) = rows.next().map_err(failed)? {
            let cells: rusqlite::Result<Vec<String>> =
                (0..columns).map(|column| found.get_ref(column).map(words::cell)).collect();
            row(cells.map_err(failed)?)?;
        }
        Ok(())
    }
}

fn failed(file: &Path, source: rusqlite::Error) -> Error {
    let file = file.to_owned();
    if is_disk_full(&source) { Error::DiskFull { file } } else { Error::Database { file, source } }
}

fn set_up(connection: &Connection) -> rusqlite::Result<i64> {
    connection.busy_timeout(BUSY)?;
    plan_once(connection)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    let version = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What is erased must not live on in a free page.
    connection.pragma_update(None, "secure_delete", true)?;
    Ok(version)
}

fn migrate(connection: &mut Connection, version: usize) -> rusqlite::Result<()> {
    use_write_ahead_log(connection, BUSY)?;
    // In WAL mode anything less may lose the last commits with the power.
    connection.pragma_update(None, "synchronous", "FULL")?;
    if version == MIGRATIONS.len() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have been faster.
    let version: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for (done, migration) in MIGRATIONS.iter().enumerate().skip(version as usize) {
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", (done + 1) as i64)?;
    }
    transaction.commit()
}

impl Backend for Tables {
    fn take(&self, delivery: &Delivery) -> Result<(), NotTaken> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        take(&mut connection, delivery).map_err(|error| not_taken(&error))
    }
}

fn take(connection: &mut Connection, delivery: &Delivery) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    people(&transaction, delivery)?;
    for list in &delivery.lists {
        lists::put(&transaction, delivery, list)?;
    }
    for door in &delivery.doors {
        doors::put(&transaction, delivery, door)?;
    }
    transaction.commit()
}

fn people(transaction: &Transaction<'_>, delivery: &Delivery) -> rusqlite::Result<()> {
    let tenant = delivery.tenant.id.to_string();
    let sql = "INSERT INTO tenant VALUES (?, ?) ON CONFLICT DO UPDATE SET name = excluded.name";
    transaction.prepare_cached(sql)?.execute(params![tenant, delivery.tenant.name])?;
    let sql = "INSERT INTO person VALUES (?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET label = excluded.label, role = excluded.role";
    let mut put = transaction.prepare_cached(sql)?;
    for user in delivery.people.values() {
        put.execute(params![tenant, user.id.to_string(), user.label, user.role.as_str()])?;
    }
    Ok(())
}

/// Whether what the tables have of a document is not from a later moment of the store's life; if so, notes this one.
fn is_news(transaction: &Transaction<'_>, delivery: &Delivery, document: &str) -> rusqlite::Result<bool> {
    // A life ends before the next begins: what comes from another one comes from a later one.
    let sql = "INSERT INTO document VALUES (?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET life = excluded.life, as_of = excluded.as_of
        WHERE excluded.as_of >= as_of OR excluded.life <> life";
    let life = u64::from_be_bytes(delivery.life.0);
    let as_of = words::number(delivery.as_of.get());
    let values = params![delivery.tenant.id.to_string(), document, format!("{life:016x}"), as_of];
    Ok(transaction.prepare_cached(sql)?.execute(values)? == 1)
}

/// What a person can do about it: nothing but make room, or wait.
fn not_taken(error: &rusqlite::Error) -> NotTaken {
    match error.sqlite_error_code() {
        _ if is_disk_full(error) => NotTaken::Unavailable("the disk is full"),
        Some(ErrorCode::ConstraintViolation | ErrorCode::TooBig | ErrorCode::TypeMismatch) => {
            NotTaken::Unfit("the tables do not hold it")
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => NotTaken::Unavailable("somebody holds the tables"),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => NotTaken::Unavailable("the tables are damaged"),
        _ => NotTaken::Unavailable("the database failed"),
    }
}
