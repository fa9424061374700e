//! What came out of rescue files.

use super::PostgresStore;
use super::audit::append;
use super::directory::find_device;
use super::row::{at, bytes, get, int, maybe_instant, number, reason, subject_bytes, uint};
use super::transaction::{Tx, Values, params};
use crate::store::sealing::{Opener, Sealer, places};
use crate::store::{Deed, Error, Held, NewRescued, Reason, Rescued, RescuedEntry, Stamp, Which};
use tokio_postgres::Row;
use walkbook_ledger::{Header, Subject};
use walkbook_model::{DeviceId, EntryId, TenantId};

impl Rescued for PostgresStore {
    fn keep_rescued(&self, tenant: TenantId, entries: &[NewRescued]) -> Result<u64, Error> {
        self.write(tenant, |tx, keyring| {
            let mut sealer = Sealer::new(tx, keyring, tenant);
            tx.read_keys(tenant, entries.iter().map(|entry| entry.header.subject))?;
            entries.iter().try_fold(0, |new, entry| Ok(new + keep(tx, &mut sealer, tenant, entry)?))
        })
    }

    fn rescued(&self, tenant: TenantId, limit: u32) -> Result<Vec<RescuedEntry>, Error> {
        let rest = "WHERE tenant = $1 AND decided_at IS NULL ORDER BY number LIMIT $2";
        self.select_rescued(tenant, rest, params![tenant.to_bytes(), i64::from(limit)])
    }

    fn rescued_about(&self, tenant: TenantId, subject: Subject) -> Result<Vec<RescuedEntry>, Error> {
        let rest = "WHERE tenant = $1 AND subject = $2 AND decided_at IS NULL ORDER BY number";
        self.select_rescued(tenant, rest, params![tenant.to_bytes(), subject_bytes(subject)])
    }

    fn count_rescued(&self, tenant: TenantId) -> Result<u64, Error> {
        self.read(tenant, |tx, _| {
            let sql = "SELECT count(*) FROM rescued WHERE tenant = $1 AND decided_at IS NULL";
            let row = tx.row(sql, params![tenant.to_bytes()])?;
            row.map_or(Ok(0), |row| number(&row, 0))
        })
    }

    fn rescued_entry(&self, tenant: TenantId, number: u64) -> Result<Option<RescuedEntry>, Error> {
        let Ok(number) = int(number) else { return Ok(None) };
        let rest = "WHERE tenant = $1 AND number = $2";
        Ok(self.select_rescued(tenant, rest, params![tenant.to_bytes(), number])?.into_iter().next())
    }

    fn written_anew(&self, tenant: TenantId, device: DeviceId) -> Result<Vec<(EntryId, EntryId)>, Error> {
        let rest =
            "WHERE tenant = $1 AND device = $2 AND decided_at IS NOT NULL AND as_seq IS NOT NULL ORDER BY number";
        let written = self.select_rescued(tenant, rest, params![tenant.to_bytes(), device.to_bytes()])?;
        let pair = |entry: RescuedEntry| Some((EntryId::new(entry.device, entry.header.seq), entry.written_as?));
        Ok(written.into_iter().filter_map(pair).collect())
    }

    fn write_rescued_as(&self, tenant: TenantId, number: u64, entry: EntryId) -> Result<bool, Error> {
        self.write(tenant, |tx, _| {
            let sql = "UPDATE rescued SET as_device = $3, as_seq = $4
                WHERE tenant = $1 AND number = $2 AND decided_at IS NULL";
            let (device, seq) = (entry.device.to_bytes(), int(entry.seq)?);
            Ok(tx.execute(sql, params![tenant.to_bytes(), int(number)?, device, seq])? > 0)
        })
    }

    fn settle_rescued(&self, tenant: TenantId, number: u64, written: bool, stamp: Stamp) -> Result<bool, Error> {
        self.write(tenant, |tx, keyring| {
            let sql = "UPDATE rescued SET decided_at = $3, key_number = NULL, sealed = NULL,
                as_device = CASE WHEN $4 THEN as_device END, as_seq = CASE WHEN $4 THEN as_seq END
                WHERE tenant = $1 AND number = $2 AND decided_at IS NULL";
            if tx.execute(sql, params![tenant.to_bytes(), int(number)?, at(stamp.at)?, written])? == 0 {
                return Ok(false);
            }
            let which = Which::Rescued(number);
            let deed = if written { Deed::Released { which } } else { Deed::Declined { which } };
            append(tx, keyring, tenant, deed, stamp)?;
            Ok(true)
        })
    }
}

impl PostgresStore {
    fn select_rescued(&self, tenant: TenantId, rest: &str, values: Values<'_>) -> Result<Vec<RescuedEntry>, Error> {
        self.read(tenant, |tx, keyring| {
            let sql = format!(
                "SELECT number, device, header, reason, key_number, sealed, as_device, as_seq, decided_at
                 FROM rescued {rest}"
            );
            let rows = tx.rows(&sql, values)?;
            let mut opener = Opener::new(tx, keyring, tenant);
            rows.iter().map(|row| read(&mut opener, tenant, row)).collect()
        })
    }
}

fn keep(tx: &Tx<'_>, sealer: &mut Sealer<'_>, tenant: TenantId, entry: &NewRescued) -> Result<u64, Error> {
    find_device(tx, tenant, entry.device)?.ok_or(Error::Unknown { what: "device" })?;
    let (header, subject) = (entry.header.to_bytes(), entry.header.subject);
    let place = places::of_rescued(tenant, entry.device, &header);
    let (key, sealed) = sealer.seal(subject, &place, &entry.payload)?;
    let sql = "INSERT INTO rescued (tenant, device, subject, header, reason, key_number, sealed)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    let reason = entry.reason.map(|reason| i64::from(reason.0));
    let (tenant, device, about) = (tenant.to_bytes(), entry.device.to_bytes(), subject_bytes(subject));
    tx.execute(sql, params![tenant, device, about, header, reason, int(key)?, sealed])
}

fn read(opener: &mut Opener<'_>, tenant: TenantId, row: &Row) -> Result<RescuedEntry, Error> {
    let device = DeviceId::from_bytes(bytes(row, 1)?);
    let header_bytes: &[u8] = get(row, 2)?;
    let header = Header::from_bytes(header_bytes).map_err(|_| Error::Damaged { what: "header" })?;
    let payload = match (get::<Option<i64>>(row, 4)?, get::<Option<&[u8]>>(row, 5)?) {
        (Some(key), Some(sealed)) => {
            let place = places::of_rescued(tenant, device, header_bytes);
            opener.open((header.subject, uint(key)?), &place, sealed)?
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
        reason: reason(row, 3)?.map(Reason),
        written_as,
        decided_at: maybe_instant(row, 8)?,
    })
}
