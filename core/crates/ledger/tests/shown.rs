//! What somebody is shown from whom a part is withheld: nothing of it, and everything that everybody has to know.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod street;

use proptest::prelude::*;
use std::collections::BTreeSet;
use street::{Act, Street, contact, device, suppression, today};
use walkbook_ledger::{
    Correction, DoorChange, DoorState, Entry, Payload, Subject, contact_added_by, shown_base, shown_entries,
};
use walkbook_model::*;

const READER: usize = 7;

fn nothing_but_the_last() -> Withheld {
    Withheld { history: true, fields: BTreeSet::from([ContactField::Language, ContactField::Phone]) }
}

fn shown(street: &Street, withheld: &Withheld) -> Vec<Entry> {
    shown_entries(&street.everything(), withheld, |writer| writer == device(READER))
}

fn state(street: &Street, withheld: &Withheld) -> DoorState {
    let base = shown_base(street.base().clone(), withheld);
    DoorState::compute(street.door(), Some(&base), &shown(street, withheld)).unwrap()
}

fn whole(street: &Street) -> DoorState {
    state(street, &Withheld::default())
}

fn knock(street: &mut Street, phone: usize, knock: Knock, note: &str) -> EntryId {
    // A second later.
    street.act(phone, &Act::Hear(phone));
    let list = street.list_base().record.id;
    let interaction =
        Interaction { knock, note: Some(note.into()), ..Interaction::of_outcome(list, None, Outcome::NotHome) };
    street.write(phone, Subject::Door(street.door()), Payload::Interaction(interaction))
}

fn outcome(outcome: Outcome) -> Knock {
    Knock::Outcome(outcome, None)
}

#[test]
fn a_canvasser_is_shown_the_last_outcome_and_nothing_that_was_said() {
    let mut street = Street::new();
    knock(&mut street, 0, outcome(Outcome::NotHome), "curtains drawn");
    let said = [
        Answer { question: QuestionKey(1), value: AnswerValue::YesNo(true) },
        Answer { question: QuestionKey(2), value: AnswerValue::Consent(Purpose::Phone, false) },
    ];
    let last = knock(&mut street, 1, Knock::Answers(ContentHash::of(b"script"), said.to_vec()), "votes green");
    let state = state(&street, &nothing_but_the_last());
    let [visit] = &state.visits[..] else { panic!("{:?}", state.visits) };
    let counts = visit.counts.as_ref().unwrap();
    assert_eq!((visit.entry, counts.knock.outcome()), (last, Outcome::Canvassed));
    assert_eq!((counts.knock.answers(), &counts.note), (&said[1..], &None), "the permission, and nothing else");
}

#[test]
fn who_knocks_sees_the_own_knocks_with_all_that_became_of_them() {
    let mut street = Street::new();
    let own = knock(&mut street, READER, outcome(Outcome::NotHome), "the bell is broken");
    street.hear(0, READER);
    let with = Interaction {
        note: Some("she was on the balcony".into()),
        ..Interaction::of_outcome(street.list_base().record.id, None, Outcome::Refused)
    };
    let door = Subject::Door(street.door());
    street.write(0, door, Payload::Correction(Correction { replaces: own, with: Some(with.clone()) }));
    knock(&mut street, 1, outcome(Outcome::ComeBack), "Sunday");
    let visits = state(&street, &nothing_but_the_last()).visits;
    assert_eq!((visits.len(), visits[0].counts.clone()), (2, Some(with)));
    assert_eq!(visits[1].counts.as_ref().unwrap().note, None);
}

#[test]
fn when_the_last_knock_is_undone_the_one_before_is_the_last() {
    let mut street = Street::new();
    let first = knock(&mut street, 0, outcome(Outcome::Refused), "");
    let second = knock(&mut street, 1, outcome(Outcome::NotHome), "");
    let last = |street: &Street| -> Vec<EntryId> {
        state(street, &nothing_but_the_last()).visits.iter().map(|visit| visit.entry).collect()
    };
    assert_eq!(last(&street), [second]);
    let door = Subject::Door(street.door());
    street.write(1, door, Payload::Correction(Correction { replaces: second, with: None }));
    assert_eq!(last(&street), [first]);
}

#[test]
fn a_withheld_field_has_no_value_wherever_it_was_written() {
    let mut street = Street::new();
    let someone = ContactId::from_bytes([1; 16]);
    let set = |field, value: &str| DoorChange::SetContactField(someone, field, value.into());
    street.edit(0, set(ContactField::Phone, "+358 40 111 2222"));
    let added = contact_added_by(EntryId::new(device(1), 1));
    let mut new = contact(added, "Ilmari");
    new.fields.insert(ContactField::Language, "sv".into());
    street.edit(1, DoorChange::AddContact(new));
    let state = state(&street, &nothing_but_the_last());
    let fields: Vec<_> = state.contacts.iter().flat_map(|contact| contact.contact.fields.keys()).collect();
    assert!(fields.iter().all(|field| **field == ContactField::GivenName), "{fields:?}");
    assert_eq!(state.contacts.len(), 3);
    assert_eq!(state.tips, whole(&street).tips, "the next edit is made on top of all of them");
    // And stays without, where somebody writes it who sees it and the reader does not.
    street.hear(READER, 0);
    let own = street.edit(READER, set(ContactField::Phone, "+358 40 333 4444"));
    let state = self::state(&street, &nothing_but_the_last());
    let shown = state.contacts.iter().find(|contact| contact.contact.id == someone).unwrap();
    assert_eq!(shown.contact.fields[&ContactField::Phone], "+358 40 333 4444", "what one wrote oneself");
    assert!(state.tips.contains(&own));
}

