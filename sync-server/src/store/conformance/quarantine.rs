//! What is set aside, and what somebody decides.

use super::world::*;
use crate::store::{Change, Decision, Error, Held, ListUpdate, LogPosition, NewEntry, Reason, Store, Verdict};
use walkbook_ledger::Subject;
use walkbook_model::EntryId;

const ALL: u32 = 1_000;

fn aside(seq: u64, subject: Subject, note: &str) -> NewEntry {
    NewEntry { verdict: Verdict::Quarantined, ..knock(seq, subject, note) }
}

fn id(seq: u64) -> EntryId {
    EntryId::new(PHONE, seq)
}

fn release() -> Decision {
    Decision::Release { updates: Vec::new(), updates_as_of: LogPosition::new(u64::MAX >> 1) }
}

fn refuse(words: &str) -> Decision {
    Decision::Refuse { reason: Reason(6), words: words.into() }
}

/// As if it had come now: to the document, to the readers of its list, to the backend.
pub fn what_is_released_counts_from_then_on_and_no_reader_has_gone_past_it(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    join(store, LIST, &[1]);
    let sent = vec![knock(1, at_door(1), "one"), aside(2, at_door(1), "two"), knock(3, at_door(1), "three")];
    store.merge(NORTH, first(sent), at(5)).unwrap();
    let read_up_to = store.head(NORTH).unwrap();
    let released = store.decide(NORTH, id(2), release(), by_operator(6)).unwrap();
    let (position, decided_at) = released.decided.unwrap();
    assert_eq!((released.verdict, decided_at), (Verdict::Accepted, at(6)));
    assert!(position > read_up_to && position == store.head(NORTH).unwrap());
    let notes: Vec<_> = store.entries_of(NORTH, at_door(1)).unwrap().iter().map(note).collect();
    assert_eq!(notes, ["one", "three", "two"].map(|text| Some(text.into())));
    let news = store.changes_since(NORTH, LIST, read_up_to, None, ALL).unwrap().changes;
    assert!(matches!(&*news, [(at, Change::Entry(entry))] if *at == position && entry.header.seq == 2), "{news:?}");
    let due = store.outbox_after(NORTH, read_up_to, ALL, at(6)).unwrap();
    assert_eq!(due.iter().map(|item| item.entry.header.seq).collect::<Vec<_>>(), [2]);
    assert_eq!((store.count_quarantined(NORTH).unwrap(), store.quarantined(NORTH, 0, ALL).unwrap()), (0, vec![]));
    // The chain is the same as before.
    let log = store.log_of(NORTH, PHONE, 0, ALL).unwrap();
    assert_eq!(
        (log.len(), log[1].payload_hash, log[1].position),
        (3, knock(2, at_door(1), "two").payload_hash, Some(position))
    );
}

/// The phone has what it says.
pub fn what_is_refused_keeps_its_place_and_its_words_and_loses_its_content(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    store.merge(NORTH, first(vec![aside(1, at_door(1), "one"), knock(2, at_door(1), "two")]), at(5)).unwrap();
    assert_eq!(store.in_backend_up_to(NORTH, PHONE).unwrap(), 0);
    let refused = store.decide(NORTH, id(1), refuse("Berta was there"), by_operator(6)).unwrap();
    assert_eq!(refused.verdict, Verdict::Refused(Reason(6)));
    assert_eq!(refused.words, Some(Held::Readable("Berta was there".into())));
    let log = store.log_of(NORTH, PHONE, 0, ALL).unwrap();
    assert_eq!((log[0].verdict, &log[0].content), (Verdict::Refused(Reason(6)), &Held::Erased));
    assert_eq!(store.decided_since(NORTH, PHONE, LogPosition::START, ALL).unwrap(), [refused]);
    let due = store.outbox_after(NORTH, LogPosition::START, ALL, at(6)).unwrap();
    store.outbox_done(NORTH, &[due[0].id]).unwrap();
    assert_eq!((due.len(), store.in_backend_up_to(NORTH, PHONE).unwrap()), (1, 2));
    // Whom the words speak of may be erased.
    store.destroy_document_key(NORTH, at_door(1), at(7)).unwrap();
    let erased = store.decided_since(NORTH, PHONE, LogPosition::START, ALL).unwrap();
    assert_eq!((erased[0].verdict, &erased[0].words), (Verdict::Refused(Reason(6)), &Some(Held::Erased)));
}

/// Once, and for good.
pub fn what_is_decided_stays_decided(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    let sent = vec![knock(1, at_door(1), "one"), aside(2, at_door(1), "two"), aside(3, at_door(1), "three")];
    store.merge(NORTH, first(sent), at(5)).unwrap();
    let [released, refused] = [(2, release()), (3, refuse("no"))]
        .map(|(seq, decision)| store.decide(NORTH, id(seq), decision, by_operator(6)).unwrap());
    let head = store.head(NORTH).unwrap();
    assert_eq!(store.decide(NORTH, id(2), release(), by_operator(9)).unwrap(), released);
    assert_eq!(store.decide(NORTH, id(3), refuse("never"), by_operator(9)).unwrap(), refused, "also the words stay");
    for (seq, decision) in [(2, refuse("no")), (3, release())] {
        assert!(matches!(store.decide(NORTH, id(seq), decision, by_operator(9)), Err(Error::Decided)));
    }
    for seq in [1, 4, 0, u64::MAX] {
        for decision in [release(), refuse("no")] {
            assert!(matches!(store.decide(NORTH, id(seq), decision, by_operator(9)), Err(Error::Unknown { .. })));
        }
    }
    assert_eq!(store.head(NORTH).unwrap(), head);
    assert_eq!(store.outbox_after(NORTH, LogPosition::START, ALL, at(9)).unwrap().len(), 2);
}

