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
fn a_street_is_walked_one_side_and_then_back_and_a_house_floor_by_floor() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    let mut streets = StreetsBuilder::default();
    streets.add(StreetClass::Lane, [(1, at(0, -20)), (2, at(0, 60))]);
    // Numbers 3 to 9 on the south side, with a tower at its end that has two flats to a floor; 2 to 10 on the north side.
    let house = |n: u8| Door {
        position: Some(at(if n.is_multiple_of(2) { 1 } else { -1 }, 4 * i32::from(n))),
        address: Address { street: "Kuja".into(), number: n.to_string(), ..Address::default() },
        ..record_n(n)
    };
    let flat = |n: u8, floor, unit: &str| Door {
        position: Some(at(-1, 50)),
        address: Address {
            street: "Kuja".into(),
            number: "12".into(),
            unit: unit.into(),
            floor: Some(floor),
            ..Address::default()
        },
        ..record_n(n)
    };
    let flats = [flat(20, 2, "A 10"), flat(21, 1, "A 2"), flat(22, 2, "A 3"), flat(23, 1, "A 1")];
    let records: Vec<Door> = (11..=19).map(|n| Door { id: door_n(n), ..house(n - 9) }).chain(flats).collect();
    let order: Vec<DoorId> = records.iter().map(|record| record.id).collect();
    let streets = Frame::Streets(list(), streets.build().to_bytes().into());
    answer(&walkbook, vec![list_frame(walk(list(), &order)), doors_frame(records), streets, cursor(list())]);
    let walked = walkbook.plan_walk(list(), Ends::from(at(-1, 0))).unwrap().walk.order;
    // Up the south side (doors 12 to 18), through the tower, and back on the north side.
    assert_eq!(walked, doors(&[12, 14, 16, 18, 23, 21, 22, 20, 19, 17, 15, 13, 11]));
}

#[test]
fn a_kept_walk_tells_the_next_door_and_what_is_left_and_leaves_the_order_alone() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_banks(&folder, vec![streets_frame()]);
    let planned = walkbook.plan_walk(list(), Ends::from(at(3, 0))).unwrap().walk.order;
    walkbook.record_knock(door_n(10), not_home(), now(1)).unwrap();
    let address = Address { street: "Rantatie".into(), number: "12b".into(), ..Address::default() };
    let found = walkbook.add_door(list(), address, Some(at(2, 110)), None, now(2)).unwrap();
    let kept = walkbook.keep_walk(list(), &planned, Ends::from(at(2, 1))).unwrap().walk;
    let [next, second, third] = [kept.order[0], kept.order[1], kept.order[2]];
    assert_eq!([next, second, third], [door_n(11), door_n(12), found]);
    assert_eq!(kept.order[3..], doors(&[13, 23, 22, 21, 20]));
    // 49 steps along the same kerb.
    assert!((260.0..290.0).contains(&kept.legs_m[0]), "{}", kept.legs_m[0]);
    let left = kept.ahead(0, Pace::default());
    assert!(left.doors == 8 && left.time_s > left.distance_m, "{left:?}");
    assert_eq!(walkbook.keep_walk(list_n(9), &planned, Ends::ANYWHERE), Err(Error::NotHere { what: "list" }));
}

#[test]
fn planning_again_gives_the_same_and_newer_streets_count_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_banks(&folder, vec![streets_frame()]);
    let planned = walkbook.plan_walk(list(), Ends::from(at(3, 0))).unwrap();
    assert_eq!(walkbook.plan_walk(list(), Ends::from(at(3, 0))).unwrap(), planned);
    let mut streets = StreetsBuilder::default();
    streets.add(StreetClass::Lane, [(1, at(0, 0)), (2, at(0, 200))]);
    answer(&walkbook, vec![Frame::Streets(list(), streets.build().to_bytes().into()), cursor(list())]);
    let shorter = walkbook.plan_walk(list(), Ends::from(at(3, 0))).unwrap();
    assert!(shorter.walk.length_m < planned.walk.length_m - 1_000.0, "no way round to a bridge any more");
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

#[test]
fn the_way_to_a_door_is_a_line_along_the_streets_and_over_the_bridge() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_banks(&folder, vec![streets_frame()]);
    let way = walkbook.way_to(list(), door_n(20), at(3, 0)).unwrap().unwrap();
    assert_eq!(way, [at(3, 0), at(3, 200), at(-3, 200), at(-3, 0), at(-2, 0)]);
    assert_eq!(walkbook.way_to(list(), door_n(30), at(3, 0)).unwrap(), None, "nobody knows where it is");
    assert_eq!(walkbook.way_to(list(), door_n(99), at(3, 0)), Err(Error::NotHere { what: "door" }));
    assert_eq!(walkbook.way_to(list_n(9), door_n(20), at(3, 0)), Err(Error::NotHere { what: "list" }));
    let without = tempfile::tempdir().unwrap();
    assert_eq!(with_banks(&without, vec![]).way_to(list(), door_n(20), at(3, 0)).unwrap(), None);
}
