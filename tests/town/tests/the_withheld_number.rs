//! The tenant decides, while Dora and Emil are out, that canvassers are to see no telephone numbers and no history; then that they
//! are. Both change Mrs. Virtanen's door without a network all the while, and so does Lea, who leads and sees everything.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod people;

use people::Stairwell;
use walkbook_ledger::{DoorState, shown_base, shown_entries};
use walkbook_model::{ContactField, DoorId, EntryId, Role};
use walkbook_server::reading;
use walkbook_server::store::Directory;
use walkbook_town::real::{Phone, Town};

const WITHHELD: &str = r#"{ "withheld_fields": { "canvasser": ["phone", "language"] } }"#;
const SHOWN: &str = r#"{ "canvassers_see_history": true }"#;

/// What a phone is to show of a door: what the server has, as it is to be seen by the phone's user.
fn wanted(town: &Town, phone: &Phone, door: DoorId) -> Vec<u8> {
    let (store, tenant) = (&*town.store, town.tenant);
    let user = phone.walkbook.identity().unwrap().user;
    let role = store.user(tenant, user).unwrap().unwrap().role;
    let withheld = reading::settings(store, tenant).unwrap().withheld_from(role);
    let own: Vec<_> = store.devices_of(tenant, user).unwrap().into_iter().map(|device| device.id).collect();
    let base = reading::door_base(store, tenant, door).unwrap().map(|base| shown_base(base, &withheld));
    let entries = reading::entries_of(store, tenant, walkbook_ledger::Subject::Door(door)).unwrap();
    let entries = shown_entries(&entries, &withheld, |writer| own.contains(&writer));
    DoorState::compute(door, base.as_ref(), &entries).unwrap().to_bytes()
}

fn each_sees_what_they_are_to_see(stairwell: &Stairwell, phones: &[&Phone]) {
    phones.iter().chain(phones).for_each(|phone| phone.sync(&stairwell.town));
    for door in &stairwell.doors {
        for phone in phones {
            let has = phone.walkbook.door(*door).unwrap().to_bytes();
            assert!(has == wanted(&stairwell.town, phone, *door), "a phone shows {door} otherwise");
        }
    }
}

#[test]
fn everybody_ends_with_one_door_and_nobody_clears_the_number_they_were_not_shown() {
    let stairwell = Stairwell::new();
    let town = &stairwell.town;
    let [dora, emil] = stairwell.canvassers(["Dora", "Emil"]);
    let [lea] = [town.user_of("Lea", Role::TeamLead)];
    let walkers = [&dora, &emil].map(|phone| phone.walkbook.identity().unwrap().user);
    town.assign(stairwell.list, &[walkers[0], walkers[1], lea]);
    let lea = Phone::enrol(town, lea);
    let phones = [&dora, &emil, &lea];
    each_sees_what_they_are_to_see(&stairwell, &phones);
    let (door, contact) = stairwell
        .doors
        .iter()
        .find_map(|door| Some((*door, lea.walkbook.door(*door).unwrap().present().next()?.contact.id)))
        .unwrap();
    let number = |phone: &Phone| {
        let state = phone.walkbook.door(door).unwrap();
        state
            .present()
            .find(|shown| shown.contact.id == contact)
            .unwrap()
            .contact
            .fields
            .get(&ContactField::Phone)
            .cloned()
    };
    let call = |phone: &Phone, number: &str| -> Result<EntryId, walkbook_core::Error> {
        phone.walkbook.edit_contact(door, contact, ContactField::Phone, number.into(), phone.clock())
    };
    lea.not_home(stairwell.list, door);
    dora.not_home(stairwell.list, door);
    call(&lea, "+358 40 111 1111").unwrap();
    // Dora clears it while she sees it; it comes when she does not any more.
    call(&dora, "").unwrap();
    town.set(WITHHELD);
    each_sees_what_they_are_to_see(&stairwell, &phones);
    assert_eq!(number(&lea).as_deref(), Some("+358 40 111 1111"));
    assert_eq!((number(&emil), emil.knocks_at(door).len()), (None, 1));
    assert_eq!(dora.walkbook.refused().unwrap().len(), 1);
    assert!(emil.walkbook.withheld().unwrap().history);

    // All three at once, in two views of one door.
    assert!(call(&emil, "").is_err(), "not even on the phone");
    call(&emil, "+358 40 222 2222").unwrap();
    call(&lea, "+358 40 333 3333").unwrap();
    emil.not_home(stairwell.list, door);
    each_sees_what_they_are_to_see(&stairwell, &phones);
    assert_eq!(lea.walkbook.clashes_at(door).unwrap().len(), 1);

    town.set(SHOWN);
    each_sees_what_they_are_to_see(&stairwell, &phones);
    assert_eq!((number(&dora), number(&emil)), (number(&lea), number(&lea)));
    let knocks = lea.knocks_at(door);
    assert_eq!((knocks.len(), emil.knocks_at(door), dora.knocks_at(door)), (3, knocks.clone(), knocks));
}
