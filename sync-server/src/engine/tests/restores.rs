//! A server that was set back to an earlier state.

use super::phone::{Became, Phone};
use super::world::{AINO, BERTA, LEA, NORTH, RIVER, World, at, door};
use crate::engine::{Exchange, Refused};
use crate::office::{self, Which};
use crate::store::{Documents, ListUpdate, Log, Quarantine};
use tempfile::TempDir;
use walkbook_ledger::{DoorChange, ListChange, Subject};
use walkbook_sync::{EnrolRequest, Enrolled, Reason};

#[test]
fn a_phone_refills_a_server_that_was_restored_to_an_earlier_state() {
    let world = World::with_lists();
    let mut phone = world.phone(NORTH, AINO);
    phone.knock(RIVER, door(1), at(1));
    phone.sync(&world, at(2)).unwrap();
    let (world, backup) = world.backed_up();
    (3..20).for_each(|second| {
        phone.knock(RIVER, door(2), at(second));
    });
    phone.sync(&world, at(20)).unwrap();
    drop(world);

    let world = World::restored(backup);
    phone.knock(RIVER, door(3), at(30));
    phone.sync(&world, at(31)).unwrap();
    assert_eq!((phone.safe_up_to, phone.refused.len()), (19, 0));
    assert_eq!(world.store.log_of(NORTH, phone.device, 0, 100).unwrap().len(), 19);
    // Also a phone that has nothing new of its own.
    assert_eq!(world.store.entries_of(NORTH, Subject::Door(door(2))).unwrap().len(), 17);
}

#[test]
fn a_phone_that_has_nothing_new_refills_it_too() {
    let world = World::with_lists();
    let mut phone = world.phone(NORTH, AINO);
    let (world, backup) = world.backed_up();
    phone.knock(RIVER, door(1), at(1));
    phone.sync(&world, at(2)).unwrap();
    drop(world);
    let world = World::restored(backup);
    phone.sync(&world, at(31)).unwrap();
    assert_eq!(world.store.log_of(NORTH, phone.device, 0, 100).unwrap().len(), 1);
}

#[test]
fn a_mark_of_the_lost_time_brings_a_new_download_and_never_a_gap() {
    let world = World::with_lists().showing_history();
    world.update(&[ListUpdate::Assign(RIVER, BERTA)], at(0));
    let (mut aino, mut berta) = (world.phone(NORTH, AINO), world.phone(NORTH, BERTA));
    berta.sync(&world, at(1)).unwrap();
    let (world, backup) = world.backed_up();
    (2..10).for_each(|second| {
        aino.knock(RIVER, door(1), at(second));
    });
    aino.sync(&world, at(10)).unwrap();
    berta.sync(&world, at(11)).unwrap();
    let lost_head = world.store.head(NORTH).unwrap();
    drop(world);

    // The restored server gives the same positions to other changes, and more of them, before Berta comes back.
    let world = World::restored(backup);
    let mut clara = world.phone(NORTH, AINO);
    (20..40).for_each(|second| {
        clara.knock(RIVER, door(2), at(second));
    });
    clara.sync(&world, at(40)).unwrap();
    assert!(world.store.head(NORTH).unwrap() > lost_head);
    berta.book.doors_came.clear();
    berta.sync(&world, at(41)).unwrap();
    assert_eq!(berta.book.doors_came.len(), 8, "both lists came whole");
    assert_eq!(berta.book.door(door(2)).visits.len(), 20);
    // Of the lost time Berta has what Aino's phone brings again.
    aino.sync(&world, at(42)).unwrap();
    berta.sync(&world, at(43)).unwrap();
    assert_eq!(berta.book.door(door(1)).visits.len(), 8);
}

#[test]
fn a_restart_costs_no_new_download() {
    let world = World::with_lists();
    let mut phone = world.phone(NORTH, AINO);
    phone.sync(&world, at(1)).unwrap();
    let world = world.restarted();
    phone.book.doors_came.clear();
    let before = phone.book.cursors.clone();
    phone.sync(&world, at(2)).unwrap();
    assert!(phone.book.doors_came.is_empty());
    assert_ne!(phone.book.cursors, before, "the mark is renewed, for old lives are forgotten");
}

#[test]
fn an_edit_on_top_of_one_that_was_lost_waits_until_that_phone_has_come() {
    let world = World::with_lists();
    world.update(&[ListUpdate::Assign(RIVER, BERTA)], at(0));
    let (mut aino, mut berta) = (world.phone(NORTH, AINO), world.phone(NORTH, BERTA));
    for phone in [&mut aino, &mut berta] {
        phone.sync(&world, at(1)).unwrap();
    }
    let (world, backup) = world.backed_up();
    aino.edit(door(1), DoorChange::SetAccessNotes("dog".into()), at(2));
    aino.sync(&world, at(3)).unwrap();
    berta.sync(&world, at(4)).unwrap();
    drop(world);
    let world = World::restored(backup);
    berta.edit(door(1), DoorChange::SetAccessNotes("two dogs".into()), at(5));
    berta.sync(&world, at(6)).unwrap();
    assert!(berta.refused.is_empty());
    aino.sync(&world, at(7)).unwrap();
    berta.sync(&world, at(8)).unwrap();
    for phone in [&aino, &berta] {
        assert_eq!(phone.book.door(door(1)).door.access_notes, "two dogs");
    }
}

