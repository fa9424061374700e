//! Which door is on which list, and whose lists these are.

use super::directory::expect_user;
use super::feed;
use super::log::advance;
use super::row::{at, bytes, int, maybe_instant, subject, subject_bytes};
use super::transaction::{Tx, Values, params};
use crate::store::{Error, ListUpdate, LogPosition, Reach};
use std::collections::{BTreeMap, HashMap, HashSet};
use walkbook_ledger::Subject;
use walkbook_model::{DoorId, TenantId, Timestamp, UserId, WalkListId};

pub(super) fn update(tx: &Tx<'_>, tenant: TenantId, updates: &[ListUpdate], now: Timestamp) -> Result<(), Error> {
    let is_join = |update: &ListUpdate| matches!(update, ListUpdate::Join(..));
    // Many doors join in one statement, however many updates there are between them.
    for run in updates.chunk_by(|one, next| is_join(one) && is_join(next)) {
        let joins: Vec<(WalkListId, DoorId)> = run
            .iter()
            .filter_map(|update| match *update {
                ListUpdate::Join(list, door) => Some((list, door)),
                _ => None,
            })
            .collect();
        match run.first() {
            Some(ListUpdate::Leave(list, door)) => leave(tx, tenant, *list, *door, now)?,
            Some(ListUpdate::Assign(list, user)) => assign(tx, tenant, *list, *user)?,
            Some(ListUpdate::Unassign(list, user)) => unassign(tx, tenant, *list, *user, now)?,
            Some(ListUpdate::Join(..)) | None => join(tx, tenant, &joins)?,
        }
    }
    Ok(())
}

/// Puts doors onto lists, in this order, unless they are there.
pub(super) fn join(tx: &Tx<'_>, tenant: TenantId, joins: &[(WalkListId, DoorId)]) -> Result<(), Error> {
    let doors: Vec<Vec<u8>> = joins.iter().map(|(_, door)| door.to_bytes().to_vec()).collect();
    let sql = "SELECT list, door FROM memberships WHERE tenant = $1 AND door = ANY ($2)";
    let mut on = HashSet::new();
    for row in &tx.rows(sql, params![tenant.to_bytes(), doors])? {
        on.insert((WalkListId::from_bytes(bytes(row, 0)?), DoorId::from_bytes(bytes(row, 1)?)));
    }
    let new: Vec<_> = joins.iter().filter(|join| on.insert(**join)).collect();
    if new.is_empty() {
        return Ok(());
    }
    let first = advance(tx, tenant, u64::try_from(new.len()).map_err(|_| Error::OutOfRange)?)?;
    let positions: Vec<i64> = (first..).zip(&new).map(|(position, _)| int(position)).collect::<Result<_, _>>()?;
    let lists: Vec<Vec<u8>> = new.iter().map(|(list, _)| list.to_bytes().to_vec()).collect();
    let doors: Vec<Vec<u8>> = new.iter().map(|(_, door)| subject_bytes(Subject::Door(*door)).to_vec()).collect();
    let sql = "WITH fresh AS (SELECT * FROM unnest($2::bytea[], $3::bigint[], $4::bytea[]) AS f (list, position, door)),
        joined AS (INSERT INTO memberships (tenant, list, joined, door)
            SELECT $1::bytea, list, position, substr(door, 2) FROM fresh)
        INSERT INTO feed (tenant, list, position, kind, subject) SELECT $1::bytea, list, position, $5::bigint, door FROM fresh";
    tx.execute(sql, params![tenant.to_bytes(), lists, positions, doors, feed::JOINED])?;
    Ok(())
}

