//! What came out of rescue files.

use super::EmbeddedStore;
use super::audit::append;
use super::directory::find_device;
use super::row::{at, bytes, get, int, maybe_instant, number, subject_bytes, uint};
use crate::store::sealing::{Opener, Sealer, places};
use crate::store::{Deed, Error, Held, NewRescued, Reason, Rescued, RescuedEntry, Stamp, Which};
use rusqlite::{Connection, Params, Row, params};
use walkbook_ledger::{Header, Subject};
use walkbook_model::{DeviceId, EntryId, TenantId};

impl Rescued for EmbeddedStore {
    fn keep_rescued(&self, tenant: TenantId, entries: &[NewRescued]) -> Result<u64, Error> {
        let entries = entries.to_vec();
        self.write(move |connection, keyring| {
            let mut new = 0;
            let mut sealer = Sealer::new(connection, keyring, tenant);
            for entry in &entries {
                new += keep(connection, &mut sealer, tenant, entry)?;
            }
            u64::try_from(new).map_err(|_| Error::OutOfRange)
        })
    }

    fn rescued(&self, tenant: TenantId, limit: u32) -> Result<Vec<RescuedEntry>, Error> {
        let rest = "WHERE tenant = ? AND decided_at IS NULL ORDER BY number LIMIT ?";
        self.select_rescued(tenant, rest, params![tenant.to_bytes(), limit])
    }

    fn rescued_about(&self, tenant: TenantId, subject: Subject) -> Result<Vec<RescuedEntry>, Error> {
        let rest = "WHERE tenant = ? AND subject = ? AND decided_at IS NULL ORDER BY number";
        self.select_rescued(tenant, rest, params![tenant.to_bytes(), subject_bytes(subject)])
    }

    fn count_rescued(&self, tenant: TenantId) -> Result<u64, Error> {
        self.read(|connection, _| {
            let sql = "SELECT count(*) FROM rescued WHERE tenant = ? AND decided_at IS NULL";
            uint(connection.prepare_cached(sql)?.query_row([tenant.to_bytes()], |row| row.get(0))?)
        })
    }

    fn rescued_entry(&self, tenant: TenantId, number: u64) -> Result<Option<RescuedEntry>, Error> {
        let Ok(number) = int(number) else { return Ok(None) };
        let rest = "WHERE tenant = ? AND number = ?";
        Ok(self.select_rescued(tenant, rest, params![tenant.to_bytes(), number])?.into_iter().next())
    }

    fn written_anew(&self, tenant: TenantId, device: DeviceId) -> Result<Vec<(EntryId, EntryId)>, Error> {
        let rest = "WHERE tenant = ? AND device = ? AND decided_at IS NOT NULL AND as_seq IS NOT NULL ORDER BY number";
        let written = self.select_rescued(tenant, rest, params![tenant.to_bytes(), device.to_bytes()])?;
        let pair = |entry: RescuedEntry| Some((EntryId::new(entry.device, entry.header.seq), entry.written_as?));
        Ok(written.into_iter().filter_map(pair).collect())
    }

    fn write_rescued_as(&self, tenant: TenantId, number: u64, entry: EntryId) -> Result<bool, Error> {
        self.write(move |connection, _| {
            let sql =
                "UPDATE rescued SET as_device = ?, as_seq = ? WHERE tenant = ? AND number = ? AND decided_at IS NULL";
            let (device, seq) = (entry.device.to_bytes(), int(entry.seq)?);
            Ok(connection.execute(sql, params![device, seq, tenant.to_bytes(), int(number)?])? > 0)
        })
    }

    fn settle_rescued(&self, tenant: TenantId, number: u64, written: bool, stamp: Stamp) -> Result<bool, Error> {
        self.write(move |connection, keyring| {
            let sql = "UPDATE rescued SET decided_at = ?, key_number = NULL, sealed = NULL,
                as_device = iif(?2, as_device, NULL), as_seq = iif(?2, as_seq, NULL)
                WHERE tenant = ?3 AND number = ?4 AND decided_at IS NULL";
            if connection.execute(sql, params![at(stamp.at)?, written, tenant.to_bytes(), int(number)?])? == 0 {
                return Ok(false);
            }
            let which = Which::Rescued(number);
            let deed = if written { Deed::Released { which } } else { Deed::Declined { which } };
            append(connection, keyring, tenant, deed, stamp)?;
            Ok(true)
        })
    }
}

impl EmbeddedStore {
    fn select_rescued(&self, tenant: TenantId, rest: &str, values: impl Params) -> Result<Vec<RescuedEntry>, Error> {
        self.read(|connection, keyring| {
            let sql = format!(
                "SELECT number, device, header, reason, key_number, sealed, as_device, as_seq, decided_at
                 FROM rescued {rest}"
            );
            let mut query = connection.prepare_cached(&sql)?;
            let mut opener = Opener::new(connection, keyring, tenant);
            query.query_and_then(values, |row| read(&mut opener, tenant, row))?.collect()
        })
    }
}

fn keep(
    connection: &Connection,
    sealer: &mut Sealer<'_>,
    tenant: TenantId,
    entry: &NewRescued,
) -> Result<usize, Error> {
    find_device(connection, tenant, entry.device)?.ok_or(Error::Unknown { what: "device" })?;
    let (header, subject) = (entry.header.to_bytes(), entry.header.subject);
    let (key, sealed) = sealer.seal(subject, &places::of_rescued(tenant, entry.device, &header), &entry.payload)?;
    let sql = "INSERT OR IGNORE INTO rescued (tenant, device, subject, header, reason, key_number, sealed)
        VALUES (?, ?, ?, ?, ?, ?, ?)";
    let reason = entry.reason.map(|reason| reason.0);
    let (tenant, device, about) = (tenant.to_bytes(), entry.device.to_bytes(), subject_bytes(subject));
    let values = params![tenant, device, about, header, reason, int(key)?, sealed];
    Ok(connection.prepare_cached(sql)?.execute(values)?)
}

fn read(opener: &mut Opener<'_>, tenant: TenantId, row: &Row<'_>) -> Result<RescuedEntry, Error> {
    let device = DeviceId::from_bytes(bytes(row, 1)?);
    let header_bytes: Vec<u8> = get(row, 2)?;
    let header = Header::from_bytes(&header_bytes).map_err(|_| Error::Damaged { what: "header" })?;
    let payload = match (get::<Option<i64>>(row, 4)?, get::<Option<Vec<u8>>>(row, 5)?) {
        (Some(key), Some(sealed)) => {
            let place = places::of_rescued(tenant, device, &header_bytes);
            opener.open((header.subject, uint(key)?), &place, &sealed)?
        }
        _ => Held::Erased,
    };
    let written_as = match get::<Option<i64>>(row, 7)? {
        Some(seq) => Some(EntryId::new(DeviceId::from_bytes(bytes(row, 6)?), uint(seq)?)),
        None => None,
    };
    Ok(RescuedEntry {
        number: number(row, 0)?,
        device,
        header,
        payload,
        reason: get::<Option<u16>>(row, 3)?.map(Reason),
        written_as,
        decided_at: maybe_instant(row, 8)?,
    })
}
