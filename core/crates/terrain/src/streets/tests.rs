use super::*;
use crate::place::Place;
use crate::village::{any_places, at, door};
use crate::walk_order::{Along, Ends, Ground, Ways, keep_walk, plan_walk, walk_order};
use proptest::prelude::*;
use walkbook_model::DoorId;

const METRE: f64 = 1.0 / 111_195.0;

/// So many metres east and north of a place on the equator, where a degree is as long either way.
pub(super) fn spot(east_m: f64, north_m: f64) -> Position {
    at(north_m * METRE, 20.0 + east_m * METRE)
}

pub(super) fn streets(ways: &[(StreetClass, &[(f64, f64)])]) -> Streets {
    let mut builder = StreetsBuilder::default();
    for (class, points) in ways {
        // Points at one place are one point.
        builder.add(*class, points.iter().map(|(x, y)| ((x * 1e4 + y) as i64, spot(*x, *y))));
    }
    builder.build()
}

/// A house on each side of a street along the east, every so many metres, from one to the other end.
fn both_sides(houses: u32, every_m: f64) -> Vec<Place> {
    (0..houses)
        .flat_map(|n| [(2 * n, 12.0), (2 * n + 1, -12.0)])
        .map(|(n, north_m)| door(n, n, spot(every_m * f64::from(n / 2), north_m)))
        .collect()
}

fn crossings(walk: &[DoorId], places: &[Place]) -> usize {
    let north = |door: &DoorId| places.iter().find(|place| place.door == *door).unwrap().position.lat() > 0.0;
    walk.windows(2).filter(|pair| north(&pair[0]) != north(&pair[1])).count()
}

#[test]
fn a_lane_of_close_houses_is_worked_one_side_and_then_back() {
    let map = StreetMap::new(streets(&[(StreetClass::Lane, &[(-50.0, 0.0), (450.0, 0.0)])]));
    let places = both_sides(20, 20.0);
    let walk = plan_walk(Ways::Streets(&map), &places, Ends::from(spot(-50.0, 0.0)));
    assert_eq!((crossings(&walk.order, &places), walk.along), (1, Along::Streets));
}

#[test]
fn a_lane_of_far_houses_is_worked_in_a_zig_zag_and_a_main_road_is_not() {
    let places = both_sides(10, 100.0);
    let along = |class| {
        let map = StreetMap::new(streets(&[(class, &[(-50.0, 0.0), (1_000.0, 0.0)])]));
        crossings(&plan_walk(Ways::Streets(&map), &places, Ends::from(spot(-50.0, 0.0))).order, &places)
    };
    assert!(along(StreetClass::Lane) >= 9);
    assert_eq!(along(StreetClass::Main), 1);
}

#[test]
fn a_dead_end_is_worked_around_its_head() {
    let map = StreetMap::new(streets(&[
        (StreetClass::Main, &[(0.0, 0.0), (200.0, 0.0)]),
        (StreetClass::Main, &[(-100.0, 50.0), (0.0, 0.0), (-100.0, -50.0)]),
    ]));
    let (near, far) = (spot(190.0, 10.0), spot(190.0, -10.0));
    let (table, cut_off) = map.distances(&[near, far, spot(10.0, 10.0), spot(10.0, -10.0)]).unwrap();
    // Around the head of the main road it is 20 m and the way to the doors, not 80 m of crossing.
    assert!(table.leg_m(0, 1) < 45.0 && !cut_off, "{}", table.leg_m(0, 1));
    assert!(table.leg_m(2, 3) > 90.0);
}

/// Two banks with a street each, and one bridge far in the east.
fn river(bridge: bool) -> Streets {
    let mut ways: Vec<(StreetClass, &[(f64, f64)])> = vec![
        (StreetClass::Lane, &[(0.0, 40.0), (500.0, 40.0), (1_000.0, 40.0)]),
        (StreetClass::Lane, &[(0.0, -40.0), (500.0, -40.0), (1_000.0, -40.0)]),
    ];
    if bridge {
        ways.push((StreetClass::Path, &[(1_000.0, 40.0), (1_000.0, -40.0)]));
    }
    streets(&ways)
}

