//! Merging, positions, outbox.

use super::world::*;
use crate::store::{Batch, Error, Held, ListUpdate, LogPosition, NewEntry, OutboxCounts, Reason, Store, Tip, Verdict};
use std::sync::atomic::{AtomicBool, Ordering};
use walkbook_ledger::Subject;
use walkbook_model::{DeviceId, Moment, UserId};

const ALL: u32 = 1_000;

/// Two runs on top of each other.
pub fn a_merged_run_is_found_with_its_content_in_order(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    let entries = vec![knock(1, at_door(1), "one"), knock(2, at_door(2), "two")];
    let merged = store.merge(NORTH, first(entries.clone()), at(5)).unwrap();
    let more = vec![knock(3, at_door(1), "three")];
    let again = store.merge(NORTH, batch(PHONE, merged.tip, more), at(6)).unwrap();
    assert!(again.receipts[0].position > merged.receipts[1].position);
    assert!(merged.receipts[1].position > merged.receipts[0].position && !merged.repeated);
    let stored = store.entries_of(NORTH, at_door(1)).unwrap();
    assert_eq!(stored.iter().map(note).collect::<Vec<_>>(), [Some("one".into()), Some("three".into())]);
    assert_eq!(stored[0].content, Held::Readable(entries[0].content.clone().unwrap()));
    assert_eq!((stored[0].header, stored[0].bound), (entries[0].header, entries[0].bound));
    assert_eq!(stored[0].payload_hash, entries[0].payload_hash);
    assert_eq!(store.log_of(NORTH, PHONE, 1, 1).unwrap()[0].header.seq, 2);
    let device = store.device(NORTH, PHONE).unwrap().unwrap();
    assert_eq!(Tip { seq: device.last_seq, hash: device.tip }, again.tip);
    assert_eq!((device.last_seen_at, device.clock_skew_ms), (Some(at(6)), -250));
    let tips: Vec<_> = store.signed_tips(NORTH, PHONE).unwrap().iter().map(|signed| signed.tip).collect();
    assert_eq!(tips, [merged.tip, again.tip]);
    assert_eq!(Some(store.head(NORTH).unwrap()), again.receipts[0].position);
}

/// An answer that was lost costs nothing.
pub fn a_batch_sent_twice_changes_nothing(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    let sent = first(vec![knock(1, at_door(1), "one"), knock(2, at_door(1), "two")]);
    let merged = store.merge(NORTH, sent.clone(), at(5)).unwrap();
    let later = store.merge(NORTH, batch(PHONE, merged.tip, vec![knock(3, at_door(1), "three")]), at(6)).unwrap();
    let head = store.head(NORTH).unwrap();
    let mut judged_anew = sent;
    judged_anew.entries[0].verdict = Verdict::Quarantined;
    let again = store.merge(NORTH, judged_anew, at(9)).unwrap();
    assert_eq!((again.receipts, again.repeated, again.tip), (merged.receipts, true, later.tip));
    assert_eq!(store.head(NORTH).unwrap(), head);
    assert_eq!(store.entries_of(NORTH, at_door(1)).unwrap().len(), 3);
    assert_eq!(store.outbox_after(NORTH, LogPosition::START, ALL, at(9)).unwrap().len(), 3);
}

/// Another content, or one entry more than is stored.
pub fn a_batch_that_differs_from_what_is_stored_is_a_conflict(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    let merged = store.merge(NORTH, first(vec![knock(1, at_door(1), "one")]), at(5)).unwrap();
    let other = first(vec![knock(1, at_door(1), "another")]);
    let longer = first(vec![knock(1, at_door(1), "one"), knock(2, at_door(1), "two")]);
    let ahead = batch(PHONE, Tip { seq: 7, hash: merged.tip.hash }, vec![knock(8, at_door(1), "ahead")]);
    let forked = Tip { seq: 1, hash: Tip::start(PHONE).hash };
    let forked = batch(PHONE, forked, vec![knock(2, at_door(1), "forked")]);
    let endless = Tip { seq: u64::MAX - 1, hash: merged.tip.hash };
    let endless = batch(PHONE, endless, vec![knock(u64::MAX, at_door(1), "endless")]);
    for refused in [other, longer, ahead, forked, endless] {
        let Err(Error::Conflict { last_seq, tip }) = store.merge(NORTH, refused, at(6)) else { panic!("merged") };
        assert_eq!(Tip { seq: last_seq, hash: tip }, merged.tip);
    }
    assert_eq!(store.log_of(NORTH, PHONE, 0, ALL).unwrap().len(), 1);
}

