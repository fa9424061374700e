use super::audit::append;
use super::directory::{find_device, spend};
use super::feed::{self, Kind};
use super::row::{at, bound, bytes, get, int, maybe_position, number, position, subject_bytes, verdict};
use super::{EmbeddedStore, arrangements, documents, entries, lists};
use crate::store::sealing::{Keyring, Sealer};
use crate::store::{
    Batch, By, Error, Log, LogPosition, Merged, Receipt, Remark, SignedTip, Stamp, StoredEntry, Tip, Verdict,
};
use rusqlite::{Connection, OptionalExtension, Row, params};
use walkbook_ledger::Subject;
use walkbook_model::{DeviceId, EntryId, TenantId, Timestamp};
use walkbook_vault::{ChainHash, Signature};

impl Log for EmbeddedStore {
    fn merge(&self, tenant: TenantId, batch: Batch, now: Timestamp) -> Result<Merged, Error> {
        self.write(move |connection, keyring| merge(connection, keyring, tenant, &batch, now))
    }

    fn entries_of(&self, tenant: TenantId, subject: Subject) -> Result<Vec<StoredEntry>, Error> {
        self.read(|connection, keyring| {
            let rest = "WHERE tenant = ? AND subject = ? AND position IS NOT NULL ORDER BY position";
            entries::select(connection, keyring, tenant, rest, params![tenant.to_bytes(), subject_bytes(subject)])
        })
    }

    fn recalled_of(&self, tenant: TenantId, subject: Subject) -> Result<Vec<EntryId>, Error> {
        self.read(|connection, _| {
            let sql = "SELECT device, seq FROM entries
                WHERE tenant = ? AND subject = ? AND recalled IS NOT NULL AND position IS NULL ORDER BY recalled";
            let mut query = connection.prepare_cached(sql)?;
            let id = |row: &Row<'_>| Ok(EntryId::new(DeviceId::from_bytes(bytes(row, 0)?), number(row, 1)?));
            query.query_and_then(params![tenant.to_bytes(), subject_bytes(subject)], id)?.collect()
        })
    }

    fn draft_edits_since(&self, tenant: TenantId, since: LogPosition, limit: u32) -> Result<Vec<StoredEntry>, Error> {
        self.read(|connection, keyring| {
            // A subject begins with its kind.
            let rest = "WHERE tenant = ? AND subject >= x'02' AND subject < x'03' AND coalesce(position, recalled) > ?
                ORDER BY coalesce(position, recalled) LIMIT ?";
            let values = params![tenant.to_bytes(), int(since.get())?, limit];
            entries::select(connection, keyring, tenant, rest, values)
        })
    }

    fn log_of(&self, tenant: TenantId, device: DeviceId, after: u64, limit: u32) -> Result<Vec<StoredEntry>, Error> {
        self.read(|connection, keyring| {
            let rest = "WHERE tenant = ? AND device = ? AND seq > ? ORDER BY seq LIMIT ?";
            let values = params![tenant.to_bytes(), device.to_bytes(), int(after)?, limit];
            entries::select(connection, keyring, tenant, rest, values)
        })
    }

    fn remarks(&self, tenant: TenantId, device: DeviceId, after: u64, last: u64) -> Result<Vec<Remark>, Error> {
        self.read(|connection, _| {
            let sql = "SELECT seq, verdict, reason, bound FROM entries WHERE tenant = ? AND device = ?
                AND seq > ? AND seq <= ? AND (verdict <> 0 OR bound IS NOT NULL) ORDER BY seq";
            let mut query = connection.prepare_cached(sql)?;
            query
                .query_and_then(params![tenant.to_bytes(), device.to_bytes(), int(after)?, int(last)?], |row| {
                    Ok(Remark { seq: number(row, 0)?, verdict: verdict(row, 1)?, bound: bound(row, 3)? })
                })?
                .collect()
        })
    }

