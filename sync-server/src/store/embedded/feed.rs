//! What is new on each list: written once for every list that a change concerns, read as one run of rows.

use super::documents::read_base;
use super::entries;
use super::keyring::Keyring;
use super::row::{bytes, get, int, maybe_position, position, subject, subject_bytes};
use crate::store::{Change, ChangePage, Error, LogPosition};
use rusqlite::{Connection, Row, params};
use walkbook_ledger::Subject;
use walkbook_model::{DeviceId, DoorId, TenantId, WalkListId};

/// What a row of the feed tells.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Base,
    Entry(DeviceId, u64),
    Joined,
    Left,
    Streets,
}

impl Kind {
    const fn code(self) -> i64 {
        match self {
            Self::Base => 0,
            Self::Entry(..) => 1,
            Self::Joined => 2,
            Self::Left => 3,
            Self::Streets => 4,
        }
    }

    fn entry(self) -> Result<(Option<[u8; 16]>, Option<i64>), Error> {
        match self {
            Self::Entry(device, seq) => Ok((Some(device.to_bytes()), Some(int(seq)?))),
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

pub(super) fn changes_since(
    connection: &Connection,
    keyring: &Keyring,
    (tenant, list): (TenantId, WalkListId),
    since: LogPosition,
    limit: u32,
) -> Result<ChangePage, Error> {
    let sql = "SELECT f.position, f.kind, f.subject, f.device, f.seq, m.joined FROM feed AS f
        LEFT JOIN memberships AS m ON m.tenant = f.tenant AND m.list = f.list AND m.door = substr(f.subject, 2)
        WHERE f.tenant = ? AND f.list = ? AND f.position > ? ORDER BY f.position LIMIT ?";
    let mut query = connection.prepare_cached(sql)?;
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
        page.next = position(row, 0)?;
        if let Some(change) = change_of(connection, keyring, tenant, row)? {
            page.changes.push((page.next, change));
        }
    }
    Ok(page)
}

/// What a row still has to tell: nothing about a door that has left, nothing that a later row tells anyhow.
fn change_of(
    connection: &Connection,
    keyring: &Keyring,
    tenant: TenantId,
    row: &Row<'_>,
) -> Result<Option<Change>, Error> {
    let (at, document, joined) = (position(row, 0)?, subject(row, 2)?, maybe_position(row, 5)?);
    let readable = match document {
        Subject::List(_) => true,
        Subject::Door(_) => joined.is_some_and(|joined| joined <= at),
        Subject::Script(_) => false,
    };
    match (get::<i64>(row, 1)?, document) {
        (0, _) if readable => {
            let base = read_base(connection, keyring, tenant, document)?;
            Ok(base.filter(|base| base.position == at).map(Change::Base))
        }
        (1, _) if readable => {
            let (device, seq) = (bytes::<16>(row, 3)?, get::<i64>(row, 4)?);
            let rest = "WHERE tenant = ? AND device = ? AND seq = ?";
            let found = entries::select(connection, keyring, tenant, rest, params![tenant.to_bytes(), device, seq])?;
            Ok(found.into_iter().next().map(Change::Entry))
        }
        (2, Subject::Door(door)) if joined == Some(at) => Ok(Some(Change::Joined(door))),
        // What stands there now is told; a later row tells it anyhow.
        (4, Subject::List(_)) => Ok(Some(Change::Streets)),
        (3, Subject::Door(door)) if joined.is_none() => Ok(Some(Change::Left(door))),
        _ => Ok(None),
    }
}
