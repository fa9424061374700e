//! Entries as rows.

use super::row::{
    blob, bound, bytes, get, int, maybe_blob, maybe_position, subject_bytes, uint, verdict, verdict_columns,
};
use crate::store::sealing::content::{content, plain};
use crate::store::sealing::{Keyring, Opener, Sealer, places};
use crate::store::{Error, Held, LogPosition, NewEntry, StoredEntry, Verdict};
use rusqlite::{Connection, Params, Row, params};
use walkbook_ledger::Header;
use walkbook_model::{ContentHash, DeviceId, TenantId};

/// What [`read`] reads; the table is called `e`.
pub(super) const COLUMNS: &str = "e.device, e.position, e.header, e.payload_hash, e.bound, e.verdict, e.reason, \
    e.key_number, e.sealed, e.recalled";
/// How many they are.
pub(super) const COUNT: usize = 10;

pub(super) fn insert(
    connection: &Connection,
    sealer: &mut Sealer<'_>,
    (tenant, device): (TenantId, DeviceId),
    entry: &NewEntry,
    place: Option<LogPosition>,
) -> Result<(), Error> {
    let place = place.map(|place| int(place.get())).transpose()?;
    let (position, recalled) = if entry.is_recalled() { (None, place) } else { (place, None) };
    let header = entry.header.to_bytes();
    let subject = entry.header.subject;
    // What was refused may name any document; keeping its content would help nobody.
    let kept = entry.content.as_ref().filter(|_| !matches!(entry.verdict, Verdict::Refused(_)));
    let sealed = kept.map(|content| {
        let place = places::of_entry(tenant, device, subject, &header, entry.payload_hash);
        let (number, sealed) = sealer.seal(subject, &place, &plain(content))?;
        Ok::<_, Error>((int(number)?, sealed))
    });
    let (key_number, sealed) = sealed.transpose()?.unzip();
    let (verdict, reason) = verdict_columns(entry.verdict);
    let sql =
        "INSERT INTO entries (tenant, device, seq, subject, position, header, payload_hash, bound, verdict, reason,
        key_number, sealed, recalled) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    connection.prepare_cached(sql)?.execute(params![
        tenant.to_bytes(),
        device.to_bytes(),
        int(entry.header.seq)?,
        subject_bytes(subject),
        position,
        header,
        entry.payload_hash.to_bytes(),
        entry.bound.map(|bound| bound.to_bits().cast_signed()),
        verdict,
        reason,
        key_number,
        sealed,
        recalled,
    ])?;
    Ok(())
}

/// The entries of a query for [`COLUMNS`].
pub(super) fn select(
    connection: &Connection,
    keyring: &Keyring,
    tenant: TenantId,
    rest: &str,
    values: impl Params,
) -> Result<Vec<StoredEntry>, Error> {
    let mut query = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM entries AS e {rest}"))?;
    let mut opener = Opener::new(connection, keyring, tenant);
    query.query_and_then(values, |row| read(&mut opener, tenant, row))?.collect()
}

/// The entry in the row's first columns.
pub(super) fn read(opener: &mut Opener<'_>, tenant: TenantId, row: &Row<'_>) -> Result<StoredEntry, Error> {
    let device = DeviceId::from_bytes(bytes(row, 0)?);
    let header_bytes = blob(row, 2)?;
    let header = Header::from_bytes(header_bytes).map_err(|_| Error::Damaged { what: "header" })?;
    let payload_hash = ContentHash::from_bytes(bytes(row, 3)?);
    let content = match (get::<Option<i64>>(row, 7)?, maybe_blob(row, 8)?) {
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
