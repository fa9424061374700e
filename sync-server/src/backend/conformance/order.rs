//! Deliveries come twice, late, in any order, and sometimes nobody hears that they came.

use super::Readable;
use super::world::{Field, assert_row};
use crate::backend::{Asking, Backend, Delivery, Error, NotTaken, Pumped, publish_bases, pump};
use crate::office::tests::world::{at, contact_id, door_id, knocked, open_store};
use crate::store::audit::LastWord;
use crate::store::{Directory, Documents};
use walkbook_ledger::{DoorChange, ListChange, Subject};
use walkbook_model::{ContactField, Outcome, Role};

/// The server dies after the backend has taken a delivery.
struct Dying<'a>(&'a dyn Backend);

impl Backend for Dying<'_> {
    fn take(&self, delivery: &Delivery) -> Result<(), NotTaken> {
        self.0.take(delivery)?;
        Err(NotTaken::Unavailable("the server has died"))
    }
}

/// It comes again, and finds itself there.
pub fn a_crash_before_the_outbox_is_told_costs_nothing<B: Readable>(make: impl Fn() -> B) {
    let (mut field, backend) = (Field::new(2), make());
    field.aino.knock(door_id(1), knocked(field.list, Outcome::NotHome), at(10));
    field.aino.sync_well(field.world.store(), at(11));
    let died = pump(field.store(), &Dying(&backend), field.tenant, at(12));
    assert!(matches!(died, Err(Error::NotTaken(NotTaken::Unavailable(_)))));
    let before = backend.dump();
    assert_eq!(backend.rows("interaction").len(), 1);
    assert_eq!(field.pump(&backend, 13), Pumped { delivered: 2, ..Pumped::default() });
    assert_eq!(backend.dump(), before);
}

/// A delivery that was on its way for long.
pub fn an_older_state_never_overwrites_a_later_one<B: Readable>(make: impl Fn() -> B) {
    let (mut field, backend) = (Field::new(2), make());
    let (door, list) = (Subject::Door(door_id(1)), Subject::List(field.list));
    let old = field.read(&[door, list]);
    let untouched = field.read(&[Subject::Door(door_id(2))]);
    field.aino.knock(door_id(1), knocked(field.list, Outcome::NotHome), at(10));
    field.cilla.edit_list(field.world.store(), field.list, ListChange::Rename("Riverside".into()), at(10));
    field.cilla.sync_well(field.world.store(), at(11));
    field.bring(&backend, 11);
    let before = backend.dump();
    backend.take(&old).unwrap();
    assert_eq!(backend.dump(), before);
    assert_eq!(backend.rows("interaction").len(), 1);
    assert_row(&backend, "walk_list", &["name=\"Riverside\""]);
    // What it has nothing of, it takes from any time.
    backend.take(&untouched).unwrap();
    assert_eq!(backend.rows("door").len(), 2);
}

/// The last word is the same, byte for byte.
pub fn pages_in_any_order_leave_the_same<B: Readable>(make: impl Fn() -> B) {
    let mut field = Field::new(4);
    let subjects: Vec<Subject> =
        (1..=4).map(|number| Subject::Door(door_id(number))).chain([Subject::List(field.list)]).collect();
    let mut pages = vec![field.read(&subjects)];
    for step in 0..8_u8 {
        let seconds = 10 + u64::from(step);
        let number = step % 4 + 1;
        field.aino.knock(door_id(number), knocked(field.list, Outcome::ALL[usize::from(step)]), at(seconds));
        let phone = DoorChange::SetContactField(contact_id(number), ContactField::Phone, format!("+358 {step}{step}"));
        field.bela.edit_door(field.world.store(), door_id(number), phone, at(seconds));
        let store = field.world.store();
        field.aino.sync_well(store, at(seconds));
        field.bela.sync_well(store, at(seconds));
        field.cilla.edit_list(store, field.list, ListChange::Rename(format!("List {step}")), at(seconds));
        field.cilla.sync_well(store, at(seconds));
        pages.push(field.read(&[Subject::Door(door_id(number)), Subject::List(field.list)]));
    }
    let in_order = make();
    pages.iter().for_each(|page| in_order.take(page).unwrap());
    let wanted = in_order.dump();
    for seed in 1..=12_usize {
        let (backend, mut left) = (make(), (0..pages.len()).collect::<Vec<_>>());
        // The first page comes again at the end, whatever the order.
        for step in 0..pages.len() {
            let next = left.remove((seed * 7 + step * seed * 5) % left.len());
            backend.take(&pages[next]).unwrap();
        }
        backend.take(&pages[seed % pages.len()]).unwrap();
        assert_eq!(backend.dump(), wanted, "shuffled by {seed}");
    }
}

