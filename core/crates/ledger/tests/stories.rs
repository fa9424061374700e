//! Small scenes at one door, each a promise.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod street;

use street::{Act, Street, base, contact, device, door_id, suppression, today};
use walkbook_ledger::{
    Correction, DoorChange, DoorState, DoorStatus, ListChange, ListEdit, ListState, Payload, Standing, Subject,
};
use walkbook_model::*;

const AINO: usize = 0;
const BEN: usize = 1;

fn merged(street: &Street) -> DoorState {
    DoorState::compute(street.door(), Some(street.base()), &street.everything()).unwrap()
}

fn first_contact() -> ContactId {
    ContactId::from_bytes([1; 16])
}

fn name_of(state: &DoorState) -> String {
    state.contacts.iter().find(|contact| contact.contact.id == first_contact()).unwrap().contact.name()
}

fn rename(name: &str) -> DoorChange {
    DoorChange::SetContactField(first_contact(), ContactField::GivenName, name.into())
}

#[test]
fn two_phones_write_one_name_and_the_other_is_shown_as_a_clash_until_someone_resolves_it() {
    let mut street = Street::new();
    street.edit(AINO, rename("Aina"));
    street.act(BEN, &Act::Hear(BEN)); // a second later
    street.edit(BEN, rename("Anna"));
    let state = merged(&street);
    assert_eq!(name_of(&state), "Anna");
    assert_eq!(state.clashes.len(), 1);
    assert!(state.clashes[0].choices.iter().any(|(_, change)| *change == rename("Aina")));

    street.hear(AINO, BEN);
    let chosen = street.view(AINO).clashes[0].choices.last().unwrap().1.clone();
    street.edit(AINO, chosen);
    let state = merged(&street);
    assert_eq!((name_of(&state).as_str(), state.clashes.len()), ("Aina", 0));
}

#[test]
fn two_phones_that_write_the_same_do_not_clash() {
    let mut street = Street::new();
    street.edit(AINO, rename("Aina"));
    street.edit(BEN, rename("Aina"));
    assert!(merged(&street).clashes.is_empty());
}

#[test]
fn two_fields_of_one_contact_merge_without_a_clash() {
    let mut street = Street::new();
    street.edit(AINO, rename("Aina"));
    street.edit(BEN, DoorChange::SetContactField(first_contact(), ContactField::Phone, "+358 40 555 0101".into()));
    let state = merged(&street);
    let fields = &state.contacts[0].contact.fields;
    assert_eq!((fields.len(), state.clashes.len()), (2, 0));
}

#[test]
fn a_phone_set_to_2030_does_not_win_once_the_server_has_bounded_it() {
    let mut street = Street::new();
    street.act(AINO, &Act::ClockJumps(100_000_000_000));
    let forged = street.edit(AINO, rename("Twenty-thirty"));
    street.act(BEN, &Act::Hear(BEN));
    street.edit(BEN, rename("Today"));
    let mut entries = street.everything();
    for entry in entries.iter_mut().filter(|entry| entry.id() == forged) {
        entry.bound = Some(Moment::new(Timestamp::from_ms(1_795_000_001_000), 0));
    }
    let state = DoorState::compute(street.door(), Some(street.base()), &entries).unwrap();
    assert_eq!(name_of(&state), "Today");
}

#[test]
fn do_not_contact_survives_a_knock_at_the_same_time_and_a_later_import() {
    let mut street = Street::new();
    street.write(AINO, Subject::Door(street.door()), suppression(Target::Door));
    street.act(BEN, &Act::Knock(0));
    let mut imported = base();
    imported.record.address.postcode = "00130".into();
    let state = DoorState::compute(street.door(), Some(&imported), &street.everything()).unwrap();
    assert_eq!(state.status(today()), DoorStatus::Suppressed);
    assert_eq!(state.visits.len(), 1, "the knock is kept all the same");
}

#[test]
fn a_lift_undoes_what_it_names_and_nothing_else() {
    let mut street = Street::new();
    let door = Subject::Door(street.door());
    let named = street.write(AINO, door, suppression(Target::Door));
    street.hear(BEN, AINO);
    street.write(BEN, door, Payload::Lift(Lift { names: vec![named], reason: "asked us to come back".into() }));
    assert!(!merged(&street).is_suppressed(today()));
    street.write(AINO, door, suppression(Target::Door));
    assert!(merged(&street).is_suppressed(today()), "said again, at the same time as the lift");
}

#[test]
fn a_do_not_knock_list_ends_with_its_last_day() {
    let mut street = Street::new();
    let until_on = Some(today());
    let reason = SuppressionReason::DoNotKnockList;
    let payload = Payload::Suppression(Suppression { target: Target::Door, reason, until_on });
    street.write(AINO, Subject::Door(street.door()), payload);
    let state = merged(&street);
    assert!(state.is_suppressed(today()));
    assert!(!state.is_suppressed(Day::new(2026, 11, 25).unwrap()));
}

#[test]
fn a_withdrawn_permission_wins_over_one_given_later_until_a_lift_names_it() {
    let mut street = Street::new();
    street.act(AINO, &Act::Consent(0, false));
    let withdrawal = street.known_to(AINO)[0].id();
    street.act(BEN, &Act::Consent(0, true));
    assert!(!merged(&street).contacts[0].permissions[0].given);
    let lift = Lift { names: vec![withdrawal], reason: "signed the form".into() };
    street.write(AINO, Subject::Door(street.door()), Payload::Lift(lift));
    assert!(merged(&street).contacts[0].permissions[0].given);
}

