//! The embedded store: SQLite in a folder, nothing to set up.
//!
//! One connection writes, on a thread of its own that commits many callers' work together; several read, each on a
//! snapshot. Contents lie in it sealed.

mod accounts;
mod arrangements;
mod audit;
mod directory;
mod documents;
mod entries;
mod erasures;
mod feed;
mod hearing;
mod keys;
mod leaving;
mod lists;
mod lives;
mod log;
mod maps;
mod marks;
mod outbox;
mod proofs;
mod quarantine;
mod readers;
mod registrations;
mod rescued;
mod row;
mod schema;
mod settings;
mod streets;
mod support;
pub mod tap;
mod teams;
#[cfg(test)]
mod tests;
mod writer;

use crate::store::sealing::Keyring;
use crate::store::{Error, Life, Masters, Recorded};
use readers::Readers;
use rusqlite::{Connection, OpenFlags};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tap::Tap;
use walkbook_vault::SecureRandom;
use writer::Writer;

/// The database's name in the store's folder.
pub const FILE: &str = "walkbook.sqlite";
/// Held by whoever has the store open.
pub const LOCK: &str = "walkbook.lock";

/// What can be chosen about an embedded store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How many callers may read at the same time.
    pub readers: usize,
    /// How many callers' writes may share one commit.
    pub group: usize,
    /// How many data keys are kept unwrapped, about 300 bytes each. More than the documents of a busy day: where each is
    /// pushed out before it is used again, it is unwrapped every time.
    pub cached_keys: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { readers: 4, group: 256, cached_keys: 65_536 }
    }
}

/// The store in a folder of its own.
pub struct EmbeddedStore {
    readers: Readers,
    writer: Writer,
    keyring: Arc<Keyring>,
    life: Life,
    file: PathBuf,
    tap: Mutex<Weak<Tap>>,
    /// Tells other processes that a life is under way, for as long as it is open.
    _lock: File,
}

impl EmbeddedStore {
    /// Opens the region's store in this folder, or makes it. `masters` are the region's keys, `random` draws keys and
    /// nonces.
    ///
    /// # Errors
    /// [`Error::WrongMasterKey`] and [`Error::NewerSchema`] without touching anything; those of the database.
    pub fn open(
        folder: &Path,
        region: &str,
        masters: impl Into<Masters>,
        random: Arc<dyn SecureRandom + Send + Sync>,
        options: Options,
    ) -> Result<Self, Error> {
        std::fs::create_dir_all(folder).map_err(row::failed)?;
        let file = folder.join(FILE);
        let keyring = Arc::new(Keyring::new(masters.into(), random, options.cached_keys));
        let mut connection = Connection::open(&file)?;
        schema::set_up_writer(&connection)?;
        schema::migrate(&mut connection)?;
        schema::check_master_key(&mut connection, &keyring, region)?;
        let (life, lock) = take_part(folder, &mut connection, &keyring)?;
        let read_only = || -> Result<Connection, Error> {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection = Connection::open_with_flags(&file, flags)?;
            schema::set_up_reader(&connection)?;
            Ok(connection)
        };
        let readers = (0..options.readers.max(1)).map(|_| read_only()).collect::<Result<_, _>>()?;
        let writer = Writer::start(connection, options.group.max(1))?;
        let tap = Mutex::default();
        Ok(Self { readers: Readers::new(readers), writer, keyring, life, file, tap, _lock: lock })
    }

    /// Begins to draw off what is committed from now on. One tap at a time.
    ///
    /// # Errors
    /// Those of the database.
    pub fn tap(&self) -> Result<Arc<Tap>, Error> {
        let tap = Arc::new(Tap::open(&self.file)?);
        *self.tap.lock().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(&tap);
        Ok(tap)
    }

    /// Does work on one snapshot of the committed state.
    fn read<T>(&self, work: impl FnOnce(&Connection, &Keyring) -> Result<T, Error>) -> Result<T, Error> {
        self.readers.with(|connection| work(connection, &self.keyring))
    }

    /// Makes sure that a key which was destroyed is gone from memory and from the write-ahead log too.
    fn forget_destroyed(&self) -> Result<(), Error> {
        self.keyring.forget();
        let tap = self.tap.lock().unwrap_or_else(PoisonError::into_inner).upgrade();
        match tap {
            Some(tap) => tap.spent_by(|| self.writer.empty_log()),
            None => self.writer.empty_log(),
        }
    }

    /// Does work in a transaction, all of it or nothing; returns when it is durable.
    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection, &Keyring) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let keyring = Arc::clone(&self.keyring);
        self.writer.write(move |connection| work(connection, &keyring))
    }
}

/// Looks whether a database that came out of a backup is sound, brings its form up to date, and has everything brought to the
/// backend anew, which may have been lost or be of a later moment.
///
/// # Errors
/// [`Error::NewerSchema`]; those of the database.
pub fn settle_restored(file: &Path) -> Result<bool, Error> {
    let mut connection = Connection::open(file)?;
    let sound: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if sound != "ok" {
        return Ok(false);
    }
    schema::set_up_writer(&connection)?;
    schema::migrate(&mut connection)?;
    connection.execute_batch(
        "INSERT INTO outbox (tenant, position, device, seq)
         SELECT tenant, position, device, seq FROM entries WHERE verdict = 0 ON CONFLICT DO NOTHING;
         INSERT INTO marks (tenant, subject, position)
         SELECT b.tenant, b.subject, b.position FROM bases AS b JOIN tenants AS t ON t.id = b.tenant
         WHERE t.wrapped_key IS NOT NULL AND substr(b.subject, 1, 1) <> x'02' ON CONFLICT DO NOTHING;
         PRAGMA wal_checkpoint(TRUNCATE);",
    )?;
    Ok(true)
}

/// The last record of the ledger of erasures that the store in this file has.
///
/// # Errors
/// Those of the database.
pub fn recorded_in(file: &Path) -> Result<Option<Recorded>, Error> {
    erasures::recorded(&Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?)
}

/// Begins a life, or takes part in the one of a process that has the store open.
fn take_part(folder: &Path, connection: &mut Connection, keyring: &Keyring) -> Result<(Life, File), Error> {
    let lock = File::options().create(true).truncate(false).write(true).open(folder.join(LOCK)).map_err(row::failed)?;
    let under_way = match lock.try_lock() {
        Ok(()) => None,
        Err(TryLockError::WouldBlock) => lives::last(connection)?,
        Err(TryLockError::Error(error)) => return Err(row::failed(error)),
    };
    let life = match under_way {
        Some(life) => life,
        None => lives::begin(connection, keyring.draw()?)?,
    };
    Ok((life, lock))
}

impl std::fmt::Debug for EmbeddedStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EmbeddedStore(..)")
    }
}
