//! `log.db`: what this device wrote. A knock is one insert here, and that commit is its acknowledgement.

use crate::error::{Error, StoreFile};
use crate::store::connection::Db;
use crate::store::own_entry::{Counts, EntryState, OwnContent, OwnEntry, Tail};
use crate::store::signed;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::path::Path;
use walkbook_model::Moment;

pub(crate) const COLUMNS: &str = "seq, moment, header, payload, salt, payload_hash, chain, state, reason";

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
        let seq = signed(entry.seq)?;
        let inserted = self.db.read(|sqlite| insert(sqlite, seq, entry, INSERT_NEXT))?;
        if inserted == 1 {
            return Ok(());
        }
        let last = self.tail()?.map_or(0, |tail| tail.seq);
        Err(Error::OutOfOrder { expected: last.saturating_add(1) })
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
        self.db.read(|sqlite| {
            sqlite
                .prepare_cached("SELECT seq, chain, moment FROM entry ORDER BY seq DESC LIMIT 1")?
                .query_row([], |row| Ok(Tail { seq: unsigned(row, 0)?, chain: row.get(1)?, moment: moment(row, 2)? }))
                .optional()
        })
    }

    /// The entries to send next, in order: as many of those nobody has acknowledged as fit into `limit_bytes` of headers
    /// and payloads, but at least one, so that a large one cannot block the rest.
    ///
    /// # Errors
    /// [`Error::Damaged`] and others as described there.
    pub fn unacknowledged(&self, limit_bytes: usize) -> Result<Vec<OwnEntry>, Error> {
        // The index holds the state and the sequence number: what was sent long ago is not read.
        self.collect(&format!("SELECT {COLUMNS} FROM entry WHERE state = 0 AND seq > ?1 ORDER BY seq"), 0, limit_bytes)
    }

    /// The places in the log of every entry that nobody has acknowledged.
    ///
    /// # Errors
    /// [`Error::Damaged`] and others as described there.
    pub fn unacknowledged_seqs(&self) -> Result<Vec<u64>, Error> {
        self.db.read(|sqlite| {
            sqlite
                .prepare_cached("SELECT seq FROM entry WHERE state = 0 ORDER BY seq")?
                .query_map([], |row| unsigned(row, 0))?
                .collect()
        })
    }

    /// The entries from `seq` on, whatever has become of them, in order: as many as fit into `limit_bytes`, but at least
    /// one. For working them into the book, and for refilling a server that was restored to an earlier moment.
    ///
    /// # Errors
    /// [`Error::Damaged`] and others as described there.
    pub fn from(&self, seq: u64, limit_bytes: usize) -> Result<Vec<OwnEntry>, Error> {
        let before = signed(seq.saturating_sub(1))?;
        self.collect(&format!("SELECT {COLUMNS} FROM entry WHERE seq > ?1 ORDER BY seq"), before, limit_bytes)
    }

    /// Notes that the server, or the backend behind it, has these entries. What is already further stays there; what is
    /// not in the log is passed over, so that an answer may come twice.
    ///
    /// # Errors
    /// [`Error::DiskFull`] and others as described there; then none of them is noted.
    pub fn acknowledge(&mut self, seqs: &[u64], reached: Reached) -> Result<(), Error> {
        self.db.write(|transaction| {
            for seq in seqs {
                let seq = signed(*seq)?;
                run(transaction, UPDATE_ONE, params![reached.code(), seq])?;
            }
            Ok(())
        })
    }

    /// Notes that the server has every entry up to and including `seq` that it has not refused.
    ///
    /// # Errors
    /// [`Error::DiskFull`] and others as described there; then nothing is noted.
    pub fn acknowledge_up_to(&mut self, seq: u64, reached: Reached) -> Result<(), Error> {
        let seq = signed(seq)?;
        self.db.write(|transaction| run(transaction, UPDATE_UP_TO, params![reached.code(), seq]))
    }

    /// Notes that the server has refused an entry, and why. It stays in the log and is counted until someone deals with it.
    ///
    /// # Errors
    /// [`Error::DiskFull`] and others as described there.
    pub fn refuse(&mut self, seq: u64, reason: u16) -> Result<(), Error> {
        let (seq, code) = (signed(seq)?, EntryState::Refused { reason }.code());
        self.db.write(|transaction| run(transaction, REFUSE, params![code, reason, seq]))
    }

    /// The server was restored and no longer has what came after `seq`: those entries are to be sent again.
    ///
    /// # Errors
    /// [`Error::DiskFull`] and others as described there; then nothing is changed.
    pub fn send_again_after(&mut self, seq: u64) -> Result<(), Error> {
        let seq = signed(seq)?;
        self.db.write(|transaction| run(transaction, SEND_AGAIN, params![seq]))
    }

    /// How many entries have come how far.
    ///
    /// # Errors
    /// [`Error::Damaged`] and others as described there.
    pub fn counts(&self) -> Result<Counts, Error> {
        self.db.read(|sqlite| {
            let mut counts = Counts::default();
            let mut select = sqlite.prepare_cached("SELECT state, count(*) FROM entry GROUP BY state")?;
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                let count = unsigned(row, 1)?;
                match row.get::<_, i64>(0)? {
                    0 => counts.saved = count,
                    1 => counts.on_server = count,
                    2 => counts.in_backend = count,
                    _ => counts.refused = count,
                }
            }
            Ok(counts)
        })
    }

    /// Erases what an entry says, and its salt; header and hashes stay, and the chain still checks. The bytes are
    /// overwritten in the file; the write-ahead log is folded in and emptied.
    ///
    /// # Errors
    /// [`Error::DiskFull`] and others as described there. Erasing what is erased already is none.
    pub fn erase_payload(&mut self, seq: u64) -> Result<(), Error> {
        let seq = signed(seq)?;
        self.db.write(|transaction| run(transaction, ERASE, params![seq]))?;
        self.db.empty_wal()
    }

    fn collect(&self, sql: &str, after: i64, limit_bytes: usize) -> Result<Vec<OwnEntry>, Error> {
        self.db.read(|sqlite| {
            let mut select = sqlite.prepare_cached(sql)?;
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
        })
    }
}

