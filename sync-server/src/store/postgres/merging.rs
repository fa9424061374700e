//! Runs of several devices of one tenant, merged in one transaction: two round trips, and one wait for the disk, however many
//! they are.
//!
//! Only what phones usually bring is merged so: entries at doors, none of them refused. Whatever else there is to a run, or
//! where something stands in its way, it is merged alone, and nobody fails with another.

use super::PostgresStore;
use super::directory::{spend, spending};
use super::entries::{self, Fresh, INSERT};
use super::keys::{FreshKeys, WRITE};
use super::log::{ADVANCE, place, receipts};
use super::row::{at, bytes, int, number};
use super::transaction::{About, Mode, Tx, Valued, params};
use crate::store::sealing::{Keyring, Sealer};
use crate::store::{Batch, Error, Merged, Tip, Verdict};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use tokio_postgres::types::ToSql;
use walkbook_ledger::Subject;
use walkbook_model::{DeviceId, TenantId, Timestamp};
use walkbook_vault::ChainHash;

const STAND: &str = "SELECT id, last_seq, tip FROM devices WHERE tenant = $1 AND id = ANY ($2)";

const MOVE: &str = concat!(
    "WITH brought AS (SELECT * FROM unnest($2::bytea[], $3::bigint[], $4::bytea[], $5::bytea[], $6::bigint[], $7::bigint[],
        $8::bytea[], $9::bytea[]) AS b (device, seq, tip, signature, seen_at, skew_ms, fresh, named)),
    moved AS (UPDATE devices AS d SET last_seq = b.seq, tip = b.tip, last_seen_at = b.seen_at, clock_skew_ms = b.skew_ms, ",
    spend!("b.fresh", "b.named"),
    " FROM brought AS b WHERE d.tenant = $1 AND d.id = b.device)
    INSERT INTO signed_tips (tenant, device, seq, tip, signature) SELECT $1::bytea, device, seq, tip, signature FROM brought"
);

/// A batch, and when it came.
#[derive(Clone)]
pub(super) struct Brought {
    pub(super) batch: Arc<Batch>,
    pub(super) now: Timestamp,
}

/// Whether a batch is what phones usually bring, and can be merged with others.
pub(super) fn is_plain(batch: &Batch) -> bool {
    let is_plain = |subject: Subject, verdict: Verdict| {
        matches!(subject, Subject::Door(_)) && !matches!(verdict, Verdict::Refused(_))
    };
    !batch.entries.is_empty()
        && batch.updates.is_empty()
        && batch.scripts.is_empty()
        && batch.arrangement.is_none()
        && batch.entries.iter().all(|entry| is_plain(entry.header.subject, entry.verdict))
}

/// Merges these batches, all plain, and says of each what became of it; nothing, where it is to be merged alone.
pub(super) fn merge(store: &PostgresStore, tenant: TenantId, all: &[Brought]) -> Vec<Option<Merged>> {
    let merged =
        store.work_to_the_end(About::Tenant(tenant), Mode::Write, |tx| together(tx, &store.keyring, tenant, all));
    // Whatever it was, each is told of its own when it tries alone. What was committed unheard of is known there.
    merged.unwrap_or_else(|_| all.iter().map(|_| None).collect())
}

fn together(tx: Tx<'_>, keyring: &Keyring, tenant: TenantId, all: &[Brought]) -> Result<Vec<Option<Merged>>, Error> {
    let entries = || all.iter().flat_map(|brought| &brought.batch.entries);
    let subjects: BTreeSet<Subject> = entries().filter_map(entries::sealed_for).collect();
    let devices: BTreeSet<Vec<u8>> = all.iter().map(|brought| brought.batch.device.to_bytes().to_vec()).collect();
    let devices: Vec<Vec<u8>> = devices.into_iter().collect();
    let id = tenant.to_bytes();
    let (position, rows) = tx.lock_and_look_up(tenant, &subjects, (STAND, params![id, devices]))?;
    let mut stand = HashMap::new();
    for row in &rows {
        let tip = Tip { seq: number(row, 1)?, hash: ChainHash::from_bytes(bytes(row, 2)?) };
        stand.insert(DeviceId::from_bytes(bytes(row, 0)?), tip);
    }
    let mut next = position + 1;
    let (mut fresh, mut moved) = (Fresh::default(), Moved::default());
    let mut merged = Vec::with_capacity(all.len());
    let mut sealer = Sealer::new(&tx, keyring, tenant);
    for Brought { batch, now } in all {
        // A device's second batch finds it gone, and is merged alone.
        let stands = stand.remove(&batch.device);
        let tip = stands.filter(|tip| *tip == batch.expects).and_then(|tip| tip.after(&batch.entries).ok());
        let Some(tip) = tip else {
            merged.push(None);
            continue;
        };
        let placed = place(batch, &mut next);
        for (entry, place) in &placed {
            fresh.push(&mut sealer, (tenant, batch.device), entry, *place)?;
        }
        moved.push(keyring, batch, tip, *now)?;
        merged.push(Some(Merged { tip, receipts: receipts(placed), repeated: false }));
    }
    if moved.devices.is_empty() {
        return Ok(merged);
    }
    let keys = tx.take_fresh_keys()?;
    let (taken, life) = (int(next - 1 - position)?, tx.life);
    let (entries, moves, keys) = (fresh.values(&id), moved.values(&id), keys.as_ref().map(FreshKeys::values));
    let advance = params![id, taken, life];
    let mut statements: Vec<Valued<'_>> = vec![(ADVANCE, advance), (INSERT, &entries), (MOVE, &moves)];
    statements.extend(keys.as_ref().map(|keys| -> Valued<'_> { (WRITE, keys) }));
    tx.is_news();
    tx.commit_with(&statements)?;
    Ok(merged)
}

/// Columns of the logs that go on.
#[derive(Default)]
struct Moved {
    devices: Vec<Vec<u8>>,
    seqs: Vec<i64>,
    tips: Vec<Vec<u8>>,
    signatures: Vec<Vec<u8>>,
    seen_at: Vec<i64>,
    skews: Vec<i64>,
    fresh_challenges: Vec<Option<Vec<u8>>>,
    spent_challenges: Vec<Option<Vec<u8>>>,
}

impl Moved {
    fn push(&mut self, keyring: &Keyring, batch: &Batch, tip: Tip, now: Timestamp) -> Result<(), Error> {
        let (seq, seen_at) = (int(tip.seq)?, at(now)?);
        let (fresh, named) = spending(keyring, batch.spent)?;
        self.devices.push(batch.device.to_bytes().to_vec());
        self.seqs.push(seq);
        self.tips.push(tip.hash.to_bytes().to_vec());
        self.signatures.push(batch.signature.as_bytes().to_vec());
        self.seen_at.push(seen_at);
        self.skews.push(batch.clock_skew_ms);
        self.fresh_challenges.push(fresh.map(Vec::from));
        self.spent_challenges.push(named.map(Vec::from));
        Ok(())
    }

    /// The values of [`MOVE`].
    fn values<'a>(&'a self, tenant: &'a [u8; 16]) -> [&'a (dyn ToSql + Sync); 9] {
        [
            tenant,
            &self.devices,
            &self.seqs,
            &self.tips,
            &self.signatures,
            &self.seen_at,
            &self.skews,
            &self.fresh_challenges,
            &self.spent_challenges,
        ]
    }
}
