//! Wrapped keys as rows.

use super::row::{get, int, number, subject_bytes};
use crate::store::Error;
use crate::store::sealing::{Shelf, ShelvedKey};
use rusqlite::{Connection, OptionalExtension, params};
use walkbook_ledger::Subject;
use walkbook_model::{TenantId, Timestamp};

impl Shelf for Connection {
    fn tenant_key(&self, tenant: TenantId) -> Result<Option<Option<Vec<u8>>>, Error> {
        let mut query = self.prepare_cached("SELECT wrapped_key FROM tenants WHERE id = ?")?;
        Ok(query.query_row([tenant.to_bytes()], |row| row.get(0)).optional()?)
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