#[test]
fn a_mistaken_knock_is_undone_and_its_history_stays() {
    let mut street = Street::new();
    let list = WalkListId::from_bytes([1; 16]);
    let hostile = Interaction::of_outcome(list, None, Outcome::Hostile);
    let door = Subject::Door(street.door());
    let knock = street.write(AINO, door, Payload::Interaction(hostile));
    assert_eq!(merged(&street).status(today()), DoorStatus::Suppressed);
    let undo = street.write(AINO, door, Payload::Correction(Correction { replaces: knock, with: None }));
    let state = merged(&street);
    assert_eq!(state.status(today()), DoorStatus::Untouched);
    assert_eq!(state.visits[0].corrected_by, [undo]);
}

#[test]
fn corrections_that_name_each_other_hang_nobody() {
    let mut street = Street::new();
    let door = Subject::Door(street.door());
    let list = WalkListId::from_bytes([1; 16]);
    let knock = street.write(AINO, door, Payload::Interaction(Interaction::of_outcome(list, None, Outcome::NotHome)));
    let correction = |replaces| Payload::Correction(Correction { replaces, with: None });
    let later = EntryId::new(device(BEN), 2);
    street.write(BEN, door, correction(later));
    street.write(BEN, door, correction(EntryId::new(device(BEN), 1)));
    street.write(AINO, door, correction(knock));
    assert_eq!(merged(&street).visits.len(), 1);
}

#[test]
fn a_door_that_a_canvasser_adds_needs_no_base() {
    let mut street = Street::new();
    let added = door_id(9);
    let address =
        Address { street: "Kasarmikatu".into(), number: "4".into(), unit: "C 1".into(), ..Address::default() };
    let edit = walkbook_ledger::DoorEdit { on: Vec::new(), change: DoorChange::SetAddress(address.clone()) };
    street.write(AINO, Subject::Door(added), Payload::Door(edit));
    let state = DoorState::compute(added, None, &street.everything()).unwrap();
    assert_eq!(state.door.address, address);
}

#[test]
fn a_merge_of_two_contacts_can_be_undone() {
    let mut street = Street::new();
    let other = ContactId::from_bytes([2; 16]);
    street.edit(AINO, DoorChange::SetStanding(other, Standing::SameAs(first_contact())));
    assert_eq!(merged(&street).present().count(), 1);
    street.edit(AINO, DoorChange::SetStanding(other, Standing::Present));
    assert_eq!(merged(&street).present().count(), 2);
}

#[test]
fn edits_from_before_a_new_epoch_are_replayed_without_the_erased_person_and_once_only() {
    let mut street = Street::new();
    street.edit(AINO, DoorChange::SetAccessNotes("folded".into()));
    let folded = (device(AINO), 1);
    street.edit(BEN, rename("Of an erased person"));
    street.edit(BEN, DoorChange::SetAccessNotes("from a month offline".into()));
    let mut erased = base();
    erased.epoch = 1;
    erased.folded = vec![folded];
    erased.record.contacts.remove(0);
    let state = DoorState::compute(street.door(), Some(&erased), &street.everything()).unwrap();
    assert_eq!(state.door.access_notes, "from a month offline");
    assert_eq!(state.contacts.len(), 1);
    assert!(state.waiting.is_empty());
}

#[test]
fn two_leads_move_one_door_and_it_stands_once() {
    let mut street = Street::new();
    let subject = Subject::List(WalkListId::from_bytes([1; 16]));
    let place =
        |behind| Payload::List(ListEdit { on: Vec::new(), change: ListChange::Place { door: door_id(0), behind } });
    street.write(AINO, subject, place(Some(door_id(2))));
    street.act(BEN, &Act::Hear(BEN));
    street.write(BEN, subject, place(Some(door_id(4))));
    let list = ListState::compute(street.list_base(), &street.everything()).unwrap().list;
    assert_eq!(list.doors, [1, 2, 3, 4, 0].map(door_id));
}

#[test]
fn a_contact_whose_id_is_not_its_entry_s_is_refused() {
    let edit = DoorChange::AddContact(contact(first_contact(), "Twice"));
    let mut street = Street::new();
    street.edit(AINO, DoorChange::SetAccessNotes(String::new()));
    let mut forged = street.everything().remove(0);
    forged.payload = Payload::Door(walkbook_ledger::DoorEdit { on: Vec::new(), change: edit });
    assert!(forged.check().is_err());
}

/// What nobody has edited is read from its base alone; an edit that waits for another changes nothing either, but is read
/// the long way.
#[test]
fn what_nobody_edited_is_the_same_whichever_way_it_is_read() {
    let absent = vec![EntryId::new(device(7), 1)];
    let list = Subject::List(WalkListId::from_bytes([1; 16]));
    let mut street = Street::new();
    street.act(AINO, &Act::KnockContact(0, 3));
    street.act(AINO, &Act::SuppressContact(1));
    let short = street.everything();
    let change = rename("Aina");
    street.write(
        AINO,
        Subject::Door(street.door()),
        Payload::Door(walkbook_ledger::DoorEdit { on: absent.clone(), change }),
    );
    let change = ListChange::Drop(door_id(0));
    street.write(AINO, list, Payload::List(ListEdit { on: absent, change }));
    let long = street.everything();

    let door = |entries: &[walkbook_ledger::Entry], base: Option<&walkbook_ledger::DoorBase>| {
        DoorState::compute(street.door(), base, entries).unwrap()
    };
    for base in [Some(street.base()), None] {
        let waiting = door(&long, base);
        assert_eq!(waiting.waiting.len(), 1);
        assert_eq!(door(&short, base), DoorState { waiting: Vec::new(), ..waiting });
    }
    let list = |entries| ListState::compute(street.list_base(), entries).unwrap();
    let waiting = list(&long);
    assert_eq!(waiting.waiting.len(), 1);
    assert_eq!(list(&short), ListState { waiting: Vec::new(), ..waiting });
}
