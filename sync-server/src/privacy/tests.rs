//! Somebody asks to be erased.

use super::{Erased, Ledger, LedgerFlaw, NotErased, Person, Record, erase, erase_tenant, work_in};
use crate::office;
use crate::office::tests::world::{Phone, World, at, by_operator, contact_id, door_id, doors, knocked, open_store};
use crate::reading::door_state;
use crate::store::{Directory, Ground, Leaving, NewBase, NewRescued, Store};
use std::collections::BTreeSet;
use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;
use walkbook_ledger::{DoorBase, DoorChange, DoorState, Header, Payload, Subject};
use walkbook_model::{
    ContactField, ContactId, Interaction, Lift, Moment, Outcome, Role, Suppression, SuppressionReason, Target,
    TenantId, WalkListId,
};
use walkbook_sync::Reason;

struct Field {
    world: World,
    tenant: TenantId,
    list: WalkListId,
    aino: Phone,
}

/// The first door's only contact.
fn vera() -> ContactId {
    contact_id(1)
}

impl Field {
    /// Two doors on Aino's list.
    fn new() -> Self {
        let world = World::new();
        let tenant = world.tenant("north");
        let aino = world.phone(tenant, "Aino", Role::Canvasser);
        let list = world.one_list(tenant, 2, &[aino.user()]);
        Self { world, tenant, list, aino }
    }

    fn file(&self) -> PathBuf {
        self.world.folder().join("erasures.log")
    }

    fn ledger(&self) -> Ledger {
        Ledger::by_default(self.file())
    }

    fn erase(&self, seconds: u64) -> Result<Erased, NotErased> {
        let person = Person { tenant: self.tenant, door: door_id(1), contact: vera() };
        erase(self.world.store(), &self.ledger(), person, Ground::Request, by_operator(seconds))
    }

    fn door(&self) -> DoorState {
        door_state(self.world.store(), self.tenant, door_id(1)).unwrap().unwrap()
    }

    fn spoken(&self) -> Interaction {
        Interaction { contact: Some(vera()), note: Some("ill".into()), ..knocked(self.list, Outcome::Refused) }
    }
}

fn no() -> Payload {
    let (target, reason) = (Target::Contact(vera()), SuppressionReason::Objection);
    Payload::Suppression(Suppression { target, reason, until_on: None })
}

#[test]
fn they_are_gone_with_what_was_said_and_the_visit_stays() {
    let mut field = Field::new();
    let (spoken, now) = (field.spoken(), at(12));
    let visit = field.aino.knock(door_id(1), spoken, at(10));
    field.aino.write(Subject::Door(door_id(1)), &no(), at(11));
    let number = DoorChange::SetContactField(vera(), ContactField::Phone, "+358401234567".into());
    field.aino.edit_door(field.world.store(), door_id(1), number, at(11));
    field.aino.sync_well(field.world.store(), now);
    assert_eq!(field.erase(20).unwrap(), Erased { spoke: 3, unread: 0 });
    let state = field.door();
    assert!(state.contacts.is_empty() && state.suppressions.is_empty() && state.waiting.is_empty());
    let counts = state.visits[0].counts.clone().unwrap();
    assert_eq!((state.visits.len(), state.visits[0].entry), (1, visit));
    assert!((counts.contact, counts.note) == (None, None) && counts.knock.outcome() == Outcome::Refused);
    // Once more is nothing more, and somebody who never was is nobody.
    assert_eq!(field.erase(21).unwrap(), Erased::default());
    let nobody = Person { tenant: field.tenant, door: door_id(1), contact: contact_id(77) };
    let unknown = erase(field.world.store(), &field.ledger(), nobody, Ground::Request, by_operator(22));
    assert!(matches!(unknown, Err(NotErased::Unknown)));
    assert_eq!(std::fs::read_to_string(field.file()).unwrap().lines().count(), 1);
}

