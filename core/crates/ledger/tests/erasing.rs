//! A person is erased: they are gone, and nothing else is another.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod street;

use proptest::prelude::*;
use std::collections::BTreeSet;
use street::{Street, contact};
use walkbook_ledger::*;
use walkbook_model::*;

const AINO: ContactId = ContactId::from_bytes([1; 16]);

fn without(entries: &[Entry], erased: &BTreeSet<ContactId>) -> Vec<Entry> {
    let left = without_people(entries, erased, &BTreeSet::new());
    let kept = |entry: &Entry| match left.get(&entry.id()) {
        None => Some(entry.clone()),
        Some(payload) => payload.clone().map(|payload| Entry { payload, ..entry.clone() }),
    };
    entries.iter().filter_map(kept).collect()
}

fn is_of(target: Target, erased: &BTreeSet<ContactId>) -> bool {
    matches!(target, Target::Contact(contact) if erased.contains(&contact))
}

/// Whether one of the choices names them.
fn is_about(clash: &Clash, erased: &BTreeSet<ContactId>) -> bool {
    clash.choices.iter().any(|(_, change)| match change {
        DoorChange::AddContact(contact) => erased.contains(&contact.id),
        DoorChange::SetStanding(contact, Standing::SameAs(other)) => erased.contains(contact) || erased.contains(other),
        DoorChange::SetContactField(contact, ..) | DoorChange::SetStanding(contact, _) => erased.contains(contact),
        DoorChange::SetAddress(_) | DoorChange::SetPosition(_) | DoorChange::SetAccessNotes(_) => false,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn everybody_else_and_every_visit_stay_as_they_were(
        acts in prop::collection::vec((0..8usize, street::act()), 1..60)
    ) {
        let street = Street::after(&acts);
        let entries = street.everything();
        let before = DoorState::compute(street.door(), Some(street.base()), &entries).unwrap();
        let erased = before.same_person(AINO);
        let left = without(&entries, &erased);
        prop_assert!(left.iter().all(|entry| entry.check().is_ok()));
        let base = street.base().without(&erased);
        let after = DoorState::compute(street.door(), base.as_ref(), &left).unwrap();

        let others: Vec<_> = before.contacts.iter().filter(|state| !erased.contains(&state.contact.id)).cloned().collect();
        prop_assert_eq!(&after.contacts, &others);
        prop_assert_eq!(&after.door, &before.door);
        prop_assert_eq!((&after.tips, &after.waiting), (&before.tips, &before.waiting));
        let noes: Vec<_> = before.suppressions.iter().filter(|mark| !is_of(mark.target, &erased)).cloned().collect();
        prop_assert_eq!(&after.suppressions, &noes);
        // A choice that names them goes; what is between others stays.
        prop_assert!(after.clashes.iter().all(|clash| !is_about(clash, &erased)));
        prop_assert!(before.clashes.iter().all(|clash| is_about(clash, &erased) || after.clashes.contains(clash)));
        let was_there = |clash: &Clash| before.clashes.iter().any(|was| was.choices.iter().any(|choice| clash.choices.contains(choice)));
        prop_assert!(after.clashes.iter().all(was_there));
        prop_assert_eq!(after.visits.len(), before.visits.len());
        for (after, before) in after.visits.iter().zip(&before.visits) {
            prop_assert_eq!((after.entry, after.moment, &after.corrected_by), (before.entry, before.moment, &before.corrected_by));
            let of_them = before.counts.as_ref().and_then(|counts| counts.contact).is_some_and(|contact| erased.contains(&contact));
            if of_them {
                prop_assert_eq!(after.counts.as_ref().unwrap().contact, None);
            } else {
                prop_assert_eq!(&after.counts, &before.counts);
            }
        }
        // Once more changes nothing.
        prop_assert_eq!(without(&left, &erased), left);
    }
}

#[test]
fn what_was_said_in_words_goes_and_what_was_chosen_stays() {
    let question = |key, value| Answer { question: QuestionKey(key), value };
    let answers = vec![
        question(1, AnswerValue::Scale(4)),
        question(2, AnswerValue::Text("my daughter lives next door".into())),
        question(3, AnswerValue::ContactDetail(ContactField::Phone, "+358401234567".into())),
        question(4, AnswerValue::Consent(Purpose::Phone, true)),
    ];
    let list = WalkListId::from_bytes([1; 16]);
    let of = |knock, note: Option<&str>| Interaction {
        knock,
        note: note.map(str::to_owned),
        ..Interaction::of_outcome(list, Some(AINO), Outcome::NotHome)
    };
    let script = ContentHash::of(b"script");
    let left = |interaction| match Payload::Interaction(interaction).without(&[AINO].into()) {
        Left::This(Payload::Interaction(left)) => left,
        other => panic!("{other:?}"),
    };
    let spoken = left(of(Knock::Answers(script, answers.clone()), Some("ill")));
    assert!(spoken.knock == Knock::Answers(script, answers[..1].to_vec()));
    assert!((spoken.contact, &spoken.note) == (None, &None));
    // Who chose nothing was spoken to all the same, and who has died leaves the door open to the others.
    assert!(left(of(Knock::Answers(script, answers[1..].to_vec()), None)).knock.outcome() == Outcome::Canvassed);
    assert!(left(of(Knock::Outcome(Outcome::Deceased, None), None)).knock.outcome() == Outcome::Moved);
}

#[test]
fn whoever_is_said_to_be_the_same_person_goes_with_them() {
    let mut street = Street::new();
    let twice = contact_added_by(EntryId::new(street::device(0), 1));
    street.edit(0, DoorChange::AddContact(contact(twice, "Aino Virtanen")));
    street.edit(0, DoorChange::SetStanding(twice, Standing::SameAs(AINO)));
    let state = street.view(0);
    assert_eq!(state.same_person(AINO), BTreeSet::from([AINO, twice]));
    assert_eq!(state.same_person(twice), BTreeSet::from([AINO, twice]));
    assert_eq!(state.same_person(ContactId::from_bytes([2; 16])).len(), 1);
}

#[test]
fn a_lift_goes_with_all_that_it_undid_and_keeps_its_silence_otherwise() {
    let mut street = Street::new();
    let door = Subject::Door(street.door());
    let hers = street.write(0, door, street::suppression(Target::Contact(AINO)));
    let of_door = street.write(0, door, street::suppression(Target::Door));
    let lift = |names: Vec<EntryId>| Payload::Lift(Lift { names, reason: "Aino has called".into() });
    let [alone, both] = [vec![hers], vec![hers, of_door]].map(|names| street.write(0, door, lift(names)));
    let left = without_people(&street.everything(), &[AINO].into(), &BTreeSet::new());
    assert_eq!(left.get(&hers), Some(&None));
    assert_eq!(left.get(&alone), Some(&None));
    assert_eq!(left.get(&of_door), None);
    assert!(matches!(left.get(&both), Some(Some(Payload::Lift(lift))) if lift.reason == "erased"));
}

#[test]
fn a_lift_of_a_visit_to_them_stays_without_its_words_also_where_it_comes_later() {
    let mut street = Street::new();
    let door = Subject::Door(street.door());
    let visit = Interaction::of_outcome(WalkListId::from_bytes([1; 16]), Some(AINO), Outcome::Hostile);
    let visit = street.write(0, door, Payload::Interaction(visit));
    let hers = street.write(0, door, street::suppression(Target::Contact(AINO)));
    let lift = |name| Payload::Lift(Lift { names: vec![name], reason: "Aino has apologised".into() });
    let [of_visit, of_no] = [visit, hers].map(|name| street.write(0, door, lift(name)));
    let entries = street.everything();
    let wordless =
        |left: Option<&Option<Payload>>| matches!(left, Some(Some(Payload::Lift(lift))) if lift.reason == "erased");
    let left = without_people(&entries, &[AINO].into(), &BTreeSet::new());
    assert!(wordless(left.get(&of_visit)));
    // The visit was erased before the lifts came, and says nothing of her; of the "no" nothing is left to be read.
    let later: Vec<Entry> = without(&entries[..2], &[AINO].into()).into_iter().chain(entries[2..].to_vec()).collect();
    let left = without_people(&later, &[AINO].into(), &[visit, hers].into());
    assert!(wordless(left.get(&of_visit)) && left.get(&of_no) == Some(&None));
    assert_eq!(left.len(), 2);
    // Once more changes nothing.
    let Some(Some(wordless)) = left.get(&of_visit).cloned() else { panic!("it goes on counting") };
    let rest: Vec<Entry> = later
        .into_iter()
        .filter(|entry| entry.id() != of_no)
        .map(|entry| if entry.id() == of_visit { Entry { payload: wordless.clone(), ..entry } } else { entry })
        .collect();
    assert!(without_people(&rest, &[AINO].into(), &[visit, hers, of_visit, of_no].into()).is_empty());
}
