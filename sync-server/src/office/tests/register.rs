//! The register comes in, again and again.

use super::world::*;
use crate::office::{Taken, take_register};
use crate::reading;
use crate::store::Documents;
use walkbook_ledger::{DoorChange, DoorState};
use walkbook_model::limits::CONTACTS;
use walkbook_model::{Contact, ContactField, ContactId, Door, Outcome, Role, TenantId};

fn take(world: &World, tenant: TenantId, doors: Vec<Door>) -> Taken {
    take_register(world.store(), tenant, doors, |_| {}).unwrap()
}

fn state(world: &World, tenant: TenantId, number: u8) -> DoorState {
    reading::door_state(world.store(), tenant, door_id(number)).unwrap().unwrap()
}

fn field(state: &DoorState, contact: ContactId, field: &ContactField) -> Option<String> {
    let contact = state.contacts.iter().find(|person| person.contact.id == contact).unwrap();
    contact.contact.fields.get(field).cloned()
}

#[test]
fn a_file_imported_twice_changes_nothing() {
    let world = World::new();
    let tenant = world.tenant("North");
    let mut told = 0;
    let first = take_register(world.store(), tenant, doors(20), |more| told += more).unwrap();
    assert_eq!((first, told), (Taken { new: 20, ..Taken::default() }, 20));
    let head = crate::store::Log::head(&*world.store, tenant).unwrap();
    assert_eq!(take(&world, tenant, doors(20)), Taken { same: 20, ..Taken::default() });
    assert_eq!(crate::store::Log::head(&*world.store, tenant).unwrap(), head);
}

#[test]
fn a_later_import_changes_the_register_and_never_what_the_field_knows_better() {
    let world = World::new();
    let tenant = world.tenant("North");
    let mut aino = world.phone(tenant, "Aino", Role::Canvasser);
    let list = world.one_list(tenant, 2, &[aino.user()]);
    let mended = DoorChange::SetContactField(contact_id(1), ContactField::Phone, "+358 40 999".into());
    aino.edit_door(world.store(), door_id(1), mended, at(10));
    let notes = DoorChange::SetAccessNotes("buzzer 7".into());
    aino.edit_door(world.store(), door_id(1), notes, at(11));
    aino.knock(door_id(1), knocked(list, Outcome::Refused), at(12));
    aino.sync_well(world.store(), at(13));

    let mut later = door(1);
    later.contacts[0].fields.insert(ContactField::Phone, "+358 40 111".into());
    later.contacts[0].fields.insert(ContactField::GivenName, "Renamed".into());
    later.access_notes = "beware of the dog".into();
    assert_eq!(take(&world, tenant, vec![later, door(2)]), Taken { changed: 1, same: 1, ..Taken::default() });
    let state = state(&world, tenant, 1);
    assert_eq!(field(&state, contact_id(1), &ContactField::Phone).as_deref(), Some("+358 40 999"));
    assert_eq!(field(&state, contact_id(1), &ContactField::GivenName).as_deref(), Some("Renamed"));
    assert_eq!((state.door.access_notes.as_str(), state.counting().count()), ("buzzer 7", 1));
}

#[test]
fn people_and_fields_of_an_earlier_file_stay() {
    let world = World::new();
    let tenant = world.tenant("North");
    let mut first = door(1);
    first.contacts[0].fields.insert(ContactField::Email, "one@example.org".into());
    first.access_notes = "side door".into();
    first.address.floor = Some(3);
    first.address.region = "Uusimaa".into();
    take(&world, tenant, vec![first]);
    let mut second = door(1);
    second.position = None;
    second.contacts = vec![Contact::new(contact_id(1)), Contact::new(contact_id(77))];
    second.contacts[0].fields.insert(ContactField::GivenName, "Renamed".into());
    assert_eq!(take(&world, tenant, vec![second]), Taken { changed: 1, ..Taken::default() });
    take(&world, tenant, vec![Door { contacts: Vec::new(), ..door(1) }]);
    let state = state(&world, tenant, 1);
    assert_eq!(state.contacts.iter().map(|person| person.contact.id).collect::<Vec<_>>(), [1, 77].map(contact_id));
    let known = |name| field(&state, contact_id(1), &name);
    assert_eq!(known(ContactField::Email).as_deref(), Some("one@example.org"));
    assert_eq!(known(ContactField::GivenName).as_deref(), Some("Renamed"));
    assert_eq!(known(ContactField::FamilyName).as_deref(), Some("Family1"));
    assert_eq!((state.door.position, state.door.access_notes.as_str()), (Some(place(1)), "side door"));
    assert_eq!((state.door.address.floor, state.door.address.region.as_str()), (Some(3), "Uusimaa"));
}

#[test]
fn a_house_that_has_seen_too_many_people_holds_up_no_other() {
    let world = World::new();
    let tenant = world.tenant("North");
    let crowd = |from: u16, count: usize| -> Vec<Contact> {
        let ids = (from..).take(count).map(|number| {
            let mut bytes = [9; 16];
            bytes[..2].copy_from_slice(&number.to_be_bytes());
            ContactId::from_bytes(bytes)
        });
        ids.map(Contact::new).collect()
    };
    take(&world, tenant, vec![Door { contacts: crowd(0, CONTACTS), ..door(1) }]);
    let full = Door { contacts: crowd(5_000, 2), ..door(1) };
    assert_eq!(take(&world, tenant, vec![full.clone(), door(2)]), Taken { new: 1, full: 1, ..Taken::default() });
    assert_eq!(state(&world, tenant, 1).contacts.len(), CONTACTS);
    // It stays as it was, and says so each time.
    assert_eq!(take(&world, tenant, vec![full, door(2)]), Taken { same: 1, full: 1, ..Taken::default() });
    // Those whom it knows already can still change.
    let mut known = Door { contacts: crowd(3, 1), ..door(1) };
    known.contacts[0].fields.insert(ContactField::GivenName, "Renamed".into());
    assert_eq!(take(&world, tenant, vec![known]), Taken { changed: 1, ..Taken::default() });
}

#[test]
fn a_door_beyond_its_bounds_stops_the_import_before_it_begins() {
    let world = World::new();
    let tenant = world.tenant("North");
    let mut broken = door(2);
    broken.address.street = "x".repeat(5_000);
    assert!(take_register(world.store(), tenant, vec![door(1), broken], |_| {}).is_err());
    assert!(world.store.subjects(tenant, None, 10).unwrap().is_empty());
}
