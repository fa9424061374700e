//! What stands in a column, whatever the database: numbers that are signed there, and codes.

use super::{Error, Reason, Verdict};
use std::sync::Arc;
use walkbook_ledger::Subject;
use walkbook_model::{DoorId, ScriptId, Timestamp, WalkListId};

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

/// The subject of these bytes.
pub(super) fn subject_of([kind, id @ ..]: [u8; 17]) -> Result<Subject, Error> {
    match kind {
        0 => Ok(Subject::Door(DoorId::from_bytes(id))),
        1 => Ok(Subject::List(WalkListId::from_bytes(id))),
        2 => Ok(Subject::Script(ScriptId::from_bytes(id))),
        _ => Err(Error::Damaged { what: "subject" }),
    }
}

const ACCEPTED: i64 = 0;
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

/// The verdict of these columns.
pub(super) fn verdict_of(verdict: i64, reason: Option<u16>) -> Result<Verdict, Error> {
    match (verdict, reason) {
        (ACCEPTED, _) => Ok(Verdict::Accepted),
        (REFUSED, Some(code)) => Ok(Verdict::Refused(Reason(code))),
        (QUARANTINED, _) => Ok(Verdict::Quarantined),
        _ => Err(Error::Damaged { what: "verdict" }),
    }
}
