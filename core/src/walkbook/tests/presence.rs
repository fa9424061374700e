//! Where somebody stands: the door there, and evidence for a knock.

use super::*;
use walkbook_model::cbor;
use walkbook_terrain::Fix;

/// So many steps of about 11 m to the north.
fn at(steps: i32) -> Position {
    Position::from_degrees(60.17 + f64::from(steps) / 10_000.0, 24.95).unwrap()
}

fn fix(steps: i32) -> Option<Fix> {
    Some(Fix { position: at(steps), accuracy_m: 8.0, mocked: false })
}

/// A list with doors 10 and 11 at their own places, 12 and 13 in one house, and 30, which is not on the map.
fn placed(folder: &tempfile::TempDir) -> Walkbook {
    let walkbook = enrolled(folder);
    let places = [(10, Some(at(0))), (11, Some(at(4))), (12, Some(at(40))), (13, Some(at(40))), (30, None)];
    let doors: Vec<DoorId> = places.iter().map(|(number, _)| door_n(*number)).collect();
    let records = places.iter().map(|(number, position)| Door { position: *position, ..record_n(*number) });
    answer(&walkbook, vec![list_frame(walk(list(), &doors)), doors_frame(records), cursor(list())]);
    walkbook
}

fn keep_positions(walkbook: &Walkbook, keeps_positions: bool) {
    let settings = Settings { keeps_positions, ..Settings::default() };
    let mark = vec![u8::from(keeps_positions)];
    answer(walkbook, vec![Frame::Settings(cbor::encode(&settings).into(), mark.into())]);
}

/// What the last knock at a door that counts says of where it was.
fn evidence(walkbook: &Walkbook, number: u8) -> Option<Evidence> {
    let state = walkbook.door(door_n(number)).unwrap();
    state.counting().next_back().unwrap().1.evidence
}

#[test]
fn a_knock_says_how_far_from_the_door_it_was_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = placed(&folder);
    for (fix, told) in [
        (fix(0), Distance::Near),
        (fix(20), Distance::Middling),
        (fix(40), Distance::Far),
        (fix(0).map(|fix| Fix { accuracy_m: 150.0, ..fix }), Distance::NoFix),
        (None, Distance::NoFix),
    ] {
        walkbook.record_knock_at(door_n(10), not_home(), fix, now(1)).unwrap();
        let wanted = Evidence { distance: told, mocked: false, position: None };
        assert_eq!(evidence(&walkbook, 10), Some(wanted));
    }
    let mocked = fix(0).map(|fix| Fix { mocked: true, ..fix });
    walkbook.record_knock_at(door_n(10), not_home(), mocked, now(2)).unwrap();
    assert!(evidence(&walkbook, 10).unwrap().mocked);
    walkbook.record_knock_at(door_n(30), not_home(), fix(0), now(3)).unwrap();
    assert_eq!(evidence(&walkbook, 30).unwrap().distance, Distance::NoFix);
    // Whoever asks for no evidence gets none.
    walkbook.record_knock(door_n(11), not_home(), now(4)).unwrap();
    assert_eq!(evidence(&walkbook, 11), None);
}

#[test]
fn a_position_is_written_down_only_while_the_tenant_keeps_positions() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = placed(&folder);
    keep_positions(&walkbook, true);
    let knock = walkbook.record_knock_at(door_n(10), not_home(), fix(1), now(1)).unwrap();
    assert_eq!(evidence(&walkbook, 10).unwrap().position, Some(at(1)));
    keep_positions(&walkbook, false);
    walkbook.record_knock_at(door_n(11), not_home(), fix(1), now(2)).unwrap();
    assert_eq!(evidence(&walkbook, 11).unwrap().position, None);
    // Not by a way around either: in evidence that the app has made itself, in a correction.
    let told = Evidence { distance: Distance::Near, mocked: false, position: Some(at(1)) };
    let with_position = Interaction { evidence: Some(told), ..not_home() };
    walkbook.record_knock(door_n(12), with_position, now(3)).unwrap();
    assert_eq!(evidence(&walkbook, 12), Some(Evidence { position: None, ..told }));
    walkbook.correct(door_n(10), knock, not_home(), now(4)).unwrap();
    assert_eq!(evidence(&walkbook, 10), Some(Evidence { position: None, ..told }));
}

#[test]
fn evidence_is_of_the_knock_and_not_of_its_correction() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = placed(&folder);
    let knock = walkbook.record_knock_at(door_n(10), not_home(), fix(40), now(1)).unwrap();
    let near = Evidence { distance: Distance::Near, mocked: false, position: None };
    let refused = Interaction::of_outcome(list(), None, Outcome::Refused);
    let mended = Interaction { evidence: Some(near), ..refused };
    walkbook.correct(door_n(10), knock, mended, now(2)).unwrap();
    assert_eq!(evidence(&walkbook, 10).unwrap().distance, Distance::Far);
}

#[test]
fn the_door_that_one_stands_at_is_told_and_whether_it_might_be_another() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = placed(&folder);
    let here = |steps, accuracy_m| walkbook.door_here(Fix { position: at(steps), accuracy_m, mocked: false }).unwrap();
    let first = here(0, 10.0).unwrap();
    assert_eq!((first.row.door, first.is_certain), (door_n(10), true));
    assert!(!here(1, 30.0).unwrap().is_certain, "the next house is as likely");
    let flat = here(41, 5.0).unwrap();
    assert!(!flat.is_certain && (10.0..12.5).contains(&flat.distance_m));
    assert_eq!(here(20, 20.0), None);
    assert_eq!(here(0, 500.0), None);
}
