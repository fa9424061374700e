//! Lending a damaged log the first page of a new one. Only the first page says that the file is a database and what its
//! tables are called; without it nothing else could be read, though it is all there.

use crate::error::{Error, OnFile, StoreFile};
use crate::store::log::Log;
use crate::store::{files, signed};
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;

/// A working copy.
pub(super) const LENDER: &str = "log.lender.db";
const PAGE_BYTES: usize = 4096;

/// Overwrites the first page of `borrower`, a working copy, with that of a new log of at least its size. Both have the
/// same key and, as the salt follows from the key, the same seals.
pub(super) fn lend(folder: &Path, borrower: &Path, key: &[u8; 32]) -> Result<(), Error> {
    let lender = folder.join(LENDER);
    files::remove_working_copy(&lender).on(StoreFile::Log)?;
    let lent = grow(folder, &lender, borrower, key).and_then(|()| copy(&lender, borrower).on(StoreFile::Log));
    files::remove_working_copy(&lender).on(StoreFile::Log)?;
    lent
}

/// SQLite reads no further than the first page says that the file goes.
fn grow(folder: &Path, lender: &Path, borrower: &Path, key: &[u8; 32]) -> Result<(), Error> {
    let bytes = signed(std::fs::metadata(borrower).on(StoreFile::Log)?.len())?;
    let log = Log::open(folder, lender, key)?;
    log.db.read(|sqlite| {
        let fill = "INSERT INTO entry (seq, moment, header, payload_hash, chain)
                    VALUES (1, 0, zeroblob(?1), zeroblob(32), zeroblob(32))";
        sqlite.execute(fill, [bytes])
    })?;
    log.db.empty_wal().map(drop)
}

fn copy(lender: &Path, borrower: &Path) -> std::io::Result<()> {
    let mut page = [0; PAGE_BYTES];
    let mut lender = File::open(lender)?;
    lender.read_exact(&mut page)?;
    let mut borrower = OpenOptions::new().write(true).open(borrower)?;
    borrower.write_all(&page)?;
    // A file that ends before its first page says so would be refused; the pages that are added are merely unreadable.
    borrower.set_len(lender.metadata()?.len())
}