#[test]
fn a_river_is_crossed_at_its_bridge_and_once() {
    let places: Vec<Place> =
        (0..16).map(|n| door(n, n, spot(125.0 * f64::from(n / 2), if n % 2 == 0 { 30.0 } else { -30.0 }))).collect();
    let straight = walk_order(&places, Ends::from(spot(0.0, 40.0)));
    assert!(crossings(&straight.order, &places) > 1, "the crow flies over it");
    for bridge in [true, false] {
        let map = StreetMap::new(river(bridge));
        let walk = plan_walk(Ways::Streets(&map), &places, Ends::from(spot(0.0, 40.0)));
        assert_eq!(crossings(&walk.order, &places), 1);
        assert_eq!(walk.along, if bridge { Along::Streets } else { Along::StreetsInParts });
    }
    let map = StreetMap::new(river(true));
    let walk = plan_walk(Ways::Streets(&map), &places, Ends::from(spot(0.0, 40.0)));
    // 1 km there, over the bridge, and back to the other bank's far end.
    assert!((2_000.0..2_400.0).contains(&walk.length_m), "{}", walk.length_m);
}

#[test]
fn a_found_door_goes_where_the_streets_say() {
    let map = StreetMap::new(river(true));
    let planned: Vec<Place> = [(100.0, 30.0), (900.0, 30.0), (900.0, -30.0), (100.0, -30.0)]
        .into_iter()
        .zip(0..)
        .map(|((x, y), n)| door(n, n, spot(x, y)))
        .collect();
    // Nearer to the first house as the crow flies, but on the other bank, where the walk ends.
    let new = door(9, 9, spot(60.0, -5.0));
    let order: Vec<DoorId> = planned.iter().map(|place| place.door).collect();
    let kept = |ways, planned: &[Place]| {
        let places: Vec<Place> = planned.iter().cloned().chain([new.clone()]).collect();
        keep_walk(ways, &order, &places, Ends::ANYWHERE).order.iter().position(|door| *door == new.door)
    };
    assert_eq!(kept(Ways::Streets(&map), &planned), Some(4));
    assert_eq!(kept(Ways::Straight, &planned[..2]), Some(0));
}

#[test]
fn without_streets_it_says_that_lines_are_straight() {
    let places = both_sides(5, 20.0);
    let map = StreetMap::new(Streets::default());
    let walk = plan_walk(Ways::Streets(&map), &places, Ends::ANYWHERE);
    assert_eq!(walk, walk_order(&places, Ends::ANYWHERE));
    assert_eq!(walk.along, Along::StraightLines);
}

#[test]
fn a_piece_takes_the_bridge_along_however_far_and_no_island_of_a_slip() {
    let mut ways = vec![];
    let long: Vec<[(f64, f64); 2]> =
        (0..40).map(|n| [(100.0 * f64::from(n), 40.0), (100.0 * f64::from(n + 1), 40.0)]).collect();
    let other: Vec<[(f64, f64); 2]> = long.iter().map(|pair| pair.map(|(x, _)| (x, -40.0))).collect();
    ways.extend(long.iter().chain(&other).map(|pair| (StreetClass::Lane, &pair[..])));
    let bridge = [(2_000.0, 40.0), (2_000.0, -40.0)];
    ways.push((StreetClass::Road, &bridge[..]));
    let slip = [(20.0, 10.0), (60.0, 10.0)];
    ways.push((StreetClass::Path, &slip[..]));
    let region = Region::new(streets(&ways));
    let doors = [spot(50.0, 30.0), spot(50.0, -30.0)];
    let piece = region.piece(&doors).unwrap();
    assert!(piece.len() < 81 && piece.len() > 40);
    assert_eq!(Streets::from_bytes(&piece.to_bytes()).unwrap(), piece);
    let (_, cut_off) = StreetMap::new(piece).distances(&doors).unwrap();
    assert!(!cut_off);
    assert!(region.piece(&doors[..1]).unwrap().len() < 12);
    assert_eq!(region.piece(&[]), None);
    assert_eq!(region.piece(&[at(60.0, 25.0)]), None);
}

