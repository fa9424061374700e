//! Which door is on which list, and whose lists these are.

use super::directory::expect_user;
use super::feed::{self, Kind};
use super::log::advance;
use super::row::{at, bytes, int, maybe_instant, subject, subject_bytes};
use crate::store::{Error, ListUpdate, LogPosition, Reach};
use rusqlite::{Connection, OptionalExtension, ToSql, params};
use std::collections::BTreeMap;
use walkbook_ledger::Subject;
use walkbook_model::{DoorId, TenantId, Timestamp, UserId, WalkListId};

pub(super) fn update(
    connection: &Connection,
    tenant: TenantId,
    updates: &[ListUpdate],
    now: Timestamp,
) -> Result<(), Error> {
    updates.iter().try_for_each(|update| match *update {
        ListUpdate::Join(list, door) => join(connection, tenant, list, door),
        ListUpdate::Leave(list, door) => leave(connection, tenant, list, door, now),
        ListUpdate::Assign(list, user) => assign(connection, tenant, list, user),
        ListUpdate::Unassign(list, user) => unassign(connection, tenant, list, user, now),
    })
}

pub(super) fn join(connection: &Connection, tenant: TenantId, list: WalkListId, door: DoorId) -> Result<(), Error> {
    let on_it = connection
        .prepare_cached("SELECT 1 FROM memberships WHERE tenant = ? AND door = ? AND list = ?")?
        .exists(params![tenant.to_bytes(), door.to_bytes(), list.to_bytes()])?;
    if on_it {
        return Ok(());
    }
    let position = advance(connection, tenant, 1)?;
    connection
        .prepare_cached("INSERT INTO memberships (tenant, list, joined, door) VALUES (?, ?, ?, ?)")?
        .execute(params![tenant.to_bytes(), list.to_bytes(), int(position)?, door.to_bytes()])?;
    feed::tell(connection, (tenant, list), door, LogPosition::new(position), Kind::Joined)
}

fn leave(
    connection: &Connection,
    tenant: TenantId,
    list: WalkListId,
    door: DoorId,
    now: Timestamp,
) -> Result<(), Error> {
    let left = connection
        .prepare_cached("DELETE FROM memberships WHERE tenant = ? AND door = ? AND list = ?")?
        .execute(params![tenant.to_bytes(), door.to_bytes(), list.to_bytes()])?;
    if left == 0 {
        return Ok(());
    }
    let sql = "INSERT INTO departures (tenant, door, list, left_at) VALUES (?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET left_at = excluded.left_at";
    let values = params![tenant.to_bytes(), door.to_bytes(), list.to_bytes(), at(now)?];
    connection.prepare_cached(sql)?.execute(values)?;
    let position = advance(connection, tenant, 1)?;
    feed::tell(connection, (tenant, list), door, LogPosition::new(position), Kind::Left)
}

fn assign(connection: &Connection, tenant: TenantId, list: WalkListId, user: UserId) -> Result<(), Error> {
    expect_user(connection, tenant, user)?;
    let names = params![tenant.to_bytes(), user.to_bytes(), list.to_bytes()];
    let lasting: Option<i64> = connection
        .prepare_cached(
            "SELECT from_position FROM assignments
             WHERE tenant = ? AND user = ? AND list = ? AND until_position IS NULL",
        )?
        .query_row(names, |row| row.get(0))
        .optional()?;
    if lasting.is_some() {
        return Ok(());
    }
    let position = int(advance(connection, tenant, 1)?)?;
    connection
        .prepare_cached("INSERT INTO assignments (tenant, user, list, from_position) VALUES (?, ?, ?, ?)")?
        .execute(params![tenant.to_bytes(), user.to_bytes(), list.to_bytes(), position])?;
    Ok(())
}

fn unassign(
    connection: &Connection,
    tenant: TenantId,
    list: WalkListId,
    user: UserId,
    now: Timestamp,
) -> Result<(), Error> {
    let lasting = connection
        .prepare_cached(
            "SELECT 1 FROM assignments WHERE tenant = ? AND user = ? AND list = ? AND until_position IS NULL",
        )?
        .exists(params![tenant.to_bytes(), user.to_bytes(), list.to_bytes()])?;
    if !lasting {
        return Ok(());
    }
    let position = int(advance(connection, tenant, 1)?)?;
    connection
        .prepare_cached(
            "UPDATE assignments SET until_position = ?, until_at = ?
             WHERE tenant = ? AND user = ? AND list = ? AND until_position IS NULL",
        )?
        .execute(params![position, at(now)?, tenant.to_bytes(), user.to_bytes(), list.to_bytes()])?;
    Ok(())
}

/// Makes sure, within the writing transaction, that none of the doors is on a list.
pub(super) fn expect_free(connection: &Connection, tenant: TenantId, doors: &[DoorId]) -> Result<(), Error> {
    let mut on_a_list = connection.prepare_cached("SELECT 1 FROM memberships WHERE tenant = ? AND door = ?")?;
    for door in doors {
        if on_a_list.exists(params![tenant.to_bytes(), door.to_bytes()])? {
            return Err(Error::Taken);
        }
    }
    Ok(())
}

