//! What is new on each list: written once for every list that a change concerns, read as one run of rows. What entries have
//! to tell is written with them.

use super::row::{get, int, maybe_position, position, subject, subject_bytes};
use super::transaction::{Tx, params};
use super::{documents, entries};
use crate::store::sealing::{Keyring, Opener};
use crate::store::{Change, ChangePage, Error, LogPosition};
use std::collections::HashMap;
use tokio_postgres::Row;
use walkbook_ledger::Subject;
use walkbook_model::{DeviceId, EntryId, TenantId, WalkListId};

const BASE: i64 = 0;
const ENTRY: i64 = 1;
pub(super) const JOINED: i64 = 2;
pub(super) const LEFT: i64 = 3;
const STREETS: i64 = 4;
const RECALLED: i64 = 5;
const ERASED: i64 = 6;
const MAP: i64 = 7;

/// Tells every list that has one of these documents about its new base.
pub(super) fn publish_bases(tx: &Tx<'_>, tenant: TenantId, bases: &[(Subject, LogPosition)]) -> Result<(), Error> {
    // As with entries, the door's id is cut out before it is compared.
    let sql =
        "WITH fresh AS MATERIALIZED (SELECT subject, position, get_byte(subject, 0) AS sort, substr(subject, 2) AS id
            FROM unnest($2::bytea[], $3::bigint[]) AS f (subject, position))
        INSERT INTO feed (tenant, list, position, kind, subject)
        SELECT $1::bytea, m.list, f.position, $4::bigint, f.subject FROM fresh AS f
        JOIN memberships AS m ON m.tenant = $1 AND m.door = f.id WHERE f.sort = 0
        UNION ALL SELECT $1::bytea, f.id, f.position, $4::bigint, f.subject FROM fresh AS f WHERE f.sort = 1";
    let subjects: Vec<Vec<u8>> = bases.iter().map(|(subject, _)| subject_bytes(*subject).to_vec()).collect();
    let positions: Vec<i64> = bases.iter().map(|(_, position)| int(position.get())).collect::<Result<_, _>>()?;
    tx.execute(sql, params![tenant.to_bytes(), subjects, positions, BASE])?;
    Ok(())
}

/// Tells every list that has this document about an entry that was released.
pub(super) fn publish_entry(
    tx: &Tx<'_>,
    about: (TenantId, Subject),
    entry: EntryId,
    position: LogPosition,
) -> Result<(), Error> {
    publish(tx, about, entry, position, ENTRY)
}

/// Tells every list that has this document about an entry of which less is left than was written.
pub(super) fn publish_erased(
    tx: &Tx<'_>,
    about: (TenantId, Subject),
    entry: EntryId,
    position: LogPosition,
) -> Result<(), Error> {
    publish(tx, about, entry, position, ERASED)
}

fn publish(
    tx: &Tx<'_>,
    (tenant, document): (TenantId, Subject),
    entry: EntryId,
    position: LogPosition,
    kind: i64,
) -> Result<(), Error> {
    let rest = match document {
        Subject::List(_) => "VALUES ($1, substr($2::bytea, 2), $3, $4, $2, $5, $6)",
        Subject::Door(_) => {
            "SELECT tenant, list, $3, $4, $2::bytea, $5, $6 FROM memberships
                WHERE tenant = $1 AND door = substr($2::bytea, 2)"
        }
        // A draft is on no list.
        Subject::Script(_) => return Ok(()),
    };
    let sql = format!("INSERT INTO feed (tenant, list, position, kind, subject, device, seq) {rest}");
    let (about, position) = (subject_bytes(document), int(position.get())?);
    tx.execute(&sql, params![tenant.to_bytes(), about, position, kind, entry.device.to_bytes(), int(entry.seq)?])?;
    Ok(())
}

/// Tells a list's readers about its streets.
pub(super) fn publish_streets(
    tx: &Tx<'_>,
    (tenant, list): (TenantId, WalkListId),
    position: LogPosition,
) -> Result<(), Error> {
    tell(tx, (tenant, list), Subject::List(list), position, STREETS)
}

/// Tells a list's readers about its map.
pub(super) fn publish_map(
    tx: &Tx<'_>,
    (tenant, list): (TenantId, WalkListId),
    position: LogPosition,
) -> Result<(), Error> {
    tell(tx, (tenant, list), Subject::List(list), position, MAP)
}

/// Tells one list something.
pub(super) fn tell(
    tx: &Tx<'_>,
    (tenant, list): (TenantId, WalkListId),
    about: Subject,
    position: LogPosition,
    kind: i64,
) -> Result<(), Error> {
    let sql = "INSERT INTO feed (tenant, list, position, kind, subject) VALUES ($1, $2, $3, $4, $5)";
    let (position, about) = (int(position.get())?, subject_bytes(about));
    tx.execute(sql, params![tenant.to_bytes(), list.to_bytes(), position, kind, about])?;
    Ok(())
}

/// What [`changes_since`] reads of a row, behind the entry's columns.
const AT: usize = entries::COUNT;
const KIND: usize = AT + 1;
const SUBJECT: usize = AT + 2;
const WRITER: usize = AT + 3;
const JOINED_AT: usize = AT + 4;

