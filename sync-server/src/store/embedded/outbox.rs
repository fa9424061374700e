use super::audit::append;
use super::directory::find_device;
use super::row::{at, get, int, position, subject, subject_bytes, uint};
use super::{EmbeddedStore, entries, marks};
use crate::store::sealing::Opener;
use crate::store::{Deed, Error, Lease, LogPosition, Outbox, OutboxCounts, OutboxItem, Stamp};
use rusqlite::{Params, params};
use walkbook_ledger::Subject;
use walkbook_model::{DeviceId, TenantId, Timestamp};

/// There is one server to a folder.
struct Only;

impl Lease for Only {
    fn is_held(&self) -> bool {
        true
    }
}

impl Outbox for EmbeddedStore {
    fn lease_outboxes(&self) -> Result<Option<Box<dyn Lease + '_>>, Error> {
        Ok(Some(Box::new(Only)))
    }

    fn outbox_after(
        &self,
        tenant: TenantId,
        after: LogPosition,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<OutboxItem>, Error> {
        let rest = "o.position > ? AND o.retry_at <= ? AND o.dead = 0 ORDER BY o.position LIMIT ?";
        self.items(tenant, rest, params![tenant.to_bytes(), int(after.get())?, at(now)?, limit])
    }

    fn outbox_done(&self, tenant: TenantId, ids: &[LogPosition]) -> Result<u64, Error> {
        let ids = ids.to_vec();
        self.write(move |connection, _| {
            let mut done = connection.prepare_cached("DELETE FROM outbox WHERE tenant = ? AND position = ?")?;
            let mut waited = 0;
            for id in ids {
                waited += done.execute(params![tenant.to_bytes(), int(id.get())?])?;
            }
            u64::try_from(waited).map_err(|_| Error::OutOfRange)
        })
    }

    fn outbox_failed(
        &self,
        tenant: TenantId,
        id: LogPosition,
        reason: &str,
        retry_at: Option<Timestamp>,
    ) -> Result<bool, Error> {
        let reason = reason.to_owned();
        self.write(move |connection, _| {
            let sql = "UPDATE outbox SET attempts = attempts + 1, reason = ?, retry_at = ifnull(?2, retry_at),
                dead = ?2 IS NULL WHERE tenant = ? AND position = ? AND dead = 0";
            let retry_at = retry_at.map(at).transpose()?;
            Ok(connection.execute(sql, params![reason, retry_at, tenant.to_bytes(), int(id.get())?])? > 0)
        })
    }

    fn outbox_caught_up(&self, tenant: TenantId, about: &[Subject], up_to: LogPosition) -> Result<u64, Error> {
        let about = about.to_vec();
        self.write(move |connection, _| {
            let sql = "DELETE FROM outbox WHERE tenant = ?1 AND dead > 0 AND position <= ?2 AND EXISTS (
                SELECT 1 FROM entries AS e WHERE e.tenant = ?1 AND e.device = outbox.device AND e.seq = outbox.seq
                AND e.subject = ?3)";
            let mut delete = connection.prepare_cached(sql)?;
            let mut letters = 0;
            for about in about {
                letters += delete.execute(params![tenant.to_bytes(), int(up_to.get())?, subject_bytes(about)])?;
            }
            u64::try_from(letters).map_err(|_| Error::OutOfRange)
        })
    }

    fn outbox_counts(&self, tenant: TenantId) -> Result<OutboxCounts, Error> {
        self.read(|connection, _| {
            let count = |which: &str| -> Result<u64, Error> {
                let sql = format!("SELECT count(*) FROM outbox WHERE tenant = ? AND {which}");
                uint(connection.prepare_cached(&sql)?.query_row([tenant.to_bytes()], |row| row.get(0))?)
            };
            let (dead, dropped) = (count("dead > 0 AND dead = 1")?, count("dead > 0 AND dead = 2")?);
            let sql = "SELECT position FROM outbox WHERE tenant = ? AND dead = 0 ORDER BY position LIMIT 1";
            let mut oldest = connection.prepare_cached(sql)?;
            let oldest = oldest.query_and_then([tenant.to_bytes()], |row| position(row, 0))?.next().transpose()?;
            // The primary key alone answers this.
            Ok(OutboxCounts { waiting: count("true")?.saturating_sub(dead + dropped), oldest, dead, dropped })
        })
    }

    fn dead_letters(&self, tenant: TenantId, limit: u32) -> Result<Vec<OutboxItem>, Error> {
        self.items(tenant, "o.dead > 0 AND o.dead = 1 ORDER BY o.position LIMIT ?", params![tenant.to_bytes(), limit])
    }

    fn dropped_letters(&self, tenant: TenantId, limit: u32) -> Result<Vec<OutboxItem>, Error> {
        self.items(tenant, "o.dead > 0 AND o.dead = 2 ORDER BY o.position LIMIT ?", params![tenant.to_bytes(), limit])
    }

    fn revive(&self, tenant: TenantId, id: LogPosition, stamp: Stamp) -> Result<bool, Error> {
        let sql = "UPDATE outbox SET dead = 0, retry_at = 0 WHERE tenant = ? AND position = ? AND dead > 0";
        self.decide_letter(sql, (tenant, id), Deed::LetterRevived { letter: id.get() }, stamp)
    }

    fn drop_letter(&self, tenant: TenantId, id: LogPosition, stamp: Stamp) -> Result<bool, Error> {
        let sql = "UPDATE outbox SET dead = 2 WHERE tenant = ? AND position = ? AND dead = 1";
        self.decide_letter(sql, (tenant, id), Deed::LetterDropped { letter: id.get() }, stamp)
    }

    fn marked(&self, tenant: TenantId, limit: u32) -> Result<Vec<Subject>, Error> {
        self.read(|connection, _| {
            let mut query =
                connection.prepare_cached("SELECT subject FROM marks WHERE tenant = ? ORDER BY subject LIMIT ?")?;
            query.query_and_then(params![tenant.to_bytes(), limit], |row| subject(row, 0))?.collect()
        })
    }

    fn mark_all(&self, tenant: TenantId) -> Result<(), Error> {
        self.write(move |connection, _| marks::put_all(connection, tenant))
    }

    fn unmark(&self, tenant: TenantId, documents: &[Subject], up_to: LogPosition) -> Result<(), Error> {
        let documents = documents.to_vec();
        self.write(move |connection, _| {
            let sql = "DELETE FROM marks WHERE tenant = ? AND subject = ? AND position <= ?";
            let mut delete = connection.prepare_cached(sql)?;
            for document in documents {
                delete.execute(params![tenant.to_bytes(), subject_bytes(document), int(up_to.get())?])?;
            }
            Ok(())
        })
    }

    fn in_backend_up_to(&self, tenant: TenantId, device: DeviceId) -> Result<u64, Error> {
        self.read(|connection, _| {
            let log = find_device(connection, tenant, device)?.ok_or(Error::Unknown { what: "device" })?;
            let sql = "SELECT min(seq) FROM (
                SELECT min(seq) AS seq FROM outbox WHERE tenant = ?1 AND device = ?2 AND dead < 2
                UNION ALL SELECT min(seq) FROM entries WHERE tenant = ?1 AND device = ?2 AND verdict = 2)";
            let waiting: Option<i64> = connection
                .prepare_cached(sql)?
                .query_row(params![tenant.to_bytes(), device.to_bytes()], |row| row.get(0))?;
            waiting.map_or(Ok(log.last_seq), |seq| Ok(uint(seq)?.saturating_sub(1)))
        })
    }
}

