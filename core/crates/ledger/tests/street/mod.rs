//! A street with one door that everybody works, eight phones, and the things that can happen to them.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::new_without_default,
    clippy::cast_possible_truncation,
    reason = "each test file uses its part"
)]

use proptest::prelude::*;
use std::collections::BTreeMap;
use walkbook_ledger::{
    Base, Correction, DoorBase, DoorChange, DoorEdit, DoorState, Entry, Header, ListBase, ListChange, ListEdit,
    ListState, Payload, Standing, Subject, contact_added_by,
};
use walkbook_model::*;

/// Something a canvasser does, or the signal does to a phone.
#[derive(Debug, Clone)]
pub enum Act {
    Knock(u8),
    KnockContact(u8, u8),
    Correct(u8),
    Undo(u8),
    Suppress,
    SuppressContact(u8),
    Lift(u8),
    Consent(u8, bool),
    Notes(u8),
    Field(u8, u8, u8),
    AddContact,
    Gone(u8),
    Merge(u8, u8),
    Place(u8, u8),
    Drop(u8),
    Rename(u8),
    Hear(usize),
    ClockJumps(i64),
}

pub fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        any::<u8>().prop_map(Act::Knock),
        (any::<u8>(), any::<u8>()).prop_map(|(contact, outcome)| Act::KnockContact(contact, outcome)),
        any::<u8>().prop_map(Act::Correct),
        any::<u8>().prop_map(Act::Undo),
        Just(Act::Suppress),
        any::<u8>().prop_map(Act::SuppressContact),
        any::<u8>().prop_map(Act::Lift),
        (any::<u8>(), any::<bool>()).prop_map(|(contact, given)| Act::Consent(contact, given)),
        (0..4u8).prop_map(Act::Notes),
        (any::<u8>(), 0..3u8, 0..4u8).prop_map(|(contact, field, value)| Act::Field(contact, field, value)),
        Just(Act::AddContact),
        any::<u8>().prop_map(Act::Gone),
        (any::<u8>(), any::<u8>()).prop_map(|(one, other)| Act::Merge(one, other)),
        (0..6u8, 0..7u8).prop_map(|(door, behind)| Act::Place(door, behind)),
        (0..6u8).prop_map(Act::Drop),
        (0..3u8).prop_map(Act::Rename),
        (0..8usize).prop_map(Act::Hear),
        (-100_000_000i64..100_000_000_000).prop_map(Act::ClockJumps),
    ]
}

/// The phones of the street and what each has heard of.
pub struct Street {
    door_base: DoorBase,
    list_base: ListBase,
    phones: Vec<Phone>,
    now_ms: u64,
}

#[derive(Default, Clone)]
struct Phone {
    log: u64,
    clock: HybridClock,
    ahead_ms: i64,
    known: BTreeMap<EntryId, Entry>,
}

pub fn door_id(number: u8) -> DoorId {
    DoorId::derive(&[&[number]])
}

pub fn device(number: usize) -> DeviceId {
    DeviceId::from_bytes([number as u8 + 1; 16])
}

pub fn today() -> Day {
    Day::new(2026, 11, 24).unwrap()
}

pub fn contact(id: ContactId, name: &str) -> Contact {
    Contact { id, fields: [(ContactField::GivenName, name.to_owned())].into() }
}

pub fn base() -> DoorBase {
    Base::first(Door {
        id: door_id(0),
        address: Address {
            street: "Kasarmikatu".into(),
            number: "4".into(),
            unit: "B 12".into(),
            ..Address::default()
        },
        position: Position::from_degrees(60.16, 24.95).ok(),
        access_notes: String::new(),
        contacts: vec![
            contact(ContactId::from_bytes([1; 16]), "Aino"),
            contact(ContactId::from_bytes([2; 16]), "Väinö"),
        ],
    })
}

pub fn list_base() -> ListBase {
    Base::first(WalkList {
        id: WalkListId::from_bytes([1; 16]),
        effort: EffortId::from_bytes([1; 16]),
        name: "Kasarmitori".into(),
        script: None,
        assigned: Vec::new(),
        doors: (0..5).map(door_id).collect(),
    })
}

impl Street {
    pub fn new() -> Self {
        Self { door_base: base(), list_base: list_base(), phones: vec![Phone::default(); 8], now_ms: 1_795_000_000_000 }
    }

    pub fn after(acts: &[(usize, Act)]) -> Self {
        let mut street = Self::new();
        street.act(0, &Act::Knock(0));
        for (phone, act) in acts {
            street.act(*phone, act);
        }
        street
    }

    pub fn door(&self) -> DoorId {
        self.door_base.record.id
    }

    pub fn base(&self) -> &DoorBase {
        &self.door_base
    }

    pub fn list_base(&self) -> &ListBase {
        &self.list_base
    }

    pub fn everything(&self) -> Vec<Entry> {
        let all: BTreeMap<EntryId, Entry> = self.phones.iter().flat_map(|phone| phone.known.clone()).collect();
        all.into_values().collect()
    }

    pub fn known_to(&self, phone: usize) -> Vec<Entry> {
        self.phones[phone].known.values().cloned().collect()
    }

    pub fn view(&self, phone: usize) -> DoorState {
        DoorState::compute(self.door(), Some(&self.door_base), &self.known_to(phone)).unwrap()
    }

