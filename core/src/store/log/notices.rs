//! What the server did not take as it was: telling the person, and making an entry again.

use super::Log;
use super::row::{COLUMNS, from_row, run, unsigned};
use super::seeds::keep_seed;
use crate::error::{Error, OnFile, StoreFile};
use crate::store::own_entry::OwnEntry;
use crate::store::signed;
use rusqlite::params;
use walkbook_vault::SaltSeed;

impl Log {
    /// What was refused or set aside and not made again, the latest first, at most `limit`.
    ///
    /// # Errors
    /// [`Error::Damaged`] and others as described there.
    pub fn turned(&self, limit: u32) -> Result<Vec<OwnEntry>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM entry WHERE state <> 0 AND state IN (3, 4) AND made_again_as IS NULL ORDER BY seq DESC LIMIT ?1"
        );
        self.db.read(|sqlite| sqlite.prepare_cached(&sql)?.query_map([limit], from_row)?.collect())
    }

    /// What was refused and that the person has not seen, in order, without what was made again.
    ///
    /// # Errors
    /// [`Error::Damaged`] and others as described there.
    pub fn refused_unseen(&self) -> Result<Vec<OwnEntry>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM entry WHERE state <> 0 AND state = 3 AND seen = 0 AND made_again_as IS NULL ORDER BY seq"
        );
        self.db.read(|sqlite| sqlite.prepare_cached(&sql)?.query_map([], from_row)?.collect())
    }

    /// Notes that the person has seen what became of an entry; says whether there was something to see.
    ///
    /// # Errors
    /// [`Error::DiskFull`] and others as described there.
    pub fn see(&mut self, seq: u64) -> Result<bool, Error> {
        let seq = signed(seq)?;
        self.db.write(|transaction| {
            let sql = "UPDATE entry SET seen = 1 WHERE seq = ?1 AND state IN (3, 4)";
            let seen = transaction.prepare_cached(sql).and_then(|mut update| update.execute([seq]));
            Ok(seen.on(StoreFile::Log)? > 0)
        })
    }

    /// The entries that were refused for this reason and have still to be made again, in order. Not those that were made
    /// in the place of another, so that nothing is made again for ever, and not those that the person has dismissed.
    ///
    /// # Errors
    /// [`Error::Damaged`] and others as described there.
    pub fn to_make_again(&self, reason: u16) -> Result<Vec<OwnEntry>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM entry WHERE state <> 0 AND state = 3 AND reason = ?1 AND seen = 0 AND made_again_as IS NULL
             AND NOT EXISTS (SELECT 1 FROM entry AS first WHERE first.made_again_as = entry.seq) ORDER BY seq"
        );
        self.db.read(|sqlite| sqlite.prepare_cached(&sql)?.query_map([reason], from_row)?.collect())
    }

    /// Each entry that was made again, and the one in its place, in order.
    ///
    /// # Errors
    /// [`Error::Damaged`] and others as described there.
    pub fn made_again(&self) -> Result<Vec<(u64, u64)>, Error> {
        self.db.read(|sqlite| {
            sqlite
                .prepare_cached("SELECT seq, made_again_as FROM entry WHERE made_again_as IS NOT NULL ORDER BY seq")?
                .query_map([], |row| Ok((unsigned(row, 0)?, unsigned(row, 1)?)))?
                .collect()
        })
    }

    /// Writes the log's next entries, all or none; the first of them stands in the place of `replaced`, if there is one.
    /// `seed` is that of their salts and of the entries after them, where it is another than that of the entries before. Once
    /// this returns, they are on the disk.
    ///
    /// # Errors
    /// As [`Log::append`].
    pub fn append_all(
        &mut self,
        entries: &[OwnEntry],
        replaced: Option<u64>,
        seed: Option<SaltSeed>,
    ) -> Result<(), Error> {
        let Some(first) = entries.first() else { return Ok(()) };
        let first = signed(first.seq)?;
        self.db.write(|transaction| {
            entries.iter().try_for_each(|entry| super::insert_next(transaction, entry))?;
            seed.map_or(Ok(()), |seed| keep_seed(transaction, first, seed))?;
            let Some(replaced) = replaced else { return Ok(()) };
            let sql = "UPDATE entry SET made_again_as = ?1 WHERE seq = ?2";
            run(transaction, sql, params![first, signed(replaced)?])
        })
    }
}
