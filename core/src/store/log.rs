//! `log.db`: what this device wrote. A knock is one insert here, and that commit is its acknowledgement.

mod notices;
mod progress;
mod row;
mod seeds;

pub use progress::{Reached, Turned};
pub(crate) use row::{COLUMNS, INSERT_MISSING, from_row, insert};

use crate::error::{Error, OnFile, StoreFile};
use crate::store::connection::Db;
use crate::store::own_entry::{OwnEntry, Tail};
use crate::store::signed;
use progress::settled_to;
use row::{INSERT_NEXT, moment, run, unsigned};
use rusqlite::{Connection, OptionalExtension, params};
use seeds::forget_seed_of;
use std::path::Path;

/// The device's own log.
pub struct Log {
    pub(crate) db: Db,
}

impl Log {
    pub(crate) fn open(folder: &Path, path: &Path, key: &[u8; 32]) -> Result<Self, Error> {
        Ok(Self { db: Db::open(folder, path, StoreFile::Log, key)? })
    }

    /// Writes the log's next entry. Once this returns, the entry is on the disk.
    ///
    /// # Errors
    /// [`Error::OutOfOrder`] if the entry does not follow the last one; [`Error::DiskFull`] and others as described there.
    /// After an error the log is as it was.
    pub fn append(&mut self, entry: &OwnEntry) -> Result<(), Error> {
        // One statement is one transaction.
        insert_next(&self.db.sqlite, entry)
    }

    /// A small record by its name, if there is one.
    ///
    /// # Errors
    /// [`Error::Damaged`] and others as described there.
    pub fn note(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        self.db.read(|sqlite| {
            sqlite
                .prepare_cached("SELECT value FROM note WHERE name = ?1")?
                .query_row([name], |row| row.get(0))
                .optional()
        })
    }

    /// Keeps a small record under its name, in place of what was there. Once this returns, it is on the disk.
    ///
    /// # Errors
    /// [`Error::DiskFull`] and others as described there; then the old one stays.
    pub fn set_note(&mut self, name: &str, value: &[u8]) -> Result<(), Error> {
        run(&self.db.sqlite, "INSERT OR REPLACE INTO note VALUES (?1, ?2)", params![name, value])
    }

    /// The last entry; nothing in a new log.
    ///
    /// # Errors
    /// [`Error::Damaged`] and others as described there.
    pub fn tail(&self) -> Result<Option<Tail>, Error> {
        self.db.read(tail)
    }

    /// The entries to send next, in order: as many of those nobody has acknowledged as fit into `limit_bytes` of headers
    /// and payloads, but at least one, so that a large one cannot block the rest.
    ///
    /// # Errors
    /// [`Error::Damaged`] and others as described there.
    pub fn unacknowledged(&self, limit_bytes: usize) -> Result<Vec<OwnEntry>, Error> {
        self.db.read(|sqlite| collect(sqlite, settled_to(sqlite)?, "AND state = 0", limit_bytes))
    }

    /// The entries from `seq` on, whatever has become of them, in order: as many as fit into `limit_bytes`, but at least
    /// one. For working them into the book, and for refilling a server that was restored to an earlier moment.
    ///
    /// # Errors
    /// [`Error::Damaged`] and others as described there.
    pub fn from(&self, seq: u64, limit_bytes: usize) -> Result<Vec<OwnEntry>, Error> {
        let before = signed(seq.saturating_sub(1))?;
        self.db.read(|sqlite| collect(sqlite, before, "", limit_bytes))
    }

    /// Erases what an entry says, and its salt; header and hashes stay, and the chain still checks. The bytes are
    /// overwritten in the file; the write-ahead log is folded in and emptied.
    ///
    /// # Errors
    /// [`Error::DiskFull`] and others as described there. Erasing what is erased already is none.
    pub fn erase_payload(&mut self, seq: u64) -> Result<(), Error> {
        self.erase(&[seq])
    }

    /// The same of several, all or none.
    ///
    /// # Errors
    /// As [`erase_payload`](Self::erase_payload).
    pub fn erase(&mut self, entries: &[u64]) -> Result<(), Error> {
        if entries.is_empty() {
            return Ok(());
        }
        let entries = entries.iter().map(|seq| signed(*seq)).collect::<Result<Vec<_>, _>>()?;
        self.db.write(|transaction| {
            entries.iter().try_for_each(|seq| {
                run(transaction, ERASE, params![seq])?;
                forget_seed_of(transaction, *seq)
            })
        })?;
        self.db.empty_wal().map(drop)
    }
}

fn collect(sqlite: &Connection, after: i64, and: &str, limit_bytes: usize) -> rusqlite::Result<Vec<OwnEntry>> {
    let sql = format!("SELECT {COLUMNS} FROM entry NOT INDEXED WHERE seq > ?1 {and} ORDER BY seq");
    let mut select = sqlite.prepare_cached(&sql)?;
    let mut rows = select.query([after])?;
    let (mut entries, mut bytes) = (Vec::new(), 0_usize);
    while let Some(row) = rows.next()? {
        let entry = from_row(row)?;
        bytes = bytes.saturating_add(entry.header.len());
        bytes = bytes.saturating_add(entry.content.as_ref().map_or(0, |content| content.payload.len()));
        if bytes > limit_bytes && !entries.is_empty() {
            break;
        }
        entries.push(entry);
    }
    Ok(entries)
}

fn tail(sqlite: &Connection) -> rusqlite::Result<Option<Tail>> {
    sqlite
        .prepare_cached("SELECT seq, chain, moment FROM entry ORDER BY seq DESC LIMIT 1")?
        .query_row([], |row| Ok(Tail { seq: unsigned(row, 0)?, chain: row.get(1)?, moment: moment(row, 2)? }))
        .optional()
}

fn insert_next(sqlite: &Connection, entry: &OwnEntry) -> Result<(), Error> {
    let seq = signed(entry.seq)?;
    if insert(sqlite, seq, entry, INSERT_NEXT).on(StoreFile::Log)? == 1 {
        return Ok(());
    }
    let last = tail(sqlite).on(StoreFile::Log)?.map_or(0, |tail| tail.seq);
    Err(Error::OutOfOrder { expected: last.saturating_add(1) })
}

const ERASE: &str = "UPDATE entry SET payload = NULL, salt = NULL, words = NULL WHERE seq = ?1";
