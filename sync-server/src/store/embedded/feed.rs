//! What is new on each list: written once for every list that a change concerns, read as one run of rows.

use super::documents::read_base;
use super::entries;
use super::row::{get, int, maybe_blob, maybe_position, position, subject, subject_bytes};
use crate::store::sealing::Opener;
use crate::store::{Change, ChangePage, Error, LogPosition};
use rusqlite::{Connection, Row, params};
use walkbook_ledger::Subject;
use walkbook_model::{DeviceId, DoorId, TenantId, WalkListId};

/// What a row of the feed tells.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Base,
    Entry(DeviceId, u64),
    Recalled(DeviceId, u64),
    Erased(DeviceId, u64),
    Joined,
    Left,
    Streets,
    Map,
}

impl Kind {
    const fn code(self) -> i64 {
        match self {
            Self::Base => 0,
            Self::Entry(..) => 1,
            Self::Joined => 2,
            Self::Left => 3,
            Self::Streets => 4,
            Self::Recalled(..) => 5,
            Self::Erased(..) => 6,
            Self::Map => 7,
        }
    }

    fn entry(self) -> Result<(Option<[u8; 16]>, Option<i64>), Error> {
        match self {
            Self::Entry(device, seq) | Self::Recalled(device, seq) | Self::Erased(device, seq) => {
                Ok((Some(device.to_bytes()), Some(int(seq)?)))
            }
            _ => Ok((None, None)),
        }
    }
}

/// Tells every list that has this document.
pub(super) fn publish(
    connection: &Connection,
    tenant: TenantId,
    document: Subject,
    position: LogPosition,
    kind: Kind,
) -> Result<(), Error> {
    let sql = "INSERT INTO feed (tenant, list, position, kind, subject, device, seq)";
    let (device, seq) = kind.entry()?;
    let (tenant, subject, position) = (tenant.to_bytes(), subject_bytes(document), int(position.get())?);
    match document {
        Subject::List(list) => connection
            .prepare_cached(&format!("{sql} VALUES (?, ?, ?, ?, ?, ?, ?)"))?
            .execute(params![tenant, list.to_bytes(), position, kind.code(), subject, device, seq])?,
        Subject::Door(door) => connection
            .prepare_cached(&format!(
                "{sql} SELECT tenant, list, ?, ?, ?, ?, ? FROM memberships WHERE tenant = ? AND door = ?"
            ))?
            .execute(params![position, kind.code(), subject, device, seq, tenant, door.to_bytes()])?,
        // A draft is on no list.
        Subject::Script(_) => 0,
    };
    Ok(())
}

/// Tells one list something about a door.
pub(super) fn tell(
    connection: &Connection,
    (tenant, list): (TenantId, WalkListId),
    door: DoorId,
    position: LogPosition,
    kind: Kind,
) -> Result<(), Error> {
    let subject = subject_bytes(Subject::Door(door));
    connection
        .prepare_cached("INSERT INTO feed (tenant, list, position, kind, subject) VALUES (?, ?, ?, ?, ?)")?
        .execute(params![tenant.to_bytes(), list.to_bytes(), int(position.get())?, kind.code(), subject])?;
    Ok(())
}

/// What [`changes_since`] reads of a row, behind the entry's columns.
const AT: usize = entries::COUNT;
const KIND: usize = AT + 1;
const SUBJECT: usize = AT + 2;
const WRITER: usize = AT + 3;
const JOINED: usize = AT + 4;

pub(super) fn changes_since(
    connection: &Connection,
    mut opener: Opener<'_>,
    (tenant, list): (TenantId, WalkListId),
    since: LogPosition,
    reader: Option<DeviceId>,
    limit: u32,
) -> Result<ChangePage, Error> {
    let sql = format!(
        "SELECT {}, f.position, f.kind, f.subject, f.device, m.joined FROM feed AS f
         LEFT JOIN memberships AS m ON m.tenant = f.tenant AND m.list = f.list AND m.door = substr(f.subject, 2)
         LEFT JOIN entries AS e ON e.tenant = f.tenant AND e.device = f.device AND e.seq = f.seq
         WHERE f.tenant = ? AND f.list = ? AND f.position > ? ORDER BY f.position LIMIT ?",
        entries::COLUMNS
    );
    let mut query = connection.prepare_cached(&sql)?;
    // One row more than wanted shows whether there is more.
    let values = params![tenant.to_bytes(), list.to_bytes(), int(since.get())?, i64::from(limit) + 1];
    let mut rows = query.query(values)?;
    let mut page = ChangePage { changes: Vec::new(), next: since, more: false };
    let mut seen = 0;
    while let Some(row) = rows.next()? {
        if seen == limit {
            page.more = true;
            break;
        }
        seen += 1;
        page.next = position(row, AT)?;
        if let Some(change) = change_of(connection, &mut opener, (tenant, reader), row)? {
            page.changes.push((page.next, change));
        }
    }
    Ok(page)
}

/// What a row still has to tell: nothing about a door that has left, nothing that a later row tells anyhow, nothing that
/// the reader wrote.
fn change_of(
    connection: &Connection,
    opener: &mut Opener<'_>,
    (tenant, reader): (TenantId, Option<DeviceId>),
    row: &Row<'_>,
) -> Result<Option<Change>, Error> {
    let (at, document, joined) = (position(row, AT)?, subject(row, SUBJECT)?, maybe_position(row, JOINED)?);
    let readable = match document {
        Subject::List(_) => true,
        Subject::Door(_) => joined.is_some_and(|joined| joined <= at),
        Subject::Script(_) => false,
    };
    match (get::<i64>(row, KIND)?, document) {
        (0, _) if readable => {
            let base = read_base(connection, opener, tenant, document)?;
            Ok(base.filter(|base| base.position == at).map(Change::Base))
        }
        (kind @ (1 | 5), _) if readable => {
            let writer = maybe_blob(row, WRITER)?;
            let by_reader = reader.is_some_and(|reader| writer == Some(&reader.to_bytes()[..]));
            // The row's first column is the entry's: nothing where there is none.
            if maybe_blob(row, 0)?.is_none() || by_reader {
                return Ok(None);
            }
            let entry = entries::read(opener, tenant, row)?;
            Ok(match kind {
                1 => Some(Change::Entry(entry)),
                // One that was released meanwhile comes with a later row.
                _ => entry.position.is_none().then(|| Change::Recalled(document, entry.id())),
            })
        }
        // Told to whoever wrote it too.
        (6, _) if readable && maybe_blob(row, 0)?.is_some() => {
            Ok(Some(Change::Erased(entries::read(opener, tenant, row)?)))
        }
        (2, Subject::Door(door)) if joined == Some(at) => Ok(Some(Change::Joined(door))),
        // What stands there now is told; a later row tells it anyhow.
        (4, Subject::List(_)) => Ok(Some(Change::Streets)),
        (7, Subject::List(_)) => Ok(Some(Change::Map)),
        (3, Subject::Door(door)) if joined.is_none() => Ok(Some(Change::Left(door))),
        _ => Ok(None),
    }
}
