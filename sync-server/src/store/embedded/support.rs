use super::EmbeddedStore;
use super::audit::append;
use super::directory::expect_user;
use super::row::{at, bytes, get, instant, maybe_instant, number};
use crate::store::sealing::places;
use crate::store::support::{Support, SupportGrant};
use crate::store::{Deed, Error, Stamp};
use rusqlite::{Connection, Row, params};
use walkbook_model::{TenantId, Timestamp, UserId};
use walkbook_vault::SealKey;

impl Support for EmbeddedStore {
    fn grant_support(
        &self,
        tenant: TenantId,
        user: UserId,
        reason: &str,
        until: Timestamp,
        stamp: Stamp,
    ) -> Result<(), Error> {
        let reason = reason.to_owned();
        self.write(move |connection, keyring| {
            expect_user(connection, tenant, user)?;
            end(connection, tenant, user, stamp.at)?;
            let sql = "SELECT coalesce(max(number), 0) + 1 FROM support_grants WHERE tenant = ?";
            let number: i64 = connection.prepare_cached(sql)?.query_row([tenant.to_bytes()], |row| row.get(0))?;
            let key = keyring.tenant_key(connection, tenant)?;
            let sealed = keyring.seal(&key, &places::of_support_reason(tenant, user, number), reason.as_bytes())?;
            let sql = "INSERT INTO support_grants (tenant, number, user, sealed_reason, from_at, until_at)
                VALUES (?, ?, ?, ?, ?, ?)";
            let (tenant_id, user_id) = (tenant.to_bytes(), user.to_bytes());
            connection.execute(sql, params![tenant_id, number, user_id, sealed, at(stamp.at)?, at(until)?])?;
            append(connection, keyring, tenant, Deed::SupportGranted { user, until }, stamp)
        })
    }

    fn end_support(&self, tenant: TenantId, user: UserId, stamp: Stamp) -> Result<bool, Error> {
        self.write(move |connection, keyring| {
            if end(connection, tenant, user, stamp.at)? == 0 {
                return Ok(false);
            }
            append(connection, keyring, tenant, Deed::SupportEnded { user }, stamp)?;
            Ok(true)
        })
    }

    fn support_grants(&self, tenant: TenantId) -> Result<Vec<SupportGrant>, Error> {
        self.read(|connection, keyring| {
            let key = match keyring.tenant_key(connection, tenant) {
                Err(Error::Unknown { .. }) => return Ok(Vec::new()),
                key => key?,
            };
            let sql = "SELECT number, user, sealed_reason, from_at, until_at, ended_at FROM support_grants
                WHERE tenant = ? ORDER BY number";
            let mut query = connection.prepare_cached(sql)?;
            query.query_and_then([tenant.to_bytes()], |row| grant_of(row, tenant, &key))?.collect()
        })
    }
}

/// Ends what is good at this moment; says how much it was.
fn end(connection: &Connection, tenant: TenantId, user: UserId, now: Timestamp) -> Result<usize, Error> {
    let sql = "UPDATE support_grants SET ended_at = ?3
        WHERE tenant = ?1 AND user = ?2 AND ended_at IS NULL AND until_at > ?3";
    Ok(connection.execute(sql, params![tenant.to_bytes(), user.to_bytes(), at(now)?])?)
}

fn grant_of(row: &Row<'_>, tenant: TenantId, key: &SealKey) -> Result<SupportGrant, Error> {
    let damaged = || Error::Damaged { what: "grant" };
    let (number, user) = (number(row, 0)?, UserId::from_bytes(bytes(row, 1)?));
    let place = places::of_support_reason(tenant, user, i64::try_from(number).map_err(|_| damaged())?);
    let reason = key.open(&place, &get::<Vec<u8>>(row, 2)?).map_err(|_| damaged())?;
    let reason = String::from_utf8(reason).map_err(|_| damaged())?;
    Ok(SupportGrant { user, reason, from: instant(row, 3)?, until: instant(row, 4)?, ended_at: maybe_instant(row, 5)? })
}
