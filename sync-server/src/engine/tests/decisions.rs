//! What was set aside is decided about: phones, lists and the writer hear of it.

use super::phone::{Became, Phone};
use super::restores::handed_out_since_the_backup;
use super::world::{AINO, BERTA, HILL, LEA, NORTH, RIVER, SOUTH, World, at, door};
use crate::office::{self, Which, Would};
use crate::store::{self, Documents, ListUpdate, Quarantine};
use walkbook_ledger::{DoorChange, ListChange, Payload};
use walkbook_model::{EntryId, Moment, Suppression, SuppressionReason, Target};
use walkbook_sync::Reason;

/// Aino has lost door 1 to Berta at second 20, and writes on there at second 21.
fn aino_was_late() -> (World, Phone, Phone, EntryId) {
    let world = World::with_lists();
    let (mut aino, mut berta) = (world.phone(NORTH, AINO), world.phone(NORTH, BERTA));
    aino.sync(&world, at(1)).unwrap();
    world.update(&[ListUpdate::Leave(RIVER, door(1)), ListUpdate::Join(HILL, door(1))], at(20));
    let late = aino.knock(RIVER, door(1), at(21));
    aino.sync(&world, at(22)).unwrap();
    berta.sync(&world, at(23)).unwrap();
    assert_eq!(aino.became(late), Became::SetAside);
    (world, aino, berta, late)
}

#[test]
fn what_is_released_travels_to_phones_that_had_read_on_and_its_writer_hears_of_it() {
    let (world, mut aino, mut berta, late) = aino_was_late();
    assert!(berta.book.door(door(1)).visits.is_empty());
    world.release(NORTH, late, at(30)).unwrap();
    berta.sync(&world, at(31)).unwrap();
    assert_eq!(berta.book.door(door(1)).visits.iter().map(|visit| visit.entry).collect::<Vec<_>>(), [late]);
    aino.sync(&world, at(32)).unwrap();
    assert_eq!(aino.became(late), Became::Accepted);
    // Once told, it is not told again.
    let mark = aino.decisions.clone();
    aino.sync(&world, at(33)).unwrap();
    assert_eq!(aino.decisions, mark);
}

#[test]
fn what_is_refused_reaches_its_writer_with_the_reason_and_nobody_else() {
    let (world, mut aino, mut berta, late) = aino_was_late();
    office::refuse(&world.desk(NORTH), Which::Entry(late), "Berta had been there", at(30)).unwrap();
    aino.sync(&world, at(31)).unwrap();
    assert_eq!(aino.became(late), Became::Refused(Reason::Declined));
    assert_eq!(aino.words[&late.seq], "Berta had been there");
    berta.sync(&world, at(32)).unwrap();
    assert!(berta.book.door(door(1)).visits.is_empty());
}

#[test]
fn a_moment_that_was_bounded_stays_bounded_when_the_entry_is_released() {
    let world = World::with_lists();
    let mut aino = world.phone(NORTH, AINO);
    aino.sync(&world, at(1)).unwrap();
    world.update(&[ListUpdate::Leave(RIVER, door(1)), ListUpdate::Join(HILL, door(1))], at(20));
    aino.skew_ms = 86_400_000;
    let late = aino.knock(RIVER, door(1), at(21));
    aino.sync(&world, at(22)).unwrap();
    world.release(NORTH, late, at(900)).unwrap();
    // Also on a phone that has the door by another list.
    world.update(&[ListUpdate::Assign(HILL, AINO)], at(901));
    aino.sync(&world, at(902)).unwrap();
    let bound = Some(Moment::new(at(22), u16::MAX));
    assert_eq!(aino.book.entries[&late].bound, bound);
}

#[test]
fn a_restored_server_that_has_forgotten_the_decision_says_so_and_it_is_made_again() {
    let (world, mut aino, _, late) = aino_was_late();
    let (world, backup) = world.backed_up();
    world.release(NORTH, late, at(30)).unwrap();
    aino.sync(&world, at(31)).unwrap();
    assert_eq!(aino.became(late), Became::Accepted);
    drop(world);
    let world = World::restored(backup);
    aino.sync(&world, at(40)).unwrap();
    assert_eq!(aino.became(late), Became::SetAside, "the phone counts what the server counts");
    office::refuse(&world.desk(NORTH), Which::Entry(late), "no", at(41)).unwrap();
    aino.sync(&world, at(42)).unwrap();
    assert_eq!(aino.became(late), Became::Refused(Reason::Declined));
}

