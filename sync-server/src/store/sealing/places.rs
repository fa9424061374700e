//! Where each sealed thing belongs: its seal opens in that place, and in no other.
//!
//! What a store has sealed is bound to these bytes: they are never changed.

use crate::store::columns::subject_bytes;
use walkbook_ledger::Subject;
use walkbook_model::{ContentHash, DeviceId, EntryId, TeamId, TenantId, Timestamp, UserId, WalkListId};
use walkbook_vault::AuditLink;

/// An entry's content. The header holds the sequence number; with the hash it also keeps the row's open parts from being
/// altered unnoticed.
pub(in crate::store) fn of_entry(
    tenant: TenantId,
    device: DeviceId,
    subject: Subject,
    header: &[u8],
    payload_hash: ContentHash,
) -> Vec<u8> {
    let (tenant, device, subject) = (tenant.to_bytes(), device.to_bytes(), subject_bytes(subject));
    [b"entry", &tenant[..], &subject, &device, &payload_hash.to_bytes(), header].concat()
}

pub(in crate::store) fn of_base(tenant: TenantId, subject: Subject, hash: ContentHash) -> Vec<u8> {
    [b"base ", &tenant.to_bytes()[..], &subject_bytes(subject), &hash.to_bytes()].concat()
}

pub(in crate::store) fn of_script(tenant: TenantId, hash: ContentHash) -> Vec<u8> {
    [&tenant.to_bytes()[..], b"script", &hash.to_bytes()].concat()
}

pub(in crate::store) fn of_streets(tenant: TenantId, list: WalkListId, hash: ContentHash) -> Vec<u8> {
    [b"streets ", &tenant.to_bytes()[..], &list.to_bytes(), &hash.to_bytes()].concat()
}

pub(in crate::store) fn of_map(tenant: TenantId, list: WalkListId, hash: ContentHash) -> Vec<u8> {
    [b"map ", &tenant.to_bytes()[..], &list.to_bytes(), &hash.to_bytes()].concat()
}

/// The tiles of the map whose record has this hash.
pub(in crate::store) fn of_tiles(tenant: TenantId, list: WalkListId, hash: ContentHash) -> Vec<u8> {
    [b"tiles ", &tenant.to_bytes()[..], &list.to_bytes(), &hash.to_bytes()].concat()
}

/// The words with which an entry was refused.
pub(in crate::store) fn of_words(tenant: TenantId, about: Subject, entry: EntryId) -> Vec<u8> {
    let (tenant, about, device) = (tenant.to_bytes(), subject_bytes(about), entry.device.to_bytes());
    [b"words", &tenant[..], &about, &device, &entry.seq.to_be_bytes()].concat()
}

pub(in crate::store) fn of_rescued(tenant: TenantId, device: DeviceId, header: &[u8]) -> Vec<u8> {
    [b"rescued", &tenant.to_bytes()[..], &device.to_bytes(), header].concat()
}

pub(in crate::store) fn of_user_label(tenant: TenantId, user: UserId) -> Vec<u8> {
    [&tenant.to_bytes()[..], b"user label", &user.to_bytes()].concat()
}

pub(in crate::store) fn of_team_label(tenant: TenantId, team: TeamId) -> Vec<u8> {
    [&tenant.to_bytes()[..], b"team label", &team.to_bytes()].concat()
}

pub(in crate::store) fn of_account(tenant: TenantId, user: UserId) -> Vec<u8> {
    [&tenant.to_bytes()[..], b"account", &user.to_bytes()].concat()
}

pub(in crate::store) fn of_provider(tenant: TenantId) -> Vec<u8> {
    [&tenant.to_bytes()[..], b"provider"].concat()
}

pub(in crate::store) fn of_support_reason(tenant: TenantId, user: UserId, number: i64) -> Vec<u8> {
    [&tenant.to_bytes()[..], b"support reason", &user.to_bytes(), &number.to_be_bytes()].concat()
}

pub(in crate::store) fn of_settings(tenant: TenantId) -> Vec<u8> {
    [&tenant.to_bytes()[..], b"settings"].concat()
}

pub(in crate::store) fn of_audit_record(tenant: TenantId, number: u64, at: Timestamp, before: AuditLink) -> Vec<u8> {
    let (number, at) = (number.to_be_bytes(), at.as_ms().to_be_bytes());
    [&tenant.to_bytes()[..], b"audit record", &number, &at, &before.to_bytes()].concat()
}

pub(in crate::store) fn of_audit_head(tenant: TenantId, number: u64) -> Vec<u8> {
    [&tenant.to_bytes()[..], b"audit head", &number.to_be_bytes()].concat()
}