#[test]
fn what_an_absent_phone_brings_about_them_later_is_taken_without_them() {
    let mut field = Field::new();
    let spoken = field.spoken();
    let visit = field.aino.knock(door_id(1), spoken, at(10));
    let refused = field.aino.write(Subject::Door(door_id(1)), &no(), at(11));
    field.erase(20).unwrap();
    let verdicts = field.aino.sync(field.world.store(), at(30));
    let reasons: Vec<_> = verdicts.refused.iter().map(|refusal| (refusal.seq, refusal.reason)).collect();
    assert_eq!(reasons, [(refused.seq, Reason::Erased)]);
    let state = field.door();
    assert!(state.contacts.is_empty() && state.suppressions.is_empty());
    assert_eq!(state.visits[0].entry, visit);
    assert!(state.visits[0].counts.as_ref().unwrap().note.is_none());
}

#[test]
fn a_register_does_not_bring_them_back() {
    let field = Field::new();
    field.erase(20).unwrap();
    office::take_register(field.world.store(), field.tenant, doors(2), |_| {}).unwrap();
    assert!(field.door().contacts.is_empty());
    // An import that had read the door before it has it with her; the next one that changes it takes her out.
    let before = NewBase { subject: Subject::Door(door_id(1)), bytes: DoorBase::first(doors(1).remove(0)).to_bytes() };
    field.world.store().put_bases(field.tenant, &[before]).unwrap();
    assert_eq!(field.door().contacts.len(), 1);
    let mut later = doors(1);
    later[0].access_notes = "ring twice".into();
    office::take_register(field.world.store(), field.tenant, later, |_| {}).unwrap();
    assert!(field.door().contacts.is_empty());
    let other = door_state(field.world.store(), field.tenant, door_id(2)).unwrap().unwrap();
    assert_eq!(other.contacts.len(), 1);
}

#[test]
fn what_was_recorded_and_not_done_is_done_at_the_next_start() {
    let field = Field::new();
    let killed = Field::new();
    // The same ledger before another store: as if the process had been killed behind the record.
    field.erase(20).unwrap();
    assert_eq!(killed.world.store().recorded().unwrap(), None);
    let records = field.ledger().behind(None).unwrap();
    let (record, _) = &records[0];
    killed.ledger().record(|number| Record { number, tenant: killed.tenant, ..record.clone() }).unwrap();
    assert_eq!(killed.door().contacts.len(), 1);
    assert_eq!(work_in(killed.world.store(), &killed.ledger(), at(30)).unwrap(), 1);
    assert!(killed.door().contacts.is_empty());
    assert_eq!(work_in(killed.world.store(), &killed.ledger(), at(31)).unwrap(), 0);
    assert_eq!(killed.world.store().erased(killed.tenant).unwrap(), [(door_id(1), vera())]);
}

#[test]
fn a_ledger_that_is_not_what_was_written_lets_nobody_begin() {
    let field = Field::new();
    field.erase(20).unwrap();
    let other = Person { tenant: field.tenant, door: door_id(2), contact: contact_id(2) };
    erase(field.world.store(), &field.ledger(), other, Ground::Unlawful, by_operator(21)).unwrap();
    let text = std::fs::read_to_string(field.file()).unwrap();
    let names_nobody = ["Given", "Family", "Street"].iter().all(|word| !text.contains(word));
    assert!(names_nobody, "{text}");
    let begin = || work_in(field.world.store(), &field.ledger(), at(30));
    let flawed = |text: &str| {
        std::fs::write(field.file(), text).unwrap();
        match begin() {
            Err(NotErased::Ledger(flaw)) => flaw,
            other => panic!("{other:?}"),
        }
    };
    let lines: Vec<&str> = text.lines().collect();
    assert!(matches!(flawed(&text.replace("unlawful", "request")), LedgerFlaw::Damaged { line: 2, .. }));
    assert!(matches!(flawed(&format!("{}\n{}\n", lines[1], lines[0])), LedgerFlaw::Damaged { line: 1, .. }));
    assert!(matches!(flawed(&format!("{}\n", lines[0])), LedgerFlaw::AnotherOne { number: 2, .. }));
    assert!(matches!(flawed(""), LedgerFlaw::AnotherOne { .. }));
    assert!(matches!(flawed(&"x".repeat(1_100_000)), LedgerFlaw::Damaged { line: 1, .. }));
    std::fs::remove_file(field.file()).unwrap();
    assert!(matches!(begin(), Err(NotErased::Ledger(LedgerFlaw::Missing { .. }))));
    // What a crash has left behind the last record is cut off with the next.
    std::fs::write(field.file(), format!("{text}{{\"record\":")).unwrap();
    assert_eq!(begin().unwrap(), 0);
}

