use super::*;
use crate::place::Place;
use crate::village::{any_places, at, door, town};
use proptest::prelude::*;
use std::collections::BTreeMap;
use walkbook_model::Position;

fn any_ends() -> impl Strategy<Value = Ends<Position>> {
    let position = || (-90.0..=90.0, -180.0..=180.0).prop_map(|(lat, lon)| at(lat, lon));
    let end = prop_oneof![Just(End::Anywhere), position().prop_map(End::At), Just(End::AtStart)];
    (prop::option::of(position()), end).prop_map(|(start, end)| Ends { start, end })
}

/// The shortest walk by trying all of them.
fn shortest_m(ends: Ends<Position>, here: Option<Position>, left: &[Position]) -> f64 {
    if left.is_empty() {
        let end = match ends.end {
            End::Anywhere => None,
            End::At(end) => Some(end),
            End::AtStart => ends.start,
        };
        return here.zip(end).map_or(0.0, |(here, end)| here.distance_m(end));
    }
    (0..left.len())
        .map(|pick| {
            let mut rest = left.to_vec();
            let next = rest.remove(pick);
            // A round without a start begins at its first door.
            let ends = if let (None, End::AtStart) = (here, ends.end) { Ends::round_from(next) } else { ends };
            here.map_or(0.0, |here| here.distance_m(next)) + shortest_m(ends, Some(next), &rest)
        })
        .min_by(f64::total_cmp)
        .unwrap_or_default()
}

#[test]
fn no_doors_are_no_walk() {
    assert_eq!((walk_order(&[], Ends::ANYWHERE).order, walk_order(&[], Ends::ANYWHERE).length_m), (vec![], 0.0));
    assert_eq!(
        (walk_order(&[], Ends::from(at(60.0, 25.0))).order, walk_order(&[], Ends::from(at(60.0, 25.0))).length_m),
        (vec![], 0.0)
    );
}

#[test]
fn one_door_is_a_walk_to_it() {
    let place = door(1, 1, at(60.0, 180.0));
    assert_eq!(walk_order(std::slice::from_ref(&place), Ends::ANYWHERE).length_m, 0.0);
    let walk = walk_order(std::slice::from_ref(&place), Ends::from(at(60.0, -179.999)));
    assert_eq!(walk.order, [place.door]);
    assert!((walk.length_m - DETOUR * 55.6).abs() < 0.1);
}

#[test]
fn five_thousand_doors_at_one_point_are_no_way() {
    let places: Vec<_> = (0..5_000).map(|n| door(n, n, at(60.0, 25.0))).collect();
    let walk = walk_order(&places, Ends::ANYWHERE);
    assert_eq!((walk.order.len(), walk.length_m), (5_000, 0.0));
}

#[test]
fn a_straight_street_is_walked_from_end_to_end() {
    let places: Vec<_> = (0..500).map(|n| door(n, n, at(0.0, 179.95 + 0.0001 * f64::from(n)))).collect();
    let mut places: Vec<_> = places.into_iter().filter(|place| place.position.lon() <= 180.0).collect();
    places.extend((501..700).map(|n| door(n, n, at(0.0, -180.0 + 0.0001 * f64::from(n - 500)))));
    let ends_m = at(0.0, 179.95).distance_m(at(0.0, -179.9801));
    assert!((walk_order(&places, Ends::ANYWHERE).length_m - DETOUR * ends_m).abs() < 0.5);
}

#[test]
fn it_walks_round_the_pole() {
    let places: Vec<_> = (0..360).map(|n| door(n, n, at(89.99, f64::from(n) - 180.0))).collect();
    let leg_m = places[0].position.distance_m(places[1].position);
    assert!((walk_order(&places, Ends::ANYWHERE).length_m - DETOUR * 359.0 * leg_m).abs() < 0.5);
}

#[test]
fn a_town_is_walked_well() {
    let walk = walk_order(&town(2_000, 1, (0.0, 25.0)), Ends::ANYWHERE);
    // The shortest walk of n random stops in an area is near 0.7124 √(n × area) (Johnson & McGeoch), and a few per cent
    // more for the edges of the area.
    let (height_m, width_m) = (at(0.0, 0.0).distance_m(at(0.05, 0.0)), at(0.0, 0.0).distance_m(at(0.0, 0.1)));
    let expected_m = 0.7124 * (2_000.0 * height_m * width_m).sqrt();
    assert!(walk.length_m < DETOUR * 1.03 * expected_m, "{} of the expected", walk.length_m / expected_m);
}