#[test]
fn an_answer_that_was_lost_is_made_up_for_by_the_next() {
    let (world, mut aino, _, late) = aino_was_late();
    world.release(NORTH, late, at(30)).unwrap();
    aino.send(&world, &aino.request(at(31)), at(31)).unwrap();
    assert_eq!(aino.became(late), Became::SetAside);
    aino.sync(&world, at(32)).unwrap();
    assert_eq!(aino.became(late), Became::Accepted);
}

#[test]
fn thousands_of_decisions_come_answer_by_answer() {
    let world = World::with_lists();
    let mut aino = world.phone(NORTH, AINO);
    aino.sync(&world, at(1)).unwrap();
    world.update(&[ListUpdate::Unassign(RIVER, AINO)], at(2));
    let knocks: Vec<EntryId> = (0..600).map(|number| aino.knock(RIVER, door(1), at(3 + number))).collect();
    aino.sync(&world, at(700)).unwrap();
    for (number, knock) in knocks.iter().enumerate() {
        match number % 3 {
            0 => world.release(NORTH, *knock, at(701)).unwrap(),
            1 => office::refuse(&world.desk(NORTH), Which::Entry(*knock), &"why ".repeat(1_000), at(701)).unwrap(),
            _ => {}
        }
    }
    let told = |aino: &Phone| -> Vec<Became> { knocks.iter().map(|knock| aino.became(*knock)).collect() };
    let wanted: Vec<Became> =
        [Became::Accepted, Became::Refused(Reason::Declined), Became::SetAside].into_iter().cycle().take(600).collect();
    let before = aino.decisions.clone();
    aino.sync(&world, at(702)).unwrap();
    assert_eq!(told(&aino), wanted);
    // And for a phone whose mark counts for nothing, all of it once more.
    assert_ne!(aino.decisions, before);
    aino.decisions = Some(b"nonsense".to_vec());
    aino.sync(&world, at(703)).unwrap();
    assert_eq!(told(&aino), wanted);
}

#[test]
fn an_edit_waits_for_the_one_that_it_rests_on() {
    let world = World::with_lists();
    let mut aino = world.phone(NORTH, AINO);
    aino.sync(&world, at(1)).unwrap();
    world.update(&[ListUpdate::Unassign(RIVER, AINO)], at(2));
    let [first, second] =
        ["dog", "two dogs"].map(|notes| aino.edit(door(1), DoorChange::SetAccessNotes(notes.into()), at(3)));
    aino.sync(&world, at(4)).unwrap();
    let would = |world: &World| -> Vec<Would> {
        office::set_aside(&world.desk(NORTH), at(5)).unwrap().iter().map(|aside| aside.would).collect()
    };
    assert_eq!(would(&world), [Would::CountIfReleased, Would::Wait]);
    let too_early = world.release(NORTH, second, at(5));
    assert!(matches!(too_early, Err(office::Error::CannotCount(Would::Wait))), "{too_early:?}");
    for edit in [first, second] {
        world.release(NORTH, edit, at(6)).unwrap();
    }
    let state = crate::reading::door_state(&*world.store, NORTH, door(1)).unwrap().unwrap();
    assert_eq!(state.door.access_notes, "two dogs");
}

#[test]
fn an_edit_on_top_of_a_refused_one_can_only_be_refused() {
    let world = World::with_lists();
    let mut aino = world.phone(NORTH, AINO);
    aino.sync(&world, at(1)).unwrap();
    world.update(&[ListUpdate::Unassign(RIVER, AINO)], at(2));
    let [first, second] =
        ["dog", "two dogs"].map(|notes| aino.edit(door(1), DoorChange::SetAccessNotes(notes.into()), at(3)));
    aino.sync(&world, at(4)).unwrap();
    office::refuse(&world.desk(NORTH), Which::Entry(first), "no", at(5)).unwrap();
    let hangs = world.release(NORTH, second, at(5));
    assert!(matches!(hangs, Err(office::Error::CannotCount(Would::Not(Reason::Rebase)))), "{hangs:?}");
    office::refuse(&world.desk(NORTH), Which::Entry(second), "no", at(5)).unwrap();
}

