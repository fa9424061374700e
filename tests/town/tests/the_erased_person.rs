//! Vera writes to the movement: she wants to be known there no more. One phone has spoken with her, one has mended her number,
//! and one is on a mountain without a signal.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod people;

use people::Stairwell;
use walkbook_core::Why;
use walkbook_ledger::{DoorChange, Payload};
use walkbook_model::{
    ContactField, ContactId, DoorId, EntryId, Interaction, Outcome, Suppression, SuppressionReason, Target,
};
use walkbook_server::store::{Held, Rescued};
use walkbook_sync::Reason;
use walkbook_town::real::{Phone, now};

/// A door where somebody lives, and the first of them.
fn vera(stairwell: &Stairwell, phone: &Phone) -> (DoorId, ContactId) {
    let first = |door: &DoorId| {
        let state = phone.walkbook.door(*door).unwrap();
        state.present().next().map(|contact| (*door, contact.contact.id))
    };
    stairwell.doors.iter().find_map(first).unwrap()
}

fn speak(stairwell: &Stairwell, phone: &Phone, (door, contact): (DoorId, ContactId)) -> EntryId {
    let mut spoken = Interaction::of_outcome(stairwell.list, Some(contact), Outcome::Refused);
    spoken.note = Some("her husband is ill".into());
    phone.walkbook.record_knock(door, spoken, now()).unwrap()
}

/// Whether a phone shows these words, or this id, anywhere at a door.
fn shows(phone: &Phone, door: DoorId, what: &[u8]) -> bool {
    phone.walkbook.door(door).unwrap().to_bytes().windows(what.len()).any(|bytes| bytes == what)
}

#[test]
fn whoever_is_erased_is_gone_from_every_phone_and_the_visits_stay() {
    let mut stairwell = Stairwell::new();
    let [aino, bilal, chiara] = stairwell.canvassers(["Aino", "Bilal", "Chiara"]);
    let (door, contact) = vera(&stairwell, &aino);
    let mut spoken = vec![speak(&stairwell, &aino, (door, contact))];
    let number = || "+1-202-555-0199".to_owned();
    bilal.walkbook.edit_contact(door, contact, ContactField::Phone, number(), now()).unwrap();
    let notes = "the bell is broken";
    bilal.walkbook.edit_door(door, DoorChange::SetAccessNotes(notes.into()), now()).unwrap();
    for phone in [&aino, &bilal, &aino] {
        phone.sync(&stairwell.town);
    }
    let backup = stairwell.town.back_up();
    spoken.push(speak(&stairwell, &chiara, (door, contact)));
    let no = Suppression { target: Target::Contact(contact), reason: SuppressionReason::Objection, until_on: None };
    let refused = chiara.walkbook.suppress(door, no, now()).unwrap();

    assert_eq!(stairwell.town.erase(door, contact), 2);
    // Chiara comes down from the mountain last.
    for phone in [&aino, &bilal, &chiara, &aino, &bilal] {
        phone.sync(&stairwell.town);
    }
    let is_gone = |stairwell: &Stairwell, phones: &[&Phone]| {
        stairwell.all_agree(phones);
        for phone in phones {
            let state = phone.walkbook.door(door).unwrap();
            assert!(state.contacts.iter().all(|known| known.contact.id != contact));
            assert_eq!(state.door.access_notes, notes, "what was made on top of it keeps its ground");
            let mut visits: Vec<EntryId> = state.visits.iter().map(|visit| visit.entry).collect();
            visits.sort_unstable();
            let mut wanted = spoken.clone();
            wanted.sort_unstable();
            assert_eq!(visits, wanted, "they are counted as before");
            for gone in [&b"husband"[..], b"0199", &contact.to_bytes()] {
                assert!(!shows(phone, door, gone));
            }
        }
    };
    is_gone(&stairwell, &[&aino, &bilal, &chiara]);
    let not_taken = chiara.walkbook.refused().unwrap();
    assert_eq!(
        not_taken.iter().map(|one| (one.entry, one.why)).collect::<Vec<_>>(),
        [(refused, Why::Refused(Reason::Erased))]
    );
    assert!(not_taken[0].said.is_none(), "what it said is in no log any more");

    // The register of next week knows her still.
    stairwell.town.take_register_again();
    for phone in [&aino, &bilal, &chiara] {
        phone.sync(&stairwell.town);
    }
    is_gone(&stairwell, &[&aino, &bilal, &chiara]);

    // The server is restored to when it knew her; before it answers, it reads whom it has erased.
    stairwell.town = stairwell.town.restore(&backup);
    assert_eq!(stairwell.town.work_in_erasures(), 1);
    let chiara = chiara.die_and_start();
    for phone in [&aino, &bilal, &chiara, &aino, &bilal] {
        phone.sync(&stairwell.town);
    }
    let server = walkbook_server::reading::door_state(&*stairwell.town.store, stairwell.town.tenant, door);
    let server = server.unwrap().unwrap();
    assert!(server.contacts.iter().all(|known| known.contact.id != contact));
    stairwell.all_agree(&[&aino, &bilal, &chiara]);
    assert_eq!(stairwell.town.work_in_erasures(), 0);
}

