//! The audit log's records and heads, sealed and opened.

use super::{Keyring, places};
use crate::store::audit::{Act, Deed, Head, Stamp};
use crate::store::columns::failed;
use crate::store::{Error, Held};
use std::sync::Arc;
use walkbook_model::{TenantId, Timestamp};
use walkbook_vault::{AuditLink, SealKey};

/// A record that comes behind a head, and the head that stands for it.
pub(in crate::store) struct Sealed {
    pub(in crate::store) number: u64,
    pub(in crate::store) record: Vec<u8>,
    pub(in crate::store) link: AuditLink,
    pub(in crate::store) head: Vec<u8>,
}

/// Seals what comes behind this head.
pub(in crate::store) fn seal(
    keyring: &Keyring,
    key: &SealKey,
    (tenant, head): (TenantId, Head),
    deed: Deed,
    stamp: Stamp,
) -> Result<Sealed, Error> {
    let number = head.number + 1;
    let text = serde_json::to_vec(&Act { by: stamp.by, deed }).map_err(failed)?;
    let record = keyring.seal(key, &places::of_audit_record(tenant, number, stamp.at, head.link), &text)?;
    let link = head.link.next(number, stamp.at, &record);
    let head = keyring.seal(key, &places::of_audit_head(tenant, number), &link.to_bytes())?;
    Ok(Sealed { number, record, link, head })
}

/// What the record says that lies behind this link. Without a key it says nothing any more.
pub(in crate::store) fn open_record(
    key: &Option<Arc<SealKey>>,
    (tenant, number, at): (TenantId, u64, Timestamp),
    before: AuditLink,
    sealed: &[u8],
) -> Held<Act> {
    let place = places::of_audit_record(tenant, number, at, before);
    open(key, &place, sealed, |bytes| serde_json::from_slice(bytes).ok())
}

/// The head of this number.
pub(in crate::store) fn open_head(
    key: &Option<Arc<SealKey>>,
    (tenant, number): (TenantId, u64),
    sealed: &[u8],
) -> Held<Head> {
    let head = |bytes: &[u8]| Some(Head { number, link: AuditLink::from_bytes(bytes.try_into().ok()?) });
    open(key, &places::of_audit_head(tenant, number), sealed, head)
}

fn open<T>(key: &Option<Arc<SealKey>>, place: &[u8], sealed: &[u8], read: impl FnOnce(&[u8]) -> Option<T>) -> Held<T> {
    let Some(key) = key else { return Held::Erased };
    key.open(place, sealed).ok().and_then(|bytes| read(&bytes)).map_or(Held::Damaged, Held::Readable)
}