/// The store does not trust its caller either.
pub fn a_batch_with_a_gap_or_without_entries_is_refused(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    let gap = first(vec![knock(1, at_door(1), "one"), knock(3, at_door(1), "three")]);
    let last = Tip { seq: u64::MAX, ..Tip::start(PHONE) };
    for bad in [
        gap,
        first(Vec::new()),
        first(vec![knock(2, at_door(1), "two")]),
        batch(PHONE, last, vec![knock(0, at_door(1), "zero")]),
    ] {
        assert!(matches!(store.merge(NORTH, bad, at(1)), Err(Error::NotContinuous)));
    }
    let stranger = DeviceId::from_bytes([99; 16]);
    let unknown = batch(stranger, Tip::start(stranger), vec![knock(1, at_door(1), "one")]);
    assert!(matches!(store.merge(NORTH, unknown, at(1)), Err(Error::Unknown { what: "device" })));
    assert!(store.log_of(NORTH, PHONE, 0, ALL).unwrap().is_empty());
}

/// A phone's log cannot be forked by sending two versions at once.
pub fn two_merges_racing_for_one_place_leave_one_in_conflict(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    let results: Vec<_> = std::thread::scope(|scope| {
        let merge = |n: u8| move || store.merge(NORTH, first(vec![knock(1, at_door(n), "racing")]), at(1));
        let racers: Vec<_> = (0..8).map(|n| scope.spawn(merge(n))).collect();
        racers.into_iter().map(|racer| racer.join().unwrap()).collect()
    });
    let tip = results.iter().flatten().next().unwrap().tip;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    for result in results.into_iter().filter_map(Result::err) {
        assert!(matches!(result, Error::Conflict { last_seq: 1, tip: hash } if hash == tip.hash));
    }
    assert_eq!(store.log_of(NORTH, PHONE, 0, ALL).unwrap().len(), 1);
}

/// Callers whose work shares a commit do not share its failure.
pub fn a_bad_merge_does_not_fail_its_neighbours(store: &dyn Store) {
    settle(store, NORTH);
    let phones: Vec<_> = (0..16).map(|n| DeviceId::from_bytes([50 + n; 16])).collect();
    for phone in &phones {
        store.enrol_device(NORTH, AINO, &enrolment(*phone), at(0)).unwrap();
    }
    std::thread::scope(|scope| {
        for (n, phone) in phones.iter().enumerate() {
            scope.spawn(move || {
                let mut tip = Tip::start(*phone);
                for seq in 1..=20 {
                    let mut sent = batch(*phone, tip, vec![knock(seq, at_door(1), "good")]);
                    if n % 4 == 0 {
                        // Fails after its entries were written: nothing of it may stay.
                        sent.updates = vec![ListUpdate::Assign(LIST, UserId::from_bytes([88; 16]))];
                        assert!(store.merge(NORTH, sent, at(seq)).is_err());
                    } else {
                        tip = store.merge(NORTH, sent, at(seq)).unwrap().tip;
                    }
                }
            });
        }
    });
    let stored = store.entries_of(NORTH, at_door(1)).unwrap();
    assert_eq!(stored.len(), 12 * 20);
    assert!(stored.iter().all(|entry| note(entry).as_deref() == Some("good")));
    let positions: Vec<_> = stored.iter().filter_map(|entry| entry.position).collect();
    assert!(positions.is_sorted_by(|before, after| before < after));
}

/// All or nothing, even the key that was made for a new door.
pub fn a_batch_whose_update_fails_leaves_nothing_behind(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    let mut sent = first(vec![knock(1, at_door(1), "one")]);
    sent.updates = vec![ListUpdate::Join(LIST, door(1)), ListUpdate::Assign(LIST, UserId::from_bytes([88; 16]))];
    assert!(matches!(store.merge(NORTH, sent.clone(), at(1)), Err(Error::Unknown { what: "user" })));
    assert_eq!(store.head(NORTH).unwrap(), LogPosition::START);
    assert!(store.lists_with(NORTH, door(1)).unwrap().is_empty());
    sent.updates.pop();
    store.merge(NORTH, sent, at(1)).unwrap();
    assert_eq!(note(&store.entries_of(NORTH, at_door(1)).unwrap()[0]).as_deref(), Some("one"));
    assert_eq!(store.lists_with(NORTH, door(1)).unwrap(), [LIST]);
}

