//! A call that records waits for the log alone; whoever reads has it all the same.

use super::*;
use crate::store::{Bounds, StoreFile};
use walkbook_ledger::ListChange;
use walkbook_terrain::{End, Ends};

fn place() -> Position {
    Position::from_degrees(60.17, 24.95).unwrap()
}

/// A phone with one list of so many doors, all in one place.
fn with_doors(folder: &tempfile::TempDir, doors: u8) -> Walkbook {
    let walkbook = enrolled(folder);
    let all: Vec<DoorId> = (1..=doors).map(door_n).collect();
    let records = (1..=doors).map(|number| Door { position: Some(place()), ..record_n(number) });
    answer(&walkbook, vec![list_frame(walk(list(), &all)), doors_frame(records), cursor(list())]);
    walkbook
}

/// The last own entry that the book has.
fn applied_to(walkbook: &Walkbook) -> u64 {
    walkbook.lock().store.book.view().applied_to().unwrap()
}

#[test]
fn a_knock_is_in_the_log_when_the_call_returns_and_in_the_book_when_somebody_looks() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    walkbook.record_knock(door(), not_home(), now(1)).unwrap();
    assert_eq!((walkbook.status().unwrap().at_risk(), applied_to(&walkbook)), (1, 0));
    let told = walkbook.changes_since(0).version;
    assert_eq!(walkbook.walk_list(list()).unwrap()[0].attempts, 1);
    assert_eq!(applied_to(&walkbook), 1);
    assert_eq!(walkbook.changes_since(0).version, told, "it was told when it was recorded");
}

#[test]
fn whatever_a_screen_asks_for_has_what_was_recorded_a_moment_ago() {
    type Look = fn(&Walkbook) -> bool;
    let bounds = || Bounds { south_west: place(), north_east: place() };
    let looks: [Look; 8] = [
        |phone| phone.walk_list(list()).unwrap()[0].attempts == 1,
        |phone| phone.door(door_n(1)).unwrap().visits.len() == 1,
        |phone| phone.search("unioninkatu", 1).unwrap()[0].attempts == 1,
        |phone| phone.nearest_doors(place(), 1).unwrap()[0].row.attempts == 1,
        |phone| phone.next_door(list(), None).unwrap().is_none(),
        |phone| phone.progress(list()).unwrap().attempted == 1,
        |phone| phone.plan_walk(list(), Ends { start: None, end: End::Anywhere }).unwrap().walk.order.is_empty(),
        |phone| phone.lists().unwrap()[0].list.name == "Katajanokka",
    ];
    for (number, look) in looks.into_iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let walkbook = with_doors(&folder, 1);
        walkbook.record_knock(door_n(1), not_home(), now(1)).unwrap();
        let change = ListChange::Rename("Katajanokka".into());
        write_list(&walkbook, ListEdit { on: Vec::new(), change }, now(2));
        assert!(look(&walkbook), "look {number}");
    }
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_doors(&folder, 1);
    walkbook.record_knock(door_n(1), not_home(), now(1)).unwrap();
    assert_eq!(walkbook.doors_in_view(bounds(), 1).unwrap()[0].attempts, 1);
}

#[test]
fn what_is_written_at_a_door_stands_on_what_was_written_there_before() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    let added = walkbook.add_contact(door(), [(ContactField::GivenName, "Väinö".into())], now(1)).unwrap();
    let spoken = Interaction { contact: Some(added), ..not_home() };
    let knock = walkbook.record_knock(door(), spoken, now(2)).unwrap();
    walkbook.undo(door(), knock, now(3)).unwrap();
    let state = walkbook.door(door()).unwrap();
    assert_eq!((state.visits.len(), state.counting().count(), state.waiting.len()), (1, 0, 0));
}

#[test]
fn a_shift_at_which_nobody_looks_leaves_the_next_screen_a_bounded_rest() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_doors(&folder, 200);
    for number in 1..=200 {
        walkbook.record_knock(door_n(number), not_home(), now(u64::from(number))).unwrap();
        let behind = u64::from(number) - applied_to(&walkbook);
        assert!(behind <= 128, "{behind}");
    }
    assert_eq!(walkbook.progress(list()).unwrap().attempted, 200);
}

#[test]
fn where_the_book_has_no_room_knocks_are_taken_screens_open_and_nothing_is_missing_later() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_doors(&folder, 200);
    let limit = |pages: &str| {
        let inner = walkbook.lock();
        let sql = format!("PRAGMA max_page_count = {pages}");
        inner.store.book.db.sqlite.query_row(&sql, [], |_| Ok(())).unwrap();
    };
    limit("1");
    for number in 1..=200 {
        let long = Interaction { note: Some("x".repeat(900)), ..not_home() };
        walkbook.record_knock(door_n(number), long, now(u64::from(number))).unwrap();
    }
    assert_eq!(walkbook.status().unwrap().at_risk(), 200);
    assert_eq!(walkbook.progress(list()).unwrap().attempted, 0);
    let full = Error::Store(crate::store::Error::DiskFull { file: StoreFile::Book });
    assert_eq!(begin(&walkbook).handle_bytes(&pack([welcome(200), Frame::End(false)]), now(300)), Err(full));
    limit("1000000");
    assert_eq!(walkbook.progress(list()).unwrap().attempted, 200);
    assert_eq!(walkbook.status().unwrap().at_risk(), 0, "the server has them");
}

#[test]
fn what_the_server_refuses_does_not_come_back_with_what_was_still_to_be_worked_in() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    walkbook.record_knock(door(), not_home(), now(1)).unwrap();
    let mut exchange = begin(&walkbook);
    // Meanwhile the walk goes on.
    walkbook.suppress(door(), no(), now(2)).unwrap();
    exchange.handle_bytes(&pack([welcome(1), refused(&[1], Reason::NotYours), Frame::End(false)]), now(100)).unwrap();
    let state = walkbook.door(door()).unwrap();
    assert_eq!((state.visits.len(), state.suppressions.len()), (0, 1));
    drop(exchange);
    drop(walkbook);
    assert!(open(&folder).door(door()).unwrap().visits.is_empty());
}

fn no() -> Suppression {
    Suppression { target: Target::Door, reason: SuppressionReason::Objection, until_on: None }
}
