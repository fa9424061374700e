//! What others change in the tables.

use super::Readable;
use super::world::{Field, assert_row};
use crate::backend::{Asking, Settled, TakenIn, publish_marked, take_in};
use crate::office::tests::world::{at, by_operator, contact_id, door_id, knocked};
use crate::privacy::{self, Ledger, Person};
use crate::reading;
use crate::store::Ground;
use crate::store::audit::LastWord;
use walkbook_ledger::{DoorChange, DoorState};
use walkbook_model::{ContactField, Outcome};

fn published<B: Readable>(make: impl Fn() -> B) -> (Field, B) {
    let (field, backend) = (Field::new(2), make());
    field.publish(&backend);
    field.pump(&backend, 9);
    (field, backend)
}

pub(super) fn taken_in(field: &Field, backend: &dyn Readable, seconds: u64) -> TakenIn {
    take_in(field.store(), backend.records(), &field.world.pen, field.tenant, at(seconds)).unwrap()
}

fn door(field: &Field) -> DoorState {
    reading::door_state(field.store(), field.tenant, door_id(1)).unwrap().unwrap()
}

fn value(field: &Field, of: ContactField) -> Option<String> {
    door(field).contacts[0].contact.fields.get(&of).cloned()
}

fn set_phone(backend: &dyn Readable, number: &str) {
    backend.change(&format!("UPDATE contact SET phone = '{number}' WHERE contact = '{}'", contact_id(1)));
}

/// Whatever may be changed there.
pub fn a_change_made_in_the_tables_reaches_the_phones_and_comes_back_once<B: Readable>(make: impl Fn() -> B) {
    let (field, backend) = published(make);
    let (contact, at_door) = (contact_id(1), door_id(1));
    set_phone(&backend, "+358 40 1");
    let own = format!(
        "(tenant, contact, door, name, value) VALUES ('{}', '{contact}', '{at_door}', 'dog', 'small')",
        field.tenant
    );
    backend.change(&format!("INSERT INTO contact_field {own}"));
    backend.change(&format!("UPDATE contact_field SET value = 'large' WHERE contact = '{contact}'"));
    backend.change(&format!("UPDATE door SET access_notes = 'ring twice' WHERE door = '{at_door}'"));
    backend.change(&format!("UPDATE contact SET given_name = NULL WHERE contact = '{contact}'"));
    assert_eq!(taken_in(&field, &backend, 10), TakenIn { taken: 5, ..TakenIn::default() });
    assert_eq!(value(&field, ContactField::Phone).as_deref(), Some("+358 40 1"));
    assert_eq!(value(&field, ContactField::Custom("dog".into())).as_deref(), Some("large"));
    assert_eq!(value(&field, ContactField::GivenName), None);
    assert_eq!(door(&field).door.access_notes, "ring twice");
    backend.change(&format!("DELETE FROM contact_field WHERE contact = '{contact}'"));
    taken_in(&field, &backend, 11);
    assert_eq!(value(&field, ContactField::Custom("dog".into())), None);
    field.pump(&backend, 12);
    assert_row(&backend, "contact", &["phone=\"+358 40 1\"", "given_name=null"]);
    assert_row(&backend, "door", &["access_notes=\"ring twice\""]);
    assert!(backend.rows("contact_field").is_empty() && backend.rows("noticed").is_empty());
    assert_eq!(taken_in(&field, &backend, 13), TakenIn::default());
}

/// Nothing goes in circles.
pub fn what_the_server_writes_itself_is_not_noticed<B: Readable>(make: impl Fn() -> B) {
    let (mut field, backend) = published(make);
    let own = ContactField::Custom("dog".into());
    for (of, value) in [(ContactField::Phone, "+358 40 2"), (own.clone(), "small"), (own, "")] {
        let change = DoorChange::SetContactField(contact_id(1), of, value.into());
        field.aino.edit_door(field.world.store(), door_id(1), change, at(10));
        field.aino.knock(door_id(1), knocked(field.list, Outcome::NotHome), at(10));
        field.bring(&backend, 11);
        assert!(backend.rows("noticed").is_empty());
    }
    assert_row(&backend, "contact", &["phone=\"+358 40 2\""]);
}

