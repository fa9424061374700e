//! What a tenant has decided for all its phones.

use super::audit::append;
use crate::store::sealing::{Keyring, places};
use crate::store::{Deed, Error, Stamp};
use rusqlite::{Connection, OptionalExtension, params};
use walkbook_model::{ContentHash, TenantId};

pub(super) fn put(
    connection: &Connection,
    keyring: &Keyring,
    tenant: TenantId,
    bytes: &[u8],
    stamp: Stamp,
) -> Result<(), Error> {
    let key = keyring.tenant_key(connection, tenant)?;
    // What is damaged is put right.
    if matches!(find(connection, keyring, tenant), Ok(Some(known)) if known == bytes) {
        return Ok(());
    }
    let sealed = keyring.seal(&key, &places::of_settings(tenant), bytes)?;
    connection.execute("UPDATE tenants SET sealed_settings = ? WHERE id = ?", params![sealed, tenant.to_bytes()])?;
    append(connection, keyring, tenant, Deed::SettingsChanged { settings: ContentHash::of(bytes) }, stamp)
}

pub(super) fn find(connection: &Connection, keyring: &Keyring, tenant: TenantId) -> Result<Option<Vec<u8>>, Error> {
    let sealed: Option<Option<Vec<u8>>> = connection
        .prepare_cached("SELECT sealed_settings FROM tenants WHERE id = ?")?
        .query_row([tenant.to_bytes()], |row| row.get(0))
        .optional()?;
    let Some(sealed) = sealed.flatten() else { return Ok(None) };
    let opened = keyring.tenant_key(connection, tenant)?.open(&places::of_settings(tenant), &sealed);
    opened.map(Some).map_err(|_| Error::Damaged { what: "settings" })
}
