//! People who were erased.

use super::world::*;
use crate::store::audit::Deed;
use crate::store::{Change, Erasure, Ground, Held, LogPosition, NewRescued, Reason, Recorded, Seen, Store, Verdict};
use std::collections::BTreeMap;
use walkbook_ledger::Header;
use walkbook_model::{ContactId, ContentHash, DeviceId, EntryId, Moment, TenantId};

const VERA: ContactId = ContactId::from_bytes([41; 16]);
const ERASED: Reason = Reason(4);

fn at_phone(seq: u64) -> EntryId {
    EntryId::new(PHONE, seq)
}

fn seen(store: &dyn Store, tenant: TenantId, entries: u64) -> Seen {
    Seen { entries, rescued: 0, as_of: store.head(tenant).unwrap() }
}

/// A door on a list, at which something was said three times, once outside of any assignment; and an erasure of all of it:
/// something is left of the first.
fn furnish(store: &dyn Store) -> Erasure {
    settle_with_phone(store, NORTH);
    store.put_bases(NORTH, &[base(at_door(1), "Vera and others"), base(at_door(2), "others")]).unwrap();
    join(store, LIST, &[1, 2]);
    let mut aside = knock(3, at_door(1), "Vera too");
    aside.verdict = Verdict::Quarantined;
    let entries = vec![knock(1, at_door(1), "Vera was in"), knock(2, at_door(1), "Vera said no"), aside];
    store.merge(NORTH, first([entries, vec![knock(4, at_door(2), "others")]].concat()), at(1)).unwrap();
    Erasure {
        door: door(1),
        contacts: [VERA].into(),
        order: Some((Ground::Request, by_operator(2))),
        base: Some(base(at_door(1), "others")),
        left: BTreeMap::from([
            (at_phone(1), Some(b"somebody was in".to_vec())),
            (at_phone(2), None),
            (at_phone(3), None),
        ]),
        gone: ERASED,
        rescued: Default::default(),
        seen: seen(store, NORTH, 3),
    }
}

/// In their place, with the hash of what was said and everything around it.
pub fn what_is_left_stands_in_the_place_of_what_was_said(store: &dyn Store) {
    let erasure = furnish(store);
    let before = store.log_of(NORTH, PHONE, 0, 10).unwrap();
    assert!(store.erase(NORTH, &erasure).unwrap());
    let log = store.log_of(NORTH, PHONE, 0, 10).unwrap();
    assert_eq!(
        log.iter().map(note).collect::<Vec<_>>(),
        [Some("somebody was in".into()), None, None, Some("others".into())]
    );
    let kept = |entry: &crate::store::StoredEntry| (entry.header, entry.payload_hash, entry.bound);
    assert_eq!(log.iter().map(kept).collect::<Vec<_>>(), before.iter().map(kept).collect::<Vec<_>>());
    let verdicts: Vec<Verdict> = log.iter().map(|entry| entry.verdict).collect();
    let gone = Verdict::Refused(ERASED);
    assert_eq!(verdicts, [Verdict::Accepted, gone, gone, Verdict::Accepted]);
    assert_eq!(log[0].content.clone().readable().unwrap().salt.to_bytes(), [0; 16]);
    assert_eq!(store.entries_of(NORTH, at_door(1)).unwrap(), log[..1]);
    let base = store.base_of(NORTH, at_door(1)).unwrap().unwrap();
    assert_eq!(base.bytes, Held::Readable(b"others".to_vec()));
    assert_eq!(store.erased_at(NORTH, &[door(1), door(2)]).unwrap(), [(door(1), VERA)]);
    assert_eq!(store.erased(NORTH).unwrap(), [(door(1), VERA)]);
    assert!(store.quarantined(NORTH, 0, 10).unwrap().is_empty());
}