/// Neither had seen the other's: people settle it.
pub fn a_phones_edit_of_the_same_field_stands_beside_it_as_a_clash<B: Readable>(make: impl Fn() -> B) {
    let (mut field, backend) = published(make);
    let change = |of, value: &str| DoorChange::SetContactField(contact_id(1), of, value.into());
    field.aino.edit_door(field.world.store(), door_id(1), change(ContactField::Phone, "+358 40 3"), at(10));
    set_phone(&backend, "+358 40 4");
    // The phone comes first, and what it wrote is in the tables before theirs is taken.
    field.bring(&backend, 11);
    taken_in(&field, &backend, 12);
    field.pump(&backend, 13);
    let clashes = door(&field).clashes;
    let [clash] = &clashes[..] else { panic!("one clash") };
    let choices: Vec<&DoorChange> = clash.choices.iter().map(|(_, choice)| choice).collect();
    let [theirs, ours] = ["+358 40 4", "+358 40 3"].map(|value| change(ContactField::Phone, value));
    assert!(choices == [&theirs, &ours]);
    assert_row(&backend, "door", &["clashes=1 "]);
    // Who has seen both, on whichever side, settles it.
    set_phone(&backend, "+358 40 5");
    taken_in(&field, &backend, 14);
    assert!(door(&field).clashes.is_empty());
    assert_eq!(value(&field, ContactField::Phone).as_deref(), Some("+358 40 5"));
}

/// The server died after its entry was stored.
pub fn a_change_that_came_twice_is_written_once<B: Readable>(make: impl Fn() -> B) {
    let (mut field, backend) = published(make);
    set_phone(&backend, "+358 40 6");
    let noticed = backend.records().noticed(field.tenant, Asking::Due(0, at(10))).unwrap();
    taken_in(&field, &backend, 10);
    let written = door(&field).tips;
    let change = DoorChange::SetContactField(contact_id(1), ContactField::Phone, "+358 40 7".into());
    field.aino.edit_door(field.world.store(), door_id(1), change, at(11));
    field.aino.sync_well(field.world.store(), at(11));
    let again =
        format!(
        "INSERT INTO noticed (tenant, door, contact, field, value, epoch, tips{by}) SELECT '{}', '{}', '{}', 'phone',
         '+358 40 6', {}, '{}'{by_whom}",
        field.tenant, noticed[0].door, contact_id(1), noticed[0].epoch, noticed[0].tips,
        by = if backend.names_writers() { ", changed_by" } else { "" },
        by_whom = if backend.names_writers() { ", current_user" } else { "" },
    );
    backend.change(&again);
    assert_eq!(taken_in(&field, &backend, 12), TakenIn { taken: 1, ..TakenIn::default() });
    assert_eq!(value(&field, ContactField::Phone).as_deref(), Some("+358 40 7"));
    assert!(door(&field).clashes.is_empty() && door(&field).tips != written);
}

/// The phones, who see it put back; or the tables.
pub fn whoever_has_the_last_word_on_a_field_has_it<B: Readable>(make: impl Fn() -> B) {
    let (mut field, backend) = published(make);
    let words = [("email", LastWord::Theirs), ("phone", LastWord::Ours)];
    for (of, wins) in words {
        backend.records().give_last_word(field.tenant, of, Some(wins)).unwrap();
    }
    let given = backend.records().last_words(field.tenant).unwrap();
    assert_eq!(given, words.map(|(of, wins)| (of.to_owned(), wins)));
    let change = |of, value: &str| DoorChange::SetContactField(contact_id(1), of, value.into());
    field.aino.edit_door(field.world.store(), door_id(1), change(ContactField::Phone, "+358 40 8"), at(10));
    field.aino.edit_door(field.world.store(), door_id(1), change(ContactField::Email, "a@example.org"), at(10));
    set_phone(&backend, "+358 40 9");
    backend.change(&format!("UPDATE contact SET email = 'b@example.org' WHERE contact = '{}'", contact_id(1)));
    field.aino.sync_well(field.world.store(), at(11));
    assert_eq!(taken_in(&field, &backend, 12), TakenIn { taken: 1, put_back: 1, ..TakenIn::default() });
    field.pump(&backend, 13);
    assert_row(&backend, "contact", &["phone=\"+358 40 8\"", "email=\"b@example.org\""]);
    assert!(door(&field).clashes.is_empty());
    backend.records().give_last_word(field.tenant, "email", Some(LastWord::Ours)).unwrap();
    backend.records().give_last_word(field.tenant, "phone", None).unwrap();
    assert_eq!(backend.records().last_words(field.tenant).unwrap(), [("email".to_owned(), LastWord::Ours)]);
}

