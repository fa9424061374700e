use super::audit::append;
use super::directory::{find_device, spend, spending};
use super::merging::{self, Brought};
use super::row::{at, bound, bytes, get, int, maybe_position, number, position, subject_bytes, verdict};
use super::transaction::{Tx, params};
use super::{PostgresStore, arrangements, documents, entries, lists};
use crate::store::sealing::{Keyring, Sealer};
use crate::store::{
    Batch, By, Error, Log, LogPosition, Merged, NewEntry, Receipt, Remark, SignedTip, Stamp, StoredEntry, Tip, Verdict,
};
use std::collections::HashMap;
use std::sync::Arc;
use walkbook_ledger::Subject;
use walkbook_model::{DeviceId, EntryId, TenantId, Timestamp};
use walkbook_vault::{ChainHash, Signature};

impl Log for PostgresStore {
    fn merge(&self, tenant: TenantId, batch: Batch, now: Timestamp) -> Result<Merged, Error> {
        let brought = Brought { batch: Arc::new(batch), now };
        let together = || self.gathered.merge(tenant, &brought, |all| merging::merge(self, tenant, all));
        match merging::is_plain(&brought.batch).then(together).flatten() {
            Some(merged) => Ok(merged),
            None => self.write(tenant, |tx, keyring| merge(tx, keyring, tenant, &brought.batch, now)),
        }
    }

    fn entries_of(&self, tenant: TenantId, subject: Subject) -> Result<Vec<StoredEntry>, Error> {
        self.read(tenant, |tx, keyring| {
            let rest = "WHERE tenant = $1 AND subject = $2 AND position IS NOT NULL ORDER BY position";
            entries::select(tx, keyring, tenant, rest, params![tenant.to_bytes(), subject_bytes(subject)])
        })
    }

    fn recalled_of(&self, tenant: TenantId, subject: Subject) -> Result<Vec<EntryId>, Error> {
        self.read(tenant, |tx, _| {
            let sql = "SELECT device, seq FROM entries
                WHERE tenant = $1 AND subject = $2 AND recalled IS NOT NULL AND position IS NULL ORDER BY recalled";
            let rows = tx.rows(sql, params![tenant.to_bytes(), subject_bytes(subject)])?;
            let id = |row| Ok(EntryId::new(DeviceId::from_bytes(bytes(row, 0)?), number(row, 1)?));
            rows.iter().map(id).collect()
        })
    }

    fn draft_edits_since(&self, tenant: TenantId, since: LogPosition, limit: u32) -> Result<Vec<StoredEntry>, Error> {
        self.read(tenant, |tx, keyring| {
            // A subject begins with its kind.
            let rest = r"WHERE tenant = $1 AND subject >= '\x02' AND subject < '\x03'
                AND coalesce(position, recalled) > $2 ORDER BY coalesce(position, recalled) LIMIT $3";
            let values = params![tenant.to_bytes(), int(since.get())?, i64::from(limit)];
            entries::select(tx, keyring, tenant, rest, values)
        })
    }

    fn log_of(&self, tenant: TenantId, device: DeviceId, after: u64, limit: u32) -> Result<Vec<StoredEntry>, Error> {
        self.read(tenant, |tx, keyring| {
            let rest = "WHERE tenant = $1 AND device = $2 AND seq > $3 ORDER BY seq LIMIT $4";
            let values = params![tenant.to_bytes(), device.to_bytes(), int(after)?, i64::from(limit)];
            entries::select(tx, keyring, tenant, rest, values)
        })
    }

    fn remarks(&self, tenant: TenantId, device: DeviceId, after: u64, last: u64) -> Result<Vec<Remark>, Error> {
        self.read(tenant, |tx, _| {
            let sql = "SELECT seq, verdict, reason, bound FROM entries WHERE tenant = $1 AND device = $2
                AND seq > $3 AND seq <= $4 AND (verdict <> 0 OR bound IS NOT NULL) ORDER BY seq";
            let rows = tx.rows(sql, params![tenant.to_bytes(), device.to_bytes(), int(after)?, int(last)?])?;
            let remark = |row| Ok(Remark { seq: number(row, 0)?, verdict: verdict(row, 1)?, bound: bound(row, 3)? });
            rows.iter().map(remark).collect()
        })
    }

