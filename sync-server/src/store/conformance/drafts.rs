//! Drafts of scripts: their edits, and the versions that are published of them.

use super::world::*;
use crate::store::{Batch, Decision, Error, LogPosition, NewEntry, Reason, Store, StoredEntry, Tip, Verdict};
use walkbook_ledger::Subject;
use walkbook_model::{ContentHash, EntryId, ScriptId};

const ALL: u32 = 1_000;

fn draft(id: u8) -> Subject {
    Subject::Script(ScriptId::from_bytes([id; 16]))
}

/// Whichever draft they are about, in the order in which they were taken; nothing that does not count.
pub fn edits_of_drafts_are_told_page_by_page(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    settle(store, SOUTH);
    let with = |verdict, entry| NewEntry { verdict, ..entry };
    let sent = vec![
        knock(1, draft(9), "one"),
        knock(2, at_door(1), "no draft"),
        with(Verdict::Refused(Reason(2)), knock(3, draft(9), "refused")),
        with(Verdict::Quarantined, knock(4, draft(1), "set aside")),
        knock(5, draft(1), "two"),
        knock(6, Subject::List(LIST), "no draft"),
        knock(7, draft(9), "three"),
    ];
    store.merge(NORTH, first(sent), at(1)).unwrap();
    let told = |since, limit| store.draft_edits_since(NORTH, since, limit).unwrap();
    let notes = |edits: &[StoredEntry]| edits.iter().filter_map(note).collect::<Vec<_>>();
    let page = told(LogPosition::START, 2);
    assert_eq!(notes(&page), ["one", "two"]);
    let since = page[1].position.unwrap();
    assert_eq!(notes(&told(since, 2)), ["three"]);
    let release = Decision::Release { updates: Vec::new(), updates_as_of: LogPosition::new(u64::MAX >> 1) };
    store.decide(NORTH, EntryId::new(PHONE, 4), release, by_operator(2)).unwrap();
    assert_eq!(notes(&told(since, ALL)), ["three", "set aside"], "what is released counts as if it had come now");
    let tip = store.device(NORTH, PHONE).unwrap().unwrap();
    let tip = Tip { seq: tip.last_seq, hash: tip.tip };
    let recalled = NewEntry { may_be_out: true, ..with(Verdict::Quarantined, knock(8, draft(9), "recalled")) };
    store.merge(NORTH, batch(PHONE, tip, vec![recalled]), at(3)).unwrap();
    let page = told(since, ALL);
    let places: Vec<_> = page.iter().map(|edit| (edit.header.seq, edit.position.is_some())).collect();
    assert_eq!(places, [(7, true), (4, true), (8, false)], "what is recalled has its place among them");
    assert!(page[2].recalled.is_some());
    assert!(store.draft_edits_since(SOUTH, LogPosition::START, ALL).unwrap().is_empty());
}

/// What is published is what its writer saw: where another writer was faster, it is judged anew. The version comes with it, or
/// not at all.
pub fn a_draft_that_changed_under_what_it_publishes_is_a_conflict(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    settle(store, SOUTH);
    let judged_at = store.head(NORTH).unwrap();
    let merged = store.merge(NORTH, first(vec![knock(1, draft(9), "an edit")]), at(1)).unwrap();
    let published = Batch {
        updates_as_of: judged_at,
        scripts: vec![b"a version".to_vec()],
        ..batch(PHONE, merged.tip, vec![knock(2, draft(9), "published")])
    };
    let version = ContentHash::of(b"a version");
    assert!(matches!(store.merge(NORTH, published.clone(), at(2)), Err(Error::Conflict { last_seq: 1, .. })));
    assert_eq!(store.script(NORTH, version).unwrap(), None);
    store.merge(NORTH, Batch { updates_as_of: store.head(NORTH).unwrap(), ..published }, at(2)).unwrap();
    assert_eq!(store.script(NORTH, version).unwrap().as_deref(), Some(&b"a version"[..]));
    assert_eq!(store.script(SOUTH, version).unwrap(), None);
}