/// What an edit of a list changes about who works what is the difference to the list as it stands: where another writer was
/// faster, it has to be computed anew.
pub fn a_list_that_changed_under_a_batch_is_a_conflict(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    let computed_at = store.head(NORTH).unwrap();
    let edit = |seq| knock(seq, Subject::List(LIST), "an edit");
    store.merge(NORTH, Batch { updates_as_of: computed_at, ..first(vec![edit(1)]) }, at(1)).unwrap();
    let tip = store.device(NORTH, PHONE).unwrap().map(|device| Tip { seq: device.last_seq, hash: device.tip }).unwrap();
    let mut second = Batch { updates_as_of: computed_at, ..batch(PHONE, tip, vec![edit(2)]) };
    assert!(matches!(store.merge(NORTH, second.clone(), at(2)), Err(Error::Conflict { last_seq: 1, .. })));
    second.updates_as_of = store.head(NORTH).unwrap();
    store.merge(NORTH, second, at(2)).unwrap();
    // What concerns doors waits for nobody.
    let tip = store.device(NORTH, PHONE).unwrap().map(|device| Tip { seq: device.last_seq, hash: device.tip }).unwrap();
    let at_a_door = Batch { updates_as_of: computed_at, ..batch(PHONE, tip, vec![knock(3, at_door(1), "one")]) };
    store.merge(NORTH, at_a_door, at(3)).unwrap();
}

/// Cursor order is commit order: a reader that follows the writers misses nothing.
pub fn positions_rise_with_commits_and_none_is_skipped_by_a_reader(store: &dyn Store) {
    settle(store, NORTH);
    join(store, LIST, &[1]);
    let start = store.head(NORTH).unwrap();
    let phones: Vec<_> = (0..4).map(|n| DeviceId::from_bytes([50 + n; 16])).collect();
    for phone in &phones {
        store.enrol_device(NORTH, AINO, &enrolment(*phone), at(0)).unwrap();
    }
    let writing = AtomicBool::new(true);
    let followed = std::thread::scope(|scope| {
        let writers: Vec<_> = phones
            .iter()
            .map(|phone| {
                scope.spawn(move || {
                    (1..=25).fold(Tip::start(*phone), |tip, seq| {
                        let sent = batch(*phone, tip, vec![knock(seq, at_door(1), "knock")]);
                        store.merge(NORTH, sent, at(seq)).unwrap().tip
                    });
                })
            })
            .collect();
        let reader = scope.spawn(|| {
            let (mut cursor, mut seen) = (start, Vec::new());
            loop {
                let last_time = !writing.load(Ordering::SeqCst);
                let page = store.changes_since(NORTH, LIST, cursor, None, 7).unwrap();
                seen.extend(page.changes.iter().map(|(position, _)| *position));
                cursor = page.next;
                if last_time && !page.more {
                    return seen;
                }
            }
        });
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        writing.store(false, Ordering::SeqCst);
        reader.join().unwrap()
    });
    let stored: Vec<_> =
        store.entries_of(NORTH, at_door(1)).unwrap().iter().filter_map(|entry| entry.position).collect();
    assert_eq!((stored.len(), followed), (100, stored));
}

/// The chain still checks, and nothing is handed on.
pub fn a_refused_entry_keeps_its_place_and_loses_its_content(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    let mut refused = knock(1, at_door(1), "hostile");
    refused.verdict = Verdict::Refused(Reason(7));
    let merged = store.merge(NORTH, first(vec![refused, knock(2, at_door(1), "fine")]), at(1)).unwrap();
    assert_eq!((merged.receipts[0].position, merged.tip.seq), (None, 2));
    let log = store.log_of(NORTH, PHONE, 0, ALL).unwrap();
    assert_eq!((log[0].verdict, &log[0].content), (Verdict::Refused(Reason(7)), &Held::Erased));
    assert_eq!(store.entries_of(NORTH, at_door(1)).unwrap().len(), 1);
    assert_eq!(store.outbox_after(NORTH, LogPosition::START, ALL, at(1)).unwrap().len(), 1);
}

