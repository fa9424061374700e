//! Entries as rows.

use super::row::{bound, bytes, get, int, maybe_position, subject_bytes, uint, verdict, verdict_columns};
use super::transaction::{Tx, Values};
use crate::store::sealing::content::{content, plain};
use crate::store::sealing::{Keyring, Opener, Sealer, places};
use crate::store::{Content, Error, Held, LogPosition, NewEntry, StoredEntry, Verdict};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use walkbook_ledger::{Header, Subject};
use walkbook_model::{ContentHash, DeviceId, TenantId};

/// What [`read`] reads; the table is called `e`.
pub(super) const COLUMNS: &str = "e.device, e.position, e.header, e.payload_hash, e.bound, e.verdict, e.reason, \
    e.key_number, e.sealed, e.recalled";
/// How many they are.
pub(super) const COUNT: usize = 10;

/// Entries of devices' logs, each with its position if it is accepted or recalled; and in the same statement the outbox of the
/// accepted ones, and the feed of every list that either concerns. The door's id is cut out before it is compared: under
/// row-level security no index is asked for what a function makes of a row, and every door of the tenant would be read.
pub(super) const INSERT: &str = "WITH
    fresh AS (SELECT * FROM unnest($2::bytea[], $3::bigint[], $4::bytea[], $5::bigint[], $6::bytea[], $7::bytea[],
        $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bytea[], $13::bigint[])
        AS f (device, seq, subject, position, header, payload_hash, bound, verdict, reason, key_number, sealed, recalled)),
    kept AS (INSERT INTO entries (tenant, device, seq, subject, position, header, payload_hash, bound, verdict, reason,
        key_number, sealed, recalled) SELECT $1::bytea, * FROM fresh ORDER BY device, seq),
    news AS MATERIALIZED (SELECT device, seq, subject, get_byte(subject, 0) AS sort, substr(subject, 2) AS id,
        coalesce(position, recalled) AS place, CASE WHEN position IS NULL THEN 5 ELSE 1 END AS kind
        FROM fresh WHERE coalesce(position, recalled) IS NOT NULL),
    told AS (INSERT INTO feed (tenant, list, position, kind, subject, device, seq)
        SELECT $1::bytea, m.list, n.place, n.kind, n.subject, n.device, n.seq FROM news AS n
        JOIN memberships AS m ON m.tenant = $1 AND m.door = n.id WHERE n.sort = 0
        UNION ALL SELECT $1::bytea, n.id, n.place, n.kind, n.subject, n.device, n.seq FROM news AS n WHERE n.sort = 1)
    INSERT INTO outbox (tenant, position, device, seq)
        SELECT $1::bytea, f.position, f.device, f.seq FROM fresh AS f WHERE f.position IS NOT NULL";

/// Columns of the entries that one statement inserts.
#[derive(Default)]
pub(super) struct Fresh {
    devices: Vec<Vec<u8>>,
    seqs: Vec<i64>,
    subjects: Vec<Vec<u8>>,
    positions: Vec<Option<i64>>,
    headers: Vec<Vec<u8>>,
    payload_hashes: Vec<Vec<u8>>,
    bounds: Vec<Option<i64>>,
    verdicts: Vec<i64>,
    reasons: Vec<Option<i64>>,
    key_numbers: Vec<Option<i64>>,
    sealed: Vec<Option<Vec<u8>>>,
    recalled: Vec<Option<i64>>,
}

/// What is kept of an entry's content. What was refused may name any document; keeping its content would help nobody.
fn kept(entry: &NewEntry) -> Option<&Content> {
    entry.content.as_ref().filter(|_| !matches!(entry.verdict, Verdict::Refused(_)))
}

/// The document whose key an entry's content is sealed with, if it is.
pub(super) fn sealed_for(entry: &NewEntry) -> Option<Subject> {
    kept(entry).map(|_| entry.header.subject)
}