#[test]
fn a_ledger_that_is_named_has_to_be_there_from_the_beginning() {
    let field = Field::new();
    let named = Ledger::named(field.file());
    assert!(matches!(named.behind(None), Err(LedgerFlaw::Missing { .. })));
    let person = Person { tenant: field.tenant, door: door_id(1), contact: vera() };
    let refused = erase(field.world.store(), &named, person, Ground::Request, by_operator(20));
    assert!(matches!(refused, Err(NotErased::Ledger(LedgerFlaw::Missing { .. }))));
    assert_eq!(field.door().contacts.len(), 1, "nothing is erased that is not recorded");
    std::fs::write(field.file(), "").unwrap();
    erase(field.world.store(), &named, person, Ground::Request, by_operator(21)).unwrap();
    assert!(field.door().contacts.is_empty());
}

#[test]
fn the_ledger_goes_on_behind_what_a_crash_has_left() {
    let field = Field::new();
    field.erase(20).unwrap();
    let text = std::fs::read_to_string(field.file()).unwrap();
    std::fs::write(field.file(), format!("{text}{{\"record\":{{\"num")).unwrap();
    let other = Person { tenant: field.tenant, door: door_id(2), contact: contact_id(2) };
    erase(field.world.store(), &field.ledger(), other, Ground::Request, by_operator(21)).unwrap();
    let numbers: Vec<u64> = field.ledger().behind(None).unwrap().iter().map(|(record, _)| record.number).collect();
    assert_eq!(numbers, [1, 2]);
}

#[test]
fn a_tenant_that_is_gone_holds_up_nobody() {
    let field = Field::new();
    let (record, _) = {
        field.erase(20).unwrap();
        field.ledger().behind(None).unwrap().remove(0)
    };
    let gone = TenantId::from_bytes([77; 16]);
    field.ledger().record(|number| Record { number, tenant: gone, ..record }).unwrap();
    assert_eq!(work_in(field.world.store(), &field.ledger(), at(30)).unwrap(), 1);
    field.world.store.destroy_tenant_key(field.tenant, at(31)).unwrap();
    assert_eq!(work_in(field.world.store(), &field.ledger(), at(32)).unwrap(), 0);
}

#[test]
fn what_another_server_has_recorded_meanwhile_and_not_done_is_done_too() {
    let field = Field::new();
    std::fs::write(field.file(), "").unwrap();
    let (held, elsewhere) = (File::open(field.file()).unwrap(), field.world.folder().join("other.log"));
    // The other server writes its record while this one waits for the ledger, and is killed before it does it.
    held.lock().unwrap();
    std::thread::scope(|threads| {
        let erasing = threads.spawn(|| field.erase(20).unwrap());
        std::thread::sleep(Duration::from_millis(300));
        let other = Ledger::by_default(&elsewhere);
        let (tenant, door, contacts) = (field.tenant, Some(door_id(2)), [contact_id(2)].into());
        let (at, by, ground) = (at(19), by_operator(0).by, Ground::Request);
        other.record(|number| Record { number, at, by, ground, tenant, door, contacts }).unwrap();
        std::fs::write(field.file(), std::fs::read(&elsewhere).unwrap()).unwrap();
        held.unlock().unwrap();
        assert_eq!(erasing.join().unwrap().spoke, 0);
    });
    let store = field.world.store();
    assert_eq!(store.erased(field.tenant).unwrap(), [(door_id(1), vera()), (door_id(2), contact_id(2))]);
    assert_eq!(store.recorded().unwrap().map(|recorded| recorded.number), Some(2));
    assert_eq!(work_in(store, &field.ledger(), at(30)).unwrap(), 0);
}

#[test]
fn a_record_of_very_many_is_several_and_each_can_be_read_again() {
    let field = Field::new();
    let contacts: BTreeSet<ContactId> =
        (0..2_500_u16).map(|number| ContactId::derive(&[&number.to_be_bytes()])).collect();
    let (tenant, door, of_them) = (field.tenant, Some(door_id(1)), contacts.clone());
    let (at, by, ground) = (at(20), by_operator(20).by, Ground::Request);
    field.ledger().record(|number| Record { number, at, by, ground, tenant, door, contacts: of_them }).unwrap();
    let records = field.ledger().behind(None).unwrap();
    let counts: Vec<_> = records.iter().map(|(record, _)| (record.number, record.contacts.len())).collect();
    assert_eq!(counts, [(1, 1_000), (2, 1_000), (3, 500)]);
    assert_eq!(records.into_iter().flat_map(|(record, _)| record.contacts).collect::<BTreeSet<_>>(), contacts);
}

