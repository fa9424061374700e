//! The streets around each list's doors, sealed under the list's key.

use super::feed::{self, Kind};
use super::log::advance;
use super::row::{blob, bytes, int, number};
use crate::store::sealing::{Keyring, Opener, Sealer, places};
use crate::store::{Error, Held, LogPosition};
use rusqlite::{Connection, OptionalExtension, params};
use walkbook_ledger::Subject;
use walkbook_model::{ContentHash, TenantId, WalkListId};

pub(super) fn put(
    connection: &Connection,
    keyring: &Keyring,
    (tenant, list): (TenantId, WalkListId),
    streets: &[u8],
) -> Result<(), Error> {
    let hash = ContentHash::of(streets);
    let same: Option<i64> = connection
        .prepare_cached("SELECT 1 FROM streets WHERE tenant = ? AND list = ? AND content_hash = ?")?
        .query_row(params![tenant.to_bytes(), list.to_bytes(), hash.to_bytes()], |row| row.get(0))
        .optional()?;
    if same.is_some() {
        return Ok(());
    }
    let mut sealer = Sealer::new(connection, keyring, tenant);
    let (key_number, sealed) = sealer.seal(Subject::List(list), &places::of_streets(tenant, list, hash), streets)?;
    connection
        .prepare_cached(
            "INSERT INTO streets (tenant, list, content_hash, key_number, sealed) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT DO UPDATE SET content_hash = excluded.content_hash, key_number = excluded.key_number,
             sealed = excluded.sealed",
        )?
        .execute(params![tenant.to_bytes(), list.to_bytes(), hash.to_bytes(), int(key_number)?, sealed])?;
    let position = LogPosition::new(advance(connection, tenant, 1)?);
    feed::publish(connection, tenant, Subject::List(list), position, Kind::Streets)
}

pub(super) fn of(
    connection: &Connection,
    keyring: &Keyring,
    (tenant, list): (TenantId, WalkListId),
) -> Result<Option<Held<Vec<u8>>>, Error> {
    let sql = "SELECT content_hash, key_number, sealed FROM streets WHERE tenant = ? AND list = ?";
    let mut query = connection.prepare_cached(sql)?;
    let mut rows = query.query(params![tenant.to_bytes(), list.to_bytes()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let place = places::of_streets(tenant, list, ContentHash::from_bytes(bytes(row, 0)?));
    let key = (Subject::List(list), number(row, 1)?);
    Opener::new(connection, keyring, tenant).open(key, &place, blob(row, 2)?).map(Some)
}

/// Without the list's key these bytes are noise.
pub(super) fn forget(connection: &Connection, tenant: TenantId, subject: Subject) -> Result<(), Error> {
    if let Subject::List(list) = subject {
        let sql = "DELETE FROM streets WHERE tenant = ? AND list = ?";
        connection.execute(sql, params![tenant.to_bytes(), list.to_bytes()])?;
    }
    Ok(())
}
