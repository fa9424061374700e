//! Getting out of a damaged log what is still readable in it. The damaged file is only read, never written.

mod first_page;

use crate::error::{Error, OnFile, StoreFile};
use crate::store::log::{COLUMNS, INSERT_MISSING, Log, from_row, insert};
use crate::store::own_entry::OwnEntry;
use crate::store::{connection, files, signed};
use rusqlite::Connection;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// What became of a damaged log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Salvage {
    /// How many entries are in the new log.
    pub kept: u64,
    /// Which are missing between the first and the last that were kept. Entries at the very end may be missing too: hold
    /// the tail against what the server and the book know.
    pub missing: Vec<RangeInclusive<u64>>,
    /// Where the damaged file lies now, whole; it opens with the same key.
    pub aside: PathBuf,
}

/// Makes a new log of what can be read, and moves the damaged one aside. No connection may be open on it.
///
/// The new log is complete before it takes the name; a crash anywhere in between leaves one or the other, and
/// [`finish_interrupted`] or the next salvage goes on from there.
pub(crate) fn salvage(folder: &Path, key: &[u8; 32]) -> Result<Salvage, Error> {
    let (old, new) = (files::path(folder, StoreFile::Log), folder.join(NEW));
    files::remove_working_copy(&new).on(StoreFile::Log)?;
    let (kept, missing) = {
        let mut log = Log::open(folder, &new, key)?;
        read_in_order(&mut log, &old, key)?;
        read_notes(&mut log, &old, key)?;
        read_page_by_page(&mut log, folder, &old, key)?;
        log.db.empty_wal()?;
        (
            log.db.read(|sqlite| sqlite.query_row("SELECT count(*) FROM entry", [], |row| row.get::<_, i64>(0)))?,
            gaps(&log)?,
        )
    };
    let aside = files::move_aside(folder, StoreFile::Log, files::DAMAGED)?;
    finish_interrupted(folder)?;
    Ok(Salvage { kept: kept.unsigned_abs(), missing, aside })
}

/// Gives a finished new log its name, where a crash came between moving the damaged one aside and this, and removes the
/// working copies of a salvage that was cut off.
pub(crate) fn finish_interrupted(folder: &Path) -> Result<(), Error> {
    let (log, new) = (files::path(folder, StoreFile::Log), folder.join(NEW));
    for copy in [SCAN, first_page::LENDER] {
        files::remove_working_copy(&folder.join(copy)).on(StoreFile::Log)?;
    }
    if log.exists() {
        // Not finished, and the damaged log is still there to begin again from.
        return files::remove_working_copy(&new).on(StoreFile::Log);
    }
    if !new.exists() {
        return Ok(());
    }
    files::gather_strays(folder, StoreFile::Log)?;
    files::rename_with_companions(&new, &log).on(StoreFile::Log)?;
    files::sync_folder(folder).on(StoreFile::Log)
}

const NEW: &str = "log.salvaged.db";
const SCAN: &str = "log.scan.db";

/// The truth, as far as the tree leads to it: from the front and from the back, each up to the first damage.
fn read_in_order(log: &mut Log, old: &Path, key: &[u8; 32]) -> Result<(), Error> {
    for direction in ["ASC", "DESC"] {
        // After a broken page SQLCipher refuses all work on a connection: each reading has its own.
        let Some(sqlite) = unless_passing(connection::unlock(old, StoreFile::Log, key))? else { continue };
        let readable = readable(&sqlite, &format!("SELECT {COLUMNS} FROM entry NOT INDEXED ORDER BY seq {direction}"))?;
        keep(log, &readable)?;
    }
    Ok(())
}

/// Who this device is, and other small records.
fn read_notes(log: &mut Log, file: &Path, key: &[u8; 32]) -> Result<(), Error> {
    let Some(sqlite) = unless_passing(connection::unlock(file, StoreFile::Log, key))? else { return Ok(()) };
    let Some(mut select) = unless_passing(sqlite.prepare("SELECT name, value FROM note").on(StoreFile::Log))? else {
        return Ok(());
    };
    let mut rows = select.query([]).on(StoreFile::Log)?;
    while let Some(Some(row)) = unless_passing(rows.next().on(StoreFile::Log))? {
        if let (Ok(name), Ok(value)) = (row.get::<_, String>(0), row.get::<_, Vec<u8>>(1)) {
            log.set_note(&name, &value)?;
        }
    }
    Ok(())
}

