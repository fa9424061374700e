//! Lists within wards, along barriers, of so much work, and as somebody has drawn them.

use super::world::*;
use crate::import::Boundary;
use crate::office::{Error, ListSize, Wish, cut, plan_cut, take_register};
use crate::reading;
use walkbook_ledger::ListState;
use walkbook_model::{Door, Position, TenantId};
use walkbook_terrain::{Area, Polygon, Size, Work};

/// Blocks of ten doors lie from south to north, numbered from 0; this is around some of them.
fn blocks(name: &str, from: u8, to: u8) -> Boundary {
    let corner = |block: u8, lon| Position::from_degrees(60.169 + f64::from(block) * 0.002, lon).unwrap();
    let outer = vec![corner(from, 24.9), corner(from, 25.0), corner(to + 1, 25.0), corner(to + 1, 24.9)];
    Boundary { name: name.into(), area: Area::new(vec![Polygon { outer, holes: vec![] }]) }
}

fn register(world: &World, count: u8) -> TenantId {
    let tenant = world.tenant("North");
    take_register(world.store(), tenant, doors(count), |_| {}).unwrap();
    tenant
}

fn lists(world: &World, tenant: TenantId) -> Vec<ListState> {
    let ids = reading::lists(world.store(), tenant).unwrap();
    let mut lists: Vec<ListState> =
        ids.into_iter().map(|list| reading::list_state(world.store(), tenant, list).unwrap().unwrap()).collect();
    lists.sort_by(|a, b| a.list.name.cmp(&b.list.name));
    lists
}

/// What each list is called, and the blocks its doors are in.
fn called(world: &World, tenant: TenantId) -> Vec<(String, Vec<u8>)> {
    let blocks = |state: &ListState| {
        let mut blocks: Vec<u8> = state.list.doors.iter().map(|door| door.to_bytes()[0] / 10).collect();
        blocks.sort_unstable();
        blocks.dedup();
        blocks
    };
    lists(world, tenant).iter().map(|state| (state.list.name.clone(), blocks(state))).collect()
}

#[test]
fn no_list_lies_across_a_ward_and_who_is_outside_of_all_is_left_and_said() {
    let world = World::new();
    let tenant = register(&world, 99);
    let wards = [blocks("West", 1, 3), blocks("East", 4, 6), blocks("Nobody", 20, 21)];
    let wish = Wish { boundaries: &wards, ..Wish::of_doors("autumn", "List", 20) };
    let plan = plan_cut(world.store(), tenant, wish).unwrap();
    assert!(lists(&world, tenant).is_empty(), "a plan makes nothing");
    let cut = cut(world.store(), tenant, wish, None, at(1), |_, _| {}).unwrap();
    assert_eq!(cut.doors, 60);
    assert_eq!(cut.plan.sizes, plan.sizes);
    assert_eq!(plan.outside.iter().map(|near| near.doors).sum::<u64>(), 39);
    assert_eq!(plan.empty, ["Nobody"]);
    assert!(plan.overlaps.is_empty());
    for (name, blocks) in called(&world, tenant) {
        let ward = if name.starts_with("West ") { 1..=3 } else { 4..=6 };
        assert!(name.starts_with("West ") || name.starts_with("East "), "{name}");
        assert!(blocks.iter().all(|block| ward.contains(block)), "{name}: {blocks:?}");
    }
    let (most, where_most) = (plan.outside[0].doors, plan.outside[0].position);
    assert!(most >= plan.outside[1].doors);
    assert!(doors(99).iter().any(|door| door.position.unwrap().distance_m(where_most) < 800.0));
}

