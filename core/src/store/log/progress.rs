//! How far entries have come: what the server and the backend said of them.

use super::Log;
use super::row::{run, unsigned};
use super::seeds::forget_settled;
use crate::error::{Error, OnFile, StoreFile};
use crate::store::own_entry::{Counts, EntryState};
use crate::store::signed;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use walkbook_model::Timestamp;

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

/// One entry that the server did not take as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turned {
    /// Which entry of the log.
    pub seq: u64,
    /// What became of it.
    pub state: EntryState,
    /// Why, in the words of whoever decided; nothing where nobody did.
    pub words: Option<String>,
}

impl Log {
    /// Notes that the server, or the backend behind it, has these entries. What is already further stays there; what is
    /// not in the log is passed over, so that an answer may come twice.
    ///
    /// # Errors
    /// [`Error::DiskFull`] and others as described there; then none of them is noted.
    pub fn acknowledge(&mut self, seqs: &[u64], reached: Reached) -> Result<(), Error> {
        if seqs.is_empty() {
            return Ok(());
        }
        self.db.write(|transaction| {
            for seq in seqs {
                let seq = signed(*seq)?;
                run(transaction, UPDATE_ONE, params![reached.code(), seq])?;
            }
            settle(transaction)
        })
    }

    /// Notes that the server has every entry up to and including `seq` that it has not refused or set aside.
    ///
    /// # Errors
    /// [`Error::DiskFull`] and others as described there; then nothing is noted.
    pub fn acknowledge_up_to(&mut self, seq: u64, reached: Reached) -> Result<(), Error> {
        let seq = signed(seq)?;
        self.db.write(|transaction| {
            let settled_to = settled_to(transaction).on(StoreFile::Log)?;
            run(transaction, UPDATE_UNTOLD, params![reached.code(), settled_to, seq])?;
            run(transaction, UPDATE_TOLD, params![reached.code(), seq])?;
            settle(transaction)
        })
    }

    /// Notes what the server has refused or set aside. It stays in the log and is counted until someone has seen it; told
    /// again, it does not count as new.
    ///
    /// # Errors
    /// [`Error::DiskFull`] and others as described there; then none of it is noted.
    pub fn turn(&mut self, turned: &[Turned], told_at: Timestamp) -> Result<(), Error> {
        if turned.is_empty() {
            return Ok(());
        }
        self.db.write(|transaction| {
            for Turned { seq, state, words } in turned {
                let at = signed(told_at.as_ms())?;
                run(transaction, TURN, params![state.code(), state.reason(), at, signed(*seq)?, words])?;
            }
            settle(transaction)
        })
    }

    /// The server was restored and no longer has what came after `seq`: those entries are to be sent, and judged, again.
    ///
    /// # Errors
    /// [`Error::DiskFull`] and others as described there; then nothing is changed.
    pub fn send_again_after(&mut self, seq: u64) -> Result<(), Error> {
        let seq = signed(seq)?;
        self.db.write(|transaction| {
            run(transaction, SEND_AGAIN, params![seq])?;
            run(transaction, "UPDATE settled SET up_to = min(up_to, ?1)", params![seq])
        })
    }

    /// The places in the log of every entry that nobody has acknowledged.
    ///
    /// # Errors
    /// [`Error::Damaged`] and others as described there.
    pub fn unacknowledged_seqs(&self) -> Result<Vec<u64>, Error> {
        self.db.read(|sqlite| {
            sqlite
                .prepare_cached("SELECT seq FROM entry NOT INDEXED WHERE seq > ?1 AND state = 0 ORDER BY seq")?
                .query_map([settled_to(sqlite)?], |row| unsigned(row, 0))?
                .collect()
        })
    }

    /// The place in the log up to which the server has said something of every entry.
    ///
    /// # Errors
    /// [`Error::Damaged`] and others as described there.
    pub fn settled_to(&self) -> Result<u64, Error> {
        self.db.read(settled_to).map(i64::unsigned_abs)
    }

    /// The last entry in the log of which the server has said anything; 0 where there is none.
    ///
    /// # Errors
    /// [`Error::Damaged`] and others as described there.
    pub fn last_told(&self) -> Result<u64, Error> {
        // From the end, over what was not sent yet.
        let sql = "SELECT seq FROM entry NOT INDEXED WHERE state <> 0 ORDER BY seq DESC LIMIT 1";
        let last =
            self.db.read(|sqlite| sqlite.prepare_cached(sql)?.query_row([], |row| unsigned(row, 0)).optional())?;
        Ok(last.unwrap_or_default())
    }

