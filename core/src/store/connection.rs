//! One encrypted file, opened.

use crate::error::{Error, OnFile, StoreFile};
use crate::store::{files, migrations};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Once;
use std::time::Duration;
use walkbook_model::ContentHash;
use zeroize::Zeroizing;

/// How long an operation waits for another process that holds the file, before it is `Busy`.
const PATIENCE: Duration = Duration::from_secs(5);
/// A write-ahead log is folded into its file at 1,000 pages, and cut back to this many bytes.
const WAL_BYTES: u32 = 4 * 1024 * 1024;

/// SQLite counts as set up before SQLCipher is: a second thread that opens a file meanwhile would find no cipher. So the
/// first opening of a process is done with before the next begins.
static SET_UP: Once = Once::new();

/// An open file of the store, which names itself in every error.
pub(crate) struct Db {
    pub(crate) sqlite: Connection,
    file: StoreFile,
}

impl Db {
    /// Opens, or makes, the file and brings it to the newest version.
    ///
    /// Until the key has been tried and the version is known, nothing is written.
    pub(crate) fn open(folder: &Path, path: &Path, file: StoreFile, key: &[u8; 32]) -> Result<Self, Error> {
        files::ensure_private(folder, path, file)?;
        let mut db = Self { sqlite: unlock(path, file, key)?, file };
        migrations::refuse_newer(&db.sqlite, file)?;
        db.sqlite.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false).on(file)?;
        db.sqlite.execute_batch(&settings(file)).on(file)?;
        migrations::apply(&mut db.sqlite, file)?;
        Ok(db)
    }

    /// Reads.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Error> {
        work(&self.sqlite).on(self.file)
    }

    /// Writes in one transaction: all of it or, on any failure, nothing.
    pub(crate) fn write<T>(&mut self, work: impl FnOnce(&Transaction<'_>) -> Result<T, Error>) -> Result<T, Error> {
        let transaction = self.sqlite.transaction_with_behavior(TransactionBehavior::Immediate).on(self.file)?;
        let done = work(&transaction)?;
        transaction.commit().on(self.file)?;
        Ok(done)
    }

    /// Folds the write-ahead log into the file and empties it, so that what was overwritten is nowhere. Says whether it
    /// did: where a reader is in the way, the next fold does it.
    pub(crate) fn empty_wal(&self) -> Result<bool, Error> {
        let busy: i64 =
            self.read(|sqlite| sqlite.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)))?;
        Ok(busy == 0)
    }

    /// Makes sure that no other connection has the file open: only then can it do without a write-ahead log.
    ///
    /// # Errors
    /// [`Error::Busy`] if one has.
    pub(crate) fn ensure_alone(&self) -> Result<(), Error> {
        self.sqlite.busy_timeout(Duration::ZERO).on(self.file)?;
        let mode: String =
            self.read(|sqlite| sqlite.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0)))?;
        if mode == "delete" { Ok(()) } else { Err(Error::Busy { file: self.file }) }
    }

    /// Holds every page against its seal, and every table and index against its form.
    ///
    /// # Errors
    /// [`Error::Damaged`] where one does not fit.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let damaged = Error::Damaged { file: self.file };
        let broken_seals = self.read(|sqlite| {
            let mut check = sqlite.prepare("PRAGMA cipher_integrity_check")?;
            let mut rows = check.query([])?;
            Ok(rows.next()?.is_some())
        })?;
        if broken_seals {
            return Err(damaged);
        }
        let verdict: String = self.read(|sqlite| sqlite.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)))?;
        if verdict == "ok" { Ok(()) } else { Err(damaged) }
    }
}

/// Opens the file with the key and reads once to see that it fits. Closing it again leaves it as it was, with whatever
/// a crash left in its write-ahead log.
///
/// # Errors
/// [`Error::WrongKey`] where the key does not fit, or where the first page is damaged: the two look the same.
pub(crate) fn unlock(path: &Path, file: StoreFile, key: &[u8; 32]) -> Result<Connection, Error> {
    // Where this fails, the opening below fails too, and says why.
    SET_UP.call_once(|| drop(Connection::open_in_memory()));
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let sqlite = Connection::open_with_flags(path, flags).on(file)?;
    sqlite.busy_timeout(PATIENCE).on(file)?;
    sqlite.set_prepared_statement_cache_capacity(64);
    // Without this, a statement with a bound range is planned anew for every value that it is given.
    sqlite.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).on(file)?;
    sqlite.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).on(file)?;
    // SQLCipher would print to the standard error stream.
    sqlite.execute_batch("PRAGMA cipher_log_level = NONE").on(file)?;
    sqlite.execute_batch(&key_statement(key)).on(file)?;
    match sqlite.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0)) {
        Ok(_) => Ok(sqlite),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => Err(Error::WrongKey),
        Err(error) => Err(Error::from_sqlite(file, &error)),
    }
}

/// A malformed raw key would silently be taken for a passphrase: it is made here, from exactly 32 bytes, and wiped.
///
/// The salt follows from the key instead of being drawn and kept in the file's first bytes, so that a file whose first page
/// is damaged can still be read. It separates files of one key from nothing: each page has a random start of its own.
fn key_statement(key: &[u8; 32]) -> Zeroizing<String> {
    let salt = ContentHash::of_parts("walkbook-store-salt-1", &[key]).to_bytes();
    // Reserved in one piece, so that growing leaves no copy behind.
    let mut statement = Zeroizing::new(String::with_capacity(128));
    statement.push_str("PRAGMA key = \"x'");
    for byte in key.iter().chain(salt.iter().take(16)) {
        // Writing to a text cannot fail.
        let _ = write!(statement, "{byte:02x}");
    }
    statement.push_str("'\"");
    statement
}

/// The log is on the disk when a commit returns, through the drive's own cache where the system can say so; the book
/// can be had again and only has to stay whole. Deleted content is overwritten in both.
fn settings(file: StoreFile) -> String {
    let (synchronous, cache_kib) = match file {
        StoreFile::Log => ("FULL", 2_000),
        // Without this cache, point reads take four times as long.
        StoreFile::Book => ("NORMAL", 64_000),
    };
    format!(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}; PRAGMA fullfsync = ON; \
         PRAGMA cache_size = -{cache_kib}; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; \
         PRAGMA wal_autocheckpoint = 1000; PRAGMA journal_size_limit = {WAL_BYTES};"
    )
}
