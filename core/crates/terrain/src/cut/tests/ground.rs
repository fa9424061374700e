//! Wards, barriers, work.

use super::*;
use crate::area::{Area, Polygon};
use std::collections::BTreeSet;

fn cutting<'a>(doors: usize, wards: &'a [Area], barriers: &'a [Vec<Position>]) -> Cutting<'a> {
    Cutting { size: Size::Doors(doors), wards, barriers }
}

fn by_door(places: &[Place]) -> BTreeMap<DoorId, Position> {
    places.iter().map(|place| (place.door, place.position)).collect()
}

/// A river that bends through the town from its western to its eastern edge.
fn river() -> Vec<Position> {
    (0..=10)
        .map(|bend| at(60.17 + if bend % 2 == 0 { 0.004 } else { -0.004 }, 24.8 + 0.028 * f64::from(bend)))
        .collect()
}

/// How far north of the river a position is, in degrees.
fn north_of_river(position: Position) -> f64 {
    let bank = river();
    let reach =
        bank.windows(2).find(|reach| reach[0].lon() <= position.lon() && position.lon() <= reach[1].lon()).unwrap();
    let share = (position.lon() - reach[0].lon()) / (reach[1].lon() - reach[0].lon());
    position.lat() - (reach[0].lat() + share * (reach[1].lat() - reach[0].lat()))
}

#[test]
fn no_turf_lies_on_both_sides_of_a_river() {
    let places = town(3_000, 1, (60.17, 24.94));
    let positions = by_door(&places);
    let both = |turfs: &[Turf]| {
        let north = |turf: &Turf| turf.doors.iter().filter(|door| north_of_river(positions[door]) > 0.0).count();
        turfs.iter().filter(|turf| (1..turf.doors.len()).contains(&north(turf))).count()
    };
    let barriers = [river()];
    let turfs = cut_turfs_within(&places, cutting(60, &[], &barriers));
    assert_eq!(both(&turfs), 0);
    assert_balanced(&turfs, 60);
    assert!(both(&cut_turfs(&places, 60)) > 0, "the river is not in anybody's way: this test shows nothing");
}

#[test]
fn a_wall_that_ends_in_the_town_leaves_turfs_fair() {
    let places = town(600, 1, (60.17, 24.94));
    let wall = vec![at(60.0, 24.94), at(60.17, 24.94)];
    let turfs = cut_turfs_within(&places, cutting(60, &[], &[wall]));
    assert_eq!(turfs.iter().map(|turf| turf.doors.len()).sum::<usize>(), 600);
    assert_balanced(&turfs, 60);
}

#[test]
fn no_turf_reaches_into_two_wards() {
    let places = town(2_000, 3, (60.17, 24.94));
    let positions = by_door(&places);
    let square = |west: f64, east: f64| {
        let outer = vec![at(60.0, west), at(60.0, east), at(61.0, east), at(61.0, west)];
        Area::new(vec![Polygon { outer, holes: vec![] }])
    };
    // The last fifth of the town is in no ward.
    let wards = [square(24.0, 24.92), square(24.92, 24.97)];
    let turfs = cut_turfs_within(&places, cutting(50, &wards, &[]));
    assert_balanced(&turfs, 50);
    for turf in turfs {
        let of: BTreeSet<_> =
            turf.doors.iter().map(|door| wards.iter().position(|ward| ward.contains(positions[door]))).collect();
        assert_eq!(of.len(), 1);
    }
}