/// Who has an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// The server.
    Server,
    /// The tenant's backend.
    Backend,
}

impl Reached {
    const fn code(self) -> i64 {
        match self {
            Self::Server => EntryState::OnServer.code(),
            Self::Backend => EntryState::InBackend.code(),
        }
    }
}

const INSERT_NEXT: &str = "INSERT INTO entry (seq, moment, header, payload, salt, payload_hash, chain, state, reason)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 WHERE ?1 = (SELECT coalesce(max(seq), 0) + 1 FROM entry)";
pub(crate) const INSERT_MISSING: &str =
    "INSERT OR IGNORE INTO entry (seq, moment, header, payload, salt, payload_hash, chain, state, reason)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
const UPDATE_ONE: &str = "UPDATE entry SET state = ?1, reason = NULL WHERE seq = ?2 AND (state < ?1 OR state = 3)";
// Written so that the index finds the few that have not come so far.
const UPDATE_UP_TO: &str = "UPDATE entry SET state = ?1 WHERE state < ?1 AND state IN (0, 1) AND seq <= ?2";
const REFUSE: &str = "UPDATE entry SET state = ?1, reason = ?2 WHERE seq = ?3";
const SEND_AGAIN: &str = "UPDATE entry SET state = 0 WHERE seq > ?1 AND state IN (1, 2)";
const ERASE: &str = "UPDATE entry SET payload = NULL, salt = NULL WHERE seq = ?1";

fn run(sqlite: &Connection, sql: &str, params: impl rusqlite::Params) -> Result<(), Error> {
    let done = sqlite.prepare_cached(sql).and_then(|mut statement| statement.execute(params));
    done.map(|_| ()).map_err(|error| Error::from_sqlite(StoreFile::Log, &error))
}

pub(crate) fn insert(sqlite: &Connection, seq: i64, entry: &OwnEntry, sql: &str) -> rusqlite::Result<usize> {
    sqlite.prepare_cached(sql)?.execute(params![
        seq,
        entry.moment.to_bits().cast_signed(),
        entry.header,
        entry.content.as_ref().map(|content| &content.payload),
        entry.content.as_ref().map(|content| content.salt),
        entry.payload_hash,
        entry.chain,
        entry.state.code(),
        entry.state.reason(),
    ])
}

pub(crate) fn from_row(row: &Row<'_>) -> rusqlite::Result<OwnEntry> {
    let content = match (row.get(3)?, row.get(4)?) {
        (Some(payload), Some(salt)) => Some(OwnContent { payload, salt }),
        _ => None,
    };
    let state = EntryState::from_columns(row.get(7)?, row.get(8)?).ok_or(rusqlite::Error::InvalidColumnType(
        7,
        String::new(),
        Type::Integer,
    ))?;
    Ok(OwnEntry {
        seq: unsigned(row, 0)?,
        moment: moment(row, 1)?,
        header: row.get(2)?,
        content,
        payload_hash: row.get(5)?,
        chain: row.get(6)?,
        state,
    })
}

fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let value: i64 = row.get(column)?;
    u64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, value))
}

fn moment(row: &Row<'_>, column: usize) -> rusqlite::Result<Moment> {
    Ok(Moment::from_bits(row.get::<_, i64>(column)?.cast_unsigned()))
}
