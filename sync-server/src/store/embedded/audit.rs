use super::EmbeddedStore;
use super::row::{at, bytes, get, instant, int, number};
use crate::store::audit::{Audit, Deed, Head, Record, Stamp};
use crate::store::sealing::{Keyring, audit as sealing};
use crate::store::{Error, Held};
use rusqlite::{Connection, OptionalExtension, params};
use std::sync::Arc;
use walkbook_model::TenantId;
use walkbook_vault::{AuditLink, SealKey};

impl Audit for EmbeddedStore {
    fn note(&self, tenant: TenantId, deed: Deed, stamp: Stamp) -> Result<(), Error> {
        self.write(move |connection, keyring| append(connection, keyring, tenant, deed, stamp))
    }

    fn audit(&self, tenant: TenantId, after: u64, limit: u32) -> Result<Vec<Record>, Error> {
        self.read(|connection, keyring| {
            let key = keyring.maybe_tenant_key(connection, tenant)?;
            let sql =
                "SELECT number, at, sealed, link FROM audit WHERE tenant = ? AND number > ? ORDER BY number LIMIT ?";
            let mut before = link_at(connection, tenant, after)?;
            let mut query = connection.prepare_cached(sql)?;
            let rows = query.query_and_then(params![tenant.to_bytes(), int(after)?, limit], |row| {
                let (number, at) = (number(row, 0)?, instant(row, 1)?);
                let (sealed, link) = (get::<Vec<u8>>(row, 2)?, AuditLink::from_bytes(bytes(row, 3)?));
                Ok::<_, Error>((number, at, sealed, link))
            })?;
            rows.map(|row| {
                let (number, at, sealed, link) = row?;
                let act = sealing::open_record(&key, (tenant, number, at), before, &sealed);
                before = link;
                Ok(Record { number, at, sealed, link, act })
            })
            .collect()
        })
    }

    fn audit_head(&self, tenant: TenantId) -> Result<Held<Head>, Error> {
        self.read(|connection, keyring| {
            let key = keyring.maybe_tenant_key(connection, tenant)?;
            find_head(connection, &key, tenant)
        })
    }
}

/// Writes a record behind the last one. Called inside the transaction that does what it tells of.
pub(super) fn append(
    connection: &Connection,
    keyring: &Keyring,
    tenant: TenantId,
    deed: Deed,
    stamp: Stamp,
) -> Result<(), Error> {
    let key = keyring.tenant_key(connection, tenant)?;
    let Held::Readable(head) = find_head(connection, &Some(Arc::clone(&key)), tenant)? else {
        return Err(Error::Damaged { what: "audit log" });
    };
    let new = sealing::seal(keyring, &key, (tenant, head), deed, stamp)?;
    let number = int(new.number)?;
    connection
        .prepare_cached("INSERT INTO audit (tenant, number, at, sealed, link) VALUES (?, ?, ?, ?, ?)")?
        .execute(params![tenant.to_bytes(), number, at(stamp.at)?, new.record, new.link.to_bytes()])?;
    connection
        .prepare_cached(
            "INSERT INTO audit_heads (tenant, number, sealed) VALUES (?, ?, ?)
             ON CONFLICT DO UPDATE SET number = excluded.number, sealed = excluded.sealed",
        )?
        .execute(params![tenant.to_bytes(), number, new.head])?;
    Ok(())
}

fn find_head(connection: &Connection, key: &Option<Arc<SealKey>>, tenant: TenantId) -> Result<Held<Head>, Error> {
    let sql = "SELECT number, sealed FROM audit_heads WHERE tenant = ?";
    let mut query = connection.prepare_cached(sql)?;
    let row = |row: &rusqlite::Row<'_>| Ok::<_, Error>((number(row, 0)?, get::<Vec<u8>>(row, 1)?));
    let Some(row) = query.query_and_then([tenant.to_bytes()], row)?.next() else {
        return Ok(Held::Readable(Head { number: 0, link: AuditLink::start(tenant) }));
    };
    let Ok((number, sealed)) = row else { return Ok(Held::Damaged) };
    Ok(sealing::open_head(key, (tenant, number), &sealed))
}

/// The link behind this record; that before the first where there is none.
fn link_at(connection: &Connection, tenant: TenantId, number: u64) -> Result<AuditLink, Error> {
    let link: Option<Vec<u8>> = connection
        .prepare_cached("SELECT link FROM audit WHERE tenant = ? AND number = ?")?
        .query_row(params![tenant.to_bytes(), int(number)?], |row| row.get(0))
        .optional()?;
    match link.map(<[u8; 32]>::try_from) {
        Some(Ok(link)) => Ok(AuditLink::from_bytes(link)),
        Some(Err(_)) => Err(Error::Damaged { what: "audit log" }),
        None => Ok(AuditLink::start(tenant)),
    }
}