    pub fn write(&mut self, number: usize, subject: Subject, payload: Payload) -> EntryId {
        let now_ms = self.now_ms;
        let phone = &mut self.phones[number];
        phone.log += 1;
        let moment = phone.clock.tick(Timestamp::from_ms(now_ms).shifted_ms(phone.ahead_ms));
        let header = Header { seq: phone.log, moment, subject, epoch: 0 };
        let entry = Entry { device: device(number), header, bound: None, payload };
        entry.check().unwrap();
        let id = entry.id();
        phone.known.insert(id, entry);
        id
    }

    pub fn edit(&mut self, phone: usize, change: DoorChange) -> EntryId {
        let on = self.view(phone).tips;
        self.write(phone, Subject::Door(self.door()), Payload::Door(DoorEdit { on, change }))
    }

    pub fn hear(&mut self, phone: usize, from: usize) {
        let heard = self.phones[from].known.clone();
        self.phones[phone].known.extend(heard);
    }

    pub fn act(&mut self, phone: usize, act: &Act) {
        self.now_ms += 1_000;
        let door = Subject::Door(self.door());
        let state = self.view(phone);
        let someone = |pick: u8| state.contacts[usize::from(pick) % state.contacts.len()].contact.id;
        let outcome = |pick: u8| Outcome::ALL[usize::from(pick) % Outcome::ALL.len()];
        let list = self.list_base.record.id;
        let knocked = |outcome| Interaction::of_outcome(list, None, outcome);
        let payload = match act {
            Act::Knock(pick) => Payload::Interaction(knocked(outcome(*pick))),
            Act::KnockContact(who, pick) => {
                Payload::Interaction(Interaction { contact: Some(someone(*who)), ..knocked(outcome(*pick)) })
            }
            Act::Correct(pick) | Act::Undo(pick) => {
                let Some(visit) = state.visits.get(usize::from(*pick) % state.visits.len().max(1)) else { return };
                let with = matches!(act, Act::Correct(_)).then(|| knocked(outcome(*pick)));
                let replaces = visit.corrected_by.last().copied().unwrap_or(visit.entry);
                Payload::Correction(Correction { replaces, with })
            }
            Act::Suppress => suppression(Target::Door),
            Act::SuppressContact(who) => suppression(Target::Contact(someone(*who))),
            Act::Lift(pick) => {
                let Some(mark) = state.suppressions.get(usize::from(*pick) % state.suppressions.len().max(1)) else {
                    return;
                };
                Payload::Lift(Lift { names: vec![mark.entry], reason: "asked to be visited again".into() })
            }
            Act::Consent(who, given) => Payload::Consent(Consent {
                contact: someone(*who),
                purpose: Purpose::Email,
                given: *given,
                wording: "May we write to you?".into(),
                language: "en".into(),
                witness: UserId::from_bytes([1; 16]),
            }),
            Act::Notes(value) => return self.change(phone, DoorChange::SetAccessNotes(format!("buzzer {value}"))),
            Act::Field(who, field, value) => {
                let field = [ContactField::GivenName, ContactField::Language, ContactField::Custom("pet".into())]
                    [usize::from(*field)]
                .clone();
                let value = if *value == 0 { String::new() } else { format!("v{value}") };
                return self.change(phone, DoorChange::SetContactField(someone(*who), field, value));
            }
            Act::AddContact => {
                let id = contact_added_by(EntryId::new(device(phone), self.phones[phone].log + 1));
                return self.change(phone, DoorChange::AddContact(contact(id, "Ilmari")));
            }
            Act::Gone(who) => return self.change(phone, DoorChange::SetStanding(someone(*who), Standing::Gone)),
            Act::Merge(one, other) => {
                let (one, other) = (someone(*one), someone(*other));
                if one != other {
                    self.edit(phone, DoorChange::SetStanding(one, Standing::SameAs(other)));
                }
                return;
            }
            Act::Place(moved, behind) => {
                let behind = behind.checked_sub(1).map(door_id).filter(|other| *other != door_id(*moved));
                return self.edit_list(phone, ListChange::Place { door: door_id(*moved), behind });
            }
            Act::Drop(dropped) => return self.edit_list(phone, ListChange::Drop(door_id(*dropped))),
            Act::Rename(name) => return self.edit_list(phone, ListChange::Rename(format!("list {name}"))),
            Act::Hear(from) => return self.hear(phone, *from),
            Act::ClockJumps(by) => {
                self.phones[phone].ahead_ms = *by;
                return;
            }
        };
        self.write(phone, door, payload);
    }

    fn change(&mut self, phone: usize, change: DoorChange) {
        self.edit(phone, change);
    }

    fn edit_list(&mut self, phone: usize, change: ListChange) {
        let on = ListState::compute(&self.list_base, &self.known_to(phone)).unwrap().tips;
        let subject = Subject::List(self.list_base.record.id);
        self.write(phone, subject, Payload::List(ListEdit { on, change }));
    }
}

pub fn suppression(target: Target) -> Payload {
    Payload::Suppression(Suppression { target, reason: SuppressionReason::Objection, until_on: None })
}

pub fn suppresses(entry: &Entry) -> Option<Target> {
    match &entry.payload {
        Payload::Suppression(suppression) => Some(suppression.target),
        _ => None,
    }
}

pub fn is_lifted(entries: &[Entry], id: EntryId) -> bool {
    entries.iter().any(|entry| matches!(&entry.payload, Payload::Lift(lift) if lift.names.contains(&id)))
}
