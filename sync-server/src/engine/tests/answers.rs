//! What a phone is told.

use super::world::{AINO, BERTA, HILL, LEA, NORTH, RIVER, World, at, base, door, door_base, script};
use crate::store::{Documents, ListUpdate};
use std::collections::BTreeSet;
use walkbook_ledger::{DoorBase, ListChange, Payload, Subject};
use walkbook_model::{Contact, ContactField, ContactId, DoorId, Interaction, Outcome, WalkListId};

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

fn doors(list: &[u16]) -> BTreeSet<DoorId> {
    list.iter().copied().map(door).collect()
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
fn a_team_mates_knock_comes_and_ones_own_does_not_come_back() {
    let world = World::with_lists();
    world.update(&[ListUpdate::Assign(RIVER, BERTA)], at(0));
    let (mut aino, mut berta) = (world.phone(NORTH, AINO), world.phone(NORTH, BERTA));
    for phone in [&mut aino, &mut berta] {
        phone.sync(&world, at(1)).unwrap();
    }
    let hers = aino.knock(RIVER, door(1), at(2));
    aino.sync(&world, at(3)).unwrap();
    let mine = berta.knock(RIVER, door(1), at(4));
    berta.sync(&world, at(5)).unwrap();
    aino.sync(&world, at(6)).unwrap();
    assert_eq!((&berta.book.came, &aino.book.came), (&vec![hers], &vec![mine]));
    assert_eq!(aino.book.door(door(1)).to_bytes(), berta.book.door(door(1)).to_bytes());
    // And not twice.
    berta.sync(&world, at(7)).unwrap();
    assert_eq!(berta.book.came.len(), 1);
}

#[test]
fn a_door_that_moved_to_another_list_is_forgotten_by_one_phone_and_known_to_the_other() {
    let world = World::with_lists();
    let (mut aino, mut berta) = (world.phone(NORTH, AINO), world.phone(NORTH, BERTA));
    aino.knock(RIVER, door(1), at(1));
    for phone in [&mut aino, &mut berta] {
        phone.sync(&world, at(2)).unwrap();
    }
    world.update(&[ListUpdate::Leave(RIVER, door(1)), ListUpdate::Join(HILL, door(1))], at(3));
    for phone in [&mut aino, &mut berta] {
        phone.sync(&world, at(4)).unwrap();
    }
    assert_eq!(aino.book.doors_on(RIVER), doors(&[2, 3, 4]));
    assert!(!aino.book.doors.contains_key(&door(1)));
    assert_eq!(berta.book.doors_on(HILL), doors(&[1, 5, 6, 7, 8]));
    assert_eq!(berta.book.door(door(1)).visits.len(), 1, "with what happened there before");
}

#[test]
fn a_door_that_moves_between_two_lists_of_ones_own_stays_known() {
    let world = World::with_lists();
    world.update(&[ListUpdate::Assign(HILL, AINO)], at(0));
    let (mut aino, mut lea) = (world.phone(NORTH, AINO), world.phone(NORTH, LEA));
    for number in [1, 5] {
        lea.knock(RIVER, door(number), at(1));
    }
    lea.sync(&world, at(2)).unwrap();
    aino.sync(&world, at(2)).unwrap();
    let moved = [ListUpdate::Leave(RIVER, door(1)), ListUpdate::Join(HILL, door(1))];
    let back = [ListUpdate::Leave(HILL, door(5)), ListUpdate::Join(RIVER, door(5))];
    world.update(&[moved, back].concat(), at(3));
    aino.sync(&world, at(4)).unwrap();
    assert_eq!((aino.book.doors_on(RIVER), aino.book.doors_on(HILL)), (doors(&[2, 3, 4, 5]), doors(&[1, 6, 7, 8])));
    for number in [1, 5] {
        assert_eq!(aino.book.door(door(number)).visits.len(), 1);
    }
}

#[test]
fn a_list_that_was_taken_away_is_forgotten_and_a_stranger_to_the_server_too() {
    let world = World::with_lists();
    let mut aino = world.phone(NORTH, AINO);
    aino.sync(&world, at(1)).unwrap();
    world.update(&[ListUpdate::Unassign(RIVER, AINO)], at(2));
    aino.book.cursors.insert(WalkListId::from_bytes([77; 16]), vec![1, 2, 3]);
    aino.sync(&world, at(3)).unwrap();
    assert!(aino.book.lists.is_empty() && aino.book.cursors.is_empty() && aino.book.doors.is_empty());
    // Handed out again, it comes whole.
    world.update(&[ListUpdate::Assign(RIVER, AINO)], at(4));
    aino.sync(&world, at(5)).unwrap();
    assert_eq!(aino.book.doors.len(), 4);
}

#[test]
fn nobody_is_told_of_a_list_that_is_not_theirs_whatever_cursor_they_bring() {
    let world = World::with_lists();
    let (mut aino, mut berta) = (world.phone(NORTH, AINO), world.phone(NORTH, BERTA));
    berta.knock(HILL, door(5), at(1));
    berta.sync(&world, at(2)).unwrap();
    aino.book.cursors = berta.book.cursors.clone();
    aino.sync(&world, at(3)).unwrap();
    assert_eq!(aino.book.doors.keys().copied().collect::<BTreeSet<_>>(), doors(&[1, 2, 3, 4]));
    assert!(aino.book.came.is_empty() && !aino.book.lists.contains_key(&HILL));
}

#[test]
fn bytes_that_are_no_cursor_bring_the_list_whole() {
    let world = World::with_lists();
    let mut phone = world.phone(NORTH, AINO);
    phone.sync(&world, at(1)).unwrap();
    let good = phone.book.cursors[&RIVER].clone();
    let far = [&good[..8], &[0x7f; 16]].concat();
    let huge = [&good[..8], &[0xff; 16]].concat();
    for bad in [Vec::new(), vec![0; 23], vec![0; 24], vec![0; 32], vec![0xff; 24], far, huge, vec![7; 100_000]] {
        phone.book.doors_came.clear();
        phone.book.cursors.insert(RIVER, bad);
        phone.sync(&world, at(2)).unwrap();
        assert_eq!((phone.book.doors_came.len(), &phone.book.cursors[&RIVER]), (4, &good));
    }
}

#[test]
fn the_script_that_a_list_works_comes_with_the_list_and_follows_it() {
    let world = World::with_lists();
    let (mut aino, mut lea) = (world.phone(NORTH, AINO), world.phone(NORTH, LEA));
    aino.sync(&world, at(1)).unwrap();
    assert!(aino.book.scripts.is_empty());
    let hash = world.put_script();
    world.update(&[ListUpdate::Assign(RIVER, LEA)], at(1));
    lea.sync(&world, at(2)).unwrap();
    lea.edit_list(RIVER, ListChange::SetScript(Some(hash)), at(3));
    lea.sync(&world, at(4)).unwrap();
    aino.sync(&world, at(5)).unwrap();
    assert_eq!(aino.book.scripts, [(hash, script())].into());
    assert_eq!(aino.book.list(RIVER).list.script, Some(hash));
    // And with a first download.
    let mut new = world.phone(NORTH, AINO);
    new.sync(&world, at(6)).unwrap();
    assert_eq!(new.book.scripts, [(hash, script())].into());
}

#[test]
fn a_new_base_comes_to_those_who_walk_the_door() {
    let world = World::with_lists();
    let (mut aino, mut berta) = (world.phone(NORTH, AINO), world.phone(NORTH, BERTA));
    for phone in [&mut aino, &mut berta] {
        phone.sync(&world, at(1)).unwrap();
    }
    let mut mended = door_base(1);
    mended.record.access_notes = "dog".into();
    world.store.put_bases(NORTH, &[base(Subject::Door(door(1)), mended.to_bytes())]).unwrap();
    for phone in [&mut aino, &mut berta] {
        phone.sync(&world, at(2)).unwrap();
    }
    assert_eq!(aino.book.door(door(1)).door.access_notes, "dog");
    assert!(!berta.book.doors.contains_key(&door(1)));
}

#[test]
fn a_record_that_fits_into_no_frame_holds_up_nothing() {
    let world = World::with_lists();
    let mut swollen = door_base(2);
    swollen.record.access_notes = "x".repeat(1_100_000);
    world.store.put_bases(NORTH, &[base(Subject::Door(door(2)), swollen.to_bytes())]).unwrap();
    let mut phone = world.phone(NORTH, AINO);
    phone.sync(&world, at(1)).unwrap();
    assert_eq!(phone.book.doors.keys().copied().collect::<BTreeSet<_>>(), doors(&[1, 3, 4]));
    world.store.put_bases(NORTH, &[base(Subject::Door(door(3)), swollen.to_bytes())]).unwrap();
    phone.knock(RIVER, door(1), at(2));
    phone.sync(&world, at(3)).unwrap();
    assert_eq!(phone.safe_up_to, 1);
}

#[test]
fn a_list_with_more_edits_than_an_answer_holds_still_comes() {
    let world = World::with_lists();
    let mut lea = world.phone(NORTH, LEA);
    // Each names the 64 edits before it: five megabytes of them.
    let mut on = Vec::new();
    for number in 0..3_000_u64 {
        let edit = walkbook_ledger::ListEdit { on: on.clone(), change: ListChange::Rename(format!("{number:0>250}")) };
        let id = lea.write(Subject::List(RIVER), Payload::List(edit), at(1));
        on = if number % 2_000 == 0 { vec![id] } else { on };
        if number > 0 && on.len() < 64 {
            on.push(id);
        }
        on.dedup();
        if lea.last_seq() - lea.safe_up_to == 500 {
            lea.sync(&world, at(2)).unwrap();
        }
    }
    assert!(lea.refused.is_empty());
    let mut aino = world.phone(NORTH, AINO);
    aino.sync(&world, at(3)).unwrap();
    assert_eq!(aino.book.doors.len(), 4);
    assert_eq!(aino.book.entries.len(), 3_000);
}

#[test]
fn much_that_happened_at_few_doors_comes_in_parts_too() {
    let world = World::with_lists();
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
