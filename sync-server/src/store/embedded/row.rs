//! Between rows and values. SQLite's integers are signed, and what a blob holds is checked.

use crate::sqlite::is_disk_full;
use crate::store::{Error, LogPosition, Reason, Verdict};
use rusqlite::Row;
use rusqlite::types::FromSql;
use std::sync::Arc;
use walkbook_ledger::Subject;
use walkbook_model::{DoorId, Moment, ScriptId, Timestamp, WalkListId};

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        if is_disk_full(&error) { Self::DiskFull } else { failed(error) }
    }
}

/// The error of something below that failed.
pub(super) fn failed(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Database(Arc::new(error))
}

pub(super) fn int(number: u64) -> Result<i64, Error> {
    i64::try_from(number).map_err(|_| Error::OutOfRange)
}

pub(super) fn uint(number: i64) -> Result<u64, Error> {
    u64::try_from(number).map_err(|_| Error::Damaged { what: "number" })
}

pub(super) fn at(instant: Timestamp) -> Result<i64, Error> {
    int(instant.as_ms())
}

/// A column's value.
pub(super) fn get<T: FromSql>(row: &Row<'_>, column: usize) -> Result<T, Error> {
    Ok(row.get(column)?)
}

/// A column's bytes, where they lie.
pub(super) fn blob<'a>(row: &'a Row<'_>, column: usize) -> Result<&'a [u8], Error> {
    row.get_ref(column)?.as_blob().map_err(|_| Error::Damaged { what: "value" })
}

/// A column's bytes, where they lie and where there are any.
pub(super) fn maybe_blob<'a>(row: &'a Row<'_>, column: usize) -> Result<Option<&'a [u8]>, Error> {
    row.get_ref(column)?.as_blob_or_null().map_err(|_| Error::Damaged { what: "value" })
}

/// A column's bytes, of this length.
pub(super) fn bytes<const N: usize>(row: &Row<'_>, column: usize) -> Result<[u8; N], Error> {
    blob(row, column)?.try_into().map_err(|_| Error::Damaged { what: "value" })
}

/// A column's number.
pub(super) fn number(row: &Row<'_>, column: usize) -> Result<u64, Error> {
    uint(row.get(column)?)
}

/// A column's instant.
pub(super) fn instant(row: &Row<'_>, column: usize) -> Result<Timestamp, Error> {
    number(row, column).map(Timestamp::from_ms)
}

/// A column's instant, where there is one.
pub(super) fn maybe_instant(row: &Row<'_>, column: usize) -> Result<Option<Timestamp>, Error> {
    let ms: Option<i64> = row.get(column)?;
    ms.map(|ms| uint(ms).map(Timestamp::from_ms)).transpose()
}

/// A column's position.
pub(super) fn position(row: &Row<'_>, column: usize) -> Result<LogPosition, Error> {
    number(row, column).map(LogPosition::new)
}

/// A column's position, where there is one.
pub(super) fn maybe_position(row: &Row<'_>, column: usize) -> Result<Option<LogPosition>, Error> {
    let number: Option<i64> = row.get(column)?;
    number.map(|number| uint(number).map(LogPosition::new)).transpose()
}

/// One byte for the kind and 16 for the id.
pub(super) fn subject_bytes(subject: Subject) -> [u8; 17] {
    let (kind, id) = match subject {
        Subject::Door(door) => (0, door.to_bytes()),
        Subject::List(list) => (1, list.to_bytes()),
        Subject::Script(script) => (2, script.to_bytes()),
    };
    let mut bytes = [kind; 17];
    bytes.iter_mut().skip(1).zip(id).for_each(|(to, from)| *to = from);
    bytes
}

/// A column's subject.
pub(super) fn subject(row: &Row<'_>, column: usize) -> Result<Subject, Error> {
    let [kind, id @ ..] = bytes::<17>(row, column)?;
    match kind {
        0 => Ok(Subject::Door(DoorId::from_bytes(id))),
        1 => Ok(Subject::List(WalkListId::from_bytes(id))),
        2 => Ok(Subject::Script(ScriptId::from_bytes(id))),
        _ => Err(Error::Damaged { what: "subject" }),
    }
}

/// A column's bound of a moment, where there is one.
pub(super) fn bound(row: &Row<'_>, column: usize) -> Result<Option<Moment>, Error> {
    Ok(get::<Option<i64>>(row, column)?.map(|bits| Moment::from_bits(bits.cast_unsigned())))
}

pub(super) const ACCEPTED: i64 = 0;
const REFUSED: i64 = 1;
const QUARANTINED: i64 = 2;

/// The columns `verdict` and `reason` of a verdict.
pub(super) fn verdict_columns(verdict: Verdict) -> (i64, Option<u16>) {
    match verdict {
        Verdict::Accepted => (ACCEPTED, None),
        Verdict::Refused(Reason(code)) => (REFUSED, Some(code)),
        Verdict::Quarantined => (QUARANTINED, None),
    }
}

/// The verdict in the column and the one after it.
pub(super) fn verdict(row: &Row<'_>, column: usize) -> Result<Verdict, Error> {
    let reason: Option<u16> = get(row, column + 1)?;
    match (get::<i64>(row, column)?, reason) {
        (ACCEPTED, _) => Ok(Verdict::Accepted),
        (REFUSED, Some(code)) => Ok(Verdict::Refused(Reason(code))),
        (QUARANTINED, _) => Ok(Verdict::Quarantined),
        _ => Err(Error::Damaged { what: "verdict" }),
    }
}
