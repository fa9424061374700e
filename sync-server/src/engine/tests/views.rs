//! What a phone is not sent, and what it is told to forget.

use super::agreement::assert_all_agree;
use super::phone::{Became, Phone};
use super::world::{AINO, BERTA, HILL, LEA, NORTH, RIVER, World, at, base, by_operator, door, door_base};
use crate::office;
use crate::store::{Directory, Documents, ListUpdate};
use proptest::prelude::*;
use std::collections::BTreeSet;
use walkbook_ledger::{Correction, DoorChange, Payload, Subject};
use walkbook_model::{
    Contact, ContactField, ContactId, Day, EntryId, Interaction, Lift, Outcome, Role, Suppression, SuppressionReason,
    Target, Timestamp, Withheld,
};
use walkbook_sync::{Frame, FrameReader, Reason, pack};

const MAIJA: ContactId = ContactId::from_bytes([61; 16]);
const NUMBER: &str = "+358 40 765 4321";
const NOTE: &str = "the key is under the mat";

/// Aino and Berta walk by the river with Lea, who leads. Maija lives behind door 1.
fn world() -> World {
    let world = World::new();
    world.put_list(NORTH, RIVER, 1..=4, &[AINO, BERTA, LEA]);
    put_maija(&world, NUMBER);
    world
}

fn put_maija(world: &World, number: &str) {
    let mut with_maija = door_base(1);
    let fields = [(ContactField::GivenName, "Maija".to_owned()), (ContactField::Phone, number.to_owned())].into();
    with_maija.record.contacts = vec![Contact { id: MAIJA, fields }];
    world.store.put_bases(NORTH, &[base(Subject::Door(door(1)), with_maija.to_bytes())]).unwrap();
}

fn set(world: &World, settings: &str) {
    office::set_settings(&*world.store, NORTH, settings.as_bytes(), by_operator(0)).unwrap();
}

const NO_NUMBERS: &str = r#"{ "withheld_fields": { "canvasser": ["phone"] } }"#;
const HISTORY: &str = r#"{ "canvassers_see_history": true }"#;
const NO_NUMBERS_BUT_HISTORY: &str =
    r#"{ "canvassers_see_history": true, "withheld_fields": { "canvasser": ["phone"], "team_lead": ["phone"] } }"#;

fn number(phone: &Phone) -> Option<String> {
    let state = phone.book.door(door(1));
    let maija = state.contacts.iter().find(|contact| contact.contact.id == MAIJA).unwrap();
    maija.contact.fields.get(&ContactField::Phone).cloned()
}

fn call_her(number: &str) -> DoorChange {
    DoorChange::SetContactField(MAIJA, ContactField::Phone, number.into())
}

fn noted(phone: &mut Phone, number: u16, now: Timestamp) -> EntryId {
    let not_home = Interaction::of_outcome(RIVER, None, Outcome::NotHome);
    phone.write_at(door(number), Payload::Interaction(Interaction { note: Some(NOTE.into()), ..not_home }), now)
}

fn visits(phone: &Phone, number: u16) -> Vec<EntryId> {
    phone.book.door(door(number)).visits.iter().map(|visit| visit.entry).collect()
}

/// Whether these words are anywhere in what the phone is sent when it has nothing.
fn is_sent(world: &World, phone: &Phone, words: &str, now: Timestamp) -> bool {
    let mut fresh = Phone::enrolled(world, NORTH, phone.user);
    fresh.knows = phone.knows;
    let answer = fresh.send(world, &fresh.request(now), now).unwrap();
    let frames = FrameReader::new().push(&answer).unwrap();
    let bytes: Vec<u8> = frames.iter().flat_map(Frame::to_bytes).collect();
    bytes.windows(words.len()).any(|part| part == words.as_bytes())
}