fn leave(tx: &Tx<'_>, tenant: TenantId, list: WalkListId, door: DoorId, now: Timestamp) -> Result<(), Error> {
    let sql = "WITH gone AS (DELETE FROM memberships WHERE tenant = $1 AND door = $2 AND list = $3 RETURNING tenant)
        INSERT INTO departures (tenant, door, list, left_at) SELECT tenant, $2::bytea, $3::bytea, $4::bigint FROM gone
        ON CONFLICT (tenant, door, list) DO UPDATE SET left_at = excluded.left_at";
    let left = tx.execute(sql, params![tenant.to_bytes(), door.to_bytes(), list.to_bytes(), at(now)?])?;
    if left == 0 {
        return Ok(());
    }
    let position = LogPosition::new(advance(tx, tenant, 1)?);
    feed::tell(tx, (tenant, list), Subject::Door(door), position, feed::LEFT)
}

const LASTING: &str =
    "SELECT 1 FROM assignments WHERE tenant = $1 AND user_id = $2 AND list = $3 AND until_position IS NULL";

fn assign(tx: &Tx<'_>, tenant: TenantId, list: WalkListId, user: UserId) -> Result<(), Error> {
    expect_user(tx, tenant, user)?;
    if tx.exists(LASTING, params![tenant.to_bytes(), user.to_bytes(), list.to_bytes()])? {
        return Ok(());
    }
    let position = int(advance(tx, tenant, 1)?)?;
    let sql = "INSERT INTO assignments (tenant, user_id, list, from_position) VALUES ($1, $2, $3, $4)";
    tx.execute(sql, params![tenant.to_bytes(), user.to_bytes(), list.to_bytes(), position])?;
    Ok(())
}

fn unassign(tx: &Tx<'_>, tenant: TenantId, list: WalkListId, user: UserId, now: Timestamp) -> Result<(), Error> {
    if !tx.exists(LASTING, params![tenant.to_bytes(), user.to_bytes(), list.to_bytes()])? {
        return Ok(());
    }
    let position = int(advance(tx, tenant, 1)?)?;
    let sql = "UPDATE assignments SET until_position = $4, until_at = $5
        WHERE tenant = $1 AND user_id = $2 AND list = $3 AND until_position IS NULL";
    tx.execute(sql, params![tenant.to_bytes(), user.to_bytes(), list.to_bytes(), position, at(now)?])?;
    Ok(())
}

/// Makes sure, within the writing transaction, that none of the doors is on a list.
pub(super) fn expect_free(tx: &Tx<'_>, tenant: TenantId, doors: &[DoorId]) -> Result<(), Error> {
    let doors: Vec<Vec<u8>> = doors.iter().map(|door| door.to_bytes().to_vec()).collect();
    let sql = "SELECT 1 FROM memberships WHERE tenant = $1 AND door = ANY ($2) LIMIT 1";
    if tx.exists(sql, params![tenant.to_bytes(), doors])? { Err(Error::Taken) } else { Ok(()) }
}

/// Makes sure, within the writing transaction, that none of the doors is on several lists.
pub(super) fn expect_on_one(tx: &Tx<'_>, tenant: TenantId, doors: &[DoorId]) -> Result<(), Error> {
    let doors: Vec<Vec<u8>> = doors.iter().map(|door| door.to_bytes().to_vec()).collect();
    let sql =
        "SELECT 1 FROM memberships WHERE tenant = $1 AND door = ANY ($2) GROUP BY door HAVING count(*) > 1 LIMIT 1";
    if tx.exists(sql, params![tenant.to_bytes(), doors])? { Err(Error::Taken) } else { Ok(()) }
}

pub(super) fn free_doors(
    tx: &Tx<'_>,
    tenant: TenantId,
    after: Option<DoorId>,
    limit: u32,
) -> Result<Vec<DoorId>, Error> {
    let [first, last] = [[0; 16], [0xff; 16]].map(|id| subject_bytes(Subject::Door(DoorId::from_bytes(id))));
    let from = after.map_or(first, |after| subject_bytes(Subject::Door(after)));
    // Behind `after`; from the very first door on where there is none.
    let sql = "SELECT subject FROM bases AS b WHERE tenant = $1 AND subject BETWEEN $2 AND $3 AND (subject > $2 OR $4)
        AND NOT EXISTS (SELECT 1 FROM memberships AS m WHERE m.tenant = $1 AND m.door = substr(b.subject, 2))
        ORDER BY subject LIMIT $5";
    let rows = tx.rows(sql, params![tenant.to_bytes(), from, last, after.is_none(), i64::from(limit)])?;
    rows.iter()
        .map(|row| match subject(row, 0)? {
            Subject::Door(door) => Ok(door),
            Subject::List(_) | Subject::Script(_) => Err(Error::Damaged { what: "subject" }),
        })
        .collect()
}

