//! Two tenants with people, doors and phones, and how to knock.

use crate::store::{
    Batch, By, Content, Device, Enrolment, ListUpdate, LogPosition, NewBase, NewEntry, Stamp, Store, Tenant, Tip, User,
    Verdict,
};
use walkbook_ledger::{Header, Subject};
use walkbook_model::{DeviceId, DoorId, Moment, Role, TenantId, Timestamp, UserId, WalkListId};
use walkbook_vault::{PublicKey, Salt, Signature, payload_hash};

/// The tenant that most cases are about.
pub const NORTH: TenantId = TenantId::from_bytes([1; 16]);
/// The other one.
pub const SOUTH: TenantId = TenantId::from_bytes([2; 16]);
/// A canvasser of the north.
pub const AINO: UserId = UserId::from_bytes([11; 16]);
/// Aino's phone.
pub const PHONE: DeviceId = DeviceId::from_bytes([21; 16]);
/// A walk list.
pub const LIST: WalkListId = WalkListId::from_bytes([31; 16]);
/// Another one.
pub const OTHER_LIST: WalkListId = WalkListId::from_bytes([32; 16]);

/// So many seconds after the start.
pub fn at(seconds: u64) -> Timestamp {
    Timestamp::from_ms(1_795_000_000_000_u64.saturating_add(seconds.saturating_mul(1_000)))
}

/// Done by the operator, so many seconds after the start.
pub fn by_operator(seconds: u64) -> Stamp {
    Stamp::new(By::Operator, at(seconds))
}

/// The door of this number.
pub fn door(number: u8) -> DoorId {
    DoorId::from_bytes([100 + number; 16])
}

/// The door of this number, as a subject.
pub fn at_door(number: u8) -> Subject {
    Subject::Door(door(number))
}

/// A phone that wants in.
pub fn enrolment(device: DeviceId) -> Enrolment {
    let mut key = [device.to_bytes()[0]; 65];
    key[0] = 4;
    Enrolment { device, public_key: PublicKey::from_bytes(&key).unwrap() }
}

/// Makes a tenant with Aino in it, without a phone.
pub fn settle(store: &dyn Store, tenant: TenantId) {
    let name = format!("tenant {}", tenant.to_bytes()[0]);
    store.create_tenant(&Tenant { id: tenant, name, region: "eu-west-1".into() }, at(0)).unwrap();
    store.put_user(tenant, &User { id: AINO, label: "Aino".into(), role: Role::Canvasser }, by_operator(0)).unwrap();
}

/// Makes a tenant with Aino and her phone.
pub fn settle_with_phone(store: &dyn Store, tenant: TenantId) -> Device {
    settle(store, tenant);
    store.enrol_device(tenant, AINO, &enrolment(PHONE), at(0)).unwrap()
}

/// An accepted entry at a door.
pub fn knock(seq: u64, subject: Subject, note: &str) -> NewEntry {
    let salt = Salt::from_bytes([seq.to_le_bytes()[0]; 16]);
    let payload = note.as_bytes().to_vec();
    NewEntry {
        header: Header { seq, moment: Moment::new(at(seq), 0), subject, epoch: 0 },
        payload_hash: payload_hash(salt, &payload),
        content: Some(Content { salt, payload }),
        bound: Some(Moment::from_bits(u64::MAX)),
        verdict: Verdict::Accepted,
        may_be_out: false,
    }
}

/// These entries as a batch on top of `expects`.
pub fn batch(device: DeviceId, expects: Tip, entries: Vec<NewEntry>) -> Batch {
    let signature = Signature::from_bytes([9; 64]);
    Batch {
        device,
        expects,
        entries,
        signature,
        updates: Vec::new(),
        scripts: Vec::new(),
        updates_as_of: LogPosition::new(u64::MAX >> 1),
        clock_skew_ms: -250,
        spent: None,
        arrangement: None,
    }
}

/// The first batch of a phone.
pub fn first(entries: Vec<NewEntry>) -> Batch {
    batch(PHONE, Tip::start(PHONE), entries)
}

/// A base of this text.
pub fn base(subject: Subject, text: &str) -> NewBase {
    NewBase { subject, bytes: text.as_bytes().to_vec() }
}

/// Puts doors onto the list.
pub fn join(store: &dyn Store, list: WalkListId, doors: &[u8]) {
    let updates: Vec<_> = doors.iter().map(|number| ListUpdate::Join(list, door(*number))).collect();
    store.update_lists(NORTH, &updates, at(0)).unwrap();
}

/// What a payload says.
pub fn note(entry: &crate::store::StoredEntry) -> Option<String> {
    entry.content.clone().readable().map(|content| String::from_utf8(content.payload).unwrap())
}
