//! Documents that the regional backend is to have anew.

use super::row::{int, subject_bytes};
use super::transaction::{Tx, params};
use crate::store::{Error, LogPosition};
use walkbook_ledger::Subject;
use walkbook_model::TenantId;

/// Marks documents. Nothing of a draft belongs to a backend.
pub(super) fn put(tx: &Tx<'_>, tenant: TenantId, documents: &[(Subject, LogPosition)]) -> Result<(), Error> {
    let documents = documents.iter().filter(|(subject, _)| !matches!(subject, Subject::Script(_)));
    let (mut subjects, mut positions) = (Vec::new(), Vec::new());
    for (subject, position) in documents {
        subjects.push(subject_bytes(*subject).to_vec());
        positions.push(int(position.get())?);
    }
    let sql = "INSERT INTO marks (tenant, subject, position)
        SELECT $1::bytea, * FROM unnest($2::bytea[], $3::bigint[])
        ON CONFLICT (tenant, subject) DO UPDATE SET position = greatest(marks.position, excluded.position)";
    tx.execute(sql, params![tenant.to_bytes(), subjects, positions])?;
    Ok(())
}

/// Marks all of a tenant's whose key is there.
pub(super) fn put_all(tx: &Tx<'_>, tenant: TenantId) -> Result<(), Error> {
    let sql = "INSERT INTO marks (tenant, subject, position)
        SELECT f.tenant, f.subject, max(f.position) FROM (
            SELECT tenant, subject, position FROM bases WHERE tenant = $1
            UNION ALL SELECT tenant, subject, position FROM entries WHERE tenant = $1 AND position IS NOT NULL) AS f
        JOIN tenants AS t ON t.id = f.tenant
        WHERE t.wrapped_key IS NOT NULL AND get_byte(f.subject, 0) <> 2 GROUP BY f.tenant, f.subject
        ON CONFLICT (tenant, subject) DO UPDATE SET position = greatest(marks.position, excluded.position)";
    tx.execute(sql, params![tenant.to_bytes()])?;
    Ok(())
}