/// Whoever wrote the later one had seen the one before, though no delivery came between.
pub fn changes_one_after_the_other_are_taken_so_also_where_the_last_says_what_the_first_said<B: Readable>(
    make: impl Fn() -> B,
) {
    let (field, backend) = published(make);
    for number in ["+358 40 1", "+358 40 2", "+358 40 1"] {
        set_phone(&backend, number);
    }
    assert_eq!(taken_in(&field, &backend, 10).taken, 3);
    assert_eq!(value(&field, ContactField::Phone).as_deref(), Some("+358 40 1"));
    assert!(door(&field).clashes.is_empty());
}

/// Nothing of them is left in what waits for somebody, either.
pub fn what_was_changed_of_somebody_who_is_erased_is_forgotten<B: Readable>(make: impl Fn() -> B) {
    let (field, backend) = published(make);
    let vera = contact_id(1);
    backend.change(&format!("UPDATE contact SET birth_year = 'long ago' WHERE contact = '{vera}'"));
    taken_in(&field, &backend, 10);
    set_phone(&backend, "+358 40 1");
    assert_eq!(backend.rows("noticed").len(), 2);
    let ledger = Ledger::by_default(field.world.folder().join("erasures.log"));
    let person = Person { tenant: field.tenant, door: door_id(1), contact: vera };
    privacy::erase(field.store(), &ledger, person, Ground::Request, by_operator(20)).unwrap();
    publish_marked(field.store(), &backend, field.tenant).unwrap();
    assert!(backend.rows("noticed").is_empty() && !backend.dump().contains(&vera.to_string()));
}

/// It holds up nothing.
pub fn a_value_that_is_none_is_put_back_and_shown_until_somebody_sees_to_it<B: Readable>(make: impl Fn() -> B) {
    let (field, backend) = published(make);
    backend.change(&format!("UPDATE contact SET birth_year = 'long ago' WHERE contact = '{}'", contact_id(1)));
    set_phone(&backend, "+358 40 10");
    assert_eq!(taken_in(&field, &backend, 10), TakenIn { taken: 1, given_up: 1, ..TakenIn::default() });
    assert_eq!(value(&field, ContactField::Phone).as_deref(), Some("+358 40 10"));
    assert!(backend.rows("contact").iter().all(|row| row.contains("birth_year=null")));
    let given_up = || backend.records().noticed(field.tenant, Asking::GivenUp).unwrap();
    let [letter] = &given_up()[..] else { panic!("one is given up") };
    assert_eq!((letter.field.as_str(), letter.reason.is_some()), ("birth_year", true));
    assert_eq!(taken_in(&field, &backend, 3_600), TakenIn::default());
    assert!(backend.records().settle(field.tenant, letter.number, Settled::Again).unwrap());
    assert_eq!(taken_in(&field, &backend, 3_601), TakenIn { given_up: 1, ..TakenIn::default() });
    let number = given_up()[0].number;
    assert!(backend.records().settle(field.tenant, number, Settled::Done).unwrap());
    assert!(!backend.records().settle(field.tenant, number, Settled::Done).unwrap() && given_up().is_empty());
}
