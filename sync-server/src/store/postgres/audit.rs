use super::PostgresStore;
use super::row::{at, bytes, get, instant, int, number};
use super::transaction::{Tx, params};
use crate::store::audit::{Audit, Deed, Head, Record, Stamp};
use crate::store::sealing::{Keyring, audit as sealing};
use crate::store::{Error, Held};
use std::sync::Arc;
use walkbook_model::TenantId;
use walkbook_vault::{AuditLink, SealKey};

impl Audit for PostgresStore {
    fn note(&self, tenant: TenantId, deed: Deed, stamp: Stamp) -> Result<(), Error> {
        self.write(tenant, |tx, keyring| append(tx, keyring, tenant, deed, stamp))
    }

    fn audit(&self, tenant: TenantId, after: u64, limit: u32) -> Result<Vec<Record>, Error> {
        self.read(tenant, |tx, keyring| {
            let key = keyring.maybe_tenant_key(tx, tenant)?;
            let sql = "SELECT number, at, sealed, link FROM audit WHERE tenant = $1 AND number > $2
                ORDER BY number LIMIT $3";
            let mut before = link_at(tx, tenant, after)?;
            let rows = tx.rows(sql, params![tenant.to_bytes(), int(after)?, i64::from(limit)])?;
            let record = |row| {
                let (number, at) = (number(row, 0)?, instant(row, 1)?);
                let (sealed, link) = (get::<Vec<u8>>(row, 2)?, AuditLink::from_bytes(bytes(row, 3)?));
                let act = sealing::open_record(&key, (tenant, number, at), before, &sealed);
                before = link;
                Ok(Record { number, at, sealed, link, act })
            };
            rows.iter().map(record).collect()
        })
    }

    fn audit_head(&self, tenant: TenantId) -> Result<Held<Head>, Error> {
        self.read(tenant, |tx, keyring| {
            let key = keyring.maybe_tenant_key(tx, tenant)?;
            find_head(tx, &key, tenant)
        })
    }
}

/// Writes a record behind the last one. Called inside the transaction that does what it tells of, which has locked the
/// tenant: there is one chain.
pub(super) fn append(tx: &Tx<'_>, keyring: &Keyring, tenant: TenantId, deed: Deed, stamp: Stamp) -> Result<(), Error> {
    tx.is_news();
    let key = keyring.tenant_key(tx, tenant)?;
    let Held::Readable(head) = find_head(tx, &Some(Arc::clone(&key)), tenant)? else {
        return Err(Error::Damaged { what: "audit log" });
    };
    let new = sealing::seal(keyring, &key, (tenant, head), deed, stamp)?;
    let sql = "WITH moved AS (INSERT INTO audit_heads (tenant, number, sealed) VALUES ($1, $2, $6)
            ON CONFLICT (tenant) DO UPDATE SET number = excluded.number, sealed = excluded.sealed)
        INSERT INTO audit (tenant, number, at, sealed, link) VALUES ($1, $2, $3, $4, $5)";
    let (number, link) = (int(new.number)?, new.link.to_bytes());
    tx.execute(sql, params![tenant.to_bytes(), number, at(stamp.at)?, new.record, link, new.head])?;
    Ok(())
}

fn find_head(tx: &Tx<'_>, key: &Option<Arc<SealKey>>, tenant: TenantId) -> Result<Held<Head>, Error> {
    let row = tx.row("SELECT number, sealed FROM audit_heads WHERE tenant = $1", params![tenant.to_bytes()])?;
    let Some(row) = row else {
        return Ok(Held::Readable(Head { number: 0, link: AuditLink::start(tenant) }));
    };
    let Ok(number) = number(&row, 0) else { return Ok(Held::Damaged) };
    Ok(sealing::open_head(key, (tenant, number), get(&row, 1)?))
}

/// The link behind this record; that before the first where there is none.
fn link_at(tx: &Tx<'_>, tenant: TenantId, number: u64) -> Result<AuditLink, Error> {
    let sql = "SELECT link FROM audit WHERE tenant = $1 AND number = $2";
    match tx.row(sql, params![tenant.to_bytes(), int(number)?])? {
        Some(row) => Ok(AuditLink::from_bytes(bytes(&row, 0).map_err(|_| Error::Damaged { what: "audit log" })?)),
        None => Ok(AuditLink::start(tenant)),
    }
}