#[test]
fn a_log_whose_words_were_erased_is_brought_again_to_a_restored_server_and_says_nothing() {
    let mut stairwell = Stairwell::new();
    let [aino, bilal] = stairwell.canvassers(["Aino", "Bilal"]);
    let (door, contact) = vera(&stairwell, &aino);
    let backup = stairwell.town.back_up();
    let spoken = speak(&stairwell, &aino, (door, contact));
    let after = aino.not_home(stairwell.list, stairwell.doors[5]);
    aino.sync(&stairwell.town);
    bilal.sync(&stairwell.town);
    stairwell.town.erase(door, contact);
    aino.sync(&stairwell.town);
    bilal.sync(&stairwell.town);

    stairwell.town = stairwell.town.restore(&backup);
    assert_eq!(stairwell.town.work_in_erasures(), 1);
    for phone in [&aino, &bilal, &aino] {
        phone.sync(&stairwell.town);
    }
    stairwell.all_agree(&[&aino, &bilal]);
    assert_eq!(bilal.knocks_at(stairwell.doors[5]), [after], "the log goes on behind it");
    let not_taken = aino.walkbook.refused().unwrap();
    assert_eq!(
        not_taken.iter().map(|one| (one.entry, one.why)).collect::<Vec<_>>(),
        [(spoken, Why::Refused(Reason::Erased))]
    );
    assert!(not_taken.iter().all(|one| one.said.as_ref().map(Payload::kind).is_none()));
}

#[test]
fn what_comes_out_of_a_rescue_file_about_her_says_nothing() {
    let stairwell = Stairwell::new();
    let [aino] = stairwell.canvassers(["Aino"]);
    let (door, contact) = vera(&stairwell, &aino);
    // Two copies of one phone: what the second has fits into no log.
    let (goes_on, copy) = aino.copied();
    goes_on.not_home(stairwell.list, stairwell.doors[1]);
    goes_on.sync(&stairwell.town);
    speak(&stairwell, &copy, (door, contact));
    copy.not_home(stairwell.list, stairwell.doors[5]);
    assert_eq!(stairwell.town.erase(door, contact), 0);
    assert_eq!(stairwell.town.take_rescue(&copy.rescue(), None).unwrap().set_aside, 2);
    let waiting = stairwell.town.store.rescued(stairwell.town.tenant, 10).unwrap();
    let says: Vec<bool> = waiting.iter().map(|entry| entry.payload != Held::Erased).collect();
    assert_eq!(says, [false, true]);
}

#[test]
fn whoever_walks_there_no_more_has_her_in_no_log_either() {
    let mut stairwell = Stairwell::new();
    let [aino, bilal] = stairwell.canvassers(["Aino", "Bilal"]);
    let (door, contact) = vera(&stairwell, &aino);
    let backup = stairwell.town.back_up();
    let spoken = speak(&stairwell, &aino, (door, contact));
    aino.sync(&stairwell.town);
    let bilals = bilal.walkbook.identity().unwrap().user;
    stairwell.town.assign(stairwell.list, &[bilals]);
    aino.sync(&stairwell.town);
    assert!(aino.walkbook.lists().unwrap().is_empty());
    assert_eq!(stairwell.town.erase(door, contact), 1);
    aino.sync(&stairwell.town);
    // What the phone brings again shows what its log still says.
    stairwell.town = stairwell.town.restore(&backup);
    assert_eq!(stairwell.town.work_in_erasures(), 1);
    aino.sync(&stairwell.town);
    let not_taken = aino.walkbook.refused().unwrap();
    assert_eq!(
        not_taken.iter().map(|one| (one.entry, one.why)).collect::<Vec<_>>(),
        [(spoken, Why::Refused(Reason::Erased))]
    );
    assert!(not_taken[0].said.is_none());
}
