mod ground;
mod real_places;

use super::*;
use crate::turf::contains;
use crate::village::{any_places, at, door, town};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn assert_balanced(turfs: &[Turf], wished: usize) {
    for turf in turfs {
        assert!(turf.doors.len().abs_diff(wished) * 10 <= wished, "{} doors for {wished}", turf.doors.len());
    }
}

#[test]
fn no_doors_are_no_turfs() {
    assert_eq!(cut_turfs(&[], 50), []);
    assert_eq!(cut_turfs(&[], 0), []);
}

#[test]
fn a_small_street_is_one_turf() {
    let places = town(7, 1, (60.0, 25.0));
    assert_eq!(cut_turfs(&places, 50).len(), 1);
    assert_eq!(cut_turfs(&places, 0).len(), 7);
    assert_eq!(cut_turfs(&places, usize::MAX).len(), 1);
}

#[test]
fn doors_at_one_point_are_cut_all_the_same() {
    let places: Vec<_> = (0..1_000).map(|n| door(n, n, at(60.0, 25.0))).collect();
    let turfs = cut_turfs(&places, 100);
    assert_balanced(&turfs, 100);
    assert!(turfs.iter().all(|turf| turf.boundary == [at(60.0, 25.0)]));
}

#[test]
fn a_street_is_cut_across() {
    let places: Vec<_> = (0..100).map(|n| door(n, n, at(60.0, 25.0 + 0.001 * f64::from(n)))).collect();
    let turfs = cut_turfs(&places, 50);
    let lengths: Vec<_> = turfs.iter().map(|turf| turf.boundary[0].distance_m(turf.boundary[1])).collect();
    assert!(lengths.iter().all(|length_m| *length_m < 2_800.0));
}

#[test]
fn turfs_are_balanced_wherever_the_town_is() {
    for centre in [(60.17, 24.94), (-17.0, 180.0), (89.99, 0.0)] {
        for per_building in [1, 4] {
            assert_balanced(&cut_turfs(&town(5_000, per_building, centre), 80), 80);
        }
    }
}

#[test]
fn turfs_are_balanced_where_blocks_of_flats_stand_among_houses() {
    for (flats, every) in [(6, 2), (8, 3), (10, 4), (12, 7)] {
        let houses = town(6_000, 1, (60.17, 24.94)).into_iter().enumerate();
        let places: Vec<_> = houses
            .flat_map(|(number, house)| {
                let (number, doors) = (number as u32, if number % every == 0 { flats } else { 1 });
                (0..doors).map(move |flat| door(100 * number + flat, number, house.position))
            })
            .collect();
        assert_balanced(&cut_turfs(&places, 60), 60);
    }
}

#[test]
fn a_town_across_the_180th_meridian_is_cut_like_any_other() {
    let sizes = |lon| -> Vec<_> {
        cut_turfs(&town(1_000, 1, (-17.0, lon)), 50)
            .iter()
            .map(|turf| crate::turf::area_m2(&turf.boundary))
            .sum::<f64>()
            .to_string()
            .chars()
            .take(3)
            .collect()
    };
    assert_eq!(sizes(180.0), sizes(20.0));
}

proptest! {
    #[test]
    fn every_door_is_in_one_turf_and_buildings_stay_whole(places in any_places(), wished in 0_usize..30) {
        let turfs = cut_turfs(&places, wished);
        let buildings: BTreeMap<_, _> = places.iter().map(|place| (place.door, place.building)).collect();
        let mut turf_of = BTreeMap::new();
        for (number, turf) in turfs.iter().enumerate() {
            prop_assert!(!turf.doors.is_empty() && !turf.boundary.is_empty());
            for door in &turf.doors {
                prop_assert_eq!(*turf_of.entry(buildings[door]).or_insert(number), number);
            }
        }
        let mut cut: Vec<_> = turfs.into_iter().flat_map(|turf| turf.doors).collect();
        cut.sort();
        prop_assert_eq!(cut, buildings.into_keys().collect::<Vec<_>>());
    }

    #[test]
    fn the_input_s_order_does_not_matter(
        (places, shuffled) in any_places().prop_flat_map(|places| (Just(places.clone()), Just(places).prop_shuffle())),
        wished in 1_usize..30,
    ) {
        prop_assert_eq!(cut_turfs(&places, wished), cut_turfs(&shuffled, wished));
    }

    #[test]
    fn a_boundary_holds_its_doors(doors in 1_u32..60, wished in 1_usize..30, lon in -180.0..=180.0) {
        let places = town(doors, 2, (60.0, lon));
        for turf in cut_turfs(&places, wished) {
            for place in places.iter().filter(|place| turf.doors.contains(&place.door)) {
                prop_assert!(contains(&turf.boundary, place.position));
            }
        }
    }
}
