//! Two people change one thing at once.

use super::*;
use walkbook_ledger::{DoorChange, DoorEdit};

fn notes(text: &str) -> DoorChange {
    DoorChange::SetAccessNotes(text.into())
}

fn mates(seq: u64, seconds: u64, text: &str) -> Frame {
    of_mate(seq, now(seconds), Payload::Door(DoorEdit { on: Vec::new(), change: notes(text) }))
}

/// The phone wrote one thing, a mate later another, neither knowing of the other.
fn with_a_clash(folder: &tempfile::TempDir) -> (Walkbook, EntryId) {
    let walkbook = enrolled(folder);
    let own = walkbook.edit_door(door(), notes("ring twice"), now(1)).unwrap();
    answer(&walkbook, vec![mates(1, 50, "knock hard"), cursor(list())]);
    (walkbook, own)
}

#[test]
fn both_sides_of_a_clash_are_kept_and_shown() {
    let folder = tempfile::tempdir().unwrap();
    let (walkbook, own) = with_a_clash(&folder);
    let clashing = walkbook.clashes().unwrap();
    assert_eq!((clashing.len(), clashing[0].door, clashing[0].clashes), (1, door(), 1));
    let clash = walkbook.clashes_at(door()).unwrap().remove(0);
    let mate = EntryId::new(MATE, 1);
    assert_eq!(clash.choices, [(mate, notes("knock hard")), (own, notes("ring twice"))]);
    assert_eq!(walkbook.door(door()).unwrap().door.access_notes, "knock hard");
}

#[test]
fn a_clash_is_resolved_on_top_of_everything_and_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let (walkbook, own) = with_a_clash(&folder);
    walkbook.resolve(door(), own, now(60)).unwrap();
    assert_eq!(walkbook.door(door()).unwrap().door.access_notes, "ring twice");
    assert!(walkbook.clashes_at(door()).unwrap().is_empty());
    assert!(walkbook.clashes().unwrap().is_empty());
    assert_eq!(walkbook.walk_list(list()).unwrap()[0].clashes, 0);
}

#[test]
fn a_clash_that_somebody_decided_meanwhile_cannot_be_decided_again() {
    let folder = tempfile::tempdir().unwrap();
    let (walkbook, own) = with_a_clash(&folder);
    let on = walkbook.door(door()).unwrap().tips;
    let decided = DoorEdit { on, change: notes("knock hard") };
    answer(&walkbook, vec![of_mate(2, now(70), Payload::Door(decided)), cursor(list())]);
    assert_eq!(walkbook.resolve(door(), own, now(80)), Err(Error::NotHere { what: "clash" }));
    assert_eq!(walkbook.door(door()).unwrap().door.access_notes, "knock hard");
    assert_eq!(walkbook.clashes_at(door_n(99)), Err(Error::NotHere { what: "door" }));
}

#[test]
fn what_both_wrote_alike_is_no_clash() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    walkbook.edit_door(door(), notes("ring twice"), now(1)).unwrap();
    answer(&walkbook, vec![mates(1, 50, "ring twice"), cursor(list())]);
    assert!(walkbook.clashes().unwrap().is_empty());
}