#[test]
fn a_canvasser_is_sent_the_last_outcome_and_when_a_team_mate_knocks_again_the_older_one_is_forgotten() {
    let world = world();
    let [mut aino, mut berta, mut lea] = [AINO, BERTA, LEA].map(|user| world.phone(NORTH, user));
    for phone in [&mut aino, &mut berta, &mut lea] {
        phone.sync(&world, at(1)).unwrap();
    }
    let first = noted(&mut berta, 1, at(2));
    berta.sync(&world, at(3)).unwrap();
    aino.sync(&world, at(4)).unwrap();
    assert_eq!(visits(&aino, 1), [first]);
    let shown = aino.book.door(door(1)).visits[0].counts.clone().unwrap();
    assert_eq!((shown.knock.outcome(), shown.note), (Outcome::NotHome, None));
    assert!(!is_sent(&world, &aino, NOTE, at(4)) && is_sent(&world, &lea, NOTE, at(4)));

    let second = noted(&mut lea, 1, at(5));
    lea.sync(&world, at(6)).unwrap();
    for phone in [&mut aino, &mut berta] {
        phone.sync(&world, at(7)).unwrap();
    }
    assert_eq!(visits(&aino, 1), [second]);
    assert_eq!(visits(&berta, 1), [first, second], "one's own stay");
    // And with one's own next knock nothing of others is the last.
    let own = noted(&mut aino, 1, at(8));
    aino.sync(&world, at(9)).unwrap();
    assert_eq!(visits(&aino, 1), [own]);
    // Taken back, it is the one before again.
    aino.write_at(door(1), Payload::Correction(Correction { replaces: own, with: None }), at(10));
    aino.sync(&world, at(11)).unwrap();
    assert_eq!(visits(&aino, 1), [second, own]);
    lea.sync(&world, at(12)).unwrap();
    assert_eq!(visits(&lea, 1), [first, second, own], "who leads sees all of it");
    assert_all_agree(&world, &[aino, berta, lea]);
}

#[test]
fn an_answer_that_breaks_off_at_a_mark_has_shown_what_stood_there_and_not_what_came_after() {
    let world = world();
    let [mut aino, mut berta, mut lea] = [AINO, BERTA, LEA].map(|user| world.phone(NORTH, user));
    for phone in [&mut aino, &mut berta, &mut lea] {
        phone.sync(&world, at(1)).unwrap();
    }
    let first = noted(&mut berta, 1, at(2));
    // More than the server looks at between two marks.
    for seconds in 3..303 {
        noted(&mut berta, 2, at(seconds));
    }
    berta.sync(&world, at(400)).unwrap();
    let second = noted(&mut lea, 1, at(401));
    lea.sync(&world, at(402)).unwrap();
    let answer = aino.send(&world, &aino.request(at(403)), at(403)).unwrap();
    let frames = FrameReader::new().push(&answer).unwrap();
    let marks = frames.iter().filter(|frame| matches!(frame, Frame::Cursor(_))).count();
    assert!(marks > 1, "{marks} marks");
    let to_mark = 1 + frames.iter().position(|frame| matches!(frame, Frame::Cursor(_))).unwrap();
    aino.take(&pack(frames.into_iter().take(to_mark)), at(403));
    assert_eq!(visits(&aino, 1), [first]);
    // Taken back before she comes again, the second is none of which she has to hear.
    lea.write_at(door(1), Payload::Correction(Correction { replaces: second, with: None }), at(404));
    lea.sync(&world, at(405)).unwrap();
    aino.sync(&world, at(406)).unwrap();
    berta.sync(&world, at(406)).unwrap();
    assert_eq!(visits(&aino, 1), [first]);
    assert_all_agree(&world, &[aino, berta, lea]);
}