#[test]
fn each_turf_that_somebody_drew_is_one_list_of_that_name() {
    let world = World::new();
    let tenant = register(&world, 49);
    let drawn = [blocks("Harbour", 1, 2), blocks("Hill", 3, 3), blocks("Hill", 4, 4)];
    let wish = Wish { size: ListSize::AsDrawn, boundaries: &drawn, ..Wish::of_doors("autumn", "List", 1) };
    cut(world.store(), tenant, wish, None, at(1), |_, _| {}).unwrap();
    let wanted = [("Harbour", vec![1, 2]), ("Hill", vec![3]), ("Hill 1", vec![4])];
    assert_eq!(called(&world, tenant), wanted.map(|(name, blocks)| (name.to_owned(), blocks)));
    take_register(world.store(), tenant, vec![Door { position: Some(place(35)), ..door(50) }], |_| {}).unwrap();
    cut(world.store(), tenant, wish, None, at(2), |_, _| {}).unwrap();
    assert!(
        lists(&world, tenant).iter().any(|state| state.list.name == "Hill 2"),
        "what has come since is its own list"
    );
}

#[test]
fn where_boundaries_overlap_the_first_counts_and_it_is_said_how_many_doors_and_where() {
    let world = World::new();
    let tenant = register(&world, 49);
    let drawn = [blocks("Harbour", 1, 2), blocks("Hill", 2, 4)];
    let wish = Wish { size: ListSize::AsDrawn, boundaries: &drawn, ..Wish::of_doors("autumn", "List", 1) };
    let cut = cut(world.store(), tenant, wish, None, at(1), |_, _| {}).unwrap();
    let [overlap] = &cut.plan.overlaps[..] else { panic!("one overlap") };
    assert_eq!(overlap.names, ["Harbour", "Hill"]);
    assert_eq!(overlap.doors.iter().map(|near| near.doors).sum::<u64>(), 10);
    assert!(overlap.doors.iter().all(|near| near.position.distance_m(place(25)) < 1_000.0));
    let wanted = [("Harbour", vec![1, 2]), ("Hill", vec![3, 4])];
    assert_eq!(called(&world, tenant), wanted.map(|(name, blocks)| (name.to_owned(), blocks)));
}

#[test]
fn no_list_lies_across_a_barrier() {
    let world = World::new();
    let tenant = register(&world, 69);
    let river = [24.9, 25.0].map(|lon| Position::from_degrees(60.170 + 3.5 * 0.002, lon).unwrap());
    let wish = Wish { barriers: &[river.to_vec()], ..Wish::of_doors("autumn", "List", 100) };
    cut(world.store(), tenant, wish, None, at(1), |_, _| {}).unwrap();
    let banks: Vec<Vec<u8>> = called(&world, tenant).into_iter().map(|(_, blocks)| blocks).collect();
    assert_eq!(banks, [vec![0, 1, 2, 3], vec![4, 5, 6]]);
}

#[test]
fn lists_of_more_work_are_fewer() {
    let world = World::new();
    let tenant = register(&world, 99);
    let of_minutes = |minutes| {
        let work = Work { minutes, door_s: 120, pace_m: 72 };
        let size = ListSize::About(Size::Work(work));
        plan_cut(world.store(), tenant, Wish { size, ..Wish::of_doors("autumn", "List", 1) })
    };
    let [hour, day] = [60, 480].map(|minutes| of_minutes(minutes).unwrap().sizes);
    assert!(hour.len() > day.len());
    // Two minutes a door, and walking comes on top.
    assert!(hour.iter().all(|doors| (10..=30).contains(doors)), "{hour:?}");
    for minutes in [0, 20_000] {
        assert!(matches!(of_minutes(minutes), Err(Error::Invalid(_))));
    }
}

#[test]
fn doors_that_lie_nowhere_are_said_by_street() {
    let world = World::new();
    let tenant = world.tenant("North");
    let nowhere = |number| Door { position: None, ..door(number) };
    take_register(world.store(), tenant, [11, 12, 25].map(nowhere).to_vec(), |_| {}).unwrap();
    let plan = plan_cut(world.store(), tenant, Wish::of_doors("autumn", "List", 10)).unwrap();
    let streets: Vec<(&str, u64)> = plan.unplaced_in.iter().map(|(street, doors)| (street.as_str(), *doors)).collect();
    assert_eq!((plan.unplaced, streets), (3, vec![("Street1, Helsinki", 2), ("Street2, Helsinki", 1)]));
}