/// Lea has handed the river out to Berta as well since the backup, and Berta has it.
pub(super) fn handed_out_since_the_backup() -> (World, TempDir, [Phone; 2]) {
    let world = World::with_lists();
    world.update(&[ListUpdate::Assign(RIVER, LEA)], at(0));
    let [mut berta, mut lea] = [BERTA, LEA].map(|user| world.phone(NORTH, user));
    lea.sync(&world, at(1)).unwrap();
    let (world, backup) = world.backed_up();
    lea.edit_list(RIVER, ListChange::Assign(vec![AINO, BERTA, LEA]), at(2));
    lea.sync(&world, at(3)).unwrap();
    berta.sync(&world, at(4)).unwrap();
    (world, backup, [berta, lea])
}

#[test]
fn a_knock_is_not_lost_because_what_it_rests_on_was() {
    let (world, backup, [mut berta, mut lea]) = handed_out_since_the_backup();
    let knock = berta.knock(RIVER, door(1), at(5));
    let poison = berta.write_bytes(Subject::Door(door(1)), b"poison".to_vec(), at(6)).0;
    berta.sync(&world, at(7)).unwrap();
    assert_eq!(berta.became(knock), Became::Accepted);
    drop(world);

    // Berta comes back before Lea, who brings the list that Berta had.
    let world = World::restored(backup);
    let later = berta.knock(RIVER, door(1), at(8));
    berta.sync(&world, at(9)).unwrap();
    assert_eq!([knock, later].map(|id| berta.became(id)), [Became::SetAside; 2]);
    assert_eq!(world.store.quarantined(NORTH, 0, 10).unwrap().len(), 2);
    // It is for nothing that would never have counted, and for nothing that is written from then on.
    let afterwards = berta.knock(RIVER, door(1), at(10));
    berta.sync(&world, at(11)).unwrap();
    let became = [poison, afterwards].map(|id| berta.became(id));
    assert_eq!(became, [Reason::Malformed, Reason::NotYours].map(Became::Refused));
    lea.sync(&world, at(12)).unwrap();
    let again = berta.knock(RIVER, door(1), at(13));
    berta.sync(&world, at(14)).unwrap();
    assert_eq!(berta.became(again), Became::Accepted);
}

#[test]
fn a_restart_in_the_middle_of_a_refill_refuses_nothing_that_was_written_before_it() {
    let (world, backup, [mut berta, _]) = handed_out_since_the_backup();
    let knocks = [5, 6, 7].map(|second| berta.knock(RIVER, door(1), at(second)));
    berta.sync(&world, at(8)).unwrap();
    assert_eq!(knocks.map(|id| berta.became(id)), [Became::Accepted; 3]);
    drop(world);

    // The restored server tells Berta's phone how far it knows her log, and is stopped before it brings the rest.
    let world = World::restored(backup);
    let told = berta.send(&world, &berta.request(at(9)), at(9)).unwrap();
    berta.take(&told, at(9));
    let world = world.restarted();
    berta.sync(&world, at(10)).unwrap();
    assert_eq!(knocks.map(|id| berta.became(id)), [Became::SetAside; 3]);
}

#[test]
fn a_lead_whose_list_edits_were_lost_hands_the_list_out_again() {
    let world = World::with_lists();
    world.update(&[ListUpdate::Assign(RIVER, LEA)], at(0));
    let mut lea = world.phone(NORTH, LEA);
    lea.sync(&world, at(1)).unwrap();
    let (world, backup) = world.backed_up();
    lea.edit_list(RIVER, ListChange::Assign(vec![LEA, BERTA]), at(2));
    lea.sync(&world, at(3)).unwrap();
    drop(world);
    let world = World::restored(backup);
    lea.sync(&world, at(4)).unwrap();
    let held = world.store.assignments_of(NORTH, BERTA).unwrap();
    assert!(held.iter().any(|held| held.list == RIVER && held.until.is_none()));
}

