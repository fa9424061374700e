//! Backends that fail, refuse or fall over.

use super::new_tables;
use crate::backend::conformance::Readable;
use crate::backend::conformance::world::{Field, assert_row};
use crate::backend::{Backend, Delivery, Error, NotTaken, Published, Pumped, publish_bases, pump};
use crate::office::tests::world::{at, by_operator, door_id, knocked};
use crate::store::{LogPosition, Outbox, OutboxCounts};
use std::sync::atomic::{AtomicBool, Ordering};
use walkbook_model::{DoorId, Outcome};

/// A backend that does not take one door.
struct Picky<'a> {
    backend: &'a dyn Backend,
    door: DoorId,
    falls_over: bool,
}

impl Backend for Picky<'_> {
    fn take(&self, delivery: &Delivery) -> Result<(), NotTaken> {
        let is_poison = delivery.doors.iter().any(|record| record.state.door.id == self.door);
        assert!(!(is_poison && self.falls_over), "a fault in the adaptor");
        if is_poison { Err(NotTaken::Unfit("no such door here")) } else { self.backend.take(delivery) }
    }
}

/// A backend that is not there until it is.
struct Away<'a> {
    backend: &'a dyn Backend,
    is_away: AtomicBool,
}

impl Backend for Away<'_> {
    fn take(&self, delivery: &Delivery) -> Result<(), NotTaken> {
        if self.is_away.load(Ordering::Relaxed) {
            return Err(NotTaken::Unavailable("on holiday"));
        }
        self.backend.take(delivery)
    }
}

/// Aino has been at every door of a list.
fn worked(doors: u8) -> Field {
    let mut field = Field::new(doors);
    for number in 1..=doors {
        field.aino.knock(door_id(number), knocked(field.list, Outcome::NotHome), at(10));
    }
    field.aino.sync_well(field.world.store(), at(11));
    field
}

fn poison_becomes_a_dead_letter(falls_over: bool) {
    let (mut field, tables) = (worked(9), new_tables());
    let picky = Picky { backend: &tables, door: door_id(4), falls_over };
    let pump_at = |field: &Field, seconds| pump(field.store(), &picky, field.tenant, at(seconds)).unwrap();
    assert_eq!(pump_at(&field, 12), Pumped { delivered: 9, put_off: 1, dead_letters: 0 });
    assert_eq!(tables.rows("interaction").len(), 8);
    assert_eq!(pump_at(&field, 13), Pumped::default(), "it is not due yet");
    // It waits 30 seconds, then twice as long each time.
    let mut seconds = 12;
    for wait in [30, 60, 120] {
        seconds += wait;
        assert_eq!(pump_at(&field, seconds - 1), Pumped::default());
        assert_eq!(pump_at(&field, seconds), Pumped { put_off: 1, ..Pumped::default() });
    }
    assert_eq!(pump_at(&field, seconds + 240), Pumped { dead_letters: 1, ..Pumped::default() });
    assert_eq!(pump_at(&field, seconds + 100_000), Pumped::default());
    let dead = field.store().dead_letters(field.tenant, 10).unwrap();
    assert_eq!((dead.len(), dead[0].attempts), (1, 5));
    assert!(dead[0].reason.as_deref().is_some_and(|reason| !reason.is_empty()));
    // The phone is told that its fourth knock is not there.
    assert_eq!(field.world.store.in_backend_up_to(field.tenant, field.aino.device()).unwrap(), 3);
    // Others go on, and once the backend has changed its mind it arrives.
    field.aino.knock(door_id(5), knocked(field.list, Outcome::Refused), at(20));
    field.aino.sync_well(field.world.store(), at(21));
    assert_eq!(pump_at(&field, 22), Pumped { delivered: 1, ..Pumped::default() });
    assert!(field.world.store.revive(field.tenant, dead[0].id, by_operator(1)).unwrap());
    assert_eq!(field.pump(&tables, 23), Pumped { delivered: 1, ..Pumped::default() });
    assert_eq!(field.world.store.in_backend_up_to(field.tenant, field.aino.device()).unwrap(), 10);
}

#[test]
fn a_door_that_the_backend_refuses_becomes_a_dead_letter_after_five_tries_and_the_others_go_on() {
    poison_becomes_a_dead_letter(false);
}

#[test]
fn a_door_at_which_the_adaptor_falls_over_becomes_a_dead_letter_too() {
    poison_becomes_a_dead_letter(true);
}