impl Fresh {
    /// Adds an entry, its content sealed.
    pub(super) fn push(
        &mut self,
        sealer: &mut Sealer<'_>,
        (tenant, device): (TenantId, DeviceId),
        entry: &NewEntry,
        place: Option<LogPosition>,
    ) -> Result<(), Error> {
        let place = place.map(|place| int(place.get())).transpose()?;
        let (position, recalled) = if entry.is_recalled() { (None, place) } else { (place, None) };
        let (header, subject) = (entry.header.to_bytes(), entry.header.subject);
        let sealed = kept(entry).map(|content| {
            let place = places::of_entry(tenant, device, subject, &header, entry.payload_hash);
            let (number, sealed) = sealer.seal(subject, &place, &plain(content))?;
            Ok::<_, Error>((int(number)?, sealed))
        });
        let (key_number, sealed) = sealed.transpose()?.unzip();
        let (verdict, reason) = verdict_columns(entry.verdict);
        let seq = int(entry.header.seq)?;
        self.devices.push(device.to_bytes().to_vec());
        self.seqs.push(seq);
        self.subjects.push(subject_bytes(subject).to_vec());
        self.positions.push(position);
        self.headers.push(header);
        self.payload_hashes.push(entry.payload_hash.to_bytes().to_vec());
        self.bounds.push(entry.bound.map(|bound| bound.to_bits().cast_signed()));
        self.verdicts.push(verdict);
        self.reasons.push(reason.map(i64::from));
        self.key_numbers.push(key_number);
        self.sealed.push(sealed);
        self.recalled.push(recalled);
        Ok(())
    }

    /// The values of [`INSERT`].
    pub(super) fn values<'a>(&'a self, tenant: &'a [u8; 16]) -> [&'a (dyn ToSql + Sync); 13] {
        [
            tenant,
            &self.devices,
            &self.seqs,
            &self.subjects,
            &self.positions,
            &self.headers,
            &self.payload_hashes,
            &self.bounds,
            &self.verdicts,
            &self.reasons,
            &self.key_numbers,
            &self.sealed,
            &self.recalled,
        ]
    }
}

pub(super) fn insert<'a>(
    tx: &Tx<'_>,
    sealer: &mut Sealer<'_>,
    (tenant, device): (TenantId, DeviceId),
    entries: impl Iterator<Item = (&'a NewEntry, Option<LogPosition>)> + Clone,
) -> Result<(), Error> {
    tx.read_keys(tenant, entries.clone().filter_map(|(entry, _)| sealed_for(entry)))?;
    let mut fresh = Fresh::default();
    for (entry, place) in entries {
        fresh.push(sealer, (tenant, device), entry, place)?;
    }
    tx.execute(INSERT, &fresh.values(&tenant.to_bytes()))?;
    Ok(())
}

/// The entries of a query for [`COLUMNS`].
pub(super) fn select(
    tx: &Tx<'_>,
    keyring: &Keyring,
    tenant: TenantId,
    rest: &str,
    values: Values<'_>,
) -> Result<Vec<StoredEntry>, Error> {
    let rows = tx.rows(&format!("SELECT {COLUMNS} FROM entries AS e {rest}"), values)?;
    read_keys(tx, tenant, &rows)?;
    let mut opener = Opener::new(tx, keyring, tenant);
    rows.iter().map(|row| read(&mut opener, tenant, row)).collect()
}

/// Reads the keys of the entries in these rows' first columns at once.
pub(super) fn read_keys<'a>(
    tx: &Tx<'_>,
    tenant: TenantId,
    rows: impl IntoIterator<Item = &'a Row>,
) -> Result<(), Error> {
    let mut sealed: Vec<Subject> = Vec::new();
    for row in rows {
        if get::<Option<&[u8]>>(row, 8)?.is_some() {
            sealed.push(header(row)?.0.subject);
        }
    }
    sealed.sort_unstable();
    sealed.dedup();
    tx.read_keys(tenant, sealed)
}

fn header(row: &Row) -> Result<(Header, &[u8]), Error> {
    let bytes = get::<&[u8]>(row, 2)?;
    Ok((Header::from_bytes(bytes).map_err(|_| Error::Damaged { what: "header" })?, bytes))
}

/// The entry in the row's first columns.
pub(super) fn read(opener: &mut Opener<'_>, tenant: TenantId, row: &Row) -> Result<StoredEntry, Error> {
    let device = DeviceId::from_bytes(bytes(row, 0)?);
    let (header, header_bytes) = header(row)?;
    let payload_hash = ContentHash::from_bytes(bytes(row, 3)?);
    let content = match (get::<Option<i64>>(row, 7)?, get::<Option<&[u8]>>(row, 8)?) {
        (Some(number), Some(sealed)) => {
            let place = places::of_entry(tenant, device, header.subject, header_bytes, payload_hash);
            content(opener.open((header.subject, uint(number)?), &place, sealed)?)
        }
        _ => Held::Erased,
    };
    Ok(StoredEntry {
        device,
        header,
        content,
        payload_hash,
        bound: bound(row, 4)?,
        verdict: verdict(row, 5)?,
        position: maybe_position(row, 1)?,
        recalled: maybe_position(row, 9)?,
    })
}
