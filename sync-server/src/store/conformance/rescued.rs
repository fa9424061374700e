//! Entries out of rescue files: they wait for somebody, once.

use super::world::*;
use crate::store::{Error, Held, NewRescued, Reason, Store};
use walkbook_ledger::Header;
use walkbook_model::{DeviceId, EntryId, Moment};

const ALL: u32 = 1_000;

fn rescued(seq: u64, text: &str) -> NewRescued {
    let header = Header { seq, moment: Moment::new(at(seq), 0), subject: at_door(1), epoch: 0 };
    NewRescued { device: PHONE, header, payload: text.as_bytes().to_vec(), reason: Some(Reason(7)) }
}

/// The same file twice brings nothing new, also when somebody has decided in between.
pub fn what_is_rescued_waits_once_until_it_is_decided(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    settle_with_phone(store, SOUTH);
    let file = [rescued(4, "four"), rescued(5, "five")];
    assert_eq!((store.keep_rescued(NORTH, &file).unwrap(), store.keep_rescued(NORTH, &file).unwrap()), (2, 0));
    let waiting = store.rescued(NORTH, ALL).unwrap();
    let told: Vec<_> = waiting.iter().map(|entry| (entry.header.seq, entry.payload.clone(), entry.reason)).collect();
    let readable = |text: &str| Held::Readable(text.as_bytes().to_vec());
    assert_eq!(told, [(4, readable("four"), Some(Reason(7))), (5, readable("five"), Some(Reason(7)))]);
    let [four, five] = [waiting[0].number, waiting[1].number];
    let anew = EntryId::new(DeviceId::from_bytes([66; 16]), 1);
    assert!(store.write_rescued_as(NORTH, four, anew).unwrap());
    assert!(store.settle_rescued(NORTH, four, true, by_operator(9)).unwrap());
    assert!(store.settle_rescued(NORTH, five, false, by_operator(9)).unwrap());
    assert!(!store.settle_rescued(NORTH, five, true, by_operator(9)).unwrap(), "it is decided already");
    assert!(!store.write_rescued_as(NORTH, five, anew).unwrap());
    assert_eq!(store.written_anew(NORTH, PHONE).unwrap(), [(EntryId::new(PHONE, 4), anew)]);
    let decided = store.rescued_entry(NORTH, four).unwrap().unwrap();
    assert_eq!((decided.payload, decided.written_as, decided.decided_at), (Held::Erased, Some(anew), Some(at(9))));
    assert_eq!((store.count_rescued(NORTH).unwrap(), store.keep_rescued(NORTH, &file).unwrap()), (0, 0));
}

/// Neither to read nor to decide.
pub fn what_another_tenant_rescued_does_not_exist(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    settle(store, SOUTH);
    assert!(matches!(store.keep_rescued(SOUTH, &[rescued(1, "one")]), Err(Error::Unknown { what: "device" })));
    store.keep_rescued(NORTH, &[rescued(1, "one")]).unwrap();
    let number = store.rescued(NORTH, ALL).unwrap()[0].number;
    assert_eq!(store.rescued_entry(SOUTH, number).unwrap(), None);
    assert!(!store.settle_rescued(SOUTH, number, false, by_operator(9)).unwrap());
    assert_eq!((store.count_rescued(SOUTH).unwrap(), store.count_rescued(NORTH).unwrap()), (0, 1));
}
