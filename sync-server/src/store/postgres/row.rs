//! Between rows and values: what a column holds is checked.

pub(super) use crate::store::columns::{at, int, subject_bytes, subject_of, uint, verdict_columns};

use crate::store::columns::verdict_of;
use crate::store::{Error, LogPosition, Verdict};
use tokio_postgres::Row;
use tokio_postgres::types::FromSql;
use walkbook_ledger::Subject;
use walkbook_model::{Moment, Timestamp};

/// A column's value.
pub(super) fn get<'a, T: FromSql<'a>>(row: &'a Row, column: usize) -> Result<T, Error> {
    row.try_get(column).map_err(|_| Error::Damaged { what: "value" })
}

/// A column's bytes, of this length.
pub(super) fn bytes<const N: usize>(row: &Row, column: usize) -> Result<[u8; N], Error> {
    get::<&[u8]>(row, column)?.try_into().map_err(|_| Error::Damaged { what: "value" })
}

/// A column's number.
pub(super) fn number(row: &Row, column: usize) -> Result<u64, Error> {
    uint(get(row, column)?)
}

/// A column's instant.
pub(super) fn instant(row: &Row, column: usize) -> Result<Timestamp, Error> {
    number(row, column).map(Timestamp::from_ms)
}

/// A column's instant, where there is one.
pub(super) fn maybe_instant(row: &Row, column: usize) -> Result<Option<Timestamp>, Error> {
    get::<Option<i64>>(row, column)?.map(|ms| uint(ms).map(Timestamp::from_ms)).transpose()
}

/// A column's position.
pub(super) fn position(row: &Row, column: usize) -> Result<LogPosition, Error> {
    number(row, column).map(LogPosition::new)
}

/// A column's position, where there is one.
pub(super) fn maybe_position(row: &Row, column: usize) -> Result<Option<LogPosition>, Error> {
    get::<Option<i64>>(row, column)?.map(|number| uint(number).map(LogPosition::new)).transpose()
}

/// A column's subject.
pub(super) fn subject(row: &Row, column: usize) -> Result<Subject, Error> {
    subject_of(bytes(row, column)?)
}

/// A column's bound of a moment, where there is one.
pub(super) fn bound(row: &Row, column: usize) -> Result<Option<Moment>, Error> {
    Ok(get::<Option<i64>>(row, column)?.map(|bits| Moment::from_bits(bits.cast_unsigned())))
}

/// The number of a reason in a column, where there is one.
pub(super) fn reason(row: &Row, column: usize) -> Result<Option<u16>, Error> {
    let reason = get::<Option<i64>>(row, column)?.map(u16::try_from);
    reason.transpose().map_err(|_| Error::Damaged { what: "reason" })
}

/// The verdict in the column and the one after it.
pub(super) fn verdict(row: &Row, column: usize) -> Result<Verdict, Error> {
    verdict_of(get(row, column)?, reason(row, column + 1)?)
}
