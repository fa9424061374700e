//! Which door is on which list, and whose lists these are.

use super::directory::expect_user;
use super::feed::{self, Kind};
use super::log::advance;
use super::row::int;
use crate::store::{Error, ListUpdate, LogPosition};
use rusqlite::{Connection, OptionalExtension, params};
use walkbook_model::{DoorId, TenantId, UserId, WalkListId};

pub(super) fn update(connection: &Connection, tenant: TenantId, updates: &[ListUpdate]) -> Result<(), Error> {
    updates.iter().try_for_each(|update| match *update {
        ListUpdate::Join(list, door) => join(connection, tenant, list, door),
        ListUpdate::Leave(list, door) => leave(connection, tenant, list, door),
        ListUpdate::Assign(list, user) => assign(connection, tenant, list, user),
        ListUpdate::Unassign(list, user) => unassign(connection, tenant, list, user),
    })
}

fn join(connection: &Connection, tenant: TenantId, list: WalkListId, door: DoorId) -> Result<(), Error> {
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

fn leave(connection: &Connection, tenant: TenantId, list: WalkListId, door: DoorId) -> Result<(), Error> {
    let left = connection
        .prepare_cached("DELETE FROM memberships WHERE tenant = ? AND door = ? AND list = ?")?
        .execute(params![tenant.to_bytes(), door.to_bytes(), list.to_bytes()])?;
    if left == 0 {
        return Ok(());
    }
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

fn unassign(connection: &Connection, tenant: TenantId, list: WalkListId, user: UserId) -> Result<(), Error> {
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
            "UPDATE assignments SET until_position = ?
             WHERE tenant = ? AND user = ? AND list = ? AND until_position IS NULL",
        )?
        .execute(params![position, tenant.to_bytes(), user.to_bytes(), list.to_bytes()])?;
    Ok(())
}