/// What it changes was computed from a list of yesterday.
pub fn a_decision_about_a_list_that_has_changed_is_a_conflict(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    store.put_bases(NORTH, &[base(Subject::List(LIST), "a list")]).unwrap();
    store.merge(NORTH, first(vec![aside(1, Subject::List(LIST), "one")]), at(5)).unwrap();
    let decision = |updates_as_of| Decision::Release { updates: vec![ListUpdate::Assign(LIST, AINO)], updates_as_of };
    let late = store.decide(NORTH, id(1), decision(LogPosition::START), by_operator(6));
    assert!(matches!(late, Err(Error::Conflict { .. })), "{late:?}");
    assert_eq!((store.count_quarantined(NORTH).unwrap(), store.assignments_of(NORTH, AINO).unwrap()), (1, vec![]));
    store.decide(NORTH, id(1), decision(store.head(NORTH).unwrap()), by_operator(6)).unwrap();
    assert_eq!(store.assignments_of(NORTH, AINO).unwrap().len(), 1);
}

/// For a phone that has to be told everything.
pub fn how_a_log_stands_is_told_page_by_page(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    let sent = (1..=9).map(|seq| if seq % 3 == 0 { knock(seq, at_door(1), "k") } else { aside(seq, at_door(1), "a") });
    store.merge(NORTH, first(sent.collect()), at(5)).unwrap();
    store.decide(NORTH, id(5), release(), by_operator(6)).unwrap();
    store.decide(NORTH, id(1), refuse(""), by_operator(7)).unwrap();
    let (mut told, mut after) = (Vec::new(), 0);
    loop {
        let page = store.standings_of(NORTH, PHONE, after, 2).unwrap();
        let Some(last) = page.last() else { break };
        after = last.seq;
        told.extend(page);
    }
    let told: Vec<_> = told.into_iter().map(|standing| (standing.seq, standing.verdict)).collect();
    let aside = Verdict::Quarantined;
    let wanted =
        [(1, Verdict::Refused(Reason(6))), (2, aside), (4, aside), (5, Verdict::Accepted), (7, aside), (8, aside)];
    assert_eq!(told, wanted);
    let decided = store.decided_since(NORTH, PHONE, LogPosition::START, ALL).unwrap();
    assert_eq!(decided.iter().map(|standing| standing.seq).collect::<Vec<_>>(), [5, 1]);
    let since = decided[0].decided.unwrap().0;
    assert_eq!(store.decided_since(NORTH, PHONE, since, ALL).unwrap(), decided[1..]);
    assert_eq!(store.quarantined(NORTH, 2, 1).unwrap()[0].header.seq, 7);
}

/// What does not count this time, and had counted before a restore, is told to the lists concerned until it is released: it
/// comes anew then.
pub fn what_is_recalled_is_told_until_it_is_released(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    settle(store, SOUTH);
    join(store, LIST, &[1]);
    let since = store.head(NORTH).unwrap();
    let out = |entry| NewEntry { may_be_out: true, ..entry };
    let refused = NewEntry { verdict: Verdict::Refused(Reason(1)), ..knock(2, at_door(1), "refused") };
    let sent = vec![
        out(aside(1, at_door(1), "aside")),
        out(refused),
        out(knock(3, at_door(1), "taken")),
        aside(4, at_door(1), "never handed out"),
        out(aside(5, at_door(2), "on no list")),
    ];
    let merged = store.merge(NORTH, first(sent), at(1)).unwrap();
    let places: Vec<bool> = merged.receipts.iter().map(|receipt| receipt.position.is_some()).collect();
    assert_eq!(places, [false, false, true, false, false], "what is recalled is not accepted");

    assert_eq!(store.recalled_of(NORTH, at_door(1)).unwrap(), [id(1), id(2)]);
    assert_eq!(store.recalled_of(NORTH, at_door(2)).unwrap(), [id(5)]);
    assert!(store.recalled_of(SOUTH, at_door(1)).unwrap().is_empty());
    let news = |since| {
        let page = store.changes_since(NORTH, LIST, since, None, 100).unwrap();
        let told = page.changes.into_iter().map(|(_, change)| match change {
            Change::Recalled(subject, entry) if subject == at_door(1) => (entry.seq, true),
            Change::Entry(entry) => (entry.header.seq, false),
            other => panic!("{other:?}"),
        });
        (told.collect::<Vec<_>>(), page.next)
    };
    let (told, next) = news(since);
    assert_eq!(told, [(1, true), (2, true), (3, false)]);
    let own = store.changes_since(NORTH, LIST, since, Some(PHONE), 100).unwrap();
    assert!(own.changes.is_empty(), "whoever wrote it is told by verdicts");

    store.decide(NORTH, id(1), release(), by_operator(2)).unwrap();
    assert_eq!(store.recalled_of(NORTH, at_door(1)).unwrap(), [id(2)]);
    assert_eq!(news(next).0, [(1, false)]);
    assert_eq!(news(since).0, [(2, true), (3, false), (1, false)], "a later row tells of it");
}
