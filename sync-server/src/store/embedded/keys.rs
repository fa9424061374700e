//! Wrapped keys as rows.

use super::EmbeddedStore;
use super::audit::append;
use super::row::{get, int, maybe_blob, number, subject_bytes};
use crate::store::sealing::{Shelf, ShelvedKey, WrappedTenant};
use crate::store::{Deed, Error, Keys, MasterName, Stamp};
use rusqlite::{Connection, OptionalExtension, Row, params};
use walkbook_ledger::Subject;
use walkbook_model::{TenantId, Timestamp};

impl Shelf for Connection {
    fn tenant_key(&self, tenant: TenantId) -> Result<Option<Option<WrappedTenant>>, Error> {
        let mut query = self.prepare_cached("SELECT wrapped_key, wrapped_by FROM tenants WHERE id = ?")?;
        let mut rows = query.query([tenant.to_bytes()])?;
        let there = |row| Ok(WrappedTenant::of_columns(get(row, 0)?, maybe_blob(row, 1)?));
        rows.next()?.map(there).transpose()
    }

    fn last_key(&self, tenant: TenantId, subject: Subject) -> Result<Option<ShelvedKey>, Error> {
        let sql = "SELECT number, wrapped FROM data_keys WHERE tenant = ? AND subject = ? ORDER BY number DESC LIMIT 1";
        let mut query = self.prepare_cached(sql)?;
        let mut rows = query.query(params![tenant.to_bytes(), subject_bytes(subject)])?;
        let key = |row| Ok(ShelvedKey { number: number(row, 0)?, wrapped: get(row, 1)? });
        rows.next()?.map(key).transpose()
    }

    fn numbered_key(&self, (tenant, subject, number): (TenantId, Subject, u64)) -> Result<Option<Vec<u8>>, Error> {
        let wrapped: Option<Option<Vec<u8>>> = self
            .prepare_cached("SELECT wrapped FROM data_keys WHERE tenant = ? AND subject = ? AND number = ?")?
            .query_row(params![tenant.to_bytes(), subject_bytes(subject), int(number)?], |row| row.get(0))
            .optional()?;
        Ok(wrapped.flatten())
    }

    fn put_key(&self, (tenant, subject, number): (TenantId, Subject, u64), wrapped: &[u8]) -> Result<(), Error> {
        self.prepare_cached("INSERT INTO data_keys (tenant, subject, number, wrapped) VALUES (?, ?, ?, ?)")?
            .execute(params![tenant.to_bytes(), subject_bytes(subject), int(number)?, wrapped])?;
        Ok(())
    }
}

impl Keys for EmbeddedStore {
    fn wrapped_by(&self) -> Result<Vec<(Option<MasterName>, u64)>, Error> {
        self.read(|connection, _| {
            let sql = "SELECT wrapped_by, count(*) FROM tenants WHERE wrapped_key IS NOT NULL GROUP BY 1 ORDER BY 1";
            let mut query = connection.prepare_cached(sql)?;
            let of = |row: &Row<'_>| Ok((maybe_blob(row, 0)?.and_then(MasterName::from_bytes), number(row, 1)?));
            query.query_and_then([], of)?.collect()
        })
    }

    fn rewrap(&self, tenant: TenantId, stamp: Stamp) -> Result<bool, Error> {
        self.write(move |connection, keyring| {
            let Some((wrapped, by)) = keyring.rewrap_tenant_key(connection, tenant)? else { return Ok(false) };
            let sql = "UPDATE tenants SET wrapped_key = ?, wrapped_by = ? WHERE id = ?";
            connection.execute(sql, params![wrapped.as_bytes(), by.to_bytes(), tenant.to_bytes()])?;
            append(connection, keyring, tenant, Deed::KeyRewrapped { master: by.to_string() }, stamp)?;
            Ok(true)
        })
    }

    fn open_with_current(&self, region: &str) -> Result<(), Error> {
        let region = region.to_owned();
        self.write(move |connection, keyring| {
            let check = keyring.make_master_check(&region)?;
            connection.execute("UPDATE store SET key_check = ? WHERE region = ?", params![check, region])?;
            Ok(())
        })?;
        // What the master key before has wrapped is not to live on beside the database.
        self.forget_destroyed()
    }

    fn opens_with_current(&self, region: &str) -> Result<bool, Error> {
        self.read(|connection, keyring| {
            let check: Vec<u8> = connection.query_row("SELECT key_check FROM store", [], |row| row.get(0))?;
            Ok(keyring.is_current(region, &check))
        })
    }
}

/// Destroys every key of a document; says whether one was live.
pub(super) fn destroy(
    connection: &Connection,
    tenant: TenantId,
    subject: Subject,
    now: Timestamp,
) -> Result<bool, Error> {
    let sql = "UPDATE data_keys SET wrapped = NULL, destroyed_at = ?
        WHERE tenant = ? AND subject = ? AND wrapped IS NOT NULL";
    let live = connection.execute(sql, params![int(now.as_ms())?, tenant.to_bytes(), subject_bytes(subject)])?;
    Ok(live > 0)
}
