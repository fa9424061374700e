//! Cursor order is commit order, whatever the order in which writers come and go.

use super::*;
use crate::store::postgres::feed;
use crate::store::postgres::log::advance;
use crate::store::{Change, Tip};
use std::sync::mpsc::channel;
use walkbook_ledger::Subject;
use walkbook_model::DeviceId;

const SLOW: DeviceId = DeviceId::from_bytes([41; 16]);

/// A writer takes a position and lingers; another, on another node, takes the next and would be done first. A reader who
/// went past the second must not miss the first.
#[test]
fn a_writer_who_lingers_is_not_skipped() {
    let slow = new_store();
    settle_with_phone(&*slow, NORTH);
    join(&*slow, LIST, &[1]);
    let (fast, reader) = (open(&slow.database), open(&slow.database));
    let start = reader.head(NORTH).unwrap();
    let behind = slow.database.superuser();
    let (has_position, positioned) = channel();
    let (go_on, may_go_on) = channel::<()>();
    let seen = std::thread::scope(|scope| {
        let lingers = &slow;
        let lingering = scope.spawn(move || {
            lingers.write(NORTH, |tx, _| {
                let position = LogPosition::new(advance(tx, NORTH, 1)?);
                feed::tell(tx, (NORTH, LIST), Subject::List(LIST), position, 4)?;
                has_position.send(position).unwrap();
                may_go_on.recv().unwrap();
                Ok(position)
            })
        });
        let first_position = positioned.recv().unwrap();
        let hurrying = scope.spawn(|| fast.merge(NORTH, first(vec![knock(1, at_door(1), "fast")]), at(1)).unwrap());
        // Either it waits for the one before it, or it is done already.
        let waits = "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database()
            AND wait_event_type = 'Lock'";
        while behind.value(waits) != "t" && !hurrying.is_finished() {
            std::thread::yield_now();
        }
        let mut cursor = start;
        let mut seen = Vec::new();
        let mut read_on = |seen: &mut Vec<LogPosition>| {
            let page = reader.changes_since(NORTH, LIST, cursor, None, 100).unwrap();
            seen.extend(page.changes.iter().map(|(position, _)| *position));
            cursor = page.next;
        };
        read_on(&mut seen);
        go_on.send(()).unwrap();
        assert_eq!(lingering.join().unwrap().unwrap(), first_position);
        let second_position = hurrying.join().unwrap().receipts[0].position.unwrap();
        read_on(&mut seen);
        assert!(first_position < second_position);
        (seen, vec![first_position, second_position])
    });
    assert_eq!(seen.0, seen.1);
}

#[test]
fn tenants_do_not_wait_for_each_other() {
    let store = new_store();
    settle_with_phone(&*store, NORTH);
    settle_with_phone(&*store, SOUTH);
    let other = open(&store.database);
    store
        .write(NORTH, |tx, _| {
            advance(tx, NORTH, 1)?;
            // Would wait for ever, and time out, if it waited for the north.
            other.merge(SOUTH, first(vec![knock(1, at_door(1), "south")]), at(1)).unwrap();
            // And nobody who reads waits for anybody.
            assert!(other.entries_of(NORTH, at_door(1)).unwrap().is_empty());
            Ok(())
        })
        .unwrap();
}

/// Two nodes take in phones at the same door at once: each knock counts once, and both nodes see the same.
#[test]
fn two_nodes_that_merge_one_door_at_once_agree() {
    let one = new_store();
    settle_with_phone(&*one, NORTH);
    one.enrol_device(NORTH, AINO, &enrolment(SLOW), at(0)).unwrap();
    join(&*one, LIST, &[1]);
    let other = open(&one.database);
    let nodes = [&one.store, &other];
    std::thread::scope(|scope| {
        for (store, phone) in nodes.into_iter().zip([PHONE, SLOW]) {
            scope.spawn(move || {
                (1..=30).fold(Tip::start(phone), |tip, seq| {
                    let sent = batch(phone, tip, vec![knock(seq, at_door(1), "knock")]);
                    // The answer is lost; the phone sends again, wherever it gets through.
                    let merged = store.merge(NORTH, sent.clone(), at(seq)).unwrap();
                    let any = nodes[usize::try_from(seq % 2).unwrap()];
                    let again = any.merge(NORTH, sent, at(seq)).unwrap();
                    assert!(again.repeated && again.receipts == merged.receipts);
                    merged.tip
                })
            });
        }
    });
    let stored = one.entries_of(NORTH, at_door(1)).unwrap();
    assert_eq!((stored.len(), &stored), (60, &other.entries_of(NORTH, at_door(1)).unwrap()));
    let told = |store: &PostgresStore| {
        let page = store.changes_since(NORTH, LIST, LogPosition::START, None, 1_000).unwrap();
        page.changes.into_iter().filter(|(_, change)| matches!(change, Change::Entry(_))).collect::<Vec<_>>()
    };
    assert_eq!((told(&one).len(), told(&one)), (60, told(&other)));
    assert_eq!(one.outbox_after(NORTH, LogPosition::START, 1_000, at(99)).unwrap().len(), 60);
}

/// A node dies between writing and committing, another when the database has committed and nobody was told.
#[test]
fn a_node_that_dies_in_the_middle_leaves_nothing_half_done() {
    let store = new_store();
    settle_with_phone(&*store, NORTH);
    let sent = first(vec![knock(1, at_door(1), "one"), knock(2, at_door(2), "two")]);
    let died = store.write(NORTH, |tx, keyring| {
        let merged = super::super::log::merge(tx, keyring, NORTH, &sent, at(1))?;
        assert!(!merged.repeated);
        store.database.superuser().run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND state = 'idle in transaction'",
        );
        Ok(())
    });
    assert!(matches!(died, Err(Error::Unreachable(_))), "{died:?}");
    let other = open(&store.database);
    assert_eq!(other.head(NORTH).unwrap(), LogPosition::START);
    assert!(other.log_of(NORTH, PHONE, 0, 9).unwrap().is_empty());
    let merged = other.merge(NORTH, sent.clone(), at(2)).unwrap();
    assert!(!merged.repeated);
    assert!(other.merge(NORTH, sent, at(3)).unwrap().repeated);
    assert_eq!(other.log_of(NORTH, PHONE, 0, 9).unwrap().len(), 2);
    assert_eq!(other.outbox_after(NORTH, LogPosition::START, 9, at(9)).unwrap().len(), 2);
}

/// A caller whose work panics takes neither the connection nor the tenant with it.
#[test]
fn a_fault_in_the_middle_lets_go_of_the_tenant() {
    let store = new_store();
    settle_with_phone(&*store, NORTH);
    let fault = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        store.write(NORTH, |tx, _| -> Result<(), Error> {
            advance(tx, NORTH, 1)?;
            panic!("a fault")
        })
    }));
    assert!(fault.is_err());
    assert_eq!(store.head(NORTH).unwrap(), LogPosition::START);
    store.merge(NORTH, first(vec![knock(1, at_door(1), "one")]), at(1)).unwrap();
}

/// The database answers a commit after a failure as if it had committed.
#[test]
fn a_failure_that_was_passed_over_is_not_committed() {
    let store = new_store();
    settle_with_phone(&*store, NORTH);
    let passed_over = store.write(NORTH, |tx, _| {
        advance(tx, NORTH, 1)?;
        let _ = tx.execute("INSERT INTO feed (tenant) VALUES ('')", &[]);
        Ok(())
    });
    assert!(matches!(passed_over, Err(Error::Database(_))), "{passed_over:?}");
    assert_eq!(store.head(NORTH).unwrap(), LogPosition::START);
}
