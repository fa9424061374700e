//! The streets around each list's doors, sealed under the list's key.

use super::feed;
use super::log::advance;
use super::row::{bytes, get, int, number};
use super::transaction::{Tx, params};
use crate::store::sealing::{Keyring, Opener, Sealer, places};
use crate::store::{Error, Held, LogPosition};
use walkbook_ledger::Subject;
use walkbook_model::{ContentHash, TenantId, WalkListId};

pub(super) fn put(
    tx: &Tx<'_>,
    keyring: &Keyring,
    (tenant, list): (TenantId, WalkListId),
    streets: &[u8],
) -> Result<(), Error> {
    let hash = ContentHash::of(streets);
    let sql = "SELECT 1 FROM streets WHERE tenant = $1 AND list = $2 AND content_hash = $3";
    if tx.exists(sql, params![tenant.to_bytes(), list.to_bytes(), hash.to_bytes()])? {
        return Ok(());
    }
    let mut sealer = Sealer::new(tx, keyring, tenant);
    let (key_number, sealed) = sealer.seal(Subject::List(list), &places::of_streets(tenant, list, hash), streets)?;
    let sql = "INSERT INTO streets (tenant, list, content_hash, key_number, sealed) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (tenant, list) DO UPDATE SET content_hash = excluded.content_hash, key_number = excluded.key_number,
        sealed = excluded.sealed";
    tx.execute(sql, params![tenant.to_bytes(), list.to_bytes(), hash.to_bytes(), int(key_number)?, sealed])?;
    let position = LogPosition::new(advance(tx, tenant, 1)?);
    feed::publish_streets(tx, (tenant, list), position)
}

pub(super) fn of(
    tx: &Tx<'_>,
    keyring: &Keyring,
    (tenant, list): (TenantId, WalkListId),
) -> Result<Option<Held<Vec<u8>>>, Error> {
    let sql = "SELECT content_hash, key_number, sealed FROM streets WHERE tenant = $1 AND list = $2";
    let Some(row) = tx.row(sql, params![tenant.to_bytes(), list.to_bytes()])? else { return Ok(None) };
    let place = places::of_streets(tenant, list, ContentHash::from_bytes(bytes(&row, 0)?));
    let key = (Subject::List(list), number(&row, 1)?);
    Opener::new(tx, keyring, tenant).open(key, &place, get(&row, 2)?).map(Some)
}

/// Without the list's key these bytes are noise.
pub(super) fn forget(tx: &Tx<'_>, tenant: TenantId, subject: Subject) -> Result<(), Error> {
    if let Subject::List(list) = subject {
        let sql = "DELETE FROM streets WHERE tenant = $1 AND list = $2";
        tx.execute(sql, params![tenant.to_bytes(), list.to_bytes()])?;
    }
    Ok(())
}
