use super::*;
use crate::village::{any_places, at, door, town};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn round_m(ground: &Ground, round: &[usize]) -> f64 {
    let next = round.iter().cycle().skip(1);
    round.iter().zip(next).map(|(a, b)| ground.leg_m(*a, *b)).sum()
}

/// The shortest path by trying all of them.
fn shortest_m(here: Option<Position>, left: &[Position]) -> f64 {
    (0..left.len())
        .map(|pick| {
            let mut rest = left.to_vec();
            let next = rest.remove(pick);
            here.map_or(0.0, |here| here.distance_m(next)) + shortest_m(Some(next), &rest)
        })
        .min_by(f64::total_cmp)
        .unwrap_or_default()
}

#[test]
fn no_doors_are_no_walk() {
    assert_eq!(walk_order(&[], None), WalkOrder { order: vec![], length_m: 0.0 });
    assert_eq!(walk_order(&[], Some(at(60.0, 25.0))), WalkOrder { order: vec![], length_m: 0.0 });
}

#[test]
fn one_door_is_a_walk_to_it() {
    let place = door(1, 1, at(60.0, 180.0));
    assert_eq!(walk_order(std::slice::from_ref(&place), None).length_m, 0.0);
    let walk = replan(std::slice::from_ref(&place), at(60.0, -179.999));
    assert_eq!(walk.order, [place.door]);
    assert!((walk.length_m - 55.6).abs() < 0.1);
}

#[test]
fn five_thousand_doors_at_one_point_are_no_way() {
    let places: Vec<_> = (0..5_000).map(|n| door(n, n, at(60.0, 25.0))).collect();
    let walk = walk_order(&places, None);
    assert_eq!((walk.order.len(), walk.length_m), (5_000, 0.0));
}

#[test]
fn a_straight_street_is_walked_from_end_to_end() {
    let places: Vec<_> = (0..500).map(|n| door(n, n, at(0.0, 179.95 + 0.0001 * f64::from(n)))).collect();
    let mut places: Vec<_> = places.into_iter().filter(|place| place.position.lon() <= 180.0).collect();
    places.extend((501..700).map(|n| door(n, n, at(0.0, -180.0 + 0.0001 * f64::from(n - 500)))));
    let ends_m = at(0.0, 179.95).distance_m(at(0.0, -179.9801));
    assert!((walk_order(&places, None).length_m - ends_m).abs() < 0.5);
}

#[test]
fn it_walks_round_the_pole() {
    let places: Vec<_> = (0..360).map(|n| door(n, n, at(89.99, f64::from(n) - 180.0))).collect();
    let leg_m = places[0].position.distance_m(places[1].position);
    assert!((walk_order(&places, None).length_m - 359.0 * leg_m).abs() < 0.5);
}

#[test]
fn a_town_is_walked_well() {
    let walk = walk_order(&town(2_000, 1, (0.0, 25.0)), None);
    // The shortest walk of n random stops in an area is near 0.7124 √(n × area) (Johnson & McGeoch), and a few per cent
    // more for the edges of the area.
    let (height_m, width_m) = (at(0.0, 0.0).distance_m(at(0.05, 0.0)), at(0.0, 0.0).distance_m(at(0.0, 0.1)));
    let expected_m = 0.7124 * (2_000.0 * height_m * width_m).sqrt();
    assert!(walk.length_m < 1.07 * expected_m, "{} of the expected", walk.length_m / expected_m);
}

#[test]
fn a_found_door_goes_to_its_building_or_the_least_detour() {
    let street: Vec<_> = (0..12).map(|n| door(n, n / 4, at(60.0, 25.0 + 0.001 * f64::from(n / 4)))).collect();
    assert_eq!(insert_door(&street, &door(18, 1, at(60.0, 25.001))), 6);
    assert_eq!(insert_door(&street, &door(23, 1, at(60.0, 25.001))), 8);
    assert_eq!(insert_door(&street, &door(13, 9, at(60.0, 25.0012))), 8);
    assert_eq!(insert_door(&street, &door(13, 9, at(60.0, 24.9))), 0);
    assert_eq!(insert_door(&street, &door(13, 9, at(60.0, 25.1))), 12);
    assert_eq!(insert_door(&[], &street[0]), 0);
}

proptest! {
    #[test]
    fn every_door_is_walked_once(places in any_places(), start in prop::option::of((-90.0..=90.0, -180.0..=180.0))) {
        let walk = walk_order(&places, start.map(|(lat, lon)| at(lat, lon)));
        let mut walked = walk.order;
        let mut expected: Vec<_> = places.iter().map(|place| place.door).collect();
        walked.sort();
        expected.sort();
        prop_assert_eq!(walked, expected);
        prop_assert!(walk.length_m.is_finite() && walk.length_m >= 0.0);
    }

    #[test]
    fn buildings_stay_whole_and_in_order(places in any_places()) {
        let by_door: BTreeMap<_, _> = places.iter().map(|place| (place.door, place)).collect();
        let walked: Vec<_> = walk_order(&places, None).order.iter().map(|door| by_door[door]).collect();
        for stop in walked.chunk_by(|a, b| a.building == b.building) {
            let all = places.iter().filter(|place| place.building == stop[0].building).count();
            prop_assert_eq!(stop.len(), all);
            prop_assert!(stop.is_sorted_by(|a, b| a.order_within_building(b).is_lt()));
        }
    }

    #[test]
    fn the_input_s_order_does_not_matter(
        (places, shuffled) in any_places().prop_flat_map(|places| (Just(places.clone()), Just(places).prop_shuffle())),
    ) {
        prop_assert_eq!(walk_order(&places, None), walk_order(&shuffled, None));
        let start = Some(at(60.0, 25.0));
        prop_assert_eq!(walk_order(&places, start), walk_order(&shuffled, start));
    }

    #[test]
    fn it_is_never_longer_than_nearest_neighbour(places in any_places(), fixed: bool) {
        let points: Vec<_> = places.iter().map(|place| space_point(place.position)).collect();
        let fixed = fixed && !points.is_empty();
        let ground = Ground::new(points, fixed);
        let nearest = ground.nearest_neighbour_round();
        let improved = improve::improve(&ground, nearest.clone());
        prop_assert!(round_m(&ground, &improved) <= round_m(&ground, &nearest) + 1e-3);
    }

    #[test]
    fn few_stops_are_walked_the_shortest_way(
        scatter in prop::collection::vec((0.0..0.01, 0.0..0.01), 0..7), from in prop::option::of((0.0..0.01, 0.0..0.01)),
    ) {
        let places: Vec<_> =
            scatter.iter().zip(0..).map(|((lat, lon), n)| door(n, n, at(60.0 + lat, 25.0 + lon))).collect();
        let start = from.map(|(lat, lon)| at(60.0 + lat, 25.0 + lon));
        let positions: Vec<_> = places.iter().map(|place| place.position).collect();
        let walk = walk_order(&places, start);
        prop_assert!(walk.length_m <= shortest_m(start, &positions) + 0.5);
    }
}