    fn signed_tips(&self, tenant: TenantId, device: DeviceId) -> Result<Vec<SignedTip>, Error> {
        self.read(tenant, |tx, _| {
            let sql = "SELECT seq, tip, signature FROM signed_tips WHERE tenant = $1 AND device = $2 ORDER BY seq";
            let rows = tx.rows(sql, params![tenant.to_bytes(), device.to_bytes()])?;
            let signed = |row| {
                let tip = Tip { seq: number(row, 0)?, hash: ChainHash::from_bytes(bytes(row, 1)?) };
                Ok(SignedTip { tip, signature: Signature::from_bytes(bytes(row, 2)?) })
            };
            rows.iter().map(signed).collect()
        })
    }

    fn head(&self, tenant: TenantId) -> Result<LogPosition, Error> {
        self.read(tenant, |tx, _| {
            let row = tx.row("SELECT position FROM tenants WHERE id = $1", params![tenant.to_bytes()])?;
            position(&row.ok_or(Error::Unknown { what: "tenant" })?, 0)
        })
    }
}

/// Moves the position of the tenant's last change by so much, in this life.
pub(super) const ADVANCE: &str = "WITH began AS (
        INSERT INTO life_starts (tenant, life, position)
        SELECT id, $3, position FROM tenants WHERE id = $1 AND life < $3 ON CONFLICT DO NOTHING)
    UPDATE tenants SET position = position + $2, life = greatest(life, $3) WHERE id = $1 RETURNING position";

/// Gives the tenant's next positions and returns the first of them. The tenant is locked, so that positions become visible
/// in their own order. Where it is the first change in a life, it is noted where that began.
pub(super) fn advance(tx: &Tx<'_>, tenant: TenantId, by: u64) -> Result<u64, Error> {
    tx.is_news();
    let row = tx.row(ADVANCE, params![tenant.to_bytes(), int(by)?, tx.life])?;
    let last = number(&row.ok_or(Error::Unknown { what: "tenant" })?, 0)?;
    Ok(last + 1 - by)
}

pub(super) fn merge(
    tx: &Tx<'_>,
    keyring: &Keyring,
    tenant: TenantId,
    batch: &Batch,
    now: Timestamp,
) -> Result<Merged, Error> {
    let device = find_device(tx, tenant, batch.device)?.ok_or(Error::Unknown { what: "device" })?;
    let stands = Tip { seq: device.last_seq, hash: device.tip };
    if batch.entries.is_empty() {
        return Err(Error::NotContinuous);
    }
    let tip = batch.expects.after(&batch.entries)?;
    if batch.expects != stands {
        let receipts = receipts_of_repeated(tx, tenant, batch, stands)?;
        return Ok(Merged { tip: stands, receipts, repeated: true });
    }
    let accepted = || batch.entries.iter().filter(|entry| entry.verdict == Verdict::Accepted);
    if has_changed(tx, tenant, accepted().map(|entry| entry.header.subject), batch.updates_as_of)? {
        return Err(Error::Conflict { last_seq: stands.seq, tip: stands.hash });
    }
    let mut next = advance(tx, tenant, positions_of(batch)?)?;
    let placed = place(batch, &mut next);
    let mut sealer = Sealer::new(tx, keyring, tenant);
    entries::insert(tx, &mut sealer, (tenant, batch.device), placed.iter().copied())?;
    let receipts = receipts(placed);
    move_tip(tx, keyring, tenant, batch, tip, now)?;
    lists::update(tx, tenant, &batch.updates, now)?;
    for script in &batch.scripts {
        documents::put_script(tx, keyring, tenant, script)?;
    }
    if let Some(arrangement) = &batch.arrangement {
        arrangements::carry_out(tx, keyring, tenant, &batch.updates, arrangement)?;
    }
    if let Some(deed) = batch.refused_writes() {
        append(tx, keyring, tenant, deed, Stamp::new(By::Device(batch.device), now))?;
    }
    Ok(Merged { tip, receipts, repeated: false })
}

/// How many positions a batch takes.
pub(super) fn positions_of(batch: &Batch) -> Result<u64, Error> {
    let takers = batch.entries.iter().filter(|entry| entry.takes_position()).count();
    u64::try_from(takers).map_err(|_| Error::OutOfRange)
}

