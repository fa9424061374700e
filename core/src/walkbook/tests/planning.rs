//! Planning a walk on the phone, along the streets that came with the list.

use super::*;
use crate::{Along, Ends};
use walkbook_terrain::{Pace, StreetClass, StreetsBuilder};

/// So many steps of about 11 m north, and of about 6 m east.
fn at(north: i32, east: i32) -> Position {
    Position::from_degrees(60.17 + f64::from(north) / 10_000.0, 24.95 + f64::from(east) / 10_000.0).unwrap()
}

/// A river from west to east with a street on each bank, and a bridge far in the east.
fn streets_frame() -> Frame {
    let mut streets = StreetsBuilder::default();
    streets.add(StreetClass::Lane, [(1, at(3, 0)), (2, at(3, 200))]);
    streets.add(StreetClass::Lane, [(3, at(-3, 0)), (4, at(-3, 200))]);
    streets.add(StreetClass::Path, [(2, at(3, 200)), (4, at(-3, 200))]);
    Frame::Streets(list(), streets.build().to_bytes().into())
}

/// Doors 10 to 13 on the north bank and 20 to 23 on the south one, from west to east; nobody knows where door 30 is.
fn with_banks(folder: &tempfile::TempDir, more: Vec<Frame>) -> Walkbook {
    let walkbook = enrolled(folder);
    let doors: Vec<(u8, Option<Position>)> = (0..4)
        .flat_map(|step| {
            [(10 + step, Some(at(2, 50 * i32::from(step)))), (20 + step, Some(at(-2, 50 * i32::from(step))))]
        })
        .chain([(30, None)])
        .collect();
    let order: Vec<DoorId> = doors.iter().map(|(number, _)| door_n(*number)).collect();
    let records = doors.iter().map(|(number, position)| Door {
        position: *position,
        address: Address { street: "Rantatie".into(), number: number.to_string(), ..Address::default() },
        ..record_n(*number)
    });
    let mut frames = vec![list_frame(walk(list(), &order)), doors_frame(records)];
    frames.extend(more);
    frames.push(cursor(list()));
    answer(&walkbook, frames);
    walkbook
}

fn doors(numbers: &[u8]) -> Vec<DoorId> {
    numbers.iter().map(|number| door_n(*number)).collect()
}

#[test]
fn a_walk_goes_along_the_streets_and_over_the_bridge_once() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_banks(&folder, vec![streets_frame()]);
    let planned = walkbook.plan_walk(list(), Ends::from(at(3, 0))).unwrap();
    assert_eq!(planned.walk.order, doors(&[10, 11, 12, 13, 23, 22, 21, 20]));
    assert_eq!((planned.walk.along, planned.unplaced), (Along::Streets, doors(&[30])));
    let ahead = planned.walk.ahead(0, Pace::default());
    assert!(ahead.doors == 8 && ahead.distance_m > 2_000.0 && ahead.time_s > 8.0 * 120.0);
}

#[test]
fn a_walk_is_planned_again_from_where_one_stands_with_what_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_banks(&folder, vec![streets_frame()]);
    walkbook.record_knock(door_n(11), not_home(), now(1)).unwrap();
    let no = Suppression { target: Target::Door, reason: SuppressionReason::Objection, until_on: None };
    walkbook.suppress(door_n(22), no, now(2)).unwrap();
    let planned = walkbook.plan_walk(list(), Ends::between(at(-3, 0), at(3, 0))).unwrap();
    assert_eq!(planned.walk.order, doors(&[20, 21, 23, 13, 12, 10]));
}

#[test]
fn without_streets_lines_are_straight_and_it_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_banks(&folder, vec![Frame::Streets(list(), vec![1, 0xff, 0xff].into())]);
    let planned = walkbook.plan_walk(list(), Ends::from(at(3, 0))).unwrap();
    assert_eq!((planned.walk.order.len(), planned.walk.along), (8, Along::StraightLines));
    assert_eq!(walkbook.status().unwrap().not_understood, 1);
    assert_eq!(walkbook.plan_walk(list_n(9), Ends::ANYWHERE), Err(Error::NotHere { what: "list" }));
}

#[test]
fn streets_are_forgotten_with_their_list_and_newer_ones_take_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_banks(&folder, vec![streets_frame()]);
    let mut streets = StreetsBuilder::default();
    streets.add(StreetClass::Lane, [(1, at(0, 0)), (2, at(0, 200))]);
    let newer = streets.build().to_bytes();
    answer(&walkbook, vec![Frame::Streets(list(), newer.clone().into()), cursor(list())]);
    assert_eq!(walkbook.lock().store.book.view().streets(list()).unwrap(), Some(newer));
    answer(&walkbook, vec![Frame::ForgetLists(vec![list()])]);
    assert_eq!(walkbook.lock().store.book.view().streets(list()).unwrap(), None);
}