pub(super) fn reach(tx: &Tx<'_>, tenant: TenantId, user: UserId, doors: &[DoorId]) -> Result<Vec<Reach>, Error> {
    let held = held_until(tx, tenant, user)?;
    let names: Vec<Vec<u8>> = doors.iter().map(|door| door.to_bytes().to_vec()).collect();
    // Every list that has or had a door, with the time when it left.
    let sql = "SELECT door, list, NULL::bigint FROM memberships WHERE tenant = $1 AND door = ANY ($2)
        UNION ALL SELECT door, list, left_at FROM departures WHERE tenant = $1 AND door = ANY ($2)";
    let mut reached: HashMap<DoorId, Reach> = HashMap::new();
    for row in &tx.rows(sql, params![tenant.to_bytes(), names])? {
        let Some(held_until) = held.get(&WalkListId::from_bytes(bytes(row, 1)?)) else { continue };
        // What ended first ended the tie.
        let ended = held_until.iter().copied().chain(maybe_instant(row, 2)?).min();
        let reach = reached.entry(DoorId::from_bytes(bytes(row, 0)?)).or_insert(Reach::Never);
        *reach = reach.or(ended.map_or(Reach::Now, Reach::Until));
    }
    let of = |door: &DoorId| match reached.get(door) {
        Some(reach) => Ok(*reach),
        None if author(tx, tenant, *door)? == Some(user) => Ok(Reach::Now),
        None => Ok(Reach::Never),
    };
    doors.iter().map(of).collect()
}

/// The lists that are or were a person's, each with the time until which it was; none where it still is.
fn held_until(tx: &Tx<'_>, tenant: TenantId, user: UserId) -> Result<BTreeMap<WalkListId, Option<Timestamp>>, Error> {
    let mut held: BTreeMap<WalkListId, Option<Timestamp>> = BTreeMap::new();
    let sql = "SELECT list, until_at FROM assignments WHERE tenant = $1 AND user_id = $2";
    for row in &tx.rows(sql, params![tenant.to_bytes(), user.to_bytes()])? {
        let until = maybe_instant(row, 1)?;
        held.entry(WalkListId::from_bytes(bytes(row, 0)?))
            .and_modify(|known| *known = known.zip(until).map(|(one, other)| one.max(other)))
            .or_insert(until);
    }
    Ok(held)
}

/// The longest of the ties that a query tells the ends of.
pub(super) fn longest(tx: &Tx<'_>, ties: &str, names: Values<'_>) -> Result<Reach, Error> {
    tx.rows(ties, names)?
        .iter()
        .try_fold(Reach::Never, |longest, row| Ok(longest.or(maybe_instant(row, 0)?.map_or(Reach::Now, Reach::Until))))
}

/// Who added a door that the register does not know.
pub(super) fn author(tx: &Tx<'_>, tenant: TenantId, door: DoorId) -> Result<Option<UserId>, Error> {
    let sql = "SELECT d.user_id FROM entries AS e JOIN devices AS d ON d.tenant = e.tenant AND d.id = e.device
        WHERE e.tenant = $1 AND e.subject = $2 AND e.position IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM bases AS b WHERE b.tenant = $1 AND b.subject = $2) ORDER BY e.position LIMIT 1";
    let row = tx.row(sql, params![tenant.to_bytes(), subject_bytes(Subject::Door(door))])?;
    row.map(|row| bytes(&row, 0).map(UserId::from_bytes)).transpose()
}