/// Makes sure, within the writing transaction, that none of the doors is on several lists.
pub(super) fn expect_on_one(connection: &Connection, tenant: TenantId, doors: &[DoorId]) -> Result<(), Error> {
    let mut count = connection.prepare_cached("SELECT count(*) FROM memberships WHERE tenant = ? AND door = ?")?;
    for door in doors {
        let on: i64 = count.query_row(params![tenant.to_bytes(), door.to_bytes()], |row| row.get(0))?;
        if on > 1 {
            return Err(Error::Taken);
        }
    }
    Ok(())
}

pub(super) fn free_doors(
    connection: &Connection,
    tenant: TenantId,
    after: Option<DoorId>,
    limit: u32,
) -> Result<Vec<DoorId>, Error> {
    let [first, last] = [[0; 16], [0xff; 16]].map(|id| subject_bytes(Subject::Door(DoorId::from_bytes(id))));
    let from = after.map_or(first, |after| subject_bytes(Subject::Door(after)));
    // Behind `after`; from the very first door on where there is none.
    let sql = "SELECT subject FROM bases AS b WHERE tenant = ?1 AND subject BETWEEN ?2 AND ?3 AND (subject > ?2 OR ?4)
        AND NOT EXISTS (SELECT 1 FROM memberships WHERE tenant = ?1 AND door = substr(b.subject, 2))
        ORDER BY subject LIMIT ?5";
    let mut query = connection.prepare_cached(sql)?;
    let values = params![tenant.to_bytes(), from, last, after.is_none(), limit];
    let free = query.query_and_then(values, |row| match subject(row, 0)? {
        Subject::Door(door) => Ok(door),
        Subject::List(_) | Subject::Script(_) => Err(Error::Damaged { what: "subject" }),
    })?;
    free.collect()
}

/// Every list that has or had a door, with the time when it left.
const LISTS_OF: &str = "SELECT list, NULL FROM memberships WHERE tenant = ?1 AND door = ?2
    UNION ALL SELECT list, left_at FROM departures WHERE tenant = ?1 AND door = ?2";
/// Who brought the first entry about a document.
const AUTHOR: &str = "SELECT d.user FROM entries AS e JOIN devices AS d ON d.tenant = e.tenant AND d.id = e.device
    WHERE e.tenant = ?1 AND e.subject = ?2 AND e.position IS NOT NULL ORDER BY e.position LIMIT 1";

pub(super) fn reach(
    connection: &Connection,
    tenant: TenantId,
    user: UserId,
    doors: &[DoorId],
) -> Result<Vec<Reach>, Error> {
    let held = held_until(connection, tenant, user)?;
    let mut lists_of = connection.prepare_cached(LISTS_OF)?;
    let mut reach_of = |door: &DoorId| {
        let mut reach = Reach::Never;
        let mut rows = lists_of.query(params![tenant.to_bytes(), door.to_bytes()])?;
        while let Some(row) = rows.next()? {
            let Some(held_until) = held.get(&WalkListId::from_bytes(bytes(row, 0)?)) else { continue };
            // What ended first ended the tie.
            let ended = held_until.iter().copied().chain(maybe_instant(row, 1)?).min();
            reach = reach.or(ended.map_or(Reach::Now, Reach::Until));
        }
        if reach == Reach::Never && author(connection, tenant, *door)? == Some(user) {
            return Ok(Reach::Now);
        }
        Ok(reach)
    };
    doors.iter().map(&mut reach_of).collect()
}

/// The lists that are or were a person's, each with the time until which it was; none where it still is.
fn held_until(
    connection: &Connection,
    tenant: TenantId,
    user: UserId,
) -> Result<BTreeMap<WalkListId, Option<Timestamp>>, Error> {
    let mut held: BTreeMap<WalkListId, Option<Timestamp>> = BTreeMap::new();
    let mut query =
        connection.prepare_cached("SELECT list, until_at FROM assignments WHERE tenant = ? AND user = ?")?;
    let mut rows = query.query(params![tenant.to_bytes(), user.to_bytes()])?;
    while let Some(row) = rows.next()? {
        let until = maybe_instant(row, 1)?;
        held.entry(WalkListId::from_bytes(bytes(row, 0)?))
            .and_modify(|known| *known = known.zip(until).map(|(one, other)| one.max(other)))
            .or_insert(until);
    }
    Ok(held)
}

/// The longest of the ties that a query tells the ends of.
pub(super) fn longest(connection: &Connection, ties: &str, names: &[&dyn ToSql]) -> Result<Reach, Error> {
    let mut query = connection.prepare_cached(ties)?;
    let ends = query.query_and_then(names, |row| maybe_instant(row, 0))?;
    ends.map(|end| Ok(end?.map_or(Reach::Now, Reach::Until)))
        .try_fold(Reach::Never, |longest, tie: Result<Reach, Error>| Ok(longest.or(tie?)))
}

/// Who added a door that the register does not know.
pub(super) fn author(connection: &Connection, tenant: TenantId, door: DoorId) -> Result<Option<UserId>, Error> {
    let names = params![tenant.to_bytes(), subject_bytes(Subject::Door(door))];
    let imported =
        connection.prepare_cached("SELECT 1 FROM bases WHERE tenant = ?1 AND subject = ?2")?.exists(names)?;
    if imported {
        return Ok(None);
    }
    let mut query = connection.prepare_cached(AUTHOR)?;
    query.query_and_then(names, |row| bytes(row, 0).map(UserId::from_bytes))?.next().transpose()
}