#[test]
fn a_no_and_its_lift_reach_everybody_whatever_is_withheld() {
    let world = world();
    set(&world, NO_NUMBERS);
    let [mut aino, mut berta, mut lea] = [AINO, BERTA, LEA].map(|user| world.phone(NORTH, user));
    let hostile = Interaction::of_outcome(RIVER, None, Outcome::Hostile);
    let hostile = berta.write_at(door(1), Payload::Interaction(hostile), at(1));
    berta.sync(&world, at(2)).unwrap();
    for seconds in 3..6 {
        noted(&mut lea, 1, at(seconds));
    }
    lea.sync(&world, at(6)).unwrap();
    aino.sync(&world, at(7)).unwrap();
    let marks = |phone: &Phone| phone.book.door(door(1)).suppressions.iter().map(|mark| mark.entry).collect::<Vec<_>>();
    assert_eq!(marks(&aino), [hostile]);
    lea.write_at(door(1), Payload::Lift(Lift { names: vec![hostile], reason: "asked for".into() }), at(8));
    lea.sync(&world, at(9)).unwrap();
    aino.sync(&world, at(10)).unwrap();
    assert!(marks(&aino).is_empty());
}

#[test]
fn a_withheld_field_is_not_sent_and_what_a_tenant_decides_later_comes_and_goes() {
    let world = world();
    let [mut aino, mut lea] = [AINO, LEA].map(|user| world.phone(NORTH, user));
    lea.edit(door(1), call_her(NUMBER), at(1));
    lea.sync(&world, at(1)).unwrap();
    aino.sync(&world, at(2)).unwrap();
    assert_eq!(number(&aino).as_deref(), Some(NUMBER));
    assert_eq!(aino.withheld, Some(Withheld { history: true, ..Withheld::default() }));

    set(&world, NO_NUMBERS);
    aino.sync(&world, at(3)).unwrap();
    assert_eq!((number(&aino), number(&lea).as_deref()), (None, Some(NUMBER)));
    assert!(!is_sent(&world, &aino, NUMBER, at(3)));
    assert!(aino.withheld.clone().unwrap().fields.contains(&ContactField::Phone));
    // Neither in what is new.
    lea.edit(door(1), call_her("+358 40 000 1111"), at(4));
    put_maija(&world, "+358 40 000 2222");
    lea.sync(&world, at(5)).unwrap();
    aino.sync(&world, at(6)).unwrap();
    assert_eq!(number(&aino), None);

    set(&world, HISTORY);
    aino.sync(&world, at(7)).unwrap();
    assert_eq!(number(&aino).as_deref(), Some("+358 40 000 1111"));
    assert_eq!(aino.withheld, Some(Withheld::default()));
    assert_all_agree(&world, &[aino, lea]);
}

#[test]
fn who_becomes_a_lead_is_sent_the_history_and_who_is_none_any_more_forgets_it() {
    let world = world();
    let [mut aino, mut berta] = [AINO, BERTA].map(|user| world.phone(NORTH, user));
    let knocks = [noted(&mut berta, 1, at(1)), noted(&mut berta, 1, at(2))];
    berta.sync(&world, at(3)).unwrap();
    aino.sync(&world, at(4)).unwrap();
    assert_eq!(visits(&aino, 1), knocks[1..]);
    world.set_role(NORTH, AINO, Role::TeamLead);
    aino.sync(&world, at(5)).unwrap();
    assert_eq!(visits(&aino, 1), knocks);
    assert_eq!(aino.book.door(door(1)).visits[1].counts.as_ref().unwrap().note.as_deref(), Some(NOTE));
    world.set_role(NORTH, AINO, Role::Canvasser);
    aino.sync(&world, at(6)).unwrap();
    assert_eq!(visits(&aino, 1), knocks[1..]);
    assert_eq!(aino.book.door(door(1)).visits[0].counts.as_ref().unwrap().note, None);
    // Once is enough.
    aino.book.doors_came.clear();
    aino.sync(&world, at(7)).unwrap();
    assert!(aino.book.doors_came.is_empty());
}

