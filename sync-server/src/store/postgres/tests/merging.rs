//! Runs that are merged together.

use super::*;
use crate::store::postgres::entries::{Fresh, INSERT};
use crate::store::postgres::log::advance;
use crate::store::{Batch, Merged, Tip};
use std::sync::mpsc::channel;
use walkbook_cluster::Session;
use walkbook_model::DeviceId;

fn phone(number: u8) -> DeviceId {
    DeviceId::from_bytes([60 + number; 16])
}

fn first_of(number: u8) -> Batch {
    let phone = phone(number);
    batch(phone, Tip::start(phone), vec![knock(1, at_door(1), "one"), knock(2, at_door(2), "two")])
}

/// These batches come while somebody else writes, one behind the other.
fn merge_while_another_writes(store: &PostgresStore, batches: Vec<Batch>) -> Vec<Result<Merged, Error>> {
    let (is_written, writes) = channel();
    let (go_on, may_go_on) = channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            store.write(NORTH, |tx, _| {
                advance(tx, NORTH, 1)?;
                is_written.send(()).unwrap();
                may_go_on.recv().unwrap();
                Ok(())
            })
        });
        writes.recv().unwrap();
        let mut merging = Vec::new();
        for (before, sent) in batches.into_iter().enumerate() {
            merging.push(scope.spawn(move || store.merge(NORTH, sent, at(1))));
            while store.gathered.waiting(NORTH) != Some(before) {
                std::thread::yield_now();
            }
        }
        go_on.send(()).unwrap();
        merging.into_iter().map(|merging| merging.join().unwrap()).collect()
    })
}

fn transactions(behind: &Session) -> String {
    behind.value("SELECT count(DISTINCT xmin::text) FROM entries")
}

#[test]
fn runs_that_wait_are_merged_in_one_transaction() {
    let store = new_store();
    settle(&*store, NORTH);
    for number in 0..6 {
        store.enrol_device(NORTH, AINO, &enrolment(phone(number)), at(0)).unwrap();
    }
    join(&*store, LIST, &[1]);
    let merged = merge_while_another_writes(&store, (0..6).map(first_of).collect());
    assert!(merged.iter().all(|merged| merged.as_ref().is_ok_and(|merged| !merged.repeated)), "{merged:?}");
    // The first did not wait for anybody to come.
    assert_eq!(transactions(&store.database.superuser()), "2");
    let stored = store.entries_of(NORTH, at_door(1)).unwrap();
    let positions: Vec<_> = stored.iter().filter_map(|entry| entry.position).collect();
    assert!(positions.len() == 6 && positions.is_sorted_by(|before, after| before < after));
    assert!(stored.iter().all(|entry| note(entry).as_deref() == Some("one")));
    for (number, merged) in (0..6).zip(merged) {
        let merged = merged.unwrap();
        let device = store.device(NORTH, phone(number)).unwrap().unwrap();
        assert_eq!((device.last_seq, device.tip), (2, merged.tip.hash));
        let told: Vec<_> = merged.receipts.iter().map(|receipt| receipt.position).collect();
        let log = store.log_of(NORTH, phone(number), 0, 9).unwrap();
        assert_eq!(told, log.iter().map(|entry| entry.position).collect::<Vec<_>>());
        assert_eq!(store.signed_tips(NORTH, phone(number)).unwrap().len(), 1);
    }
    assert_eq!(store.outbox_after(NORTH, LogPosition::START, 99, at(9)).unwrap().len(), 12);
    assert_eq!(store.head(NORTH).unwrap(), store.entries_of(NORTH, at_door(2)).unwrap()[5].position.unwrap());
}

/// Each in its own right: one that does not fit, one that comes twice and one of nobody's do not keep the others from it.
#[test]
fn one_that_does_not_fit_is_told_so_and_the_others_are_merged() {
    let store = new_store();
    settle(&*store, NORTH);
    for number in 0..4 {
        store.enrol_device(NORTH, AINO, &enrolment(phone(number)), at(0)).unwrap();
    }
    let ahead = Tip { seq: 4, ..Tip::start(phone(2)) };
    let ahead = batch(phone(2), ahead, vec![knock(5, at_door(1), "five")]);
    let sent = vec![first_of(0), first_of(1), ahead, first_of(1), first_of(9), first_of(3)];
    let merged = merge_while_another_writes(&store, sent);
    assert!(matches!(merged[2], Err(Error::Conflict { last_seq: 0, .. })), "{merged:?}");
    assert!(matches!(merged[4], Err(Error::Unknown { what: "device" })), "{merged:?}");
    let repeated: Vec<bool> = [0, 1, 3, 5].iter().map(|n| merged[*n].as_ref().unwrap().repeated).collect();
    assert_eq!(repeated, [false, false, true, false]);
    assert_eq!(merged[1].as_ref().unwrap().receipts, merged[3].as_ref().unwrap().receipts);
    assert_eq!(store.entries_of(NORTH, at_door(1)).unwrap().len(), 3);
}

/// What one of them fails by in the database fails nobody else, and leaves nothing.
#[test]
fn one_that_the_database_refuses_leaves_nothing_and_the_others_are_merged() {
    let store = new_store();
    settle(&*store, NORTH);
    for number in 0..3 {
        store.enrol_device(NORTH, AINO, &enrolment(phone(number)), at(0)).unwrap();
    }
    let refused = phone(1).to_bytes().map(|byte| format!("{byte:02x}")).concat();
    store.database.superuser().run(&format!("ALTER TABLE entries ADD CHECK (device <> '\\x{refused}')"));
    let merged = merge_while_another_writes(&store, (0..3).map(first_of).collect());
    assert!(merged[0].is_ok() && matches!(merged[1], Err(Error::Database(_))) && merged[2].is_ok(), "{merged:?}");
    assert_eq!(store.entries_of(NORTH, at_door(1)).unwrap().len(), 2);
    assert_eq!(store.device(NORTH, phone(1)).unwrap().unwrap().last_seq, 0);
    assert_eq!(store.outbox_after(NORTH, LogPosition::START, 99, at(9)).unwrap().len(), 4);
}

/// However many doors a tenant has, a run costs what it has itself.
#[test]
fn the_lists_of_a_door_are_looked_up_by_an_index() {
    let store = new_store();
    settle_with_phone(&*store, NORTH);
    let plan = store.write(NORTH, |tx, _| {
        tx.execute("SET LOCAL enable_seqscan = off", &[])?;
        let fresh = Fresh::default();
        let rows = tx.rows(&format!("EXPLAIN {INSERT}"), &fresh.values(&NORTH.to_bytes()))?;
        Ok(rows.iter().map(|row| row.get::<_, String>(0)).collect::<Vec<_>>())
    });
    let plan = plan.unwrap();
    let looked_up = plan.iter().any(|line| line.contains("Index Cond") && line.contains("door = n.id"));
    assert!(looked_up, "{plan:#?}");
}