    /// Whether nothing is missing from the last entry that the server has to the end: what comes behind a gap could not be
    /// sent.
    ///
    /// # Errors
    /// [`Error::Damaged`] and others as described there.
    pub fn is_whole_behind_server(&self) -> Result<bool, Error> {
        let Some(first) = self.unacknowledged_seqs()?.first().copied() else { return Ok(true) };
        // With the one before, whose end it continues.
        let from = first.saturating_sub(1).max(1);
        let sql = "SELECT count(*), coalesce(max(seq), 0) FROM entry WHERE seq >= ?1";
        let (count, last) = self.db.read(|sqlite| {
            sqlite
                .prepare_cached(sql)?
                .query_row([from.cast_signed()], |row| Ok((unsigned(row, 0)?, unsigned(row, 1)?)))
        })?;
        Ok(count == (last + 1).saturating_sub(from))
    }

    /// How many entries have come how far.
    ///
    /// # Errors
    /// [`Error::Damaged`] and others as described there.
    pub fn counts(&self) -> Result<Counts, Error> {
        self.db.read(|sqlite| {
            let mut select = sqlite.prepare_cached(COUNT_UNTOLD)?;
            let saved = select.query_row([settled_to(sqlite)?], |row| unsigned(row, 0))?;
            let mut counts = Counts { saved, ..Counts::default() };
            // The index alone answers this; the few that were turned down are looked at one by one.
            let mut select = sqlite.prepare_cached(COUNT_TAKEN)?;
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                let count = unsigned(row, 1)?;
                match row.get::<_, i64>(0)? {
                    1 => counts.on_server = count,
                    _ => counts.in_backend = count,
                }
            }
            let mut select = sqlite.prepare_cached(COUNT_TURNED)?;
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                let (all, unseen) = (unsigned(row, 1)?, unsigned(row, 2)?);
                match row.get::<_, i64>(0)? {
                    3 => (counts.refused, counts.refused_unseen) = (all, unseen),
                    _ => (counts.set_aside, counts.set_aside_unseen) = (all, unseen),
                }
            }
            Ok(counts)
        })
    }
}

const UPDATE_ONE: &str =
    "UPDATE entry SET state = ?1, reason = NULL WHERE seq = ?2 AND (state < ?1 OR state IN (3, 4))";
const UPDATE_UNTOLD: &str = "UPDATE entry SET state = ?1 WHERE seq > ?2 AND seq <= ?3 AND state = 0";
// Written so that the index finds the few that have not come so far.
const UPDATE_TOLD: &str = "UPDATE entry SET state = ?1 WHERE state <> 0 AND state = 1 AND ?1 > 1 AND seq <= ?2";
// That what was set aside is refused in the end is news; that the same is said again is none.
const TURN: &str = "UPDATE entry SET state = ?1, reason = ?2, words = coalesce(?5, words),
    told_at = CASE WHEN state = 4 AND ?1 = 3 THEN ?3 ELSE coalesce(told_at, ?3) END,
    seen = CASE WHEN state = 4 AND ?1 = 3 THEN 0 ELSE seen END WHERE seq = ?4";
const SEND_AGAIN: &str = "UPDATE entry SET state = 0, reason = NULL WHERE seq > ?1 AND state > 0";
const COUNT_UNTOLD: &str = "SELECT count(*) FROM entry NOT INDEXED WHERE seq > ?1 AND state = 0";
const COUNT_TAKEN: &str = "SELECT state, count(*) FROM entry WHERE state <> 0 AND state < 3 GROUP BY state";
const COUNT_TURNED: &str = "SELECT state, count(*), sum(seen = 0) FROM entry
    WHERE state <> 0 AND state IN (3, 4) AND made_again_as IS NULL GROUP BY state";
const SETTLE: &str = "UPDATE settled SET up_to = coalesce(
    (SELECT seq - 1 FROM entry NOT INDEXED WHERE seq > ?1 AND state = 0 ORDER BY seq LIMIT 1),
    (SELECT max(seq) FROM entry), 0)";

/// The place up to which the server has said something of every entry.
pub(super) fn settled_to(sqlite: &Connection) -> rusqlite::Result<i64> {
    sqlite.prepare_cached("SELECT up_to FROM settled")?.query_row([], |row| row.get(0))
}

/// Moves that place on to before the first entry of which it has not. What is settled is not sent again with its seed.
fn settle(transaction: &Transaction<'_>) -> Result<(), Error> {
    let settled_to = settled_to(transaction).on(StoreFile::Log)?;
    run(transaction, SETTLE, params![settled_to])?;
    forget_settled(transaction)
}
