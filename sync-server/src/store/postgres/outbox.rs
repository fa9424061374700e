use super::audit::append;
use super::directory::find_device;
use super::row::{at, get, int, maybe_position, position, subject, subject_bytes, uint};
use super::transaction::{Tx, Values, params};
use super::{PostgresStore, entries, leases, marks};
use crate::store::sealing::Opener;
use crate::store::{Deed, Error, Lease, LogPosition, Outbox, OutboxCounts, OutboxItem, Stamp};
use walkbook_ledger::Subject;
use walkbook_model::{DeviceId, EntryId, TenantId, Timestamp};

impl Outbox for PostgresStore {
    fn lease_outboxes(&self) -> Result<Option<Box<dyn Lease + '_>>, Error> {
        let leased = self.lease(leases::OUTBOXES)?;
        Ok(leased.map(|leased| Box::new(leased) as Box<dyn Lease>))
    }

    fn outbox_after(
        &self,
        tenant: TenantId,
        after: LogPosition,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<OutboxItem>, Error> {
        let rest = "o.position > $2 AND o.retry_at <= $3 AND o.dead = 0 ORDER BY o.position LIMIT $4";
        self.items(tenant, rest, params![tenant.to_bytes(), int(after.get())?, at(now)?, i64::from(limit)])
    }

    fn outbox_done(&self, tenant: TenantId, ids: &[LogPosition]) -> Result<u64, Error> {
        self.touch(tenant, |tx| {
            let ids = ids.iter().map(|id| int(id.get())).collect::<Result<Vec<_>, _>>()?;
            tx.execute("DELETE FROM outbox WHERE tenant = $1 AND position = ANY ($2)", params![tenant.to_bytes(), ids])
        })
    }

    fn outbox_failed(
        &self,
        tenant: TenantId,
        id: LogPosition,
        reason: &str,
        retry_at: Option<Timestamp>,
    ) -> Result<bool, Error> {
        self.touch(tenant, |tx| {
            let sql = "UPDATE outbox SET attempts = attempts + 1, reason = $3, retry_at = coalesce($4, retry_at),
                dead = ($4::bigint IS NULL)::int WHERE tenant = $1 AND position = $2 AND dead = 0";
            let retry_at = retry_at.map(at).transpose()?;
            Ok(tx.execute(sql, params![tenant.to_bytes(), int(id.get())?, reason, retry_at])? > 0)
        })
    }

    fn outbox_caught_up(&self, tenant: TenantId, about: &[Subject], up_to: LogPosition) -> Result<u64, Error> {
        self.touch(tenant, |tx| {
            let sql = "DELETE FROM outbox AS o WHERE tenant = $1 AND dead > 0 AND position <= $2 AND EXISTS (
                SELECT 1 FROM entries AS e WHERE e.tenant = $1 AND e.device = o.device AND e.seq = o.seq
                AND e.subject = ANY ($3))";
            let about: Vec<Vec<u8>> = about.iter().map(|subject| subject_bytes(*subject).to_vec()).collect();
            tx.execute(sql, params![tenant.to_bytes(), int(up_to.get())?, about])
        })
    }

    fn outbox_counts(&self, tenant: TenantId) -> Result<OutboxCounts, Error> {
        self.read(tenant, |tx, _| {
            let sql = "SELECT count(*), count(*) FILTER (WHERE dead = 1), count(*) FILTER (WHERE dead = 2),
                min(position) FILTER (WHERE dead = 0) FROM outbox WHERE tenant = $1";
            let row = tx.row(sql, params![tenant.to_bytes()])?.ok_or(Error::Damaged { what: "outbox" })?;
            let [all, dead, dropped] = [uint(get(&row, 0)?)?, uint(get(&row, 1)?)?, uint(get(&row, 2)?)?];
            let oldest = maybe_position(&row, 3)?;
            Ok(OutboxCounts { waiting: all.saturating_sub(dead + dropped), oldest, dead, dropped })
        })
    }

    fn dead_letters(&self, tenant: TenantId, limit: u32) -> Result<Vec<OutboxItem>, Error> {
        let rest = "o.dead > 0 AND o.dead = 1 ORDER BY o.position LIMIT $2";
        self.items(tenant, rest, params![tenant.to_bytes(), i64::from(limit)])
    }

    fn dropped_letters(&self, tenant: TenantId, limit: u32) -> Result<Vec<OutboxItem>, Error> {
        let rest = "o.dead > 0 AND o.dead = 2 ORDER BY o.position LIMIT $2";
        self.items(tenant, rest, params![tenant.to_bytes(), i64::from(limit)])
    }

    fn revive(&self, tenant: TenantId, id: LogPosition, stamp: Stamp) -> Result<bool, Error> {
        let sql = "UPDATE outbox SET dead = 0, retry_at = 0 WHERE tenant = $1 AND position = $2 AND dead > 0";
        self.decide_letter(sql, (tenant, id), Deed::LetterRevived { letter: id.get() }, stamp)
    }

    fn drop_letter(&self, tenant: TenantId, id: LogPosition, stamp: Stamp) -> Result<bool, Error> {
        let sql = "UPDATE outbox SET dead = 2 WHERE tenant = $1 AND position = $2 AND dead = 1";
        self.decide_letter(sql, (tenant, id), Deed::LetterDropped { letter: id.get() }, stamp)
    }

    fn marked(&self, tenant: TenantId, limit: u32) -> Result<Vec<Subject>, Error> {
        self.read(tenant, |tx, _| {
            let sql = "SELECT subject FROM marks WHERE tenant = $1 ORDER BY subject LIMIT $2";
            let rows = tx.rows(sql, params![tenant.to_bytes(), i64::from(limit)])?;
            rows.iter().map(|row| subject(row, 0)).collect()
        })
    }

    fn mark_all(&self, tenant: TenantId) -> Result<(), Error> {
        self.write(tenant, |tx, _| marks::put_all(tx, tenant))
    }

    fn unmark(&self, tenant: TenantId, documents: &[Subject], up_to: LogPosition) -> Result<(), Error> {
        let documents: Vec<Vec<u8>> = documents.iter().map(|document| subject_bytes(*document).to_vec()).collect();
        self.touch(tenant, |tx| {
            let sql = "DELETE FROM marks WHERE tenant = $1 AND subject = ANY ($2) AND position <= $3";
            tx.execute(sql, params![tenant.to_bytes(), documents, int(up_to.get())?])?;
            Ok(())
        })
    }

    fn in_backend_up_to(&self, tenant: TenantId, device: DeviceId) -> Result<u64, Error> {
        self.read(tenant, |tx, _| {
            let log = find_device(tx, tenant, device)?.ok_or(Error::Unknown { what: "device" })?;
            let sql = "SELECT min(seq) FROM (
                SELECT min(seq) AS seq FROM outbox WHERE tenant = $1 AND device = $2 AND dead < 2
                UNION ALL SELECT min(seq) FROM entries WHERE tenant = $1 AND device = $2 AND verdict = 2) AS waits";
            let row = tx.row(sql, params![tenant.to_bytes(), device.to_bytes()])?;
            let waits: Option<i64> = row.map(|row| get(&row, 0)).transpose()?.flatten();
            waits.map_or(Ok(log.last_seq), |seq| Ok(uint(seq)?.saturating_sub(1)))
        })
    }
}

