//! Doors, people and lists.

use super::Readable;
use super::world::{Field, assert_row, read};
use crate::backend::{publish, publish_bases, publish_marked, pump};
use crate::office::tests::world::{at, contact_id, door_id, knocked};
use walkbook_ledger::{DoorChange, ListChange, Payload, Subject};
use walkbook_model::{Consent, ContactField, Interaction, Outcome, Purpose, Role};

/// So that the tenant's staff can look at a list before it is worked.
pub fn what_the_register_knows_is_there_before_anybody_knocks<B: Readable>(make: impl Fn() -> B) {
    let (field, backend) = (Field::new(12), make());
    assert_eq!(field.publish(&backend), 13);
    let counts = ["door", "contact", "walk_list", "list_door", "interaction"].map(|table| backend.rows(table).len());
    assert_eq!(counts, [12, 12, 1, 12, 0]);
    let door = ["street=\"Street1\"", "number=\"2\"", "city=\"Helsinki\"", "latitude=60.172", "longitude=24.9411"];
    assert_row(&backend, "door", &door);
    let contact = ["given_name=\"Given11\"", "family_name=\"Family11\"", "standing=\"present\"", "phone=null"];
    assert_row(&backend, "contact", &contact);
    let before = backend.dump();
    field.publish(&backend);
    assert_eq!(backend.dump(), before);
}

/// A disk that is full, or a process that is killed, comes between the store and the tables.
pub fn what_a_command_has_not_come_to_bring_is_brought_by_the_next<B: Readable>(make: impl Fn() -> B) {
    let (field, backend) = (Field::new(12), make());
    let some: Vec<Subject> = [1, 5, 12].map(|door| Subject::Door(door_id(door))).into();
    publish(field.store(), &backend, field.tenant, &some).unwrap();
    let rest = || publish_marked(field.store(), &backend, field.tenant).unwrap().taken;
    assert_eq!((rest(), rest()), (10, 0));
    let counts = ["door", "contact", "walk_list", "list_door"].map(|table| backend.rows(table).len());
    assert_eq!(counts, [12, 12, 1, 12]);
    // A file that has changed, and another command that was cut off.
    let mut doors = crate::office::tests::world::doors(12);
    doors[3].access_notes = "ring twice".into();
    crate::office::take_register(field.store(), field.tenant, doors, |_| {}).unwrap();
    assert_eq!((rest(), rest()), (1, 0));
    assert_row(&backend, "door", &["access_notes=\"ring twice\""]);
}

/// The row of a visit names nobody; whatever else named them is gone.
pub fn whoever_is_erased_leaves_the_tables_and_the_visits_stay<B: Readable>(make: impl Fn() -> B) {
    let (mut field, backend) = (Field::new(2), make());
    field.publish(&backend);
    let vera = contact_id(1);
    let spoken = Interaction { contact: Some(vera), note: Some("ill".into()), ..knocked(field.list, Outcome::Refused) };
    field.aino.knock(door_id(1), spoken, at(10));
    let consent = Consent {
        contact: vera,
        purpose: Purpose::Email,
        given: true,
        wording: "May we write to you?".into(),
        language: "en".into(),
        witness: field.aino.user(),
    };
    field.aino.write(Subject::Door(door_id(1)), &Payload::Consent(consent), at(11));
    field.bring(&backend, 12);
    assert_eq!(["contact", "consent", "permission"].map(|table| backend.rows(table).len()), [2, 1, 1]);
    let ledger = crate::privacy::Ledger::by_default(field.world.folder().join("erasures.log"));
    let person = crate::privacy::Person { tenant: field.tenant, door: door_id(1), contact: vera };
    let (ground, stamp) = (crate::store::Ground::Request, crate::office::tests::world::by_operator(20));
    crate::privacy::erase(field.store(), &ledger, person, ground, stamp).unwrap();
    assert_eq!(publish_marked(field.store(), &backend, field.tenant).unwrap().taken, 1);
    assert_eq!(["contact", "consent", "permission"].map(|table| backend.rows(table).len()), [1, 0, 0]);
    assert_row(&backend, "interaction", &["outcome=\"refused\"", "contact=null", "note=null"]);
    assert!(!backend.dump().contains(&vera.to_string()));
}

/// What the field knows better wins.
pub fn a_mended_field_takes_the_registers_place<B: Readable>(make: impl Fn() -> B) {
    let (mut field, backend) = (Field::new(1), make());
    field.publish(&backend);
    let own = ContactField::Custom("dog".into());
    for (field_name, value) in [(ContactField::Phone, "+358 40 123"), (own, "a small one")] {
        let change = DoorChange::SetContactField(contact_id(1), field_name, value.into());
        field.aino.edit_door(field.world.store(), door_id(1), change, at(10));
        field.aino.sync_well(field.world.store(), at(11));
    }
    field.pump(&backend, 12);
    assert_row(&backend, "contact", &["given_name=\"Given1\"", "phone=\"+358 40 123\""]);
    assert_row(&backend, "contact_field", &["name=\"dog\"", "value=\"a small one\""]);
    assert_eq!(backend.rows("contact").len(), 1);
}

