//! Tenants who leave.

use super::PostgresStore;
use super::row::{get, number};
use super::transaction::{Tx, params};
use crate::store::leaving::{AUDIT, PORTION, TABLES};
use crate::store::{Directory, Error, Leaving};
use walkbook_model::{TenantId, Timestamp};

impl Leaving for PostgresStore {
    fn extent(&self, tenant: TenantId) -> Result<Vec<(&'static str, u64)>, Error> {
        self.read(tenant, |tx, _| {
            let mut extent = Vec::new();
            for table in TABLES.into_iter().chain(AUDIT) {
                let sql = format!("SELECT count(*) FROM {table} WHERE tenant = $1");
                let rows = tx.row(&sql, params![tenant.to_bytes()])?.map_or(Ok(0), |row| number(&row, 0))?;
                extent.extend((rows > 0).then_some((table, rows)));
            }
            Ok(extent)
        })
    }

    fn take_away(&self, tenant: TenantId, now: Timestamp) -> Result<bool, Error> {
        self.destroy_tenant_key(tenant, now)?;
        for table in TABLES {
            while self.write(tenant, |tx, _| portion(tx, table, tenant))? > 0 {}
        }
        // Whoever wrote meanwhile without needing the key: it goes with the tenant, and with the audit log, which the database
        // gives up where there is no key to it.
        self.write(tenant, |tx, _| {
            for table in TABLES {
                while portion(tx, table, tenant)? > 0 {}
            }
            let emptied = tx.row("SELECT forget_audit()", &[])?.ok_or(Error::Damaged { what: "audit log" })?;
            get::<i64>(&emptied, 0)?;
            Ok(tx.execute("DELETE FROM tenants WHERE id = $1", params![tenant.to_bytes()])? > 0)
        })
    }
}

fn portion(tx: &Tx<'_>, table: &str, tenant: TenantId) -> Result<u64, Error> {
    let sql = format!(
        "DELETE FROM {table} WHERE tenant = $1
         AND ctid = ANY (ARRAY (SELECT ctid FROM {table} WHERE tenant = $1 LIMIT $2))"
    );
    tx.execute(&sql, params![tenant.to_bytes(), PORTION])
}