/// Both banks of a river, with more streets on each, and doors on both.
fn banks() -> impl Strategy<Value = (Streets, Vec<Place>)> {
    let point = || (0.0..1_000.0, 20.0..200.0);
    let ways = prop::collection::vec((any::<bool>(), prop::collection::vec(point(), 2..5)), 0..8);
    let doors = prop::collection::vec(point(), 1..10);
    (ways, doors.clone(), doors).prop_map(|(ways, north, south)| {
        let mut builder = StreetsBuilder::default();
        let mut numbers = 100..;
        for (side, line) in [1.0, -1.0].into_iter().zip([0, 10]) {
            builder.add(StreetClass::Lane, [(line, spot(0.0, side * 40.0)), (line + 1, spot(1_000.0, side * 40.0))]);
        }
        for (is_north, way) in ways {
            let side = if is_north { 1.0 } else { -1.0 };
            // Each begins at the end of its bank's first street.
            let first = (if is_north { 0 } else { 10 }, spot(0.0, side * 40.0));
            let points = way
                .into_iter()
                .zip(&mut numbers)
                .map(|((x, y), number): ((f64, f64), i64)| (number, spot(x, side * y)));
            builder.add(StreetClass::Lane, [first].into_iter().chain(points));
        }
        let on_both = north.into_iter().chain(south.into_iter().map(|(x, y): (f64, f64)| (x, -y)));
        (builder.build(), on_both.zip(0..).map(|((x, y), n)| door(n, n, spot(x, y))).collect())
    })
}

pub(super) fn any_streets() -> impl Strategy<Value = Streets> {
    let class = prop::sample::select(vec![StreetClass::Path, StreetClass::Lane, StreetClass::Road, StreetClass::Main]);
    let places =
        prop::sample::select(vec![(60.0, 25.0, 0.01), (0.0, 180.0, 0.01), (90.0, 0.0, 0.01), (0.0, 0.0, 80.0)]);
    let ways = prop::collection::vec((class, prop::collection::vec(0_i64..12, 0..5)), 0..12);
    (places, prop::collection::vec((-1.0..=1.0, -1.0..=1.0), 12), ways).prop_map(|((lat, lon, size), points, ways)| {
        let position = |number: i64| {
            let (y, x): (f64, f64) = points[number as usize];
            let lon = (lon + size * 2.0 * x + 180.0_f64).rem_euclid(360.0) - 180.0;
            at((lat + size * y).clamp(-90.0, 90.0), lon)
        };
        let mut builder = StreetsBuilder::default();
        for (class, way) in ways {
            builder.add(class, way.into_iter().map(|number| (number, position(number))));
        }
        builder.build()
    })
}