    fn signed_tips(&self, tenant: TenantId, device: DeviceId) -> Result<Vec<SignedTip>, Error> {
        self.read(|connection, _| {
            let sql = "SELECT seq, tip, signature FROM signed_tips WHERE tenant = ? AND device = ? ORDER BY seq";
            let mut query = connection.prepare_cached(sql)?;
            query
                .query_and_then(params![tenant.to_bytes(), device.to_bytes()], |row| {
                    let tip = Tip { seq: number(row, 0)?, hash: ChainHash::from_bytes(bytes(row, 1)?) };
                    Ok(SignedTip { tip, signature: Signature::from_bytes(bytes(row, 2)?) })
                })?
                .collect()
        })
    }

    fn head(&self, tenant: TenantId) -> Result<LogPosition, Error> {
        self.read(|connection, _| {
            let mut query = connection.prepare_cached("SELECT position FROM tenants WHERE id = ?")?;
            let mut rows = query.query_and_then([tenant.to_bytes()], |row| position(row, 0))?;
            rows.next().ok_or(Error::Unknown { what: "tenant" })?
        })
    }
}

/// Gives the tenant's next positions and returns the first of them. The writer is alone in its transaction, so that
/// positions become visible in their own order.
pub(super) fn advance(connection: &Connection, tenant: TenantId, by: u64) -> Result<u64, Error> {
    let last: i64 = connection
        .prepare_cached("UPDATE tenants SET position = position + ? WHERE id = ? RETURNING position")?
        .query_row(params![int(by)?, tenant.to_bytes()], |row| row.get(0))
        .optional()?
        .ok_or(Error::Unknown { what: "tenant" })?;
    Ok(last.unsigned_abs() + 1 - by)
}

fn merge(
    connection: &Connection,
    keyring: &Keyring,
    tenant: TenantId,
    batch: &Batch,
    now: Timestamp,
) -> Result<Merged, Error> {
    let device = find_device(connection, tenant, batch.device)?.ok_or(Error::Unknown { what: "device" })?;
    let stands = Tip { seq: device.last_seq, hash: device.tip };
    if batch.entries.is_empty() {
        return Err(Error::NotContinuous);
    }
    let tip = batch.expects.after(&batch.entries)?;
    if batch.expects != stands {
        let receipts = receipts_of_repeated(connection, tenant, batch, stands)?;
        return Ok(Merged { tip: stands, receipts, repeated: true });
    }
    if documents_have_changed(connection, tenant, batch)? {
        return Err(Error::Conflict { last_seq: stands.seq, tip: stands.hash });
    }
    let places = batch.entries.iter().filter(|entry| entry.takes_position()).count();
    let mut next = advance(connection, tenant, u64::try_from(places).map_err(|_| Error::OutOfRange)?)?;
    let mut sealer = Sealer::new(connection, keyring, tenant);
    let mut receipts = Vec::with_capacity(batch.entries.len());
    for entry in &batch.entries {
        let place = entry.takes_position().then(|| LogPosition::new(next));
        entries::insert(connection, &mut sealer, (tenant, batch.device), entry, place)?;
        next += u64::from(place.is_some());
        let about = (tenant, entry.header.subject);
        let position = place.filter(|_| entry.verdict == Verdict::Accepted);
        match (place, position) {
            (_, Some(position)) => hand_on(connection, about, EntryId::new(batch.device, entry.header.seq), position)?,
            (Some(recalled), None) => {
                let kind = Kind::Recalled(batch.device, entry.header.seq);
                feed::publish(connection, tenant, entry.header.subject, recalled, kind)?;
            }
            (None, None) => {}
        }
        receipts.push(Receipt { seq: entry.header.seq, verdict: entry.verdict, position });
    }
    move_tip(connection, tenant, batch, tip, now)?;
    spend(connection, keyring, (tenant, batch.device), batch.spent)?;
    lists::update(connection, tenant, &batch.updates, now)?;
    for script in &batch.scripts {
        documents::put_script(connection, keyring, tenant, script)?;
    }
    if let Some(arrangement) = &batch.arrangement {
        arrangements::carry_out(connection, keyring, tenant, &batch.updates, arrangement)?;
    }
    if let Some(deed) = batch.refused_writes() {
        append(connection, keyring, tenant, deed, Stamp::new(By::Device(batch.device), now))?;
    }
    Ok(Merged { tip, receipts, repeated: false })
}