/// Poison never blocks.
pub fn what_is_set_aside_is_shown_and_holds_up_nothing(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    let mut poison = knock(2, at_door(1), "poison");
    poison.verdict = Verdict::Quarantined;
    let sent = first(vec![knock(1, at_door(1), "one"), poison, knock(3, at_door(1), "three")]);
    store.merge(NORTH, sent, at(1)).unwrap();
    let aside = store.quarantined(NORTH, 0, ALL).unwrap();
    assert_eq!((aside.len(), note(&aside[0])), (1, Some("poison".into())));
    let due = store.outbox_after(NORTH, LogPosition::START, ALL, at(1)).unwrap();
    let ids: Vec<_> = due.iter().map(|item| item.id).collect();
    assert_eq!(store.outbox_done(NORTH, &ids).unwrap(), 2);
    assert_eq!(store.in_backend_up_to(NORTH, PHONE).unwrap(), 1);
}

/// The rest was simply taken, which is most of it.
pub fn what_there_is_to_say_of_a_log_is_told(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    let entry = |seq, verdict, bound| NewEntry { verdict, bound, ..knock(seq, at_door(1), "knock") };
    let (refused, aside) = (Verdict::Refused(Reason(3)), Verdict::Quarantined);
    let late = Moment::new(at(9), 0);
    let sent = [
        entry(1, Verdict::Accepted, None),
        entry(2, refused, None),
        entry(3, Verdict::Accepted, Some(late)),
        entry(4, aside, Some(late)),
        entry(5, aside, None),
    ];
    store.merge(NORTH, first(sent.to_vec()), at(1)).unwrap();
    let said = |after, last| {
        let remarks = store.remarks(NORTH, PHONE, after, last).unwrap();
        remarks.into_iter().map(|remark| (remark.seq, remark.verdict, remark.bound)).collect::<Vec<_>>()
    };
    let all = [(2, refused, None), (3, Verdict::Accepted, Some(late)), (4, aside, Some(late)), (5, aside, None)];
    assert_eq!((said(0, 5), said(0, u64::MAX >> 1)), (all.to_vec(), all.to_vec()));
    assert_eq!((said(2, 4), said(5, 9)), (all[1..3].to_vec(), vec![]));
    assert!(store.remarks(SOUTH, PHONE, 0, 5).unwrap().is_empty());
}

/// What is done is done once.
pub fn the_outbox_hands_on_each_accepted_entry_until_it_is_done(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    assert_eq!(store.in_backend_up_to(NORTH, PHONE).unwrap(), 0);
    let sent = first((1..=3).map(|seq| knock(seq, at_door(1), "knock")).collect());
    store.merge(NORTH, sent, at(1)).unwrap();
    let due = store.outbox_after(NORTH, LogPosition::START, 2, at(1)).unwrap();
    assert_eq!(due.iter().map(|item| item.entry.header.seq).collect::<Vec<_>>(), [1, 2]);
    let rest = store.outbox_after(NORTH, due[1].id, 2, at(1)).unwrap();
    assert_eq!(rest.len(), 1);
    assert_eq!(store.outbox_done(NORTH, &[due[1].id, rest[0].id]).unwrap(), 2);
    assert_eq!(store.outbox_done(NORTH, &[due[1].id]).unwrap(), 0);
    assert_eq!(store.in_backend_up_to(NORTH, PHONE).unwrap(), 0);
    assert_eq!(store.outbox_done(NORTH, &[due[0].id]).unwrap(), 1);
    assert_eq!(store.in_backend_up_to(NORTH, PHONE).unwrap(), 3);
}

