//! The server dies while it takes what others change in the tables.

use super::Readable;
use super::changes::taken_in;
use super::world::Field;
use crate::backend::{Asked, Asking, Backend, Delivery, Error, NotTaken, Noticed, Records, Settled, take_in};
use crate::office::tests::world::{at, contact_id, door_id};
use crate::reading;
use crate::store::audit::LastWord;
use std::sync::atomic::{AtomicUsize, Ordering};
use walkbook_ledger::{DoorChange, DoorEdit, Entry, Payload, Subject};
use walkbook_model::{ContactField, TenantId};

/// The server dies at one of the calls by which it writes into the tables: before it is done, or after.
struct Dying<'a> {
    records: &'a dyn Records,
    at: usize,
    after: bool,
    calls: AtomicUsize,
}

impl Dying<'_> {
    fn call<T, E>(&self, call: impl FnOnce() -> Result<T, E>, died: E) -> Result<T, E> {
        if self.calls.fetch_add(1, Ordering::Relaxed) != self.at {
            return call();
        }
        if self.after {
            call()?;
        }
        Err(died)
    }
}

const DIED: NotTaken = NotTaken::Unavailable("the server has died");

impl Backend for Dying<'_> {
    fn take(&self, delivery: &Delivery) -> Result<(), NotTaken> {
        self.call(|| self.records.take(delivery), DIED)
    }
}

impl Records for Dying<'_> {
    fn reach(&self) -> Result<(), Error> {
        self.records.reach()
    }

    fn ask(&self, sql: &str, row: Asked<'_>) -> Result<(), Error> {
        self.records.ask(sql, row)
    }

    fn noticed(&self, tenant: TenantId, asking: Asking) -> Result<Vec<Noticed>, Error> {
        self.records.noticed(tenant, asking)
    }

    fn last_words(&self, tenant: TenantId) -> Result<Vec<(String, LastWord)>, Error> {
        self.records.last_words(tenant)
    }

    fn give_last_word(&self, tenant: TenantId, field: &str, wins: Option<LastWord>) -> Result<(), Error> {
        self.records.give_last_word(tenant, field, wins)
    }

    fn settle(&self, tenant: TenantId, number: i64, settled: Settled) -> Result<bool, Error> {
        self.call(|| self.records.settle(tenant, number, settled), Error::NotTaken(DIED))
    }

    fn forget(&self, tenant: TenantId) -> Result<bool, Error> {
        self.records.forget(tenant)
    }
}

/// What the office's device wrote of somebody's address, in that order.
fn written(field: &Field, number: u8) -> Vec<String> {
    let phones = [field.aino.device(), field.bela.device()];
    let entries = reading::entries_of(field.store(), field.tenant, Subject::Door(door_id(number))).unwrap();
    let theirs = entries.into_iter().filter(|entry| !phones.contains(&entry.device));
    let value = |entry: Entry| match entry.payload {
        Payload::Door(DoorEdit { change: DoorChange::SetContactField(_, ContactField::Email, value), .. }) => {
            Some(value)
        }
        _ => None,
    };
    theirs.filter_map(value).collect()
}

/// A phone has written an address, others write theirs, and the server dies as it takes them; a phone that has seen what there is
/// by then writes another. Whether the server died.
fn dies(
    field: &mut Field,
    backend: &dyn Readable,
    (number, step): (u8, usize),
    values: &[&str],
    wins: Option<LastWord>,
) -> bool {
    let (seconds, contact, at_door) = (10 + u64::from(number) * 10, contact_id(number), door_id(number));
    let mail = |value: &str| DoorChange::SetContactField(contact, ContactField::Email, value.into());
    field.aino.edit_door(field.world.store(), at_door, mail("a@example.org"), at(seconds));
    field.aino.sync_well(field.world.store(), at(seconds));
    for value in values {
        backend.change(&format!("UPDATE contact SET email = '{value}' WHERE contact = '{contact}'"));
    }
    let (records, calls) = (backend.records(), AtomicUsize::new(0));
    let dying = Dying { records, at: step / 2, after: step % 2 == 1, calls };
    let has_died = take_in(field.store(), &dying, &field.world.pen, field.tenant, at(seconds + 1)).is_err();
    let seen = written(field, number).len();
    field.bela.edit_door(field.world.store(), at_door, mail("d@example.org"), at(seconds + 2));
    field.bela.sync_well(field.world.store(), at(seconds + 2));
    taken_in(field, backend, seconds + 3);
    assert_eq!(written(field, number), values, "{wins:?}, at step {step}");
    let state = reading::door_state(field.store(), field.tenant, at_door).unwrap().unwrap();
    let stands = state.contacts[0].contact.fields.get(&ContactField::Email).map(String::as_str);
    match (seen == values.len(), wins) {
        (true, _) => assert_eq!((stands, state.clashes.len()), (Some("d@example.org"), 0), "she had seen them"),
        (false, Some(_)) => assert_eq!(stands, values.last().copied(), "they have the last word"),
        (false, None) => {}
    }
    field.pump(backend, seconds + 4);
    has_died
}

/// Behind each of them, in the middle of one field's changes too.
pub fn a_crash_anywhere_leaves_each_change_written_once_and_the_tables_exact<B: Readable>(make: impl Fn() -> B) {
    let (mut field, backend) = (Field::new(60), make());
    field.publish(&backend);
    field.pump(&backend, 9);
    let (mut number, mut died) = (0, Vec::new());
    for wins in [None, Some(LastWord::Theirs)] {
        backend.records().give_last_word(field.tenant, "email", wins).unwrap();
        for values in [&["b@example.org"][..], &["b@example.org", "c@example.org", "b@example.org"]] {
            let mut step = 0;
            loop {
                number += 1;
                if !dies(&mut field, &backend, (number, step), values, wins) {
                    break;
                }
                step += 1;
            }
            died.push(step / 2);
        }
    }
    // One call for each change, and one more before the first where that is not made on what stood in the tables.
    assert_eq!(died, [1, 3, 2, 4]);
    let anew = make();
    field.publish(&anew);
    for table in ["contact", "contact_field", "door"] {
        assert_eq!(backend.rows(table), anew.rows(table));
    }
    assert!(backend.rows("noticed").is_empty());
}
