//! Lists that are edited often get a new base, and nobody loses anything by it.

use super::agreement::assert_all_agree;
use super::world::{AINO, BERTA, LEA, NORTH, RIVER, World, at, door};
use crate::reading;
use crate::store::{Documents, Held};
use walkbook_ledger::{ListBase, ListChange, Subject};

fn rename(number: u64) -> ListChange {
    ListChange::Rename(format!("list {number}"))
}

fn base_of(world: &World) -> ListBase {
    let bytes = world.store.base_of(NORTH, Subject::List(RIVER)).unwrap().and_then(|base| Held::readable(base.bytes));
    ListBase::from_bytes(&bytes.unwrap()).unwrap()
}

fn unfolded(world: &World) -> usize {
    base_of(world).unfolded(&reading::entries_of(&*world.store, NORTH, Subject::List(RIVER)).unwrap())
}

#[test]
fn a_list_that_is_edited_often_costs_no_more_than_one_that_is_not() {
    let world = World::new();
    world.put_list(NORTH, RIVER, 1..=4, &[AINO, LEA]);
    let [mut aino, mut lea] = [AINO, LEA].map(|user| world.phone(NORTH, user));
    aino.sync(&world, at(1)).unwrap();
    for number in 0..200 {
        lea.edit_list(RIVER, rename(number), at(10 + number));
        lea.sync(&world, at(10 + number)).unwrap();
        assert!(unfolded(&world) <= 32);
    }
    assert!(base_of(&world).epoch >= 5);
    aino.sync(&world, at(300)).unwrap();
    assert_eq!(aino.book.list(RIVER).list.name, "list 199");
    // Who comes new is told what there is, and not how it came about.
    let mut late = world.phone(NORTH, AINO);
    late.sync(&world, at(301)).unwrap();
    assert_eq!(late.book.came.len(), unfolded(&world));
    assert_all_agree(&world, &[aino, lea, late]);
}

#[test]
fn what_somebody_changed_on_an_old_base_while_away_takes_effect() {
    let world = World::new().rebasing_every(4);
    world.put_list(NORTH, RIVER, 1..=4, &[AINO, BERTA, LEA]);
    let [mut lea, mut away, mut berta] = [LEA, LEA, BERTA].map(|user| world.phone(NORTH, user));
    for phone in [&mut lea, &mut away, &mut berta] {
        phone.sync(&world, at(1)).unwrap();
    }
    // A month without signal.
    away.edit_list(RIVER, ListChange::Drop(door(3)), at(2));
    away.edit_list(RIVER, ListChange::Place { door: door(4), behind: None }, at(3));
    for number in 0..9 {
        lea.edit_list(RIVER, rename(number), at(10 + number));
        lea.sync(&world, at(10 + number)).unwrap();
    }
    assert_eq!(base_of(&world).epoch, 2);
    away.sync(&world, at(2_600_000)).unwrap();
    for phone in [&mut lea, &mut berta] {
        phone.sync(&world, at(2_600_001)).unwrap();
    }
    let shown = berta.book.list(RIVER).list;
    assert_eq!((&*shown.name, shown.doors), ("list 8", [4, 1, 2].map(door).to_vec()));
    assert_all_agree(&world, &[lea, away, berta]);
}

#[test]
fn what_two_wrote_at_once_is_shown_by_everybody_until_someone_chooses() {
    let world = World::new().rebasing_every(2);
    world.put_list(NORTH, RIVER, 1..=4, &[AINO, LEA]);
    let [mut one, mut other, mut aino] = [LEA, LEA, AINO].map(|user| world.phone(NORTH, user));
    for phone in [&mut one, &mut other] {
        phone.sync(&world, at(1)).unwrap();
    }
    one.edit_list(RIVER, rename(1), at(2));
    other.edit_list(RIVER, rename(2), at(3));
    other.edit_list(RIVER, ListChange::Drop(door(1)), at(4));
    for phone in [&mut one, &mut other, &mut aino] {
        phone.sync(&world, at(5)).unwrap();
    }
    assert_eq!(aino.book.list(RIVER).clashes.len(), 1);
    one.sync(&world, at(6)).unwrap();
    one.edit_list(RIVER, rename(1), at(7));
    one.edit_list(RIVER, ListChange::Drop(door(2)), at(8));
    for phone in [&mut one, &mut other, &mut aino] {
        phone.sync(&world, at(9)).unwrap();
    }
    let state = aino.book.list(RIVER);
    assert_eq!((state.clashes.len(), &*state.list.name, state.list.doors), (0, "list 1", [3, 4].map(door).to_vec()));
    assert!(base_of(&world).epoch >= 1 && unfolded(&world) <= 2);
    assert_all_agree(&world, &[one, other, aino]);
}
