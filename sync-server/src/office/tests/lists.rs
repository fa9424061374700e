//! Lists are cut from the register.

use super::world::*;
use crate::office::{Cut, Error, Given, Wish, cut, give_streets, take_register};
use crate::reading;
use crate::store::{Documents, Held, ListUpdate, Log, LogPosition};
use std::collections::BTreeSet;
use std::sync::Barrier;
use walkbook_ledger::ListState;
use walkbook_model::{ContentHash, Door, DoorId, Position, TenantId, WalkListId};
use walkbook_terrain::{Region, StreetClass, Streets, StreetsBuilder};

const WISH: Wish<'static> = Wish::of_doors("autumn", "List", 10);

fn list_state(world: &World, tenant: TenantId, list: WalkListId) -> ListState {
    reading::list_state(world.store(), tenant, list).unwrap().unwrap()
}

fn lists(world: &World, tenant: TenantId) -> Vec<ListState> {
    let ids = reading::lists(world.store(), tenant).unwrap();
    ids.into_iter().map(|list| list_state(world, tenant, list)).collect()
}

/// What phones are sent of a list.
fn members(world: &World, tenant: TenantId, list: WalkListId) -> BTreeSet<DoorId> {
    let page = world.store.doors_of(tenant, list, LogPosition::START, 10_000).unwrap();
    page.into_iter().map(|(_, door)| door).collect()
}

/// Each of these doors is on exactly one list, and each list is sent as it is shown.
#[track_caller]
fn assert_each_door_is_on_one_list(world: &World, tenant: TenantId, count: u8) {
    let lists = lists(world, tenant);
    for state in &lists {
        let shown: BTreeSet<DoorId> = state.list.doors.iter().copied().collect();
        assert_eq!(shown, members(world, tenant, state.list.id));
    }
    let mut doors: Vec<DoorId> = lists.iter().flat_map(|state| state.list.doors.clone()).collect();
    doors.sort_unstable();
    assert_eq!(doors, (1..=count).map(door_id).collect::<Vec<_>>());
}

#[test]
fn every_door_that_lies_somewhere_is_on_one_list_and_the_rest_are_counted() {
    let world = World::new();
    let tenant = world.tenant("North");
    let nowhere = Door { position: None, ..door(41) };
    take_register(world.store(), tenant, doors(40).into_iter().chain([nowhere]).collect(), |_| {}).unwrap();
    let mut progress = Vec::new();
    let cut = cut(world.store(), tenant, WISH, None, at(1), |done, all| progress.push((done, all))).unwrap();
    assert_eq!((cut.doors, cut.plan.unplaced), (40, 1));
    assert_each_door_is_on_one_list(&world, tenant, 40);
    let sizes: Vec<usize> = lists(&world, tenant).iter().map(|state| state.list.doors.len()).collect();
    assert!(sizes.iter().all(|size| (5..=15).contains(size)), "{sizes:?}");
    let all = progress.len() as u64;
    assert_eq!(progress, (1..=all).map(|done| (done, all)).collect::<Vec<_>>());
}

#[test]
fn cutting_again_cuts_only_what_has_come_since() {
    let world = World::new();
    let tenant = world.tenant("North");
    take_register(world.store(), tenant, doors(20), |_| {}).unwrap();
    let first = world.cut(tenant, 10);
    let again = world.cut(tenant, 10);
    assert_eq!((again.lists.len(), again.doors), (0, 0));
    take_register(world.store(), tenant, doors(26), |_| {}).unwrap();
    let since = world.cut(tenant, 10);
    assert_eq!((since.lists.len(), since.doors), (1, 6));
    assert!(first.lists.iter().all(|list| !since.lists.contains(list)));
    assert_each_door_is_on_one_list(&world, tenant, 26);
    let names: BTreeSet<String> = lists(&world, tenant).into_iter().map(|state| state.list.name).collect();
    assert_eq!(names.len(), first.lists.len() + 1, "each has a name of its own");
}

