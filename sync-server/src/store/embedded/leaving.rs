//! Tenants who leave.

use super::EmbeddedStore;
use super::row::number;
use crate::store::leaving::{AUDIT, PORTION, TABLES};
use crate::store::{Directory, Error, Leaving};
use rusqlite::{Connection, params};
use walkbook_model::{TenantId, Timestamp};

impl Leaving for EmbeddedStore {
    fn extent(&self, tenant: TenantId) -> Result<Vec<(&'static str, u64)>, Error> {
        self.read(|connection, _| {
            let mut extent = Vec::new();
            for table in TABLES.into_iter().chain(AUDIT) {
                let sql = format!("SELECT count(*) FROM {table} WHERE tenant = ?");
                let mut count = connection.prepare(&sql)?;
                let rows = count.query_and_then([tenant.to_bytes()], |row| number(row, 0))?.next().transpose()?;
                extent.extend(rows.filter(|rows| *rows > 0).map(|rows| (table, rows)));
            }
            Ok(extent)
        })
    }

    fn take_away(&self, tenant: TenantId, now: Timestamp) -> Result<bool, Error> {
        self.destroy_tenant_key(tenant, now)?;
        for table in TABLES.into_iter().chain(AUDIT) {
            while self.write(move |connection, _| portion(connection, table, tenant))? > 0 {}
        }
        // Whoever wrote meanwhile without needing the key: it goes with the tenant.
        let was_there = self.write(move |connection, _| {
            for table in TABLES.into_iter().chain(AUDIT) {
                while portion(connection, table, tenant)? > 0 {}
            }
            Ok(connection.execute("DELETE FROM tenants WHERE id = ?", [tenant.to_bytes()])? > 0)
        })?;
        // What was overwritten is not to live on beside the database.
        self.forget_destroyed()?;
        Ok(was_there)
    }
}

fn portion(connection: &Connection, table: &str, tenant: TenantId) -> Result<usize, Error> {
    let mut columns =
        connection.prepare_cached("SELECT name FROM pragma_table_info(?) WHERE pk > 0 AND name <> 'tenant'")?;
    let key: Vec<String> = columns.query_map([table], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let key = match &key[..] {
        // One row a tenant.
        [] if AUDIT.contains(&table) => "tenant".to_owned(),
        [] => "rowid".to_owned(),
        columns => columns.join(", "),
    };
    let sql = format!(
        "DELETE FROM {table} WHERE tenant = ?1 AND ({key}) IN (SELECT {key} FROM {table} WHERE tenant = ?1 LIMIT ?2)"
    );
    Ok(connection.prepare(&sql)?.execute(params![tenant.to_bytes(), PORTION])?)
}