proptest! {
    #[test]
    fn more_streets_never_make_a_walk_cross_a_river_without_a_bridge((streets, places) in banks(), ends in 0..3) {
        let ends = match ends {
            0 => Ends::ANYWHERE,
            1 => Ends::from(spot(0.0, 100.0)),
            _ => Ends::between(spot(0.0, 100.0), spot(0.0, -100.0)),
        };
        let map = StreetMap::new(streets);
        let walk = plan_walk(Ways::Streets(&map), &places, ends);
        // Somebody has to get over once, whoever takes them there.
        prop_assert_eq!((crossings(&walk.order, &places), walk.along), (1, Along::StreetsInParts));
        // What is told of it is a way that somebody might find, not what keeps the search from it.
        prop_assert!(walk.legs_m.iter().all(|leg_m| *leg_m < 100_000.0));
    }

    #[test]
    fn streets_are_read_as_they_were_written(streets in any_streets()) {
        let bytes = streets.to_bytes();
        prop_assert_eq!(Streets::from_bytes(&bytes).unwrap(), streets);
        for length in 0..bytes.len() {
            prop_assert!(Streets::from_bytes(&bytes[..length]).is_err());
        }
    }

    #[test]
    fn hostile_bytes_are_refused_or_are_the_only_form_of_what_they_say(
        streets in any_streets(), bend in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = streets.to_bytes();
        for (at, byte) in bend {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(read) = Streets::from_bytes(&bytes) {
            prop_assert_eq!(read.to_bytes(), bytes);
            let _ = StreetMap::new(read).distances(&[at(60.0, 25.0), at(0.0, 0.0)]);
        }
    }

    #[test]
    fn random_bytes_are_no_harm(mut bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Some(first) = bytes.first_mut() {
            *first = 1;
        }
        let _ = Streets::from_bytes(&bytes);
    }

    #[test]
    fn what_was_measured_before_changes_nothing(
        streets in any_streets(), first in any_places(), second in any_places(), taken in 0_usize..40,
    ) {
        let (asked, anew) = (StreetMap::new(streets.clone()), StreetMap::new(streets));
        let positions = |places: &[Place]| places.iter().map(|place| place.position).collect::<Vec<_>>();
        let _ = asked.distances(&positions(&first));
        let mixed: Vec<Position> = positions(&first).into_iter().take(taken).chain(positions(&second)).collect();
        let (told, wanted) = (asked.distances(&mixed), anew.distances(&mixed));
        prop_assert_eq!(told.is_some(), wanted.is_some());
        if let (Some((told, told_in_parts)), Some((wanted, in_parts))) = (told, wanted) {
            prop_assert_eq!(told_in_parts, in_parts);
            for (a, b) in (0..mixed.len()).flat_map(|a| (0..a).map(move |b| (a, b))) {
                prop_assert_eq!(told.leg_m(a, b).to_bits(), wanted.leg_m(a, b).to_bits());
            }
        }
    }

    #[test]
    fn along_any_streets_every_door_is_walked_once(streets in any_streets(), places in any_places(), start: bool) {
        let map = StreetMap::new(streets);
        let ends = if start { Ends::from(at(60.0, 25.0)) } else { Ends::ROUND };
        let walk = plan_walk(Ways::Streets(&map), &places, ends);
        let (mut walked, mut expected): (Vec<_>, Vec<_>) = (walk.order.clone(), places.iter().map(|place| place.door).collect());
        walked.sort();
        expected.sort();
        prop_assert_eq!(walked, expected);
        prop_assert!(walk.length_m.is_finite() && walk.legs_m.len() == walk.order.len());
        let mut turned = places;
        turned.reverse();
        prop_assert_eq!(plan_walk(Ways::Streets(&map), &turned, ends), walk);
    }

    #[test]
    fn no_way_along_streets_is_shorter_than_the_straight_line(streets in any_streets(), n in 0_usize..12, m in 0_usize..12) {
            let positions: Vec<Position> = streets.nodes.clone();
        prop_assume!(n < positions.len() && m < positions.len());
        let (table, _) = StreetMap::new(streets).distances(&positions).unwrap();
        let chord_m = crate::sphere::chord_m(crate::sphere::space_point(positions[n]), crate::sphere::space_point(positions[m]));
        prop_assert!(table.leg_m(n, m) >= chord_m * (1.0 - 1e-6) - 0.1);
        prop_assert!(table.leg_m(n, m) == table.leg_m(m, n));
    }
}

#[test]
fn what_claims_more_than_it_has_room_for_allocates_nothing() {
    let claims = [1, 0xff, 0xff, 0xff, 0xff, 0x0f];
    assert_eq!(Streets::from_bytes(&claims), Err(Damaged::CutOff));
    assert_eq!(Streets::from_bytes(&vec![0; MOST_BYTES + 1]), Err(Damaged::TooLarge));
    assert_eq!(Streets::from_bytes(&[2]), Err(Damaged::Version(2)));
    assert_eq!(Streets::from_bytes(&[1, 0, 0, 7]), Err(Damaged::Malformed(3)));
}

#[test]
fn the_bytes_of_version_1_stay_as_they_are() {
    let mut builder = StreetsBuilder::default();
    builder.add(StreetClass::Lane, [(1, at(60.17, 24.95)), (2, at(60.1705, 24.9502)), (3, at(60.171, 24.95))]);
    builder.add(StreetClass::Main, [(3, at(60.171, 24.95)), (4, at(60.171, 24.96))]);
    let frozen = [
        1, 3, 192, 218, 233, 189, 4, 192, 197, 248, 237, 1, 160, 156, 1, 0, 0, 192, 154, 12, 2, 0, 1, 1, 1, 144, 78,
        160, 31, 1, 1, 3, 0,
    ];
    assert_eq!(builder.build().to_bytes(), frozen);
}
