use super::PostgresStore;
use super::audit::append;
use super::directory::expect_user;
use super::row::{at, bytes, get, instant, maybe_instant};
use super::transaction::{Tx, params};
use crate::store::sealing::places;
use crate::store::support::{Support, SupportGrant};
use crate::store::{Deed, Error, Stamp};
use tokio_postgres::Row;
use walkbook_model::{TenantId, Timestamp, UserId};
use walkbook_vault::SealKey;

impl Support for PostgresStore {
    fn grant_support(
        &self,
        tenant: TenantId,
        user: UserId,
        reason: &str,
        until: Timestamp,
        stamp: Stamp,
    ) -> Result<(), Error> {
        self.write(tenant, |tx, keyring| {
            expect_user(tx, tenant, user)?;
            end(tx, tenant, user, stamp.at)?;
            let sql = "SELECT coalesce(max(number), 0) + 1 FROM support_grants WHERE tenant = $1";
            let row = tx.row(sql, params![tenant.to_bytes()])?.ok_or(Error::Damaged { what: "grant" })?;
            let number: i64 = get(&row, 0)?;
            let key = keyring.tenant_key(tx, tenant)?;
            let sealed = keyring.seal(&key, &places::of_support_reason(tenant, user, number), reason.as_bytes())?;
            let sql = "INSERT INTO support_grants (tenant, number, user_id, sealed_reason, from_at, until_at)
                VALUES ($1, $2, $3, $4, $5, $6)";
            let (tenant_id, user_id) = (tenant.to_bytes(), user.to_bytes());
            tx.execute(sql, params![tenant_id, number, user_id, sealed, at(stamp.at)?, at(until)?])?;
            append(tx, keyring, tenant, Deed::SupportGranted { user, until }, stamp)
        })
    }

    fn end_support(&self, tenant: TenantId, user: UserId, stamp: Stamp) -> Result<bool, Error> {
        self.write(tenant, |tx, keyring| {
            if end(tx, tenant, user, stamp.at)? == 0 {
                return Ok(false);
            }
            append(tx, keyring, tenant, Deed::SupportEnded { user }, stamp)?;
            Ok(true)
        })
    }

    fn support_grants(&self, tenant: TenantId) -> Result<Vec<SupportGrant>, Error> {
        self.read(tenant, |tx, keyring| {
            let key = match keyring.tenant_key(tx, tenant) {
                Err(Error::Unknown { .. }) => return Ok(Vec::new()),
                key => key?,
            };
            let sql = "SELECT number, user_id, sealed_reason, from_at, until_at, ended_at FROM support_grants
                WHERE tenant = $1 ORDER BY number";
            tx.rows(sql, params![tenant.to_bytes()])?.iter().map(|row| grant_of(row, tenant, &key)).collect()
        })
    }
}

/// Ends what is good at this moment; says how much it was.
fn end(tx: &Tx<'_>, tenant: TenantId, user: UserId, now: Timestamp) -> Result<u64, Error> {
    let sql = "UPDATE support_grants SET ended_at = $3
        WHERE tenant = $1 AND user_id = $2 AND ended_at IS NULL AND until_at > $3";
    tx.execute(sql, params![tenant.to_bytes(), user.to_bytes(), at(now)?])
}

fn grant_of(row: &Row, tenant: TenantId, key: &SealKey) -> Result<SupportGrant, Error> {
    let damaged = || Error::Damaged { what: "grant" };
    let user = UserId::from_bytes(bytes(row, 1)?);
    let place = places::of_support_reason(tenant, user, get(row, 0)?);
    let reason = key.open(&place, get(row, 2)?).map_err(|_| damaged())?;
    let reason = String::from_utf8(reason).map_err(|_| damaged())?;
    Ok(SupportGrant { user, reason, from: instant(row, 3)?, until: instant(row, 4)?, ended_at: maybe_instant(row, 5)? })
}