pub(super) fn changes_since(
    tx: &Tx<'_>,
    keyring: &Keyring,
    (tenant, list): (TenantId, WalkListId),
    since: LogPosition,
    reader: Option<DeviceId>,
    limit: u32,
) -> Result<ChangePage, Error> {
    let sql = format!(
        "SELECT {}, f.position, f.kind, f.subject, f.device, m.joined FROM feed AS f
         LEFT JOIN memberships AS m ON m.tenant = f.tenant AND m.list = f.list AND m.door = substr(f.subject, 2)
         LEFT JOIN entries AS e ON e.tenant = f.tenant AND e.device = f.device AND e.seq = f.seq
         WHERE f.tenant = $1 AND f.list = $2 AND f.position > $3 ORDER BY f.position LIMIT $4",
        entries::COLUMNS
    );
    // One row more than wanted shows whether there is more.
    let wanted = i64::from(limit) + 1;
    let mut rows = tx.rows(&sql, params![tenant.to_bytes(), list.to_bytes(), int(since.get())?, wanted])?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let told = rows.iter().filter_map(|row| told(row, reader).transpose()).collect::<Result<Vec<_>, _>>()?;
    let bases = bases(tx, tenant, &told)?;
    let entries = told.iter().filter(|told| matches!(told.kind, ENTRY | RECALLED | ERASED)).map(|told| told.row);
    entries::read_keys(tx, tenant, entries)?;
    let mut opener = Opener::new(tx, keyring, tenant);
    let mut changes = Vec::new();
    for told in &told {
        if let Some(change) = change_of(&mut opener, tenant, told, &bases)? {
            changes.push((told.at, change));
        }
    }
    let next = rows.last().map(|row| position(row, AT)).transpose()?.unwrap_or(since);
    Ok(ChangePage { changes, next, more })
}

/// A row that has something to tell.
struct Told<'a> {
    row: &'a Row,
    at: LogPosition,
    kind: i64,
    about: Subject,
}

/// What a row still has to tell: nothing about a door that has left, nothing that a later row tells anyhow, nothing that
/// the reader wrote.
fn told(row: &Row, reader: Option<DeviceId>) -> Result<Option<Told<'_>>, Error> {
    let (at, kind) = (position(row, AT)?, get(row, KIND)?);
    let (about, joined) = (subject(row, SUBJECT)?, maybe_position(row, JOINED_AT)?);
    let is_readable = match about {
        Subject::List(_) => true,
        Subject::Door(_) => joined.is_some_and(|joined| joined <= at),
        Subject::Script(_) => false,
    };
    let tells = match (kind, about) {
        (BASE, _) => is_readable,
        (ENTRY | RECALLED, _) => {
            let writer = get::<Option<&[u8]>>(row, WRITER)?;
            let is_by_reader = reader.is_some_and(|reader| writer == Some(&reader.to_bytes()[..]));
            // The row's first column is the entry's: nothing where there is none.
            is_readable && get::<Option<&[u8]>>(row, 0)?.is_some() && !is_by_reader
        }
        // Told to whoever wrote it too.
        (ERASED, _) => is_readable && get::<Option<&[u8]>>(row, 0)?.is_some(),
        (JOINED, Subject::Door(_)) => joined == Some(at),
        (LEFT, Subject::Door(_)) => joined.is_none(),
        // What stands there now is told; a later row tells it anyhow.
        (STREETS | MAP, Subject::List(_)) => true,
        _ => false,
    };
    Ok(tells.then_some(Told { row, at, kind, about }))
}

/// The bases that these rows tell of, as they stand.
fn bases(tx: &Tx<'_>, tenant: TenantId, told: &[Told<'_>]) -> Result<HashMap<Subject, Row>, Error> {
    let subjects: Vec<Subject> = told.iter().filter(|told| told.kind == BASE).map(|told| told.about).collect();
    let found = documents::base_rows(tx, tenant, &subjects)?;
    found.into_iter().map(|row| Ok((subject(&row, 0)?, row))).collect()
}

fn change_of(
    opener: &mut Opener<'_>,
    tenant: TenantId,
    told: &Told<'_>,
    bases: &HashMap<Subject, Row>,
) -> Result<Option<Change>, Error> {
    Ok(match (told.kind, told.about) {
        (BASE, about) => {
            let base = bases.get(&about).map(|row| documents::read_base(opener, tenant, row)).transpose()?;
            base.filter(|base| base.position == told.at).map(Change::Base)
        }
        (ERASED, _) => Some(Change::Erased(entries::read(opener, tenant, told.row)?)),
        (ENTRY, _) => Some(Change::Entry(entries::read(opener, tenant, told.row)?)),
        (RECALLED, about) => {
            let entry = entries::read(opener, tenant, told.row)?;
            // One that was released meanwhile comes with a later row.
            entry.position.is_none().then(|| Change::Recalled(about, entry.id()))
        }
        (JOINED, Subject::Door(door)) => Some(Change::Joined(door)),
        (LEFT, Subject::Door(door)) => Some(Change::Left(door)),
        (STREETS, _) => Some(Change::Streets),
        (MAP, _) => Some(Change::Map),
        _ => None,
    })
}
