//! Stories of what happens to a phone.

mod books;
mod crashes;
mod damage;
mod full_disk;
mod logs;
mod searches;
mod versions;

use super::*;
use std::collections::BTreeSet;
use walkbook_model::{DeviceId, DoorId, EntryId, Moment, Timestamp, WalkListId};

pub(super) const KEY: [u8; 32] = [7; 32];
pub(super) const DEVICE: DeviceId = DeviceId::from_bytes([1; 16]);

pub(super) fn entry(seq: u64) -> OwnEntry {
    OwnEntry {
        seq,
        moment: Moment::from_bits(seq << 16),
        header: vec![1; 40],
        content: Some(OwnContent { payload: payload(seq), salt: [3; 16] }),
        payload_hash: [4; 32],
        chain: [seq.to_le_bytes()[0]; 32],
        state: EntryState::Saved,
        notice: Notice::default(),
    }
}

/// Of differing length, so that pages fill unevenly.
fn payload(seq: u64) -> Vec<u8> {
    let length = 60 + usize::try_from(seq % 7).unwrap() * 30;
    format!("knock {seq} ").into_bytes().into_iter().cycle().take(length).collect()
}

pub(super) fn with_entries(folder: &Path, count: u64) -> Store {
    let mut store = Store::open(folder, &KEY).unwrap();
    for seq in 1..=count {
        store.log.append(&entry(seq)).unwrap();
    }
    store
}

pub(super) fn turn(store: &mut Store, seq: u64, state: EntryState) {
    store.log.turn(&[Turned { seq, state, words: None }], Timestamp::from_ms(1_795_000_000_000)).unwrap();
}

pub(super) fn refuse(store: &mut Store, seq: u64, reason: u16) {
    turn(store, seq, EntryState::Refused { reason });
}

pub(super) fn door(number: u32) -> DoorId {
    DoorId::derive(&[&number.to_be_bytes()])
}

pub(super) fn row(number: u32, line: &str, names: &[&str]) -> DoorRow {
    DoorRow {
        door: door(number),
        line: line.into(),
        street: "Aleksanterinkatu".into(),
        number: number.to_string(),
        unit: String::new(),
        building: walkbook_model::BuildingId::from_bytes([3; 16]),
        floor: Some(-1),
        position: None,
        class: None,
        attempts: 0,
        last_outcome: None,
        suppressed: false,
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        clashes: 0,
        holds_until: None,
    }
}

pub(super) fn held(device: DeviceId, seq: u64, about: Document) -> HeldEntry {
    HeldEntry { id: EntryId::new(device, seq), about, bound: None, header: vec![1; 20], payload: Some(vec![2; 20]) }
}
