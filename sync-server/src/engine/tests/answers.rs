//! What a phone is told.

use super::world::{AINO, BERTA, HILL, LEA, NORTH, RIVER, SOUTH, World, at, base, door, door_base, script};
use crate::store::{Documents, ListUpdate};
use std::collections::BTreeSet;
use walkbook_ledger::{ListChange, Subject};
use walkbook_model::{DoorId, WalkListId};

fn doors(list: &[u16]) -> BTreeSet<DoorId> {
    list.iter().copied().map(door).collect()
}

#[test]
fn a_team_mates_knock_comes_and_ones_own_does_not_come_back() {
    let world = World::with_lists().showing_history();
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
        assert_eq!((phone.book.doors_came.len(), &phone.book.cursors[&RIVER][..24]), (4, &good[..24]));
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
fn the_streets_around_a_list_come_with_it_and_again_when_there_are_others() {
    let world = World::with_lists();
    world.store.put_streets(NORTH, RIVER, b"lanes").unwrap();
    world.store.put_streets(NORTH, HILL, b"not Aino's").unwrap();
    let mut aino = world.phone(NORTH, AINO);
    aino.sync(&world, at(1)).unwrap();
    aino.sync(&world, at(2)).unwrap();
    assert!(aino.book.streets.iter().all(|streets| *streets == (RIVER, b"lanes".to_vec())));
    let came = aino.book.streets.len();
    assert!(came >= 1);
    world.store.put_streets(NORTH, RIVER, b"lanes").unwrap();
    aino.sync(&world, at(3)).unwrap();
    assert_eq!(aino.book.streets.len(), came);
    world.store.put_streets(NORTH, RIVER, b"lanes and a bridge").unwrap();
    aino.sync(&world, at(4)).unwrap();
    assert_eq!(aino.book.streets.split_off(came), [(RIVER, b"lanes and a bridge".to_vec())]);
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

/// What a phone is sent: at its first download, and when nothing has happened since.
fn sent_bytes(world: &World) -> [usize; 2] {
    let mut aino = world.phone(NORTH, AINO);
    [100, 101].map(|seconds| {
        let answer = aino.send(world, &aino.request(at(seconds)), at(seconds)).unwrap();
        assert_eq!(aino.take(&answer, at(seconds)), Some(false), "it comes in one answer");
        answer.len()
    })
}

#[test]
fn what_a_phone_is_sent_follows_its_lists_however_large_the_tenant_is() {
    let small = World::with_lists();
    let large = World::with_lists();
    for number in 0..10_u8 {
        let (list, first) = (WalkListId::from_bytes([100 + number; 16]), 1_000 + u16::from(number) * 200);
        large.put_list(NORTH, list, first..first + 200, &[BERTA]);
        large.put_list(SOUTH, list, first..first + 200, &[AINO]);
    }
    let mut berta = large.phone(NORTH, BERTA);
    berta.sync(&large, at(1)).unwrap();
    for number in 0..400 {
        berta.knock(WalkListId::from_bytes([100; 16]), door(1_000 + number % 200), at(2));
    }
    berta.sync(&large, at(3)).unwrap();
    for (small, large) in sent_bytes(&small).into_iter().zip(sent_bytes(&large)) {
        // The numbers in marks are larger, and nothing else.
        assert!(large <= small + 32, "{small} bytes, and {large} for the tenant of 2,000 doors more");
    }
}