#[test]
fn a_phone_that_cannot_forget_an_entry_forgets_the_list_and_gets_it_anew() {
    let world = world();
    set(&world, HISTORY);
    let [mut aino, mut berta] = [AINO, BERTA].map(|user| world.phone(NORTH, user));
    aino.knows = None;
    noted(&mut berta, 1, at(1));
    let last = noted(&mut berta, 1, at(2));
    berta.sync(&world, at(3)).unwrap();
    aino.sync(&world, at(4)).unwrap();
    assert_eq!(visits(&aino, 1).len(), 2);
    set(&world, "{}");
    aino.sync(&world, at(5)).unwrap();
    assert_eq!(visits(&aino, 1), [last]);
}

#[test]
fn nobody_clears_what_they_are_not_shown_and_whoever_is_told_a_new_number_writes_it() {
    let world = world();
    set(&world, NO_NUMBERS);
    let [mut aino, mut lea] = [AINO, LEA].map(|user| world.phone(NORTH, user));
    aino.sync(&world, at(1)).unwrap();
    let cleared = aino.edit(door(1), call_her(""), at(2));
    let named = aino.edit(door(1), DoorChange::SetContactField(MAIJA, ContactField::Language, String::new()), at(2));
    aino.sync(&world, at(3)).unwrap();
    assert_eq!(aino.became(cleared), Became::Refused(Reason::Withheld));
    assert_eq!(aino.became(named), Became::Refused(Reason::Rebase), "it was made on top of the other");
    lea.sync(&world, at(4)).unwrap();
    assert_eq!(number(&lea).as_deref(), Some(NUMBER));
    let told = aino.edit(door(1), call_her("+358 50 333 4444"), at(5));
    aino.sync(&world, at(6)).unwrap();
    assert_eq!(aino.became(told), Became::Accepted);
    lea.sync(&world, at(7)).unwrap();
    assert_eq!(number(&lea).as_deref(), Some("+358 50 333 4444"));
    // Who sees it may clear it.
    let cleared = lea.edit(door(1), call_her(""), at(8));
    lea.sync(&world, at(9)).unwrap();
    assert_eq!((lea.became(cleared), number(&lea)), (Became::Accepted, None));
}