/// A failure waits for its time; what was given up is shown, and not claimed to be in the backend.
pub fn a_dead_letter_holds_up_nothing_and_can_be_revived(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    store.merge(NORTH, first(vec![knock(1, at_door(1), "a"), knock(2, at_door(1), "b")]), at(1)).unwrap();
    let due = store.outbox_after(NORTH, LogPosition::START, ALL, at(1)).unwrap();
    assert!(store.outbox_failed(NORTH, due[0].id, "timeout", Some(at(60))).unwrap());
    assert_eq!(store.outbox_after(NORTH, LogPosition::START, ALL, at(59)).unwrap(), due[1..]);
    let retried = store.outbox_after(NORTH, LogPosition::START, ALL, at(60)).unwrap();
    assert_eq!((retried[0].attempts, retried[0].reason.as_deref()), (1, Some("timeout")));
    assert!(store.outbox_failed(NORTH, due[0].id, "no such field", None).unwrap());
    assert!(!store.outbox_failed(NORTH, due[0].id, "again", None).unwrap());
    store.outbox_done(NORTH, &[due[1].id]).unwrap();
    assert!(store.outbox_after(NORTH, LogPosition::START, ALL, at(99)).unwrap().is_empty());
    assert_eq!(store.dead_letters(NORTH, ALL).unwrap()[0].reason.as_deref(), Some("no such field"));
    assert_eq!(store.in_backend_up_to(NORTH, PHONE).unwrap(), 0);
    assert!(
        store.revive(NORTH, due[0].id, by_operator(1)).unwrap()
            && !store.revive(NORTH, due[0].id, by_operator(1)).unwrap()
    );
    assert_eq!(store.outbox_after(NORTH, LogPosition::START, ALL, at(99)).unwrap()[0].attempts, 2);
}

/// Somebody has decided that the backend is not to have it.
pub fn a_dropped_letter_is_not_waited_for_and_can_be_revived(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    store.merge(NORTH, first(vec![knock(1, at_door(1), "a"), knock(2, at_door(1), "b")]), at(1)).unwrap();
    let due = store.outbox_after(NORTH, LogPosition::START, ALL, at(1)).unwrap();
    assert!(!store.drop_letter(NORTH, due[0].id, by_operator(1)).unwrap(), "it is not dead yet");
    assert_eq!(
        store.outbox_counts(NORTH).unwrap(),
        OutboxCounts { waiting: 2, oldest: Some(due[0].id), dead: 0, dropped: 0 }
    );
    store.outbox_failed(NORTH, due[0].id, "no such field", None).unwrap();
    store.outbox_done(NORTH, &[due[1].id]).unwrap();
    assert_eq!(store.outbox_counts(NORTH).unwrap(), OutboxCounts { waiting: 0, oldest: None, dead: 1, dropped: 0 });
    assert!(
        store.drop_letter(NORTH, due[0].id, by_operator(1)).unwrap()
            && !store.drop_letter(NORTH, due[0].id, by_operator(1)).unwrap()
    );
    assert_eq!(store.outbox_counts(NORTH).unwrap(), OutboxCounts { waiting: 0, oldest: None, dead: 0, dropped: 1 });
    assert!(store.dead_letters(NORTH, ALL).unwrap().is_empty());
    assert_eq!(store.dropped_letters(NORTH, ALL).unwrap()[0].id, due[0].id);
    assert_eq!(store.in_backend_up_to(NORTH, PHONE).unwrap(), 2);
    assert_eq!(store.entries_of(NORTH, at_door(1)).unwrap().len(), 2, "the entry itself stays");
    assert!(store.revive(NORTH, due[0].id, by_operator(1)).unwrap());
    assert_eq!(store.outbox_after(NORTH, LogPosition::START, ALL, at(1)).unwrap()[0].id, due[0].id);
    assert_eq!(store.in_backend_up_to(NORTH, PHONE).unwrap(), 0);
}

/// The backend gets documents as they stand: a later entry about the same one takes the earlier with it.
pub fn a_document_that_came_after_all_brings_its_dead_letters_with_it(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    let sent = [(1, 1), (2, 2), (3, 1), (4, 1)].map(|(seq, door)| knock(seq, at_door(door), "knock"));
    store.merge(NORTH, first(sent.to_vec()), at(1)).unwrap();
    let due = store.outbox_after(NORTH, LogPosition::START, ALL, at(1)).unwrap();
    for letter in &due[..3] {
        store.outbox_failed(NORTH, letter.id, "no such door", None).unwrap();
    }
    assert_eq!(store.outbox_caught_up(NORTH, &[at_door(1)], due[1].id).unwrap(), 1, "not what is later than that");
    assert_eq!(store.outbox_caught_up(NORTH, &[at_door(1)], due[3].id).unwrap(), 1);
    let left: Vec<_> = store.dead_letters(NORTH, ALL).unwrap().iter().map(|letter| letter.id).collect();
    assert_eq!(left, [due[1].id]);
    assert_eq!(store.outbox_counts(NORTH).unwrap().waiting, 1, "what waits is still brought");
}
