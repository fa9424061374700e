//! Documents that the regional backend is to have anew.

use super::row::{int, subject_bytes};
use crate::store::{Error, LogPosition};
use rusqlite::{Connection, params};
use walkbook_ledger::Subject;
use walkbook_model::TenantId;

/// Marks a document. Nothing of a draft belongs to a backend.
pub(super) fn put(
    connection: &Connection,
    tenant: TenantId,
    subject: Subject,
    position: LogPosition,
) -> Result<(), Error> {
    if matches!(subject, Subject::Script(_)) {
        return Ok(());
    }
    let sql = "INSERT INTO marks (tenant, subject, position) VALUES (?, ?, ?)
        ON CONFLICT DO UPDATE SET position = max(position, excluded.position)";
    let values = params![tenant.to_bytes(), subject_bytes(subject), int(position.get())?];
    connection.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// Marks all of a tenant's whose key is there.
pub(super) fn put_all(connection: &Connection, tenant: TenantId) -> Result<(), Error> {
    let sql = "INSERT INTO marks (tenant, subject, position)
        SELECT f.tenant, f.subject, max(f.position) FROM (
            SELECT tenant, subject, position FROM bases WHERE tenant = ?1
            UNION ALL SELECT tenant, subject, position FROM entries WHERE tenant = ?1 AND position IS NOT NULL) AS f
        JOIN tenants AS t ON t.id = f.tenant
        WHERE t.wrapped_key IS NOT NULL AND substr(f.subject, 1, 1) <> x'02' GROUP BY f.tenant, f.subject
        ON CONFLICT DO UPDATE SET position = max(position, excluded.position)";
    connection.execute(sql, [tenant.to_bytes()])?;
    Ok(())
}
