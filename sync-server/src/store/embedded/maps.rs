//! The map under each list's doors, sealed under the list's key.

use super::EmbeddedStore;
use super::feed::{self, Kind};
use super::log::advance;
use super::row::{blob, bytes, int, number};
use crate::store::maps::{Maps, NewMap};
use crate::store::sealing::{Keyring, Opener, Sealer, places};
use crate::store::{Error, Held, LogPosition};
use rusqlite::{Connection, OptionalExtension, params};
use walkbook_ledger::Subject;
use walkbook_model::{ContentHash, TenantId, WalkListId};

impl Maps for EmbeddedStore {
    fn put_map(&self, tenant: TenantId, list: WalkListId, map: NewMap<'_>) -> Result<bool, Error> {
        let (record, tiles) = (map.record.to_vec(), map.tiles.to_vec());
        self.write(move |connection, keyring| {
            put(connection, keyring, (tenant, list), NewMap { record: &record, tiles: &tiles })
        })
    }

    fn map_of(&self, tenant: TenantId, list: WalkListId) -> Result<Option<Held<Vec<u8>>>, Error> {
        self.read(|connection, keyring| read(connection, keyring, (tenant, list), "record", places::of_map))
    }

    fn tiles_of(&self, tenant: TenantId, list: WalkListId) -> Result<Option<Held<Vec<u8>>>, Error> {
        self.read(|connection, keyring| read(connection, keyring, (tenant, list), "tiles", places::of_tiles))
    }
}

fn put(
    connection: &Connection,
    keyring: &Keyring,
    (tenant, list): (TenantId, WalkListId),
    map: NewMap<'_>,
) -> Result<bool, Error> {
    let hash = ContentHash::of(map.record);
    let same: Option<i64> = connection
        .prepare_cached("SELECT 1 FROM maps WHERE tenant = ? AND list = ? AND content_hash = ?")?
        .query_row(params![tenant.to_bytes(), list.to_bytes(), hash.to_bytes()], |row| row.get(0))
        .optional()?;
    if same.is_some() {
        return Ok(false);
    }
    let (mut sealer, about) = (Sealer::new(connection, keyring, tenant), Subject::List(list));
    let (key_number, record) = sealer.seal(about, &places::of_map(tenant, list, hash), map.record)?;
    let (_, tiles) = sealer.seal(about, &places::of_tiles(tenant, list, hash), map.tiles)?;
    let sql = "INSERT INTO maps (tenant, list, content_hash, key_number, record, tiles) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET content_hash = excluded.content_hash, key_number = excluded.key_number,
        record = excluded.record, tiles = excluded.tiles";
    let names = (tenant.to_bytes(), list.to_bytes(), hash.to_bytes());
    connection.prepare_cached(sql)?.execute(params![names.0, names.1, names.2, int(key_number)?, record, tiles])?;
    let position = LogPosition::new(advance(connection, tenant, 1)?);
    feed::publish(connection, tenant, about, position, Kind::Map)?;
    Ok(true)
}

fn read(
    connection: &Connection,
    keyring: &Keyring,
    (tenant, list): (TenantId, WalkListId),
    column: &str,
    place: impl Fn(TenantId, WalkListId, ContentHash) -> Vec<u8>,
) -> Result<Option<Held<Vec<u8>>>, Error> {
    let sql = format!("SELECT content_hash, key_number, {column} FROM maps WHERE tenant = ? AND list = ?");
    let mut query = connection.prepare_cached(&sql)?;
    let mut rows = query.query(params![tenant.to_bytes(), list.to_bytes()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let place = place(tenant, list, ContentHash::from_bytes(bytes(row, 0)?));
    let key = (Subject::List(list), number(row, 1)?);
    Opener::new(connection, keyring, tenant).open(key, &place, blob(row, 2)?).map(Some)
}

/// Without the list's key these bytes are noise.
pub(super) fn forget(connection: &Connection, tenant: TenantId, subject: Subject) -> Result<(), Error> {
    if let Subject::List(list) = subject {
        let sql = "DELETE FROM maps WHERE tenant = ? AND list = ?";
        connection.execute(sql, params![tenant.to_bytes(), list.to_bytes()])?;
    }
    Ok(())
}
