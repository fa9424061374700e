//! The map under each list's doors, sealed under the list's key.

use super::log::advance;
use super::row::{bytes, get, int, number};
use super::transaction::{Tx, params};
use super::{PostgresStore, feed};
use crate::store::maps::{Maps, NewMap};
use crate::store::sealing::{Keyring, Opener, Sealer, places};
use crate::store::{Error, Held, LogPosition};
use walkbook_ledger::Subject;
use walkbook_model::{ContentHash, TenantId, WalkListId};

impl Maps for PostgresStore {
    fn put_map(&self, tenant: TenantId, list: WalkListId, map: NewMap<'_>) -> Result<bool, Error> {
        self.write(tenant, |tx, keyring| put(tx, keyring, (tenant, list), map))
    }

    fn map_of(&self, tenant: TenantId, list: WalkListId) -> Result<Option<Held<Vec<u8>>>, Error> {
        self.read(tenant, |tx, keyring| read(tx, keyring, (tenant, list), "record", places::of_map))
    }

    fn tiles_of(&self, tenant: TenantId, list: WalkListId) -> Result<Option<Held<Vec<u8>>>, Error> {
        self.read(tenant, |tx, keyring| read(tx, keyring, (tenant, list), "tiles", places::of_tiles))
    }
}

fn put(tx: &Tx<'_>, keyring: &Keyring, (tenant, list): (TenantId, WalkListId), map: NewMap<'_>) -> Result<bool, Error> {
    let hash = ContentHash::of(map.record);
    let sql = "SELECT 1 FROM maps WHERE tenant = $1 AND list = $2 AND content_hash = $3";
    if tx.exists(sql, params![tenant.to_bytes(), list.to_bytes(), hash.to_bytes()])? {
        return Ok(false);
    }
    let (mut sealer, about) = (Sealer::new(tx, keyring, tenant), Subject::List(list));
    let (key_number, record) = sealer.seal(about, &places::of_map(tenant, list, hash), map.record)?;
    let (_, tiles) = sealer.seal(about, &places::of_tiles(tenant, list, hash), map.tiles)?;
    let sql = "INSERT INTO maps (tenant, list, content_hash, key_number, record, tiles) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (tenant, list) DO UPDATE SET content_hash = excluded.content_hash, key_number = excluded.key_number,
        record = excluded.record, tiles = excluded.tiles";
    let (tenant_bytes, list_bytes) = (tenant.to_bytes(), list.to_bytes());
    tx.execute(sql, params![tenant_bytes, list_bytes, hash.to_bytes(), int(key_number)?, record, tiles])?;
    let position = LogPosition::new(advance(tx, tenant, 1)?);
    feed::publish_map(tx, (tenant, list), position)?;
    Ok(true)
}

fn read(
    tx: &Tx<'_>,
    keyring: &Keyring,
    (tenant, list): (TenantId, WalkListId),
    column: &str,
    place: impl Fn(TenantId, WalkListId, ContentHash) -> Vec<u8>,
) -> Result<Option<Held<Vec<u8>>>, Error> {
    let sql = format!("SELECT content_hash, key_number, {column} FROM maps WHERE tenant = $1 AND list = $2");
    let Some(row) = tx.row(&sql, params![tenant.to_bytes(), list.to_bytes()])? else { return Ok(None) };
    let place = place(tenant, list, ContentHash::from_bytes(bytes(&row, 0)?));
    let key = (Subject::List(list), number(&row, 1)?);
    Opener::new(tx, keyring, tenant).open(key, &place, get(&row, 2)?).map(Some)
}

/// Without the list's key these bytes are noise.
pub(super) fn forget(tx: &Tx<'_>, tenant: TenantId, subject: Subject) -> Result<(), Error> {
    if let Subject::List(list) = subject {
        let sql = "DELETE FROM maps WHERE tenant = $1 AND list = $2";
        tx.execute(sql, params![tenant.to_bytes(), list.to_bytes()])?;
    }
    Ok(())
}
