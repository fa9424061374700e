//! A row of the log's table.

use crate::error::{Error, StoreFile};
use crate::store::own_entry::{EntryState, Notice, OwnContent, OwnEntry};
use rusqlite::types::Type;
use rusqlite::{Connection, Row, params};
use walkbook_model::{Moment, Timestamp};

pub(crate) const COLUMNS: &str =
    "seq, moment, header, payload, salt, payload_hash, chain, state, reason, told_at, seen, made_again_as, words";

pub(super) const INSERT_NEXT: &str = "INSERT INTO entry
    (seq, moment, header, payload, salt, payload_hash, chain, state, reason, told_at, seen, made_again_as, words)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13
    WHERE ?1 = (SELECT coalesce(max(seq), 0) + 1 FROM entry)";
pub(crate) const INSERT_MISSING: &str = "INSERT OR IGNORE INTO entry
    (seq, moment, header, payload, salt, payload_hash, chain, state, reason, told_at, seen, made_again_as, words)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";

pub(super) fn run(sqlite: &Connection, sql: &str, params: impl rusqlite::Params) -> Result<(), Error> {
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
        entry.notice.told_at.map(|at| at.as_ms().cast_signed()),
        entry.notice.seen,
        entry.notice.made_again_as.map(u64::cast_signed),
        entry.notice.words,
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
        notice: Notice {
            told_at: row.get::<_, Option<i64>>(9)?.map(|ms| Timestamp::from_ms(ms.unsigned_abs())),
            seen: row.get(10)?,
            made_again_as: row.get::<_, Option<i64>>(11)?.map(i64::unsigned_abs),
            words: row.get(12)?,
        },
    })
}

pub(super) fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let value: i64 = row.get(column)?;
    u64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, value))
}

pub(super) fn moment(row: &Row<'_>, column: usize) -> rusqlite::Result<Moment> {
    Ok(Moment::from_bits(row.get::<_, i64>(column)?.cast_unsigned()))
}