#[test]
fn turfs_by_work_are_smaller_where_the_way_is_longer() {
    let near = town(1_000, 1, (60.17, 24.94));
    // The same town, three times as far from door to door.
    let far: Vec<_> = near
        .iter()
        .map(|place| {
            let position =
                at(60.17 + 3.0 * (place.position.lat() - 60.17), 24.94 + 3.0 * (place.position.lon() - 24.94));
            Place { position, ..place.clone() }
        })
        .collect();
    let work = Work { minutes: 180, door_s: 90, pace_m: 70 };
    let cutting = Cutting { size: Size::Work(work), wards: &[], barriers: &[] };
    let [few, many] = [near, far].map(|places| {
        let positions = by_door(&places);
        let places_of: BTreeMap<_, _> = places.iter().map(|place| (place.door, place.clone())).collect();
        let turfs = cut_turfs_within(&places, cutting);
        assert_eq!(turfs.iter().map(|turf| turf.doors.len()).sum::<usize>(), positions.len());
        for turf in &turfs {
            let of: Vec<_> = turf.doors.iter().map(|door| places_of[door].clone()).collect();
            let walk_m = crate::walk_order(&of, crate::Ends::ROUND).length_m;
            let minutes = turf.doors.len() as f64 * 1.5 + walk_m / 70.0;
            // A tenth of 180 for the balance; the rest is a door's work, which is up to ten minutes, and that the walk here is
            // another than the one that was weighed.
            assert!((135.0..235.0).contains(&minutes), "{minutes} minutes for {} doors", turf.doors.len());
        }
        turfs.len()
    });
    assert!(2 * many > 3 * few, "{few} turfs where it is near, {many} where it is far");
}

#[test]
fn a_few_doors_that_come_later_change_hardly_anything() {
    let all = town(3_000, 1, (60.17, 24.94));
    let before = cut_turfs(&all[30..], 60);
    let after = cut_turfs_again(&all, cutting(60, &[], &[]), &before);
    assert_balanced(&after, 60);
    assert_eq!(after.iter().map(|turf| turf.doors.len()).sum::<usize>(), 3_000);
    let stayed: usize = before
        .iter()
        .map(|old| {
            after.iter().map(|new| new.doors.iter().filter(|door| old.doors.contains(door)).count()).max().unwrap()
        })
        .sum();
    assert!(stayed >= 2_970 - 30, "{} doors changed their turf for 30 that came", 2_970 - stayed);
}

#[test]
fn work_of_nothing_and_without_end_is_cut_all_the_same() {
    let places = town(30, 2, (60.0, 25.0));
    for (minutes, door_s, pace_m) in [(0, 0, 0), (u32::MAX, u32::MAX, u32::MAX), (u32::MAX, 0, 1), (1, u32::MAX, 0)] {
        let size = Size::Work(Work { minutes, door_s, pace_m });
        let turfs = cut_turfs_within(&places, Cutting { size, wards: &[], barriers: &[] });
        assert_eq!(turfs.iter().map(|turf| turf.doors.len()).sum::<usize>(), 30);
    }
}

proptest! {
    #[test]
    fn a_turf_is_one_piece(places in any_places(), wished in 1_usize..12, wall in prop::collection::vec((-1.0..1.0, -1.0..1.0), 0..4)) {
        let wall: Vec<_> = wall.into_iter().map(|(y, x)| at(60.17 + 0.01 * y, 24.94 + 0.02 * x)).collect();
        let stops = stops(&places);
        let map = Projection::around_all(places_of(&stops).map(|place| place.position));
        let sites = Sites::new(&stops, &map);
        let barriers = Barriers::new([wall.iter().map(|at| map.offset(*at)).collect::<Vec<_>>()]);
        // Seen without the houses that are a turf by themselves, as they are cut.
        let rest: Vec<u32> = (0..stops.len() as u32).filter(|site| sites.weight(*site) <= (wished + wished / 10) as u64).collect();
        let neighbours = neighbours::Neighbours::new(&sites, &[rest], &barriers);
        let walls = [wall];
        let turfs = cut_turfs_within(&places, cutting(wished, &[], &walls));
        for turf in turfs {
            let doors: BTreeSet<_> = turf.doors.iter().collect();
            let members: Vec<u32> =
                (0..).zip(&stops).filter(|(_, stop)| doors.contains(&stop.doors[0].door)).map(|(site, _)| site).collect();
            let pieces = neighbours.pieces(&members, &mut slots::Slots::filled(0, stops.len()));
            prop_assert_eq!(pieces.len(), 1);
        }
    }
}
