//! A door that nobody knew of.

use super::*;
use walkbook_ledger::{DoorChange, ListChange};

fn address(number: &str) -> Address {
    Address { street: "Unioninkatu".into(), number: number.into(), ..Address::default() }
}

fn with_three_doors(folder: &tempfile::TempDir) -> Walkbook {
    let walkbook = enrolled(folder);
    let doors = [door(), door_n(6), door_n(7)];
    let frames = vec![list_frame(walk(list(), &doors)), doors_frame([record_n(6), record_n(7)]), cursor(list())];
    answer(&walkbook, frames);
    walkbook
}

fn numbers(walkbook: &Walkbook) -> Vec<String> {
    walkbook.walk_list(list()).unwrap().into_iter().map(|row| row.number).collect()
}

#[test]
fn a_door_that_was_found_is_on_the_list_at_once_where_it_belongs() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_three_doors(&folder);
    let position = Position::from_degrees(60.17, 24.95).ok();
    let behind = walkbook.add_door(list(), address("42 B"), position, Some(door_n(6)), now(1)).unwrap();
    walkbook.add_door(list(), address("38"), None, None, now(2)).unwrap();
    assert_eq!(numbers(&walkbook), ["38", "40", "42", "42 B", "43"]);
    assert_eq!(walkbook.door(behind).unwrap().door.position, position);
    assert_eq!(walkbook.search("42 b", 10).unwrap().len(), 1);
    walkbook.record_knock(behind, not_home(), now(3)).unwrap();
    drop(walkbook);
    assert_eq!(numbers(&open(&folder)), ["38", "40", "42", "42 B", "43"]);
}

#[test]
fn what_is_sent_is_what_the_server_lets_a_canvasser_do() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_three_doors(&folder);
    let position = Position::from_degrees(60.17, 24.95).ok();
    let added = walkbook.add_door(list(), address("42 B"), position, Some(door_n(6)), now(1)).unwrap();
    let sent = walkbook.lock().store.log.from(1, usize::MAX).unwrap();
    let sent: Vec<(Subject, Payload)> = sent
        .iter()
        .map(|own| {
            let payload = Payload::from_bytes(&own.content.as_ref().unwrap().payload).unwrap();
            (Header::from_bytes(&own.header).unwrap().subject, payload)
        })
        .collect();
    let [(first, Payload::Door(made)), (second, Payload::Door(moved)), (third, Payload::List(placed))] = &sent[..]
    else {
        panic!("{sent:?}")
    };
    assert_eq!([first, second, third], [&Subject::Door(added), &Subject::Door(added), &Subject::List(list())]);
    assert!(made.on.is_empty() && matches!(made.change, DoorChange::SetAddress(_)));
    assert_eq!(moved.on, [EntryId::new(DEVICE, 1)]);
    assert_eq!(placed.change, ListChange::Place { door: added, behind: Some(door_n(6)) });
}

#[test]
fn a_door_is_added_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_three_doors(&folder);
    let off_the_earth = || {
        // As it could come from bytes: no such latitude.
        minicbor::decode::<Position>(&[0x82, 0x1a, 0x7f, 0xff, 0xff, 0xff, 0x00]).unwrap()
    };
    let wrong = [
        (list(), address(" "), Some(off_the_earth()), None),
        (list(), address("44"), Some(off_the_earth()), None),
        (list(), Address::default(), None, None),
        (list_n(9), address("44"), None, None),
        (list(), address("44"), None, Some(door_n(9))),
    ];
    for (to, address, position, behind) in wrong {
        assert!(walkbook.add_door(to, address, position, behind, now(1)).is_err());
    }
    assert_eq!((walkbook.status().unwrap().entries.saved, walkbook.lock().last_seq), (0, 0));
    assert_eq!(numbers(&walkbook), ["40", "42", "43"]);
}

#[test]
fn a_door_whose_place_on_the_list_is_refused_is_still_there_with_what_was_noted() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_three_doors(&folder);
    let added = walkbook.add_door(list(), address("42 B"), None, Some(door_n(6)), now(1)).unwrap();
    walkbook.record_knock(added, not_home(), now(2)).unwrap();
    let mut exchange = begin(&walkbook);
    exchange.handle_bytes(&pack([welcome(3), refused(&[2], Reason::NotYours)]), now(100)).unwrap();
    assert_eq!(numbers(&walkbook), ["40", "42", "43"]);
    assert_eq!(walkbook.door(added).unwrap().visits.len(), 1);
    assert_eq!(walkbook.refused().unwrap()[0].about, Subject::List(list()));
}

#[test]
fn a_full_disk_never_keeps_half_of_a_new_door() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_three_doors(&folder);
    let pages = |sql: &str| {
        let inner = walkbook.lock();
        inner.store.log.db.sqlite.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap()
    };
    let full = Error::Store(crate::store::Error::DiskFull { file: crate::store::StoreFile::Log });
    let position = Position::from_degrees(60.17, 24.95).ok();
    let used = pages("PRAGMA page_count");
    for room in 1..12 {
        pages(&format!("PRAGMA max_page_count = {}", used + room));
        let refused = (0..1_000).find_map(|number: u32| {
            let address = Address {
                unit: "x".repeat((number as usize * 5 + room as usize) * 37 % 240),
                ..address(&number.to_string())
            };
            walkbook.add_door(list(), address, position, Some(door_n(6)), now(1)).err()
        });
        assert_eq!(refused, Some(full));
        // Address, position and place of each.
        let tail = walkbook.lock().store.log.tail().unwrap().unwrap().seq;
        assert_eq!(tail % 3, 0);
    }
}