/// Doors stand in walk order, from 1.
pub fn a_list_edit_moves_its_doors<B: Readable>(make: impl Fn() -> B) {
    let (mut field, backend) = (Field::new(4), make());
    field.publish(&backend);
    let state = crate::reading::list_state(field.store(), field.tenant, field.list).unwrap().unwrap();
    let [a, b, c, d] = state.list.doors[..] else { panic!("four doors") };
    for change in [
        ListChange::Place { door: d, behind: None },
        ListChange::Drop(b),
        ListChange::Rename("Riverside".into()),
        ListChange::Assign(vec![field.bela.user()]),
    ] {
        field.cilla.edit_list(field.world.store(), field.list, change, at(10));
        field.cilla.sync_well(field.world.store(), at(11));
    }
    field.pump(&backend, 12);
    let door_at = |place: usize| backend.rows("list_door")[place - 1].clone();
    for (place, door) in [(1, d), (2, a), (3, c)] {
        assert!(door_at(place).contains(&format!("place={place} ")) && door_at(place).contains(&door.to_string()));
    }
    assert_row(&backend, "walk_list", &["name=\"Riverside\""]);
    assert_row(&backend, "list_person", &[&field.bela.user().to_string()]);
    assert_eq!((backend.rows("list_door").len(), backend.rows("list_person").len()), (3, 1));
    // A door that left the list is still a door.
    assert_eq!(backend.rows("door").len(), 4);
}

/// The same door of two registers is two doors.
pub fn two_tenants_are_apart<B: Readable>(make: impl Fn() -> B) {
    let (mut field, backend) = (Field::new(2), make());
    let south = field.world.tenant("South");
    let mut sari = field.world.phone(south, "Sari", Role::Canvasser);
    let list = field.world.one_list(south, 2, &[sari.user()]);
    field.publish(&backend);
    let of = |tenant: &str| -> Vec<String> {
        backend.dump().lines().filter(|line| line.contains(tenant)).map(str::to_owned).collect()
    };
    let north = field.tenant.to_string();
    let before = of(&north);
    publish_bases(field.store(), &backend, south).unwrap();
    sari.knock(door_id(1), knocked(list, Outcome::Hostile), at(10));
    sari.sync_well(field.world.store(), at(11));
    pump(field.store(), &backend, south, at(12)).unwrap();
    assert_eq!(of(&north), before);
    field.aino.knock(door_id(1), knocked(field.list, Outcome::NotHome), at(13));
    let southern = of(&south.to_string());
    field.bring(&backend, 14);
    assert_eq!(of(&south.to_string()), southern);
    assert_eq!((backend.rows("door").len(), backend.rows("interaction").len()), (4, 2));
    assert!(read(field.store(), south, &[Subject::Door(door_id(1))]).doors[0].entries.len() == 1);
}

/// What people type is text, whatever it looks like.
pub fn hostile_text_lands_verbatim<B: Readable>(make: impl Fn() -> B) {
    let (mut field, backend) = (Field::new(1), make());
    let texts = [
        "'); DROP TABLE door; --",
        "\" OR \"1\"=\"1",
        "before\0after",
        "\u{202e}otto\u{202c} \u{5d0}\u{5d1}\u{5d2}",
        "👩‍👩‍👧‍👦 \u{10ffff} e\u{301}",
        "tab\tline\nreturn\r\u{1b}[31m",
        "%s ${jndi:ldap://x} <script>",
    ];
    for text in texts {
        let knock = Interaction { note: Some(text.into()), ..knocked(field.list, Outcome::NotHome) };
        field.aino.knock(door_id(1), knock, at(10));
        let name = DoorChange::SetContactField(contact_id(1), ContactField::Custom(text.into()), text.into());
        field.aino.edit_door(field.world.store(), door_id(1), name, at(10));
        field.aino.sync_well(field.world.store(), at(11));
    }
    field.pump(&backend, 12);
    for text in texts.map(|text| backend.as_held(text)) {
        assert_row(&backend, "interaction", &[&format!("note={text:?} ")]);
        assert_row(&backend, "contact_field", &[&format!("name={text:?} value={text:?}")]);
    }
}

/// Also those who never wrote anything themselves.
pub fn whoever_is_named_is_known_by_name<B: Readable>(make: impl Fn() -> B) {
    let (mut field, backend) = (Field::new(1), make());
    let named = ["Dora", "Elof", "Fia"].map(|label| field.world.user(field.tenant, label, Role::Canvasser));
    let [by, with, assigned] = named;
    let knock = Interaction { knocked_by: Some(by), ..knocked(field.list, Outcome::NotHome) };
    field.cilla.knock(door_id(1), knock, at(10));
    let consent = Consent {
        contact: contact_id(1),
        purpose: Purpose::Visit,
        given: true,
        wording: "May we come again?".into(),
        language: "en".into(),
        witness: with,
    };
    field.cilla.write(Subject::Door(door_id(1)), &Payload::Consent(consent), at(10));
    field.cilla.edit_list(field.world.store(), field.list, ListChange::Assign(vec![assigned]), at(10));
    field.cilla.sync_well(field.world.store(), at(11));
    field.pump(&backend, 12);
    for (user, label) in named.into_iter().zip(["Dora", "Elof", "Fia"]) {
        assert_row(&backend, "person", &[&user.to_string(), &format!("label={label:?}"), "role=\"canvasser\""]);
    }
}
