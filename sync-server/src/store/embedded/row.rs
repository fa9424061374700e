//! Between rows and values. SQLite's integers are signed, and what a blob holds is checked.

pub(super) use crate::store::columns::{at, failed, int, subject_bytes, uint, verdict_columns};

use crate::sqlite::is_disk_full;
use crate::store::columns::{subject_of, verdict_of};
use crate::store::{Error, LogPosition, Verdict};
use rusqlite::Row;
use rusqlite::types::FromSql;
use walkbook_ledger::Subject;
use walkbook_model::{Moment, Timestamp};

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        if is_disk_full(&error) { Self::DiskFull } else { failed(error) }
    }
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

/// A column's subject.
pub(super) fn subject(row: &Row<'_>, column: usize) -> Result<Subject, Error> {
    subject_of(bytes(row, column)?)
}

/// A column's bound of a moment, where there is one.
pub(super) fn bound(row: &Row<'_>, column: usize) -> Result<Option<Moment>, Error> {
    Ok(get::<Option<i64>>(row, column)?.map(|bits| Moment::from_bits(bits.cast_unsigned())))
}

/// The verdict in the column and the one after it.
pub(super) fn verdict(row: &Row<'_>, column: usize) -> Result<Verdict, Error> {
    verdict_of(get(row, column)?, get(row, column + 1)?)
}