impl EmbeddedStore {
    fn decide_letter(
        &self,
        sql: &'static str,
        (tenant, id): (TenantId, LogPosition),
        deed: Deed,
        stamp: Stamp,
    ) -> Result<bool, Error> {
        self.write(move |connection, keyring| {
            if connection.execute(sql, params![tenant.to_bytes(), int(id.get())?])? == 0 {
                return Ok(false);
            }
            append(connection, keyring, tenant, deed, stamp)?;
            Ok(true)
        })
    }

    fn items(&self, tenant: TenantId, rest: &str, values: impl Params) -> Result<Vec<OutboxItem>, Error> {
        self.read(|connection, keyring| {
            let columns = entries::COLUMNS;
            let (id, attempts, reason) = (entries::COUNT, entries::COUNT + 1, entries::COUNT + 2);
            let mut query = connection.prepare_cached(&format!(
                "SELECT {columns}, o.position, o.attempts, o.reason FROM outbox AS o
                 JOIN entries AS e ON e.tenant = o.tenant AND e.device = o.device AND e.seq = o.seq
                 WHERE o.tenant = ? AND {rest}"
            ))?;
            let mut opener = Opener::new(connection, keyring, tenant);
            query
                .query_and_then(values, |row| {
                    Ok(OutboxItem {
                        id: super::row::position(row, id)?,
                        entry: entries::read(&mut opener, tenant, row)?,
                        attempts: get(row, attempts)?,
                        reason: get(row, reason)?,
                    })
                })?
                .collect()
        })
    }
}