#[test]
fn nothing_is_lost_while_the_backend_is_away() {
    let (mut field, tables) = (worked(3), new_tables());
    let away = Away { backend: &tables, is_away: AtomicBool::new(true) };
    for seconds in 12..20 {
        let pumped = pump(field.store(), &away, field.tenant, at(seconds));
        assert!(matches!(pumped, Err(Error::NotTaken(NotTaken::Unavailable("on holiday")))));
    }
    let waiting = field.store().outbox_after(field.tenant, LogPosition::START, 10, at(20)).unwrap();
    assert_eq!(waiting.iter().map(|item| item.attempts).collect::<Vec<_>>(), [0; 4], "it is no fault of theirs");
    field.aino.knock(door_id(2), knocked(field.list, Outcome::Refused), at(20));
    field.aino.sync_well(field.world.store(), at(21));
    away.is_away.store(false, Ordering::Relaxed);
    assert_eq!(pump(field.store(), &away, field.tenant, at(22)).unwrap(), Pumped { delivered: 5, ..Pumped::default() });
    assert_eq!(tables.rows("interaction").len(), 4);
}

#[test]
fn a_door_that_does_not_fit_holds_up_no_other_when_the_register_is_published() {
    let (field, tables) = (Field::new(9), new_tables());
    let picky = Picky { backend: &tables, door: door_id(4), falls_over: false };
    let published = publish_bases(field.store(), &picky, field.tenant).unwrap();
    assert_eq!(published, Published { taken: 9, unfit: 1 });
    assert_eq!((tables.rows("door").len(), tables.rows("walk_list").len()), (8, 1));
}

#[test]
fn a_page_with_a_document_that_does_not_fit_leaves_nothing_behind() {
    let (field, tables) = (worked(3), new_tables());
    let subjects: Vec<_> = (1..=3).map(|number| walkbook_ledger::Subject::Door(door_id(number))).collect();
    let mut page = field.read(&subjects);
    let twice = page.doors[1].state.contacts[0].clone();
    page.doors[1].state.contacts.push(twice);
    assert!(matches!(tables.take(&page), Err(NotTaken::Unfit(_))));
    assert_eq!(tables.dump(), "");
    page.doors[1].state.contacts.pop();
    tables.take(&page).unwrap();
    assert_row(&tables, "door", &[&door_id(2).to_string()]);
}

#[test]
fn tables_that_were_broken_and_mended_get_everything() {
    let (mut field, tables) = (worked(3), new_tables());
    let file = rusqlite::Connection::open(tables.file()).unwrap();
    file.execute_batch(
        "CREATE TRIGGER broken BEFORE INSERT ON interaction BEGIN SELECT RAISE(ABORT, 'no knocks here'); END",
    )
    .unwrap();
    let mut seconds = 12;
    for wait in [0, 30, 60, 120, 240] {
        seconds += wait;
        field.pump(&tables, seconds);
    }
    assert_eq!((field.store().outbox_counts(field.tenant).unwrap().dead, tables.rows("interaction").len()), (3, 0));
    file.execute_batch("DROP TRIGGER broken").unwrap();
    // One is dropped, one comes with what happens later at its door, one is tried again.
    let dead: Vec<_> = field.store().dead_letters(field.tenant, 10).unwrap().iter().map(|letter| letter.id).collect();
    assert!(field.store().drop_letter(field.tenant, dead[0], by_operator(1)).unwrap());
    field.aino.knock(door_id(2), knocked(field.list, Outcome::Refused), at(seconds));
    field.aino.sync_well(field.world.store(), at(seconds));
    assert_eq!(field.pump(&tables, seconds + 1).delivered, 1);
    assert_eq!(tables.rows("interaction").len(), 2);
    let left: Vec<_> = field.store().dead_letters(field.tenant, 10).unwrap().iter().map(|letter| letter.id).collect();
    assert_eq!(left, [dead[2]]);
    assert!(field.store().revive(field.tenant, dead[2], by_operator(1)).unwrap());
    assert_eq!(field.pump(&tables, seconds + 2).delivered, 1);
    assert_eq!(tables.rows("interaction").len(), 3);
    // Bringing everything brings also what was dropped.
    assert_eq!(publish_bases(field.store(), &tables, field.tenant).unwrap().unfit, 0);
    assert_eq!(tables.rows("interaction").len(), 4);
    assert_eq!(field.store().outbox_counts(field.tenant).unwrap(), OutboxCounts::default());
}
