use super::directory::find_device;
use super::row::{at, get, int, uint};
use super::sealing::Opener;
use super::{EmbeddedStore, entries};
use crate::store::{Error, LogPosition, Outbox, OutboxItem};
use rusqlite::{Params, params};
use walkbook_model::{DeviceId, TenantId, Timestamp};

impl Outbox for EmbeddedStore {
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

    fn dead_letters(&self, tenant: TenantId, limit: u32) -> Result<Vec<OutboxItem>, Error> {
        self.items(tenant, "o.dead = 1 ORDER BY o.position LIMIT ?", params![tenant.to_bytes(), limit])
    }

    fn revive(&self, tenant: TenantId, id: LogPosition) -> Result<bool, Error> {
        self.write(move |connection, _| {
            let sql = "UPDATE outbox SET dead = 0, retry_at = 0 WHERE tenant = ? AND position = ? AND dead = 1";
            Ok(connection.execute(sql, params![tenant.to_bytes(), int(id.get())?])? > 0)
        })
    }

    fn in_backend_up_to(&self, tenant: TenantId, device: DeviceId) -> Result<u64, Error> {
        self.read(|connection, _| {
            let log = find_device(connection, tenant, device)?.ok_or(Error::Unknown { what: "device" })?;
            let sql = "SELECT min(seq) FROM (
                SELECT min(seq) AS seq FROM outbox WHERE tenant = ?1 AND device = ?2
                UNION ALL SELECT min(seq) FROM entries WHERE tenant = ?1 AND device = ?2 AND verdict = 2)";
            let waiting: Option<i64> = connection
                .prepare_cached(sql)?
                .query_row(params![tenant.to_bytes(), device.to_bytes()], |row| row.get(0))?;
            waiting.map_or(Ok(log.last_seq), |seq| Ok(uint(seq)?.saturating_sub(1)))
        })
    }
}

impl EmbeddedStore {
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