/// A walk, and the same once these doors are added.
fn kept_after(ends: Ends<Position>, places: &[Place], added: &[Place]) -> (WalkOrder, WalkOrder) {
    let before = walk_order(places, ends);
    let all: Vec<Place> = places.iter().chain(added).cloned().collect();
    let after = keep_walk(Ways::Straight, &before.order, &all, ends);
    (before, after)
}

#[test]
fn a_found_door_goes_to_its_building_or_the_least_detour() {
    let street: Vec<_> = (0..12).map(|n| door(n, n / 4, at(60.0, 25.0 + 0.001 * f64::from(n / 4)))).collect();
    let planned: Vec<_> = street.iter().map(|place| place.door).collect();
    let kept = |new: Place, ends| {
        let all: Vec<_> = street.iter().cloned().chain([new.clone()]).collect();
        let order = keep_walk(Ways::Straight, &planned, &all, ends).order;
        order.iter().position(|door| *door == new.door)
    };
    assert_eq!(kept(door(18, 1, at(60.0, 25.001)), Ends::ANYWHERE), Some(6));
    assert_eq!(kept(door(23, 1, at(60.0, 25.001)), Ends::ANYWHERE), Some(8));
    let on_the_way = door(13, 9, at(60.0, 25.0012));
    assert_eq!(kept(on_the_way, Ends::ANYWHERE), Some(8));
    assert_eq!(kept(door(13, 9, at(60.0, 24.9)), Ends::ANYWHERE), Some(0));
    assert_eq!(kept(door(13, 9, at(60.0, 25.1)), Ends::ANYWHERE), Some(12));
    // Where the walk begins and ends counts too: a door behind the start is seen to on the way home.
    let behind = door(13, 9, at(60.0, 24.9999));
    assert_eq!(kept(behind.clone(), Ends::between(at(60.0, 25.0), at(60.0, 24.9))), Some(12));
    assert_eq!(kept(behind, Ends::from(at(60.0, 24.9))), Some(0));
}

#[test]
fn what_is_done_leaves_the_rest_in_its_order_and_nothing_planned_is_planned_anew() {
    let places = town(60, 2, (60.17, 24.94));
    let ends = Ends::from(at(60.17, 24.94));
    let planned = walk_order(&places, ends);
    let left: Vec<Place> = places.iter().filter(|place| planned.order[20..].contains(&place.door)).cloned().collect();
    let kept = keep_walk(Ways::Straight, &planned.order, &left, Ends::ANYWHERE);
    assert_eq!(kept.order, planned.order[20..]);
    assert_eq!(keep_walk(Ways::Straight, &[], &left, ends), walk_order(&left, ends));
    assert_eq!(keep_walk(Ways::Straight, &planned.order, &[], ends).order, []);
}