/// Whether one of the lists or drafts that the batch changes is another than when its updates were computed.
fn documents_have_changed(connection: &Connection, tenant: TenantId, batch: &Batch) -> Result<bool, Error> {
    for entry in batch.entries.iter().filter(|entry| entry.verdict == Verdict::Accepted) {
        if has_changed(connection, tenant, entry.header.subject, batch.updates_as_of)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether this is a list or a draft, and another than it was then. What happens at a door waits for nobody.
pub(super) fn has_changed(
    connection: &Connection,
    tenant: TenantId,
    subject: Subject,
    as_of: LogPosition,
) -> Result<bool, Error> {
    if matches!(subject, Subject::Door(_)) {
        return Ok(false);
    }
    let sql = "SELECT EXISTS (SELECT 1 FROM entries WHERE tenant = ?1 AND subject = ?2 AND position > ?3)
        OR EXISTS (SELECT 1 FROM bases WHERE tenant = ?1 AND subject = ?2 AND position > ?3)";
    let values = params![tenant.to_bytes(), subject_bytes(subject), int(as_of.get())?];
    Ok(connection.prepare_cached(sql)?.query_row(values, |row| row.get(0))?)
}

/// Tells the lists' readers and the regional backend.
pub(super) fn hand_on(
    connection: &Connection,
    (tenant, subject): (TenantId, Subject),
    entry: EntryId,
    position: LogPosition,
) -> Result<(), Error> {
    feed::publish(connection, tenant, subject, position, Kind::Entry(entry.device, entry.seq))?;
    connection
        .prepare_cached("INSERT INTO outbox (tenant, position, device, seq) VALUES (?, ?, ?, ?)")?
        .execute(params![tenant.to_bytes(), int(position.get())?, entry.device.to_bytes(), int(entry.seq)?])?;
    Ok(())
}

fn move_tip(connection: &Connection, tenant: TenantId, batch: &Batch, tip: Tip, now: Timestamp) -> Result<(), Error> {
    let (tenant, device) = (tenant.to_bytes(), batch.device.to_bytes());
    let (seq, hash) = (int(tip.seq)?, tip.hash.to_bytes());
    let sql = "UPDATE devices SET last_seq = ?, tip = ?, last_seen_at = ?, clock_skew_ms = ?
        WHERE tenant = ? AND id = ?";
    connection.prepare_cached(sql)?.execute(params![seq, hash, at(now)?, batch.clock_skew_ms, tenant, device])?;
    connection
        .prepare_cached("INSERT INTO signed_tips (tenant, device, seq, tip, signature) VALUES (?, ?, ?, ?, ?)")?
        .execute(params![tenant, device, seq, hash, batch.signature.as_bytes()])?;
    Ok(())
}

/// The receipts of a batch all of whose entries are stored already; a conflict if one of them is not, or is another.
fn receipts_of_repeated(
    connection: &Connection,
    tenant: TenantId,
    batch: &Batch,
    stands: Tip,
) -> Result<Vec<Receipt>, Error> {
    let conflict = Error::Conflict { last_seq: stands.seq, tip: stands.hash };
    let sql = "SELECT header, payload_hash, verdict, reason, position FROM entries
        WHERE tenant = ? AND device = ? AND seq = ?";
    let mut query = connection.prepare_cached(sql)?;
    let mut receipts = Vec::new();
    for entry in &batch.entries {
        let seq = entry.header.seq;
        let Ok(place) = int(seq) else { return Err(conflict) };
        let mut rows = query.query(params![tenant.to_bytes(), batch.device.to_bytes(), place])?;
        let Some(row) = rows.next()? else { return Err(conflict) };
        let same =
            get::<Vec<u8>>(row, 0)? == entry.header.to_bytes() && bytes::<32>(row, 1)? == entry.payload_hash.to_bytes();
        if !same {
            return Err(conflict);
        }
        receipts.push(Receipt { seq, verdict: verdict(row, 2)?, position: maybe_position(row, 4)? });
    }
    Ok(receipts)
}