/// What lies behind a damaged page: the table is told, in a copy, that it begins at each page in turn. Pages that hold
/// something else refuse to be read as entries. What the tree gave stands; this only adds.
fn read_page_by_page(log: &mut Log, folder: &Path, old: &Path, key: &[u8; 32]) -> Result<(), Error> {
    let scan = folder.join(SCAN);
    files::remove_working_copy(&scan).on(StoreFile::Log)?;
    files::copy_with_companions(old, &scan).on(StoreFile::Log)?;
    let scanned = match unless_passing(connection::unlock(&scan, StoreFile::Log, key))? {
        Some(_) => Ok(()),
        None => first_page::lend(folder, &scan, key).and_then(|()| read_notes(log, &scan, key)),
    }
    .and_then(|()| scan_pages(log, &scan, key));
    files::remove_working_copy(&scan).on(StoreFile::Log)?;
    scanned
}

fn scan_pages(log: &mut Log, scan: &Path, key: &[u8; 32]) -> Result<(), Error> {
    // Where not even a lent first page helps there is no table to point elsewhere.
    let Some(pointer) = unless_passing(connection::unlock(scan, StoreFile::Log, key))? else { return Ok(()) };
    let pages = pointer.query_row("PRAGMA page_count", [], |row| row.get::<_, i64>(0)).on(StoreFile::Log);
    let Some(pages) = unless_passing(pages)? else { return Ok(()) };
    let writable = pointer.execute_batch("PRAGMA writable_schema = ON").on(StoreFile::Log);
    let Some(()) = unless_passing(writable)? else { return Ok(()) };
    let select = format!("SELECT {COLUMNS} FROM entry NOT INDEXED");
    for page in 2..=pages {
        let point = "UPDATE sqlite_schema SET rootpage = ?1 WHERE type = 'table' AND name = 'entry'";
        let Some(_) = unless_passing(pointer.execute(point, [page]).on(StoreFile::Log))? else { return Ok(()) };
        let Some(sqlite) = unless_passing(connection::unlock(scan, StoreFile::Log, key))? else { continue };
        let readable = readable(&sqlite, &select)?;
        keep(log, &readable)?;
    }
    Ok(())
}

/// The rows up to the first that cannot be read.
fn readable(sqlite: &Connection, select: &str) -> Result<Vec<OwnEntry>, Error> {
    let mut entries = Vec::new();
    let Some(mut statement) = unless_passing(sqlite.prepare(select).on(StoreFile::Log))? else { return Ok(entries) };
    let mut rows = statement.query([]).on(StoreFile::Log)?;
    loop {
        match unless_passing(rows.next().on(StoreFile::Log))? {
            // A row of another form is not an entry; the ones behind it may be.
            Some(Some(row)) => entries.extend(from_row(row).ok()),
            Some(None) | None => return Ok(entries),
        }
    }
}

/// Nothing where the file does not give it. What may be otherwise the next time is no damage: then the salvage is
/// broken off, or entries would be left behind that can be read.
fn unless_passing<T>(read: Result<T, Error>) -> Result<Option<T>, Error> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(error @ (Error::Busy { .. } | Error::DiskFull { .. })) => Err(error),
        Err(error @ Error::Sqlite { code: rusqlite::ffi::SQLITE_NOMEM, .. }) => Err(error),
        Err(_) => Ok(None),
    }
}

fn keep(log: &mut Log, entries: &[OwnEntry]) -> Result<(), Error> {
    log.db.write(|transaction| {
        for entry in entries {
            let seq = signed(entry.seq)?;
            insert(transaction, seq, entry, INSERT_MISSING).on(StoreFile::Log)?;
        }
        Ok(())
    })
}

fn gaps(log: &Log) -> Result<Vec<RangeInclusive<u64>>, Error> {
    let seqs: Vec<i64> = log.db.read(|sqlite| {
        sqlite.prepare("SELECT seq FROM entry ORDER BY seq")?.query_map([], |row| row.get(0))?.collect()
    })?;
    let mut next = 1_u64;
    let mut gaps = Vec::new();
    for seq in seqs.into_iter().map(i64::unsigned_abs) {
        if seq > next {
            gaps.push(next..=seq - 1);
        }
        next = seq.saturating_add(1);
    }
    Ok(gaps)
}