#[test]
fn a_released_edit_of_a_list_hands_it_out() {
    let world = World::with_lists();
    world.update(&[ListUpdate::Assign(RIVER, LEA)], at(0));
    let mut lea = world.phone(NORTH, LEA);
    lea.sync(&world, at(1)).unwrap();
    // What Lea had written when the server was restored is judged while she is no lead any more.
    let (world, backup) = world.backed_up();
    let handed = lea.edit_list(RIVER, ListChange::Assign(vec![AINO, BERTA, LEA]), at(2));
    lea.sync(&world, at(3)).unwrap();
    drop(world);
    let world = World::restored(backup);
    world.set_role(NORTH, LEA, walkbook_model::Role::Canvasser);
    lea.sync(&world, at(4)).unwrap();
    assert_eq!(lea.became(handed), Became::SetAside);
    let is_bertas =
        |world: &World| world.store.assignments_of(NORTH, BERTA).unwrap().iter().any(|held| held.list == RIVER);
    assert!(!is_bertas(&world));
    world.release(NORTH, handed, at(5)).unwrap();
    assert!(is_bertas(&world));
}

#[test]
fn after_a_restore_what_rested_on_others_fits_once_they_have_come() {
    let (world, backup, [mut berta, mut lea]) = handed_out_since_the_backup();
    let knock = berta.knock(RIVER, door(1), at(5));
    berta.sync(&world, at(7)).unwrap();
    drop(world);
    let world = World::restored(backup);
    berta.sync(&world, at(9)).unwrap();
    let would = |world: &World| office::one_set_aside(&world.desk(NORTH), Which::Entry(knock), at(10)).unwrap().would;
    assert_eq!(would(&world), Would::CountIfReleased);
    lea.sync(&world, at(11)).unwrap();
    assert_eq!(would(&world), Would::Count);
    world.release(NORTH, knock, at(12)).unwrap();
    berta.sync(&world, at(13)).unwrap();
    assert_eq!((berta.became(knock), berta.book.door(door(1)).visits.len()), (Became::Accepted, 1));
}

#[test]
fn a_no_that_was_set_aside_wins_from_the_moment_it_is_released() {
    let world = World::with_lists();
    let (mut aino, mut berta) = (world.phone(NORTH, AINO), world.phone(NORTH, BERTA));
    aino.sync(&world, at(1)).unwrap();
    world.update(&[ListUpdate::Leave(RIVER, door(1)), ListUpdate::Join(HILL, door(1))], at(20));
    let reason = SuppressionReason::Objection;
    let no = Payload::Suppression(Suppression { target: Target::Door, reason, until_on: None });
    let no = aino.write_at(door(1), no, at(21));
    aino.sync(&world, at(22)).unwrap();
    world.release(NORTH, no, at(23)).unwrap();
    berta.sync(&world, at(24)).unwrap();
    assert!(berta.book.door(door(1)).is_suppressed(walkbook_model::Day::of(at(24))));
}

#[test]
fn nobody_decides_about_what_was_never_set_aside_or_is_another_tenants() {
    let (world, mut aino, _, late) = aino_was_late();
    let counts = aino.knock(RIVER, door(2), at(24));
    aino.sync(&world, at(25)).unwrap();
    let unknown = |decided: Result<(), office::Error>| {
        assert!(matches!(decided, Err(office::Error::Store(store::Error::Unknown { .. }))), "{decided:?}");
    };
    unknown(world.release(NORTH, counts, at(26)));
    unknown(office::refuse(&world.desk(NORTH), Which::Entry(counts), "no", at(26)));
    unknown(world.release(SOUTH, late, at(26)));
    assert_eq!(world.store.count_quarantined(NORTH).unwrap(), 1);
}