fn acts() -> impl Strategy<Value = Vec<(usize, Act)>> {
    prop::collection::vec((0..8usize, street::act()), 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_everybody_has_to_know_is_as_it_is_for_everybody(acts in acts()) {
        let street = Street::after(&acts);
        let (all, some) = (whole(&street), state(&street, &nothing_but_the_last()));
        prop_assert_eq!(&some.suppressions, &all.suppressions);
        prop_assert_eq!(some.status(today()), all.status(today()));
        prop_assert_eq!(&some.tips, &all.tips);
        prop_assert_eq!((&some.door, some.epoch), (&all.door, all.epoch));
        prop_assert_eq!(some.contacts.len(), all.contacts.len());
        for (some, all) in some.contacts.iter().zip(&all.contacts) {
            prop_assert_eq!((some.contact.id, some.standing), (all.contact.id, all.standing));
            prop_assert_eq!(&some.permissions, &all.permissions);
            let mut fields = all.contact.fields.clone();
            fields.retain(|field, _| *field != ContactField::Language);
            let shown = some.contact.fields.clone().into_iter().filter(|(field, _)| *field != ContactField::Language);
            prop_assert_eq!(shown.collect::<Vec<_>>(), fields.into_iter().collect::<Vec<_>>());
        }
        let attempted = |state: &DoorState| state.counting().next_back().map(|(visit, _)| visit.entry);
        prop_assert_eq!(attempted(&some), attempted(&all));
    }

    #[test]
    fn nothing_that_is_withheld_is_in_it(acts in acts()) {
        let street = Street::after(&acts);
        let last = whole(&street).counting().next_back().map(|(visit, _)| visit.entry);
        for entry in shown(&street, &nothing_but_the_last()).iter().filter(|entry| entry.device != device(READER)) {
            match &entry.payload {
                Payload::Interaction(interaction) => {
                    prop_assert!(interaction.note.is_none() && interaction.evidence.is_none());
                }
                Payload::Door(edit) => {
                    let leaks = matches!(&edit.change, DoorChange::SetContactField(_, ContactField::Language, value)
                        if !value.is_empty());
                    prop_assert!(!leaks);
                }
                _ => {}
            }
        }
        let state = state(&street, &nothing_but_the_last());
        for visit in state.visits.iter().filter(|visit| visit.entry.device != device(READER)) {
            let own_corrected = visit.corrected_by.iter().any(|entry| entry.device == device(READER));
            let binding = visit.counts.as_ref().is_some_and(|counts| counts.knock.class() == Class::Suppress);
            prop_assert!(Some(visit.entry) == last || binding || own_corrected || corrected_by_reader(&street, visit.entry));
        }
    }

    #[test]
    fn from_whom_nothing_is_withheld_sees_everything(acts in acts()) {
        let street = Street::after(&acts);
        prop_assert_eq!(shown(&street, &Withheld::default()), street.everything());
    }
}

/// Whether the reader once corrected this knock, or a correction of it, whatever became of that.
fn corrected_by_reader(street: &Street, knock: EntryId) -> bool {
    let entries = street.everything();
    let mut about = BTreeSet::from([knock]);
    loop {
        let more: Vec<EntryId> = entries
            .iter()
            .filter_map(|entry| match &entry.payload {
                Payload::Correction(correction) if about.contains(&correction.replaces) => Some(entry.id()),
                _ => None,
            })
            .filter(|id| !about.contains(id))
            .collect();
        if more.is_empty() {
            return about.iter().any(|id| id.device == device(READER));
        }
        about.extend(more);
    }
}

#[test]
fn a_no_is_shown_whoever_said_it_and_however_much_came_after_it() {
    let mut street = Street::new();
    let hostile = knock(&mut street, 0, outcome(Outcome::Hostile), "threw a shoe");
    let door = Subject::Door(street.door());
    let said = street.write(1, door, suppression(Target::Contact(ContactId::from_bytes([2; 16]))));
    (0..5).for_each(|phone| {
        knock(&mut street, phone, outcome(Outcome::NotHome), "");
    });
    let marks: BTreeSet<_> =
        state(&street, &nothing_but_the_last()).suppressions.iter().map(|mark| mark.entry).collect();
    assert_eq!(marks, BTreeSet::from([hostile, said]));
}