/// Tells the regional backend about an entry that was released. What is accepted at once comes there with its entry.
pub(super) fn put(tx: &Tx<'_>, tenant: TenantId, entry: EntryId, position: LogPosition) -> Result<(), Error> {
    let sql = "INSERT INTO outbox (tenant, position, device, seq) VALUES ($1, $2, $3, $4)";
    let (device, seq) = (entry.device.to_bytes(), int(entry.seq)?);
    tx.execute(sql, params![tenant.to_bytes(), int(position.get())?, device, seq])?;
    Ok(())
}

impl PostgresStore {
    fn decide_letter(
        &self,
        sql: &str,
        (tenant, id): (TenantId, LogPosition),
        deed: Deed,
        stamp: Stamp,
    ) -> Result<bool, Error> {
        self.write(tenant, |tx, keyring| {
            if tx.execute(sql, params![tenant.to_bytes(), int(id.get())?])? == 0 {
                return Ok(false);
            }
            append(tx, keyring, tenant, deed, stamp)?;
            Ok(true)
        })
    }

    fn items(&self, tenant: TenantId, rest: &str, values: Values<'_>) -> Result<Vec<OutboxItem>, Error> {
        self.read(tenant, |tx, keyring| {
            let columns = entries::COLUMNS;
            let (id, attempts, reason) = (entries::COUNT, entries::COUNT + 1, entries::COUNT + 2);
            let sql = format!(
                "SELECT {columns}, o.position, o.attempts, o.reason FROM outbox AS o
                 JOIN entries AS e ON e.tenant = o.tenant AND e.device = o.device AND e.seq = o.seq
                 WHERE o.tenant = $1 AND {rest}"
            );
            let rows = tx.rows(&sql, values)?;
            entries::read_keys(tx, tenant, &rows)?;
            let mut opener = Opener::new(tx, keyring, tenant);
            let mut item = |row| {
                Ok(OutboxItem {
                    id: position(row, id)?,
                    entry: entries::read(&mut opener, tenant, row)?,
                    attempts: u32::try_from(get::<i64>(row, attempts)?).unwrap_or(u32::MAX),
                    reason: get(row, reason)?,
                })
            };
            rows.iter().map(&mut item).collect()
        })
    }
}