#[test]
fn every_role_is_refused_to_clear_exactly_the_fields_that_are_withheld_from_it() {
    let roles = [Role::Owner, Role::Manager, Role::Organiser, Role::TeamLead, Role::Canvasser];
    for withheld in [Role::Organiser, Role::TeamLead, Role::Canvasser] {
        let world = world();
        set(&world, &format!(r#"{{ "withheld_fields": {{ "{withheld}": ["phone", "membership"] }} }}"#));
        for role in roles {
            world.set_role(NORTH, AINO, role);
            let mut phone = world.phone(NORTH, AINO);
            let fields = ContactField::named().chain([ContactField::from_name("membership")]);
            let cleared: Vec<(ContactField, EntryId)> = fields
                .map(|field| {
                    let change = DoorChange::SetContactField(MAIJA, field.clone(), String::new());
                    let edit = walkbook_ledger::DoorEdit { on: Vec::new(), change };
                    (field, phone.write_at(door(1), Payload::Door(edit), at(2)))
                })
                .collect();
            phone.sync(&world, at(3)).unwrap();
            for (field, id) in cleared {
                let is_withheld = role == withheld && ["phone", "membership"].contains(&field.name());
                let expected = if is_withheld { Became::Refused(Reason::Withheld) } else { Became::Accepted };
                assert_eq!(phone.became(id), expected, "{role} {field:?}, withheld from {withheld}");
            }
        }
    }
}

#[test]
fn where_the_settings_cannot_be_read_nothing_is_shown_that_they_might_withhold() {
    let world = world();
    set(&world, HISTORY);
    let [mut aino, mut berta] = [AINO, BERTA].map(|user| world.phone(NORTH, user));
    noted(&mut berta, 1, at(1));
    berta.sync(&world, at(2)).unwrap();
    world.store.put_settings(NORTH, b"rubbish", by_operator(2)).unwrap();
    aino.sync(&world, at(3)).unwrap();
    assert_eq!((number(&aino), aino.book.lists.len(), visits(&aino, 1).len()), (None, 1, 1));
    assert!(!is_sent(&world, &aino, NOTE, at(3)) && !is_sent(&world, &aino, NUMBER, at(3)));
    let cleared = aino.edit(door(1), call_her(""), at(4));
    aino.sync(&world, at(5)).unwrap();
    assert_eq!(aino.became(cleared), Became::Refused(Reason::Withheld));
}

/// Somebody spoke with Maija.
fn with_maija(outcome: Outcome) -> Payload {
    let knock = Interaction::of_outcome(RIVER, Some(MAIJA), outcome);
    Payload::Interaction(Interaction { note: Some(NOTE.into()), ..knock })
}

#[test]
fn where_somebody_is_erased_a_no_stays_for_those_who_see_no_history_and_their_own_words_go() {
    let world = world();
    let [mut aino, mut berta, mut anew] = [AINO, BERTA, AINO].map(|user| world.phone(NORTH, user));
    let own = aino.write_at(door(1), with_maija(Outcome::NotHome), at(1));
    let no = berta.write_at(door(1), with_maija(Outcome::Hostile), at(2));
    for phone in [&mut aino, &mut berta, &mut anew] {
        phone.sync(&world, at(3)).unwrap();
    }
    aino.sync(&world, at(4)).unwrap();
    assert_eq!(visits(&aino, 1), [own, no]);
    world.erase(door(1), MAIJA, 5);
    let mut phones = [aino, berta, anew];
    phones.iter_mut().for_each(|phone| phone.sync(&world, at(6)).unwrap());
    for phone in &phones {
        let state = phone.book.door(door(1));
        assert!(state.contacts.is_empty() && state.is_suppressed(Day::of(at(6))), "as {:?} has it", phone.device);
        assert!(state.visits.iter().all(|visit| visit.counts.as_ref().unwrap().note.is_none()));
    }
    assert_all_agree(&world, &phones);
}

/// What a phone's own entry says by now.
fn said(phone: &Phone, own: EntryId) -> Interaction {
    match &phone.book.entries[&own].payload {
        Payload::Interaction(interaction) => interaction.clone(),
        other => panic!("{:?}", other.kind()),
    }
}

#[test]
fn whoever_spoke_with_the_erased_person_and_lost_the_door_forgets_it_all_the_same() {
    let world = world();
    let [mut aino, mut old] = [AINO, BERTA].map(|user| world.phone(NORTH, user));
    old.knows = Some(Frame::ERASE - 1);
    let own = [&mut aino, &mut old].map(|phone| phone.write_at(door(1), with_maija(Outcome::NotHome), at(1)));
    for phone in [&mut aino, &mut old] {
        phone.sync(&world, at(2)).unwrap();
    }
    world.update(&[ListUpdate::Leave(RIVER, door(1))], at(3));
    for phone in [&mut aino, &mut old] {
        phone.sync(&world, at(4)).unwrap();
        assert!(!phone.book.doors.contains_key(&door(1)));
    }
    world.erase(door(1), MAIJA, 5);
    for phone in [&mut aino, &mut old] {
        phone.sync(&world, at(6)).unwrap();
    }
    let left = said(&aino, own[0]);
    assert_eq!((left.contact, left.note), (None, None));
    // Once told, it is not told again.
    let mark = aino.decisions.clone();
    aino.sync(&world, at(7)).unwrap();
    assert_eq!(aino.decisions, mark);
    // A version of the app that does not know how is told as soon as it does.
    assert!(said(&old, own[1]).note.is_some());
    old.knows = Some(Frame::LAST);
    old.sync(&world, at(8)).unwrap();
    assert_eq!(said(&old, own[1]).note, None);
}

#[test]
fn a_correction_that_named_the_erased_person_leaves_the_attempt_that_counts() {
    let world = world();
    let [mut aino, mut berta] = [AINO, BERTA].map(|user| world.phone(NORTH, user));
    let replaces = noted(&mut berta, 1, at(1));
    let Payload::Interaction(died) = with_maija(Outcome::Deceased) else { return };
    berta.write_at(door(1), Payload::Correction(Correction { replaces, with: Some(died) }), at(2));
    berta.sync(&world, at(3)).unwrap();
    aino.sync(&world, at(4)).unwrap();
    world.erase(door(1), MAIJA, 5);
    noted(&mut berta, 1, at(6));
    for phone in [&mut berta, &mut aino] {
        phone.sync(&world, at(7)).unwrap();
    }
    assert_all_agree(&world, &[aino, berta]);
}

#[test]
fn a_door_that_left_the_list_and_came_back_shows_its_last_attempt_alone() {
    let world = world();
    let [mut aino, mut berta] = [AINO, BERTA].map(|user| world.phone(NORTH, user));
    noted(&mut berta, 1, at(1));
    berta.sync(&world, at(2)).unwrap();
    aino.sync(&world, at(3)).unwrap();
    world.update(&[ListUpdate::Leave(RIVER, door(1))], at(4));
    let last = noted(&mut berta, 1, at(3));
    berta.sync(&world, at(5)).unwrap();
    world.update(&[ListUpdate::Join(RIVER, door(1))], at(6));
    for phone in [&mut aino, &mut berta] {
        phone.sync(&world, at(7)).unwrap();
    }
    assert_eq!(visits(&aino, 1), [last]);
    assert_all_agree(&world, &[aino, berta]);
}

#[test]
fn a_door_that_moves_to_a_list_that_is_handed_out_only_then_shows_its_last_attempt_alone() {
    for (from, to) in [(RIVER, HILL), (HILL, RIVER)] {
        let world = World::new();
        world.put_list(NORTH, from, 1..=2, &[AINO, BERTA]);
        world.put_list(NORTH, to, 3..=4, &[BERTA]);
        let [mut aino, mut berta] = [AINO, BERTA].map(|user| world.phone(NORTH, user));
        berta.knock(from, door(1), at(1));
        berta.sync(&world, at(2)).unwrap();
        aino.sync(&world, at(3)).unwrap();
        world.update(&[ListUpdate::Leave(from, door(1)), ListUpdate::Join(to, door(1))], at(4));
        let last = berta.knock(to, door(1), at(5));
        berta.sync(&world, at(6)).unwrap();
        world.update(&[ListUpdate::Assign(to, AINO)], at(7));
        aino.sync(&world, at(8)).unwrap();
        assert_eq!(visits(&aino, 1), [last], "from {from:?} to {to:?}");
    }
}

#[test]
fn a_phone_that_does_not_know_why_is_told_that_it_may_not() {
    let world = world();
    set(&world, NO_NUMBERS);
    let mut aino = world.phone(NORTH, AINO);
    aino.sync(&world, at(1)).unwrap();
    let cleared = aino.edit(door(1), call_her(""), at(2));
    aino.knows = Some(Frame::WITHHELD - 1);
    aino.sync(&world, at(3)).unwrap();
    assert_eq!(aino.became(cleared), Became::Refused(Reason::NotAllowed));
}

/// What happens next: what, to which of the phones, at which door, and anything else it depends on.
type Step = (u8, u8, u8, u8);

/// Phones that see one street in different ways, while the tenant and the roles change.
struct Street {
    world: World,
    phones: Vec<Phone>,
    written: Vec<(EntryId, u16)>,
    seconds: u64,
}

impl Street {
    fn new() -> Self {
        let world = world();
        world.put_list(NORTH, HILL, 5..=6, &[BERTA, LEA]);
        let phones = [AINO, BERTA, LEA, AINO].iter().map(|user| world.phone(NORTH, *user)).collect();
        Self { world, phones, written: Vec::new(), seconds: 10 }
    }

    fn step(&mut self, (what, who, r#where, which): Step) {
        self.seconds += u64::from(which % 3);
        let (now, number) = (at(self.seconds), 1 + u16::from(r#where % 3));
        let who = usize::from(who) % self.phones.len();
        let named = self.written.get(usize::from(which) % self.written.len().max(1)).copied();
        match what % 14 {
            0..=3 => self.meet(who, which),
            4 | 5 => {
                let outcome = Outcome::ALL[usize::from(which) % Outcome::ALL.len()];
                let knock = Interaction { note: Some(NOTE.into()), ..Interaction::of_outcome(RIVER, None, outcome) };
                let is_hers = number == 1 && which % 2 == 0;
                let knock = if is_hers { with_maija(outcome) } else { Payload::Interaction(knock) };
                let knock = self.phones[who].write_at(door(number), knock, now);
                self.written.push((knock, number));
            }
            6 => {
                let Some((replaces, number)) = named else { return };
                let contact = (number == 1 && which % 4 == 0).then_some(MAIJA);
                let outcome = if which % 8 == 0 { Outcome::Deceased } else { Outcome::Refused };
                let with = (which % 2 == 0).then(|| Interaction::of_outcome(RIVER, contact, outcome));
                let correction = Payload::Correction(Correction { replaces, with });
                let correction = self.phones[who].write_at(door(number), correction, now);
                self.written.push((correction, number));
            }
            7 => {
                let value = if which % 4 == 0 { String::new() } else { format!("+358 40 000 {which:04}") };
                if self.phones[who].book.doors.contains_key(&door(1)) {
                    self.phones[who].edit(door(1), call_her(&value), now);
                }
            }
            8 => {
                let said = Suppression { target: Target::Door, reason: SuppressionReason::Objection, until_on: None };
                self.phones[who].write_at(door(number), Payload::Suppression(said), now);
            }
            9 => {
                let settings = ["{}", NO_NUMBERS, HISTORY, NO_NUMBERS_BUT_HISTORY];
                set(&self.world, settings[usize::from(which) % 4]);
            }
            10 => {
                let roles = [Role::Canvasser, Role::TeamLead, Role::Organiser];
                let user = [AINO, BERTA][usize::from(r#where) % 2];
                self.world.set_role(NORTH, user, roles[usize::from(which) % 3]);
            }
            11 => self.world.erase(door(1), MAIJA, self.seconds),
            // A door of both lists comes and goes.
            12 if which % 2 == 0 => self.world.update(&[ListUpdate::Join(HILL, door(number))], now),
            12 => self.world.update(&[ListUpdate::Leave(HILL, door(number))], now),
            _ if which % 2 == 0 => self.world.update(&[ListUpdate::Assign(HILL, AINO)], now),
            _ => self.world.update(&[ListUpdate::Unassign(HILL, AINO)], now),
        }
    }

    fn meet(&mut self, who: usize, fate: u8) {
        let now = at(self.seconds);
        let (world, phone) = (&self.world, &mut self.phones[who]);
        let mut answer = phone.send(world, &phone.request(now), now).unwrap();
        if fate.is_multiple_of(5) {
            answer.truncate(answer.len() * usize::from(fate) / 256);
        }
        phone.take(&answer, now);
    }

    /// Everybody meets the server on a good network, and has what they are to see.
    fn finish(mut self) {
        for _ in 0..2 {
            self.seconds += 100;
            let now = at(self.seconds);
            self.phones.iter_mut().for_each(|phone| phone.sync(&self.world, now).unwrap());
        }
        for number in 1..=6 {
            super::agreement::assert_door_agrees(&self.world, &self.phones, door(number));
        }
        let river = [1, 2, 3, 4].map(door);
        for phone in &self.phones {
            assert!(phone.book.doors_on(RIVER).is_superset(&BTreeSet::from(river)));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_interleaving_of_phones_with_different_views_ends_with_what_each_is_to_see(
        steps in prop::collection::vec(any::<Step>(), 1..80),
    ) {
        let mut street = Street::new();
        steps.into_iter().for_each(|step| street.step(step));
        street.finish();
    }
}