/// Also whoever wrote it, and whoever comes later and gets the door whole.
pub fn every_reader_of_the_door_hears_of_it(store: &dyn Store) {
    let erasure = furnish(store);
    let since = store.head(NORTH).unwrap();
    assert!(store.erase(NORTH, &erasure).unwrap());
    for reader in [Some(PHONE), Some(DeviceId::from_bytes([22; 16])), None] {
        let page = store.changes_since(NORTH, LIST, since, reader, 10).unwrap();
        let erased = page.changes.iter().filter_map(|(_, change)| match change {
            Change::Erased(entry) => Some((entry.id().seq, note(entry))),
            _ => None,
        });
        assert_eq!(erased.collect::<Vec<_>>(), [(1, Some("somebody was in".into())), (2, None), (3, None)]);
        assert!(page.changes.iter().any(|(_, change)| matches!(change, Change::Base(_))));
        // Whoever has read nothing yet is never told what was said.
        let all = store.changes_since(NORTH, LIST, LogPosition::START, reader, 100).unwrap();
        let words = all.changes.iter().filter_map(|(_, change)| match change {
            Change::Entry(entry) | Change::Erased(entry) => note(entry),
            _ => None,
        });
        assert!(words.into_iter().all(|words| !words.contains("Vera")));
    }
    let mut told = store.erased_entries_of(NORTH, at_door(1)).unwrap();
    told.sort_unstable();
    assert_eq!(told, [1, 2, 3].map(at_phone));
    assert!(store.erased_entries_of(NORTH, at_door(2)).unwrap().is_empty());
    // Whoever wrote it can be told page by page, whichever lists it has.
    let first = store.erased_of(NORTH, PHONE, since, 2).unwrap();
    let rest = store.erased_of(NORTH, PHONE, first[1].0, 2).unwrap();
    let told: Vec<_> = first.iter().chain(&rest).map(|(_, entry)| (entry.id().seq, note(entry))).collect();
    assert_eq!(told, [(1, Some("somebody was in".into())), (2, None), (3, None)]);
    assert!(store.erased_of(NORTH, PHONE, rest[0].0, 2).unwrap().is_empty());
    assert!(store.erased_of(NORTH, DeviceId::from_bytes([22; 16]), since, 2).unwrap().is_empty());
}

/// Whoever wrote at the door meanwhile comes first; and a second time changes nothing but what came since.
pub fn an_erasure_is_of_what_it_was_computed_from(store: &dyn Store) {
    let erasure = furnish(store);
    let tip = store.device(NORTH, PHONE).unwrap().unwrap();
    let tip = crate::store::Tip { seq: tip.last_seq, hash: tip.tip };
    let mut aside = knock(5, at_door(1), "Vera once more");
    aside.verdict = Verdict::Quarantined;
    store.merge(NORTH, batch(PHONE, tip, vec![aside]), at(2)).unwrap();
    assert!(!store.erase(NORTH, &erasure).unwrap());
    assert_eq!(store.erased(NORTH).unwrap(), []);
    let mut again = Erasure { seen: seen(store, NORTH, 4), ..erasure };
    again.left.insert(at_phone(5), None);
    assert!(store.erase(NORTH, &again).unwrap());
    store.put_bases(NORTH, &[base(at_door(1), "another one")]).unwrap();
    assert!(!store.erase(NORTH, &again).unwrap(), "it was computed from another base");
    let again = Erasure { seen: seen(store, NORTH, 4), ..again };
    let header = Header { seq: 77, moment: Moment::new(at(3), 0), subject: at_door(1), epoch: 0 };
    let stray = NewRescued { device: PHONE, header, payload: b"Vera in a rescue file".to_vec(), reason: None };
    store.keep_rescued(NORTH, &[stray]).unwrap();
    assert_eq!(store.rescued_about(NORTH, at_door(1)).unwrap().len(), 1);
    assert!(store.rescued_about(NORTH, at_door(2)).unwrap().is_empty());
    assert!(!store.erase(NORTH, &again).unwrap(), "a rescue file has come");
}

/// Once, by whom and why.
pub fn who_was_erased_is_written_down(store: &dyn Store) {
    let erasure = furnish(store);
    let records = store.audit(NORTH, 0, 1_000).unwrap().len();
    let mut again = erasure.clone();
    assert!(store.erase(NORTH, &erasure).unwrap());
    again.seen = seen(store, NORTH, 3);
    assert!(store.erase(NORTH, &again).unwrap());
    let deeds = store.audit(NORTH, 0, 1_000).unwrap().split_off(records);
    let deeds: Vec<Deed> = deeds.into_iter().map(|record| record.act.readable().unwrap().deed).collect();
    assert_eq!(deeds, [Deed::PersonErased { door: door(1), contacts: vec![VERA], ground: Ground::Request }]);
}

/// It never falls back.
pub fn the_store_knows_how_much_of_the_ledger_it_has(store: &dyn Store) {
    let recorded = |number| Recorded { number, link: ContentHash::of(&[number.to_le_bytes()[0]]) };
    assert_eq!(store.recorded().unwrap(), None);
    for number in [1, 3, 2] {
        store.note_recorded(recorded(number)).unwrap();
    }
    assert_eq!(store.recorded().unwrap(), Some(recorded(3)));
}

/// Neither who was erased nor what is left.
pub fn another_tenant_erases_nobody_here(store: &dyn Store) {
    let erasure = furnish(store);
    settle(store, SOUTH);
    let theirs = Erasure { seen: seen(store, SOUTH, 0), ..erasure };
    assert!(store.erase(SOUTH, &theirs).unwrap());
    assert_eq!(store.erased(NORTH).unwrap(), []);
    assert_eq!(store.erased(SOUTH).unwrap(), [(door(1), VERA)]);
    assert_eq!(note(&store.log_of(NORTH, PHONE, 0, 1).unwrap()[0]).as_deref(), Some("Vera was in"));
}