/// The entries of a batch with their positions, from `next` on, which moves behind them.
pub(super) fn place<'a>(batch: &'a Batch, next: &mut u64) -> Vec<(&'a NewEntry, Option<LogPosition>)> {
    let mut placed = Vec::with_capacity(batch.entries.len());
    for entry in &batch.entries {
        let place = entry.takes_position().then(|| LogPosition::new(*next));
        *next += u64::from(place.is_some());
        placed.push((entry, place));
    }
    placed
}

pub(super) fn receipts(placed: Vec<(&NewEntry, Option<LogPosition>)>) -> Vec<Receipt> {
    let receipt = |(entry, place): (&NewEntry, Option<LogPosition>)| {
        let position = place.filter(|_| entry.verdict == Verdict::Accepted);
        Receipt { seq: entry.header.seq, verdict: entry.verdict, position }
    };
    placed.into_iter().map(receipt).collect()
}

/// Whether one of these is a list or a draft, and another than it was then. What happens at a door waits for nobody.
pub(super) fn has_changed(
    tx: &Tx<'_>,
    tenant: TenantId,
    subjects: impl Iterator<Item = Subject>,
    as_of: LogPosition,
) -> Result<bool, Error> {
    let documents = subjects.filter(|subject| !matches!(subject, Subject::Door(_)));
    let documents: Vec<Vec<u8>> = documents.map(|document| subject_bytes(document).to_vec()).collect();
    if documents.is_empty() {
        return Ok(false);
    }
    let sql = "SELECT 1 FROM entries WHERE tenant = $1 AND subject = ANY ($2) AND position > $3
        UNION ALL SELECT 1 FROM bases WHERE tenant = $1 AND subject = ANY ($2) AND position > $3 LIMIT 1";
    tx.exists(sql, params![tenant.to_bytes(), documents, int(as_of.get())?])
}

fn move_tip(
    tx: &Tx<'_>,
    keyring: &Keyring,
    tenant: TenantId,
    batch: &Batch,
    tip: Tip,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = concat!(
        "WITH moved AS (
            UPDATE devices SET last_seq = $3, tip = $4, last_seen_at = $6, clock_skew_ms = $7, ",
        spend!("$8", "$9"),
        " WHERE tenant = $1 AND id = $2)
        INSERT INTO signed_tips (tenant, device, seq, tip, signature) VALUES ($1, $2, $3, $4, $5)"
    );
    let (fresh, named) = spending(keyring, batch.spent)?;
    let (seq, hash) = (int(tip.seq)?, tip.hash.to_bytes());
    let (tenant, device, signature) = (tenant.to_bytes(), batch.device.to_bytes(), batch.signature.as_bytes());
    let skew = batch.clock_skew_ms;
    tx.execute(sql, params![tenant, device, seq, hash, signature, at(now)?, skew, fresh, named])?;
    Ok(())
}

/// The receipts of a batch all of whose entries are stored already; a conflict if one of them is not, or is another.
fn receipts_of_repeated(tx: &Tx<'_>, tenant: TenantId, batch: &Batch, stands: Tip) -> Result<Vec<Receipt>, Error> {
    let conflict = Error::Conflict { last_seq: stands.seq, tip: stands.hash };
    let seqs: Result<Vec<i64>, Error> = batch.entries.iter().map(|entry| int(entry.header.seq)).collect();
    let Ok(seqs) = seqs else { return Err(conflict) };
    let sql = "SELECT seq, header, payload_hash, verdict, reason, position FROM entries
        WHERE tenant = $1 AND device = $2 AND seq = ANY ($3)";
    let rows = tx.rows(sql, params![tenant.to_bytes(), batch.device.to_bytes(), seqs])?;
    let rows = rows.iter().map(|row| Ok((number(row, 0)?, row))).collect::<Result<HashMap<_, _>, Error>>()?;
    let mut receipts = Vec::new();
    for entry in &batch.entries {
        let seq = entry.header.seq;
        let Some(row) = rows.get(&seq) else { return Err(conflict) };
        let is_same =
            get::<&[u8]>(row, 1)? == entry.header.to_bytes() && get::<&[u8]>(row, 2)? == entry.payload_hash.to_bytes();
        if !is_same {
            return Err(conflict);
        }
        receipts.push(Receipt { seq, verdict: verdict(row, 3)?, position: maybe_position(row, 5)? });
    }
    Ok(receipts)
}