#[test]
fn a_phone_that_enrolled_after_the_backup_is_invited_anew_and_brings_everything_as_the_same_device() {
    let world = World::with_lists();
    let (world, backup) = world.backed_up();
    let mut aino = world.phone(NORTH, AINO);
    aino.sync(&world, at(1)).unwrap();
    let safe = aino.knock(RIVER, door(1), at(2));
    aino.sync(&world, at(3)).unwrap();
    let unsent = aino.knock(RIVER, door(2), at(4));
    drop(world);

    let world = World::restored(backup);
    let unknown = aino.send(&world, &aino.request(at(5)), at(5));
    assert!(matches!(unknown, Err(Refused::Unproven { .. })), "{unknown:?}");
    let code = [9; 16];
    world.invite(NORTH, AINO, code);
    let request = EnrolRequest::new(NORTH, code, &aino.signer).unwrap().to_bytes();
    let enrolled = Enrolled::from_bytes(&world.engine.enrol(NORTH, &request, at(6)).unwrap()).unwrap();
    assert_eq!(enrolled.device, aino.device, "the same key is the same device");
    aino.sync(&world, at(7)).unwrap();
    assert_eq!([safe, unsent].map(|knock| aino.became(knock)), [Became::Accepted; 2]);
    assert_eq!(world.store.log_of(NORTH, aino.device, 0, 10).unwrap().len(), 2);
}

#[test]
fn what_a_restored_server_does_not_take_again_leaves_the_phones_that_have_it() {
    let world = World::with_lists();
    let [mut aino, mut offline, mut old, mut berta] = [AINO, AINO, AINO, BERTA].map(|user| world.phone(NORTH, user));
    old.knows = None;
    let (world, backup) = world.backed_up();
    world.update(&[ListUpdate::Assign(RIVER, BERTA)], at(2));
    berta.sync(&world, at(2)).unwrap();
    let [refused, released] = [1, 2].map(|number| berta.knock(RIVER, door(number), at(3)));
    berta.sync(&world, at(4)).unwrap();
    let at_both = |phone: &Phone| [1, 2].map(|number| phone.book.door(door(number)).visits.len());
    for phone in [&mut aino, &mut offline, &mut old] {
        phone.sync(&world, at(5)).unwrap();
        assert_eq!(at_both(phone), [1, 1]);
    }
    drop(world);

    // Nobody there knows that the list was Berta's too.
    let world = World::restored(backup);
    aino.sync(&world, at(6)).unwrap();
    assert_eq!(at_both(&aino), [1, 1], "what nobody has spoken about stays: it may be the last copy");
    berta.sync(&world, at(7)).unwrap();
    assert_eq!([refused, released].map(|knock| berta.became(knock)), [Became::SetAside; 2]);
    aino.sync(&world, at(8)).unwrap();
    assert_eq!(at_both(&aino), [0, 0]);

    office::refuse(&world.desk(NORTH), Which::Entry(refused), "not hers", at(9)).unwrap();
    world.update(&[ListUpdate::Assign(RIVER, BERTA)], at(9));
    world.release(NORTH, released, at(9)).unwrap();
    // One follows the list, one gets it whole, and the writer is told by decisions.
    for phone in [&mut aino, &mut offline, &mut berta] {
        phone.sync(&world, at(10)).unwrap();
        assert_eq!(at_both(phone), [0, 1]);
    }
    // An app that does not know the frame is told nothing, and goes on.
    old.sync(&world, at(11)).unwrap();
    assert_eq!(at_both(&old), [1, 1]);
}

#[test]
fn an_attempt_of_the_lost_time_that_comes_late_to_a_door_of_the_lost_time_is_not_shown_beside_the_last_one() {
    let world = World::with_lists();
    [BERTA, LEA].into_iter().for_each(|user| world.update(&[ListUpdate::Assign(RIVER, user)], at(0)));
    let [mut aino, mut berta, mut quick, mut lea] = [AINO, BERTA, BERTA, LEA].map(|user| world.phone(NORTH, user));
    [&mut aino, &mut berta, &mut quick, &mut lea].into_iter().for_each(|phone| phone.sync(&world, at(1)).unwrap());
    let (world, backup) = world.backed_up();
    let new = lea.add_door(RIVER, at(2));
    lea.sync(&world, at(3)).unwrap();
    berta.sync(&world, at(4)).unwrap();
    let late = berta.knock(RIVER, new, at(5));
    berta.sync(&world, at(6)).unwrap();
    let shown = |phone: &Phone| phone.book.door(new).visits.iter().map(|visit| visit.entry).collect::<Vec<_>>();
    aino.sync(&world, at(7)).unwrap();
    assert_eq!(shown(&aino), [late], "of others the last attempt is shown");
    drop(world);

    // Aino comes before the door does, and again when there is a later attempt than the one that she knows.
    let world = World::restored(backup);
    aino.sync(&world, at(8)).unwrap();
    lea.sync(&world, at(9)).unwrap();
    quick.sync(&world, at(10)).unwrap();
    let last = quick.knock(RIVER, new, at(11));
    quick.sync(&world, at(12)).unwrap();
    berta.sync(&world, at(13)).unwrap();
    aino.sync(&world, at(14)).unwrap();
    assert_eq!(shown(&aino), [last]);
}
