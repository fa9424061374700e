//! Much to tell: downloads in parts, and what is too large.

use super::world::{AINO, BERTA, LEA, NORTH, RIVER, World, at, base, door, door_base};
use crate::store::{Batch, Content, Documents, ListUpdate, Log, NewEntry, Tip, Verdict};
use std::collections::BTreeSet;
use walkbook_ledger::{DoorBase, ListChange, Payload, Subject};
use walkbook_model::{Contact, ContactField, ContactId, Interaction, Outcome};
use walkbook_vault::{Signature, payload_hash};

/// A list of Aino's with so many doors, each with this many bytes of people.
fn large(doors: u16, people_bytes: usize) -> World {
    let world = World::new();
    world.put_list(NORTH, RIVER, 1..=doors, &[AINO]);
    let bases: Vec<_> = (1..=doors)
        .map(|number| {
            let mut base = door_base(number);
            let fields = [(ContactField::FamilyName, noise(number, people_bytes))].into();
            base.record.contacts.push(Contact { id: ContactId::from_bytes([number.to_be_bytes()[1]; 16]), fields });
            base
        })
        .collect();
    let bases: Vec<_> =
        bases.iter().map(|known| base(Subject::Door(known.record.id), DoorBase::to_bytes(known))).collect();
    world.store.put_bases(NORTH, &bases).unwrap();
    world
}

/// A text that does not pack well.
fn noise(seed: u16, bytes: usize) -> String {
    let mut state = u32::from(seed) | 1;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'a' + u8::try_from((state >> 24) % 26).unwrap())
    };
    (0..bytes).map(|_| next()).collect()
}

#[test]
fn a_first_download_of_a_thousand_doors_comes_in_parts() {
    let world = large(1_000, 6_000);
    let mut phone = world.phone(NORTH, AINO);
    let mut parts = 0;
    loop {
        let answer = phone.send(&world, &phone.request(at(1)), at(1)).unwrap();
        assert!(answer.len() < 6 * 1024 * 1024);
        parts += 1;
        if !phone.take(&answer, at(1)).unwrap() {
            break;
        }
    }
    assert_eq!((parts, phone.book.doors.len(), phone.book.doors_came.len()), (2, 1_000, 1_000));
    assert_eq!(phone.book.lists[&RIVER].record.doors.len(), 1_000);
}

#[test]
fn a_download_whose_answer_breaks_off_resumes_where_it_broke() {
    let world = large(1_000, 1_000);
    let mut phone = world.phone(NORTH, AINO);
    let answer = phone.send(&world, &phone.request(at(1)), at(1)).unwrap();
    assert_eq!(phone.take(&answer[..answer.len() / 2], at(1)), None);
    let came = phone.book.doors.len();
    assert!((200..800).contains(&came), "{came} doors came before it broke");
    // Meanwhile something happens at a door that came, and at one that did not.
    let mut other = world.phone(NORTH, LEA);
    let (first, last) = (phone.book.doors_came[0], *phone.book.lists[&RIVER].record.doors.last().unwrap());
    for door in [first, last] {
        other.knock(RIVER, door, at(2));
    }
    other.sync(&world, at(3)).unwrap();
    phone.sync(&world, at(4)).unwrap();
    assert_eq!((phone.book.doors.len(), phone.book.doors_came.len()), (1_000, 1_000));
    for door in [first, last] {
        assert_eq!(phone.book.door(door).visits.len(), 1);
    }
}

#[test]
fn a_record_that_fits_into_no_frame_holds_up_nothing() {
    let world = World::with_lists();
    let mut swollen = door_base(2);
    swollen.record.access_notes = "x".repeat(1_100_000);
    world.store.put_bases(NORTH, &[base(Subject::Door(door(2)), swollen.to_bytes())]).unwrap();
    let mut phone = world.phone(NORTH, AINO);
    phone.sync(&world, at(1)).unwrap();
    assert_eq!(phone.book.doors.keys().copied().collect::<BTreeSet<_>>(), [1, 3, 4].map(door).into());
    world.store.put_bases(NORTH, &[base(Subject::Door(door(3)), swollen.to_bytes())]).unwrap();
    phone.knock(RIVER, door(1), at(2));
    phone.sync(&world, at(3)).unwrap();
    assert_eq!(phone.safe_up_to, 1);
}

#[test]
fn a_list_whose_document_is_larger_than_an_answer_still_comes() {
    let world = World::with_lists();
    let mut lea = world.phone(NORTH, LEA);
    // Edits as they may have been let in before: each names 3,000 people.
    let many = vec![AINO; 3_000];
    for second in 0..90 {
        lea.edit_list(RIVER, ListChange::Assign(many.clone()), at(second));
    }
    let entries = lea.entries(0, lea.last_seq()).into_iter().map(|entry| {
        let (salt, payload) = entry.body.unwrap();
        let (payload_hash, content) = (payload_hash(salt, &payload), Some(Content { salt, payload }));
        NewEntry {
            header: entry.header,
            content,
            payload_hash,
            bound: None,
            verdict: Verdict::Accepted,
            may_be_out: false,
        }
    });
    let batch = Batch {
        device: lea.device,
        expects: Tip::start(lea.device),
        entries: entries.collect(),
        signature: Signature::from_bytes([0; 64]),
        updates: Vec::new(),
        scripts: Vec::new(),
        updates_as_of: world.store.head(NORTH).unwrap(),
        clock_skew_ms: 0,
        spent: None,
        arrangement: None,
    };
    world.store.merge(NORTH, batch, at(100)).unwrap();
    let mut aino = world.phone(NORTH, AINO);
    aino.sync(&world, at(101)).unwrap();
    assert_eq!((aino.book.doors.len(), aino.book.entries.len()), (4, 90));
    // And where it has changed, to those who have the list.
    lea.safe_up_to = lea.last_seq();
    lea.edit_list(RIVER, ListChange::Rename("river".into()), at(102));
    lea.sync(&world, at(103)).unwrap();
    aino.sync(&world, at(104)).unwrap();
    assert_eq!(aino.book.list(RIVER).list.name, "river");
}

#[test]
fn much_that_happened_at_few_doors_comes_in_parts_too() {
    let world = World::with_lists().showing_history();
    world.update(&[ListUpdate::Assign(RIVER, BERTA)], at(0));
    let (mut aino, mut berta) = (world.phone(NORTH, AINO), world.phone(NORTH, BERTA));
    berta.sync(&world, at(1)).unwrap();
    for number in 0..2_000 {
        let note = Some(noise(number, 4_000));
        let knock = Interaction { note, ..Interaction::of_outcome(RIVER, None, Outcome::NotHome) };
        aino.write_at(door(1 + number % 4), Payload::Interaction(knock), at(2));
        if number % 200 == 199 {
            aino.sync(&world, at(3)).unwrap();
        }
    }
    for (phone, least) in [(&mut berta, 2), (&mut world.phone(NORTH, AINO), 2)] {
        let mut parts = 0;
        loop {
            let answer = phone.send(&world, &phone.request(at(4)), at(4)).unwrap();
            assert!(answer.len() < 8 * 1024 * 1024, "{} bytes", answer.len());
            parts += 1;
            if !phone.take(&answer, at(4)).unwrap() {
                break;
            }
        }
        assert!(parts >= least && phone.book.entries.len() == 2_000, "{parts} parts");
    }
}
