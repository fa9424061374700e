//! The backend as tables in a SQLite database that a person can open and query.
//!
//! It holds what the tenant's own staff may read: names, opinions, permissions, in clear. The file is its owner's alone,
//! and belongs on an encrypted disk.

mod inbox;

use super::inbox::{Asking, Noticed, Settled};
use super::rows::{Document, Row, Rows, Table, Value};
use super::{Asked, Backend, Delivery, Error, NotTaken, Records, leaving, line};
use crate::config::write_new;
use crate::sqlite::{is_disk_full, plan_once, use_write_ahead_log};
use crate::store::audit::LastWord;
use crate::words::instant;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, ToSql, Transaction, TransactionBehavior, params, params_from_iter};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use walkbook_model::TenantId;

/// Migration n brings a database from version n - 1 to n. One that was released is never changed.
const MIGRATIONS: [&str; 3] = [
    include_str!("tables/migrations/0001_start.sql"),
    include_str!("tables/migrations/0002_evidence.sql"),
    include_str!("tables/migrations/0003_noticed.sql"),
];
const BUSY: Duration = Duration::from_secs(10);
const STATEMENTS: usize = 64;

/// The tables.
pub struct Tables {
    connection: Mutex<Connection>,
    file: PathBuf,
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
        Ok(Self { connection: Mutex::new(connection), file: file.to_owned() })
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
        take(&mut connection, &Rows::of(delivery)).map_err(|error| not_taken(&error))
    }
}

impl Records for Tables {
    /// Opening it has shown that.
    fn reach(&self) -> Result<(), Error> {
        Ok(())
    }

    fn ask(&self, sql: &str, row: Asked<'_>) -> Result<(), Error> {
        let failed = |error| failed(&self.file, error);
        let connection = Connection::open_with_flags(&self.file, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(failed)?;
        connection.busy_timeout(BUSY).map_err(failed)?;
        let mut query = connection.prepare(sql).map_err(failed)?;
        let columns = query.column_count();
        let mut rows = query.query([]).map_err(failed)?;
        while let Some(found) = rows.next().map_err(failed)? {
            let cells: rusqlite::Result<Vec<String>> =
                (0..columns).map(|column| found.get_ref(column).map(cell)).collect();
            row(cells.map_err(failed)?)?;
        }
        Ok(())
    }

    fn noticed(&self, tenant: TenantId, asking: Asking) -> Result<Vec<Noticed>, Error> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        inbox::noticed(&connection, tenant, asking).map_err(|error| failed(&self.file, error))
    }

    fn last_words(&self, tenant: TenantId) -> Result<Vec<(String, LastWord)>, Error> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        inbox::last_words(&connection, tenant).map_err(|error| failed(&self.file, error))
    }

    fn give_last_word(&self, tenant: TenantId, field: &str, wins: Option<LastWord>) -> Result<(), Error> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        inbox::give_last_word(&connection, tenant, field, wins).map_err(|error| failed(&self.file, error))
    }

    fn settle(&self, tenant: TenantId, number: i64, settled: Settled) -> Result<bool, Error> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        inbox::settle(&connection, tenant, number, settled).map_err(|error| failed(&self.file, error))
    }

    fn forget(&self, tenant: TenantId) -> Result<bool, Error> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        forget(&mut connection, tenant).map_err(|error| failed(&self.file, error))?;
        Ok(true)
    }
}

fn cell(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => String::new(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => line(&String::from_utf8_lossy(text)),
        ValueRef::Blob(bytes) => format!("{} bytes", bytes.len()),
    }
}

fn take(connection: &mut Connection, rows: &Rows) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute("UPDATE writing SET ours = 1", [])?;
    rows.named.iter().try_for_each(|row| put(&transaction, row))?;
    for document in &rows.documents {
        if is_news(&transaction, &document.note)? {
            replace(&transaction, &rows.tenant, document)?;
        }
    }
    transaction.execute("UPDATE writing SET ours = 0", [])?;
    transaction.commit()
}

/// Whether what the tables have of a document is not from a later moment of the store's life; if so, notes this one.
fn is_news(transaction: &Transaction<'_>, note: &Row) -> rusqlite::Result<bool> {
    // A life ends before the next begins: what comes from another one comes from a later one.
    let sql = "INSERT INTO document (tenant, document, life, as_of, epoch, tips) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET life = excluded.life, as_of = excluded.as_of, epoch = excluded.epoch, tips = excluded.tips
        WHERE excluded.as_of >= as_of OR excluded.life <> life";
    Ok(transaction.prepare_cached(sql)?.execute(params_from_iter(&note.values))? == 1)
}

/// What was overwritten is not to live on in the write-ahead log either; somebody who reads may keep it there a while longer.
fn forget(connection: &mut Connection, tenant: TenantId) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute("UPDATE writing SET ours = 1", [])?;
    for table in leaving::tables() {
        transaction.execute(&format!("DELETE FROM {table} WHERE tenant = ?"), [tenant.to_string()])?;
    }
    transaction.execute("UPDATE writing SET ours = 0", [])?;
    transaction.commit()?;
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}

/// Everything that hangs on the document goes with its old row.
fn replace(transaction: &Transaction<'_>, tenant: &str, document: &Document) -> rusqlite::Result<()> {
    for gone in
        ["DELETE FROM door WHERE tenant = ? AND door = ?", "DELETE FROM walk_list WHERE tenant = ? AND walk_list = ?"]
    {
        transaction.prepare_cached(gone)?.execute(params![tenant, document.id])?;
    }
    document.rows.iter().try_for_each(|row| put(transaction, row))?;
    inbox::forget_gone(transaction, tenant, &document.id)
}

fn put(transaction: &Transaction<'_>, row: &Row) -> rusqlite::Result<()> {
    let mut put = transaction.prepare_cached(&insert(row.table))?;
    put.execute(params_from_iter(&row.values)).map(drop)
}

/// A row that outlives its document takes the place of what was said before.
fn insert(table: &Table) -> String {
    let (listed, marks) = (table.columns.join(", "), vec!["?"; table.columns.len()].join(", "));
    let insert = format!("INSERT INTO {} ({listed}) VALUES ({marks})", table.name);
    if table.hangs_on.is_some() {
        return insert;
    }
    let said: Vec<String> = table.said().iter().map(|column| format!("{column} = excluded.{column}")).collect();
    format!("{insert} ON CONFLICT DO UPDATE SET {}", said.join(", "))
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Whole(number) => ToSqlOutput::Borrowed(ValueRef::Integer(*number)),
            Self::Real(number) => ToSqlOutput::Borrowed(ValueRef::Real(*number)),
            Self::Truth(truth) => ToSqlOutput::Borrowed(ValueRef::Integer(i64::from(*truth))),
            Self::At(at) => ToSqlOutput::Owned(instant(*at).into()),
        })
    }
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