/// Its place in the log stays.
pub fn erased_content_is_noted_and_holds_up_nothing<B: Readable>(make: impl Fn() -> B) {
    let (mut field, backend) = (Field::new(2), make());
    let erased = field.aino.knock(door_id(1), knocked(field.list, Outcome::NotHome), at(10));
    field.aino.knock(door_id(2), knocked(field.list, Outcome::Refused), at(11));
    field.aino.sync_well(field.world.store(), at(12));
    field.world.store.destroy_document_key(field.tenant, Subject::Door(door_id(1)), at(13)).unwrap();
    assert_eq!(field.pump(&backend, 14), Pumped { delivered: 3, ..Pumped::default() });
    assert_row(&backend, "interaction", &["outcome=\"refused\""]);
    assert_eq!(backend.rows("interaction").len(), 1);
    let device = erased.device.to_string();
    assert_row(&backend, "entry", &[&device, "seq=1 ", "kind=\"erased\""]);
    assert_row(&backend, "entry", &[&device, "seq=2 ", "kind=\"interaction\""]);
}

/// Positions are given anew after a restore: the later number is not the later state.
pub fn what_a_restored_store_brings_counts<B: Readable>(make: impl Fn() -> B) {
    let (mut field, backend) = (Field::new(2), make());
    let backup = field.world.back_up();
    for seconds in 10..15 {
        field.aino.knock(door_id(1), knocked(field.list, Outcome::NotHome), at(seconds));
        field.bring(&backend, seconds);
    }
    let restored = open_store(backup.path());
    field.bela.knock(door_id(1), knocked(field.list, Outcome::Refused), at(20));
    field.bela.sync_well(&restored, at(21));
    pump(&restored, &backend, field.tenant, at(22)).unwrap();
    assert_row(&backend, "interaction", &["outcome=\"refused\""]);
    assert_row(&backend, "door", &[&door_id(1).to_string(), "last_class=\"contact\""]);
}

/// Its entries are noted, without anybody's name; other tenants wait for nothing.
pub fn a_tenant_that_was_erased_holds_up_nothing<B: Readable>(make: impl Fn() -> B) {
    let (mut field, backend) = (Field::new(1), make());
    field.aino.knock(door_id(1), knocked(field.list, Outcome::NotHome), at(10));
    field.aino.sync_well(field.world.store(), at(11));
    field.world.store.destroy_tenant_key(field.tenant, at(12)).unwrap();
    assert_eq!(field.pump(&backend, 13), Pumped { delivered: 2, ..Pumped::default() });
    assert_eq!(backend.rows("entry").iter().filter(|row| row.contains("kind=\"erased\"")).count(), 2);
    assert!(!backend.dump().contains("Aino") && backend.rows("interaction").is_empty());
}

/// Whatever there was, and whatever others had changed; another tenant's stays as it was.
pub fn of_a_tenant_who_left_the_tables_have_nothing<B: Readable>(make: impl Fn() -> B) {
    let (mut field, backend) = (Field::new(2), make());
    let south = field.world.tenant("South");
    let sari = field.world.phone(south, "Sari", Role::Canvasser);
    field.world.one_list(south, 2, &[sari.user()]);
    publish_bases(field.store(), &backend, south).unwrap();
    let others = backend.dump();
    field.publish(&backend);
    field.aino.knock(door_id(1), knocked(field.list, Outcome::NotHome), at(10));
    field.bring(&backend, 11);
    backend.change(&format!("UPDATE door SET access_notes = 'ring twice' WHERE tenant = '{}'", field.tenant));
    backend.records().give_last_word(field.tenant, "email", Some(LastWord::Theirs)).unwrap();
    assert!(backend.dump().contains(&field.tenant.to_string()));
    for _ in 0..2 {
        assert!(backend.records().forget(field.tenant).unwrap());
        assert_eq!(backend.dump(), others);
        assert!(backend.records().noticed(field.tenant, Asking::Due(0, at(99))).unwrap().is_empty());
        assert!(backend.records().last_words(field.tenant).unwrap().is_empty());
    }
}

/// What the backend has is better than nothing. It is tried again, and then shown as a dead letter.
pub fn a_damaged_base_leaves_the_row_as_it_was<B: Readable>(make: impl Fn() -> B) {
    let (mut field, backend) = (Field::new(2), make());
    field.publish(&backend);
    field.world.damage_base(Subject::Door(door_id(1)));
    field.aino.knock(door_id(1), knocked(field.list, Outcome::NotHome), at(10));
    field.aino.knock(door_id(2), knocked(field.list, Outcome::NotHome), at(10));
    assert_eq!(field.bring(&backend, 11), Pumped { delivered: 2, put_off: 1, dead_letters: 0 });
    assert_row(&backend, "contact", &["given_name=\"Given1\""]);
    assert_eq!(backend.rows("interaction").len(), 1);
}