proptest! {
    #[test]
    fn every_door_is_walked_once(places in any_places(), ends in any_ends()) {
        let walk = walk_order(&places, ends);
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
        let walked: Vec<_> = walk_order(&places, Ends::ANYWHERE).order.iter().map(|door| by_door[door]).collect();
        for stop in walked.chunk_by(|a, b| a.building == b.building) {
            let all = places.iter().filter(|place| place.building == stop[0].building).count();
            prop_assert_eq!(stop.len(), all);
            prop_assert!(stop.is_sorted_by(|a, b| a.order_within_building(b).is_lt()));
        }
    }

    #[test]
    fn a_kept_walk_has_every_door_once_and_what_was_planned_in_its_order(
        places in any_places(), ends in any_ends(), planned in prop::collection::vec(0_usize..40, 0..40),
    ) {
        let planned: Vec<_> = planned.into_iter().filter_map(|n| places.get(n)).map(|place| place.door).collect();
        let kept = keep_walk(Ways::Straight, &planned, &places, ends);
        let (mut walked, mut expected): (Vec<_>, Vec<_>) = (kept.order, places.iter().map(|place| place.door).collect());
        walked.sort();
        expected.sort();
        prop_assert_eq!(walked, expected);
        let mut turned = places;
        turned.reverse();
        prop_assert_eq!(keep_walk(Ways::Straight, &planned, &turned, ends).legs_m, kept.legs_m);
    }

    #[test]
    fn one_door_more_leaves_the_order_of_all_others(
        places in any_places(), new in (0_u32..20, -90.0..=90.0, -180.0..=180.0), ends in any_ends(),
    ) {
        let (building, lat, lon) = new;
        let new = door(1_000, building + 100, at(lat, lon));
        let (before, mut after) = kept_after(ends, &places, std::slice::from_ref(&new));
        after.order.retain(|door| *door != new.door);
        prop_assert_eq!(after.order, before.order);
    }

    #[test]
    fn the_input_s_order_does_not_matter(
        (places, shuffled) in any_places().prop_flat_map(|places| (Just(places.clone()), Just(places).prop_shuffle())),
        ends in any_ends(),
    ) {
        prop_assert_eq!(walk_order(&places, ends), walk_order(&shuffled, ends));
    }

    #[test]
    fn few_stops_are_walked_the_shortest_way(
        scatter in prop::collection::vec((0.0..0.01, 0.0..0.01), 0..7),
        from in prop::option::of((0.0..0.01, 0.0..0.01)),
        to in prop_oneof![Just(End::Anywhere), Just(End::AtStart), (0.0..0.01, 0.0..0.01).prop_map(End::At)],
    ) {
        let near = |(lat, lon)| at(60.0 + lat, 25.0 + lon);
        let places: Vec<_> = scatter.into_iter().zip(0..).map(|(off, n)| door(n, n, near(off))).collect();
        let end = match to {
            End::Anywhere => End::Anywhere,
            End::At(off) => End::At(near(off)),
            End::AtStart => End::AtStart,
        };
        let ends = Ends { start: from.map(near), end };
        let positions: Vec<_> = places.iter().map(|place| place.position).collect();
        let walk = walk_order(&places, ends);
        prop_assert!(walk.length_m <= DETOUR * shortest_m(ends, ends.start, &positions) + 0.5);
    }

    #[test]
    fn a_walk_by_a_table_is_a_permutation_between_its_ends(
        legs in prop::collection::vec(0_u16..2_000, 400), stops in 1_usize..20, start in 0_usize..20, end in 0_usize..20, kind in 0..5,
    ) {
        let table = Matrix::new(stops, |a, b| if a == b { 0.0 } else { f64::from(legs[a.max(b) * 20 + a.min(b)]) }).unwrap();
        let (start, end) = (start % stops, end % stops);
        let ends = match kind {
            0 => Ends::ANYWHERE,
            1 => Ends::from(start),
            2 => Ends::between(start, end),
            3 => Ends::round_from(start),
            _ => Ends { start: None, end: End::At(end) },
        };
        let walk = shortest_walk(&table, ends).unwrap();
        let mut sorted = walk.clone();
        sorted.sort_unstable();
        prop_assert_eq!(sorted, (0..stops).collect::<Vec<_>>());
        if let Some(start) = ends.start {
            prop_assert_eq!(walk[0], start);
        }
        if let End::At(end) = ends.end && ends.start != Some(end) {
            prop_assert_eq!(*walk.last().unwrap(), end);
        }
    }
}

#[test]
fn what_lies_ahead_is_the_legs_and_the_time_at_the_doors() {
    let places: Vec<_> = (0..10).map(|n| door(n, n, at(60.0, 25.0 + 0.001 * f64::from(n)))).collect();
    let walk = walk_order(&places, Ends::round_from(places[0].position));
    let all = walk.ahead(0, Pace::default());
    assert_eq!((all.doors, all.distance_m), (10, walk.length_m));
    assert!((all.time_s - (walk.length_m / 1.2 + 1200.0)).abs() < 1e-6);
    let at_the_last = walk.ahead(9, Pace { walking_m_s: 2.0, at_door_s: 60.0 });
    assert_eq!(at_the_last.doors, 1);
    assert!((at_the_last.distance_m - walk.legs_m[9] - walk.home_m).abs() < 1e-6 && walk.home_m > 0.0);
    let no_speed = walk.ahead(3, Pace { walking_m_s: f64::NAN, at_door_s: -1.0 });
    assert!(no_speed.time_s.is_finite() && walk.ahead(10, Pace::default()).doors == 0);
}

#[test]
fn what_is_no_distance_does_not_come_in() {
    let table = |wrong_m: f64| Matrix::new(3, move |a, b| if (a, b) == (1, 2) { wrong_m } else { 1.0 }).map(drop);
    for wrong_m in [f64::NAN, f64::INFINITY, -1.0, 1e9] {
        assert_eq!(table(wrong_m), Err(NoMatrix::NotADistance { from: 1, to: 2 }));
    }
    assert_eq!(table(2.0), Err(NoMatrix::OneWay { from: 2, to: 1 }));
    assert_eq!(Matrix::new(MOST_STOPS + 1, |_, _| 0.0).map(drop), Err(NoMatrix::TooManyStops));
    let table = Matrix::new(3, |_, _| 1.0).unwrap();
    assert_eq!(shortest_walk(&table, Ends::between(0, 3)), Err(UnknownStop { stop: 3 }));
}
