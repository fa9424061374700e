//! Walking a list: the next door, the nearest, and how far it has come.

use super::*;
use crate::store::Progress;

fn with_doors(folder: &tempfile::TempDir, numbers: &[u8]) -> Walkbook {
    let walkbook = enrolled(folder);
    let doors: Vec<DoorId> = numbers.iter().map(|number| door_n(*number)).collect();
    let records = numbers.iter().map(|number| Door { position: Some(at(*number)), ..record_n(*number) });
    answer(&walkbook, vec![list_frame(walk(list(), &doors)), doors_frame(records), cursor(list())]);
    walkbook
}

/// A step of about 11 m to the north each.
fn at(number: u8) -> Position {
    Position::from_degrees(60.17 + f64::from(number) / 10_000.0, 24.95).unwrap()
}

fn next(walkbook: &Walkbook, from: Option<u8>) -> Option<DoorId> {
    walkbook.next_door(list(), from.map(door_n)).unwrap().map(|row| row.door)
}

fn no(until_on: Option<Day>) -> Suppression {
    Suppression { target: Target::Door, reason: SuppressionReason::Objection, until_on }
}

#[test]
fn the_next_door_is_the_next_in_walk_order_where_nobody_was_and_nobody_said_no() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_doors(&folder, &[30, 10, 20, 40]);
    assert_eq!(next(&walkbook, None), Some(door_n(30)));
    assert_eq!(next(&walkbook, Some(30)), Some(door_n(10)));
    walkbook.record_knock(door_n(10), not_home(), now(1)).unwrap();
    walkbook.suppress(door_n(20), no(None), now(2)).unwrap();
    assert_eq!(next(&walkbook, Some(30)), Some(door_n(40)));
    assert_eq!(next(&walkbook, Some(10)), Some(door_n(40)));
}

#[test]
fn behind_the_last_door_it_goes_on_at_the_front_and_a_skipped_door_comes_again() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_doors(&folder, &[30, 10, 20]);
    assert_eq!(next(&walkbook, Some(20)), Some(door_n(30)));
    for number in [30, 10] {
        walkbook.record_knock(door_n(number), not_home(), now(1)).unwrap();
    }
    assert_eq!(next(&walkbook, Some(20)), Some(door_n(20)));
    walkbook.record_knock(door_n(20), not_home(), now(2)).unwrap();
    assert_eq!(next(&walkbook, Some(20)), None);
    assert_eq!(next(&walkbook, None), None);
    walkbook.undo(door_n(30), EntryId::new(DEVICE, 1), now(3)).unwrap();
    assert_eq!(next(&walkbook, Some(20)), Some(door_n(30)));
}

#[test]
fn from_a_door_that_has_left_the_list_it_goes_on_at_the_front() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_doors(&folder, &[30, 10]);
    assert_eq!(next(&walkbook, Some(99)), Some(door_n(30)));
    assert_eq!(walkbook.next_door(list_n(9), None), Err(Error::NotHere { what: "list" }));
}

#[test]
fn progress_counts_every_door_once() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_doors(&folder, &[10, 20, 30, 40, 50, 60]);
    let outcomes = [(10, Outcome::NotHome), (20, Outcome::Refused), (30, Outcome::Vacant), (40, Outcome::Hostile)];
    for (number, outcome) in outcomes {
        let knock = Interaction::of_outcome(list(), None, outcome);
        walkbook.record_knock(door_n(number), knock, now(1)).unwrap();
    }
    walkbook.suppress(door_n(50), no(None), now(2)).unwrap();
    let progress = Progress { doors: 6, attempted: 4, left: 1, contact: 1, attempt: 1, data_fix: 1, suppress: 2 };
    assert_eq!(walkbook.progress(list()), Ok(progress));
    assert_eq!(walkbook.progress(list_n(9)), Err(Error::NotHere { what: "list" }));
}

#[test]
fn a_no_that_is_lifted_leaves_the_colour_that_the_servers_map_shows() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_doors(&folder, &[10]);
    let hostile = Interaction::of_outcome(list(), None, Outcome::Hostile);
    let knock = walkbook.record_knock(door_n(10), hostile, now(1)).unwrap();
    let lift = Lift { names: vec![knock], reason: "a mistake".into() };
    walkbook.lift_suppression(door_n(10), lift, now(2)).unwrap();
    let row = walkbook.walk_list(list()).unwrap().remove(0);
    assert_eq!((row.suppressed, row.class), (false, Some(Class::Contact)));
}

#[test]
fn a_no_that_has_ended_is_no_no_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_doors(&folder, &[10]);
    let (today, day) = (Day::of(now(0)), 86_400);
    walkbook.suppress(door_n(10), no(Some(today)), now(1)).unwrap();
    assert_eq!(next(&walkbook, None), None);
    drop(walkbook);
    let tomorrow = || Walkbook::open_with_key(folder.path(), &KEY, [3; 16], now(day)).unwrap();
    assert_eq!(next(&tomorrow(), None), Some(door_n(10)));
    // It also ends while the app stays open, with an exchange.
    let walkbook = tomorrow();
    walkbook.suppress(door_n(10), no(Some(Day::of(now(day)))), now(day)).unwrap();
    assert_eq!(next(&walkbook, None), None);
    let mut exchange = walkbook.begin_exchange(&signer(), [8; 16], now(2 * day)).unwrap();
    let told = Frame::Welcome(walkbook_sync::Welcome {
        now: now(2 * day),
        last_seq: 2,
        tip: [0; 32].into(),
        in_backend_up_to: 0,
    });
    exchange.handle_bytes(&pack([told, Frame::End(false)]), now(2 * day)).unwrap();
    assert_eq!(next(&walkbook, None), Some(door_n(10)));
}

#[test]
fn the_nearest_doors_come_nearest_first_and_no_more_than_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_doors(&folder, &[30, 10, 20, 40]);
    let unplaced = Address { street: "Unioninkatu".into(), number: "1".into(), ..Address::default() };
    walkbook.add_door(list(), unplaced, None, None, now(1)).unwrap();
    let near = walkbook.nearest_doors(at(11), 3).unwrap();
    let numbers: Vec<DoorId> = near.iter().map(|near| near.row.door).collect();
    assert_eq!(numbers, [door_n(10), door_n(20), door_n(30)]);
    assert!((10.0..12.5).contains(&near[0].distance_m), "{}", near[0].distance_m);
    assert_eq!(walkbook.nearest_doors(at(11), 100).unwrap().len(), 4);
    assert!(walkbook.nearest_doors(at(11), 0).unwrap().is_empty());
}

#[test]
fn rows_of_an_earlier_version_are_computed_anew_at_the_first_opening() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_doors(&folder, &[10]);
    let spoil = "UPDATE door_row SET attempts = 7, holds_until = ''";
    walkbook.lock().store.book.db.sqlite.execute_batch(spoil).unwrap();
    drop(walkbook);
    assert_eq!(open(&folder).walk_list(list()).unwrap()[0].attempts, 0);
}
