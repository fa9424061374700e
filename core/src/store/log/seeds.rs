//! The seeds of the salts of what was not sent yet.

use super::Log;
use super::row::{run, unsigned};
use crate::error::Error;
use rusqlite::{Transaction, params};
use walkbook_vault::SaltSeed;

impl Log {
    /// The seeds that are kept, each with the first entry that it is of, in order.
    ///
    /// # Errors
    /// [`Error::Damaged`] and others as described there.
    pub fn seeds(&self) -> Result<Vec<(u64, SaltSeed)>, Error> {
        self.db.read(|sqlite| {
            sqlite
                .prepare_cached("SELECT first_seq, bytes FROM seed ORDER BY first_seq")?
                .query_map([], |row| Ok((unsigned(row, 0)?, SaltSeed::from_bytes(row.get(1)?))))?
                .collect()
        })
    }
}

/// Keeps the seed of the entries from this one on, up to the next one that is kept.
pub(super) fn keep_seed(transaction: &Transaction<'_>, first_seq: i64, seed: SaltSeed) -> Result<(), Error> {
    run(transaction, "INSERT OR REPLACE INTO seed VALUES (?1, ?2)", params![first_seq, seed.to_bytes()])
}

/// Forgets the seeds of which every entry is settled.
pub(super) fn forget_settled(transaction: &Transaction<'_>) -> Result<(), Error> {
    run(transaction, FORGET_SETTLED, [])
}

/// Forgets the seed from which this entry's salt could be derived again.
pub(super) fn forget_seed_of(transaction: &Transaction<'_>, seq: i64) -> Result<(), Error> {
    let sql = "DELETE FROM seed WHERE first_seq = (SELECT max(first_seq) FROM seed WHERE first_seq <= ?1)";
    run(transaction, sql, params![seq])
}

// A seed is of the entries before the next seed's, and the last one of all to the end.
const FORGET_SETTLED: &str = "DELETE FROM seed WHERE coalesce(
    (SELECT min(later.first_seq) - 1 FROM seed AS later WHERE later.first_seq > seed.first_seq),
    (SELECT max(seq) FROM entry)) <= (SELECT up_to FROM settled)";