#[test]
fn several_who_cut_at_once_put_no_door_on_two_lists() {
    let world = World::new();
    let tenant = world.tenant("North");
    take_register(world.store(), tenant, doors(60), |_| {}).unwrap();
    let start = Barrier::new(4);
    let cuts: Vec<Cut> = std::thread::scope(|scope| {
        // Of different sizes: the lists of one overlap those of the others.
        let cut_by = |size| {
            start.wait();
            cut(world.store(), tenant, Wish::of_doors("autumn", "List", size), None, at(1), |_, _| {}).unwrap()
        };
        let cutting: Vec<_> = [5, 7, 10, 10].map(|size| scope.spawn(move || cut_by(size))).into_iter().collect();
        cutting.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_each_door_is_on_one_list(&world, tenant, 60);
    assert_eq!(cuts.iter().map(|cut| cut.doors).sum::<u64>(), 60, "each door was cut by one of them");
    let made: BTreeSet<WalkListId> = cuts.iter().flat_map(|cut| cut.lists.clone()).collect();
    assert_eq!(made.len(), lists(&world, tenant).len());
}

#[test]
fn a_door_that_was_taken_since_it_was_looked_at_stays_where_it_is() {
    let world = World::new();
    let tenant = world.tenant("North");
    take_register(world.store(), tenant, doors(20), |_| {}).unwrap();
    let other = WalkListId::from_bytes([9; 16]);
    let mut is_first = true;
    // Once the first list is made, somebody else takes a door of the others.
    let cut = cut(world.store(), tenant, WISH, None, at(1), |_, _| {
        if std::mem::take(&mut is_first) {
            let taken = reading::free_doors(world.store(), tenant).next().unwrap().unwrap();
            world.store.update_lists(tenant, &[ListUpdate::Join(other, taken)], at(1)).unwrap();
        }
    });
    let cut = cut.unwrap();
    assert_eq!((cut.doors, members(&world, tenant, other).len()), (19, 1));
    let on_lists = cut.lists.iter().flat_map(|list| members(&world, tenant, *list));
    let all: BTreeSet<DoorId> = on_lists.chain(members(&world, tenant, other)).collect();
    assert_eq!(all.len(), 20);
}

#[test]
fn a_size_out_of_bounds_and_a_script_that_is_not_there_are_refused_before_anything_is_made() {
    let world = World::new();
    let tenant = world.tenant("North");
    take_register(world.store(), tenant, doors(5), |_| {}).unwrap();
    let none = ContentHash::of(b"no such script");
    let refused = |wish| cut(world.store(), tenant, wish, None, at(1), |_, _| {}).unwrap_err();
    assert!(matches!(refused(Wish::of_doors("autumn", "List", 0)), Error::Invalid(_)));
    assert!(matches!(refused(Wish::of_doors("autumn", "List", 5_001)), Error::Invalid(_)));
    assert!(matches!(refused(Wish { script: Some(none), ..WISH }), Error::Unknown { what: "script" }));
    assert!(matches!(refused(Wish { name: &"x".repeat(300), ..WISH }), Error::Invalid(_)));
    assert!(lists(&world, tenant).is_empty());
}

/// A lane that passes by all doors of the town, and one that meets no other.
fn region(doors: &[Door]) -> Region {
    let mut positions: Vec<Position> = doors.iter().filter_map(|door| door.position).collect();
    positions.sort_unstable();
    let mut streets = StreetsBuilder::default();
    streets.add(StreetClass::Lane, (1..).zip(positions));
    Region::new(streets.build())
}

#[test]
fn lists_are_cut_along_streets_and_have_them_and_earlier_ones_get_theirs() {
    let (with, without) = (World::new(), World::new());
    let region = region(&doors(40));
    let mut streets = Vec::new();
    for (world, region) in [(&with, Some(&region)), (&without, None)] {
        let tenant = world.tenant("North");
        take_register(world.store(), tenant, doors(40), |_| {}).unwrap();
        let cut = cut(world.store(), tenant, WISH, region, at(1), |_, _| {}).unwrap();
        assert_each_door_is_on_one_list(world, tenant, 40);
        let of = |list: &WalkListId| world.store.streets_of(tenant, *list).unwrap();
        assert!(cut.lists.iter().all(|list| of(list).is_some() == region.is_some()));
        streets.push((tenant, cut.lists));
    }
    let (tenant, lists) = &streets[1];
    let given = give_streets(without.store(), *tenant, &region).unwrap();
    assert_eq!(given, Given { lists: lists.len() as u64, without: 0 });
    let head = without.store.head(*tenant).unwrap();
    for list in lists {
        let Some(Held::Readable(piece)) = without.store.streets_of(*tenant, *list).unwrap() else {
            panic!("no streets")
        };
        assert!(!Streets::from_bytes(&piece).unwrap().is_empty());
    }
    give_streets(without.store(), *tenant, &region).unwrap();
    assert_eq!(without.store.head(*tenant).unwrap(), head, "doing it again tells nobody anything");
    let far_away = Region::new(Streets::default());
    assert_eq!(give_streets(without.store(), *tenant, &far_away).unwrap().lists, 0);
}