#[test]
fn what_cannot_be_read_is_counted_and_a_lift_that_comes_later_keeps_none_of_its_words() {
    let mut field = Field::new();
    let refused = field.aino.write(Subject::Door(door_id(1)), &no(), at(10));
    field.aino.sync_well(field.world.store(), at(11));
    let stray = |seq, payload| {
        let header = Header { seq, moment: Moment::new(at(11), 0), subject: Subject::Door(door_id(1)), epoch: 0 };
        NewRescued { device: refused.device, header, payload, reason: None }
    };
    let store = field.world.store();
    store.keep_rescued(field.tenant, &[stray(90, b"nonsense".to_vec())]).unwrap();
    assert_eq!(field.erase(20).unwrap(), Erased { spoke: 1, unread: 1 });
    let lift = Payload::Lift(Lift { names: vec![refused], reason: "Vera has called".into() });
    store.keep_rescued(field.tenant, &[stray(91, lift.to_bytes())]).unwrap();
    work_in(store, &field.ledger(), at(30)).unwrap();
    let waiting = store.rescued_about(field.tenant, Subject::Door(door_id(1))).unwrap();
    let says: Vec<bool> = waiting.into_iter().map(|entry| entry.payload.readable().is_some()).collect();
    assert_eq!(says, [true, false]);
}

#[test]
fn a_tenant_who_left_is_gone_and_stays_so_after_a_restore() {
    let field = Field::new();
    let south = field.world.tenant("south");
    field.erase(20).unwrap();
    let backup = field.world.back_up();
    let leave = |store: &dyn Store| erase_tenant(store, &field.ledger(), field.tenant, by_operator(30));
    assert!(leave(field.world.store()).unwrap());
    assert!(!leave(field.world.store()).unwrap(), "it is done");
    assert_eq!(field.world.store().tenants().unwrap().len(), 1);
    let restored = open_store(backup.path());
    assert_eq!(restored.tenants().unwrap().len(), 2);
    assert_eq!(work_in(&restored, &field.ledger(), at(40)).unwrap(), 1);
    assert_eq!(restored.extent(field.tenant).unwrap(), []);
    assert_eq!(restored.tenants().unwrap().iter().map(|tenant| tenant.id).collect::<Vec<_>>(), [south]);
    assert_eq!(work_in(&restored, &field.ledger(), at(41)).unwrap(), 0);
    // Its record says nothing but which one it was.
    let written = std::fs::read_to_string(field.file()).unwrap();
    assert!(written.lines().last().unwrap().contains(&field.tenant.to_string()) && !written.contains("north"));
    assert_eq!(written.lines().count(), 2);
}

#[test]
fn a_tenant_whose_erasure_was_recorded_and_not_done_is_erased_by_whatever_comes_next() {
    let field = Field::new();
    let (at_20, by, ground, tenant) = (at(20), by_operator(20).by, Ground::TenantLeft, field.tenant);
    let record = |number| Record { number, at: at_20, by, ground, tenant, door: None, contacts: BTreeSet::new() };
    field.ledger().record(record).unwrap();
    field.world.store().destroy_tenant_key(tenant, at(20)).unwrap();
    assert!(erase_tenant(field.world.store(), &field.ledger(), tenant, by_operator(21)).unwrap());
    assert_eq!(field.world.store().tenant(tenant).unwrap(), None);
    assert_eq!(field.ledger().behind(None).unwrap().len(), 1, "it is not recorded twice");
    let nobody = TenantId::from_bytes([99; 16]);
    let unknown = erase_tenant(field.world.store(), &field.ledger(), nobody, by_operator(22));
    assert!(matches!(unknown, Err(NotErased::NoTenant)));
    assert_eq!(field.ledger().behind(None).unwrap().len(), 1, "nothing is recorded of one who never was");
}
