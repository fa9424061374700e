//! At whose doors one may write.

use super::*;
use crate::engine::tests::world::{HILL, RIVER, door};
use crate::store::{Documents, ListUpdate, Log, Quarantine};
use walkbook_ledger::{Correction, DoorChange, DoorEdit, Subject, door_added_by};
use walkbook_model::{Address, DoorId, Role};

fn address() -> DoorChange {
    DoorChange::SetAddress(Address { street: "Back Lane".into(), number: "1".into(), ..Address::default() })
}

/// The first edit of a new door, which is named by it.
fn add_door(phone: &mut Phone, seconds: u64) -> (DoorId, EntryId) {
    let door = door_added_by(EntryId::new(phone.device, phone.last_seq() + 1));
    let edit = DoorEdit { on: Vec::new(), change: address() };
    (door, phone.write_at(door, Payload::Door(edit), at(seconds)))
}

#[test]
fn at_the_doors_of_ones_own_lists_everything_may_be_written_that_is_ones_own() {
    let Field { world, mut aino, .. } = Field::new();
    let knock = aino.knock(RIVER, door(1), at(1));
    let undone = Payload::Correction(Correction { replaces: knock, with: None });
    for payload in [no(SuppressionReason::Objection), consent(AINO), undone] {
        aino.write_at(door(1), payload, at(2));
    }
    aino.edit(door(2), DoorChange::SetAccessNotes("dog".into()), at(3));
    aino.edit(door(2), DoorChange::SetAccessNotes("two dogs".into()), at(4));
    aino.sync(&world, at(5)).unwrap();
    assert!(aino.refused.is_empty() && aino.set_aside.is_empty());
}

#[test]
fn a_canvasser_writes_at_no_other_door_and_a_lead_at_every_one() {
    let mut field = Field::new();
    field.world.put_list(NORTH, WalkListId::from_bytes([33; 16]), [9], &[]);
    for number in [5, 9] {
        let knock = field.aino.knock(RIVER, door(number), at(1));
        let said_no = field.aino.write_at(door(number), no(SuppressionReason::Objection), at(1));
        let edit = field.aino.edit(door(number), DoorChange::SetAccessNotes("dog".into()), at(1));
        let led = field.lea.knock(RIVER, door(number), at(1));
        field.sync(2);
        for id in [knock, said_no, edit] {
            assert_eq!(field.aino.became(id), NOT_YOURS);
        }
        assert_eq!(field.lea.became(led), Became::Accepted);
        assert_eq!(field.world.store.entries_of(NORTH, Subject::Door(door(number))).unwrap().len(), 1);
    }
}

#[test]
fn a_door_that_is_not_there_is_nobodys_not_even_a_leads() {
    let mut field = Field::new();
    let nowhere = DoorId::from_bytes([200; 16]);
    let ids = [field.aino.knock(RIVER, nowhere, at(1)), field.lea.knock(RIVER, nowhere, at(1))];
    field.sync(2);
    assert_eq!([field.aino.became(ids[0]), field.lea.became(ids[1])], [NOT_YOURS; 2]);
}

#[test]
fn what_was_written_before_a_door_left_counts_and_what_was_written_afterwards_is_set_aside() {
    let mut field = Field::new();
    let before = field.aino.knock(RIVER, door(1), at(10));
    let at_the_moment = field.aino.knock(RIVER, door(1), at(20));
    let after = field.aino.knock(RIVER, door(1), at(21));
    let elsewhere = field.aino.knock(RIVER, door(2), at(22));
    let led = field.lea.knock(RIVER, door(1), at(21));
    field.world.update(&[ListUpdate::Leave(RIVER, door(1)), ListUpdate::Join(HILL, door(1))], at(20));
    field.sync(30);
    let became = [before, at_the_moment, after, elsewhere].map(|id| field.aino.became(id));
    assert_eq!(became, [Became::Accepted, Became::Accepted, Became::SetAside, Became::Accepted]);
    assert_eq!(field.lea.became(led), Became::Accepted);
    // What is set aside is kept, and shown to nobody.
    let aside = field.world.store.quarantined(NORTH, 0, 10).unwrap();
    assert_eq!((aside.len(), aside[0].header.seq), (1, after.seq));
    field.sync(31);
    let visits = field.berta.book.door(door(1)).visits;
    assert_eq!(visits.iter().map(|visit| visit.entry).collect::<Vec<_>>(), [before, at_the_moment, led]);
}

#[test]
fn a_list_that_was_taken_away_is_like_a_door_that_left() {
    let mut field = Field::new();
    let before = field.aino.knock(RIVER, door(1), at(10));
    let after = field.aino.knock(RIVER, door(1), at(21));
    let edit = field.aino.edit(door(2), DoorChange::SetAccessNotes("dog".into()), at(22));
    field.world.update(&[ListUpdate::Unassign(RIVER, AINO)], at(20));
    field.sync(30);
    let became = [before, after, edit].map(|id| field.aino.became(id));
    assert_eq!(became, [Became::Accepted, Became::SetAside, Became::SetAside]);
    // Handed out again, it is theirs again.
    field.world.update(&[ListUpdate::Assign(RIVER, AINO)], at(40));
    let again = field.aino.knock(RIVER, door(1), at(41));
    field.sync(50);
    assert_eq!(field.aino.became(again), Became::Accepted);
}

#[test]
fn a_clock_that_runs_ahead_or_behind_does_not_reach_a_door_that_left() {
    let mut field = Field::new();
    field.world.update(&[ListUpdate::Leave(RIVER, door(1))], at(20));
    field.aino.skew_ms = 105_000_000_000;
    let ahead = field.aino.knock(RIVER, door(1), at(10));
    field.sync(30);
    assert_eq!(field.aino.became(ahead), Became::SetAside, "its time is that of receipt");
}

#[test]
fn a_door_that_one_adds_is_ones_own_until_it_is_put_on_a_list() {
    let mut field = Field::new();
    let (new, added) = add_door(&mut field.aino, 1);
    let knock = field.aino.knock(RIVER, new, at(2));
    let foreign = field.berta.knock(HILL, new, at(3));
    field.sync(4);
    // Also in a later run, when the judge has forgotten.
    let later = field.aino.knock(RIVER, new, at(5));
    field.sync(6);
    let became = [added, knock, later].map(|id| field.aino.became(id));
    assert_eq!(became, [Became::Accepted; 3]);
    assert_eq!(field.berta.became(foreign), NOT_YOURS);
    let led = field.lea.knock(RIVER, new, at(7));
    field.sync(8);
    assert_eq!(field.lea.became(led), Became::Accepted);
}

#[test]
fn a_new_door_is_named_by_the_entry_that_adds_it_and_cannot_be_claimed_otherwise() {
    let Field { world, mut aino, .. } = Field::new();
    let wrong = door_added_by(EntryId::new(aino.device, 77));
    let edit = |on: Vec<EntryId>, change| Payload::Door(DoorEdit { on, change });
    let other_name = aino.write_at(wrong, edit(Vec::new(), address()), at(1));
    let right = door_added_by(EntryId::new(aino.device, aino.last_seq() + 1));
    let no_address = aino.write_at(right, edit(Vec::new(), DoorChange::SetAccessNotes("dog".into())), at(1));
    let right = door_added_by(EntryId::new(aino.device, aino.last_seq() + 1));
    let on_another = aino.write_at(right, edit(vec![EntryId::new(aino.device, 1)], address()), at(1));
    aino.sync(&world, at(2)).unwrap();
    assert_eq!([other_name, no_address, on_another].map(|id| aino.became(id)), [NOT_YOURS; 3]);
}

#[test]
fn what_counts_is_the_role_at_the_time_of_receipt() {
    let Field { world, mut lea, .. } = Field::new();
    let led = lea.knock(RIVER, door(1), at(1));
    world.set_role(NORTH, LEA, Role::Canvasser);
    lea.sync(&world, at(2)).unwrap();
    assert_eq!(lea.became(led), NOT_YOURS);
    world.set_role(NORTH, LEA, Role::Owner);
    let led = lea.knock(RIVER, door(1), at(3));
    lea.sync(&world, at(4)).unwrap();
    assert_eq!(lea.became(led), Became::Accepted);
    assert_eq!(world.store.reach(NORTH, LEA, &[door(1)]).unwrap(), [crate::store::Reach::Never]);
}
