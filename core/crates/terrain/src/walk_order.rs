//! In which order to walk.
//!
//! Whole buildings are the stops of an open walk, each at the middle of its doors. The order is a travelling salesman's
//! path: nearest neighbour to begin with, shortened as `improve` says, in a number of steps that the number of stops
//! decides, so that no clock is needed.

mod ground;
mod improve;
mod insert;
mod tour;

use crate::place::Place;
use crate::sphere::space_point;
use crate::stop::stops;
use ground::Ground;
pub use insert::insert_door;
use walkbook_model::{DoorId, Position};

/// Doors in the order in which they are walked.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct WalkOrder {
    /// Every door once; the doors of a building follow each other.
    pub order: Vec<DoorId>,
    /// From the start, where one was given, along all doors to the last, in metres as the crow flies.
    pub length_m: f64,
}

/// The order in which to walk these doors, from a start if one is given, ending anywhere. A door that is given twice is
/// walked once. The order in which the doors are given does not matter.
///
/// ```
/// use walkbook_model::{BuildingId, DoorId, Position};
/// use walkbook_terrain::{Place, walk_order};
/// let house = |n: u8, lon| Place {
///     door: DoorId::from_bytes([n; 16]),
///     building: BuildingId::from_bytes([n; 16]),
///     street: "kylätie".into(),
///     number: Some(n.into()),
///     floor: None,
///     unit: String::new(),
///     position: Position::from_degrees(60.0, lon).unwrap(),
/// };
/// let places = [house(1, 25.002), house(2, 25.000), house(3, 25.001)];
/// let walk = walk_order(&places, Some(places[1].position));
/// assert_eq!(walk.order, [2, 3, 1].map(|n| DoorId::from_bytes([n; 16])));
/// assert!((walk.length_m - 111.2).abs() < 0.1);
/// ```
pub fn walk_order(places: &[Place], start: Option<Position>) -> WalkOrder {
    let stops = stops(places);
    let points = start.map(space_point).into_iter().chain(stops.iter().map(|stop| stop.centre)).collect();
    let ground = Ground::new(points, start.is_some());
    let round = improve::improve(&ground, ground.nearest_neighbour_round());
    // With a start, the nodes count from it, and the first stop is node 1.
    let skipped = usize::from(start.is_some());
    let walked: Vec<&Place> = open(&round, &ground, start.is_some())
        .filter_map(|node| stops.get(node.checked_sub(skipped)?))
        .flat_map(|stop| stop.doors.iter().copied())
        .collect();
    let positions = start.into_iter().chain(walked.iter().map(|place| place.position));
    WalkOrder { length_m: length_m(positions), order: walked.into_iter().map(|place| place.door).collect() }
}

/// The order in which to walk the doors that are left, from where the canvasser stands.
pub fn replan(places_left: &[Place], from: Position) -> WalkOrder {
    walk_order(places_left, Some(from))
}

/// The round cut open at home, with the beginning first where it is fixed.
fn open<'a>(round: &'a [usize], ground: &Ground, begins_fixed: bool) -> impl Iterator<Item = usize> + use<'a> {
    let n = round.len();
    let home = round.iter().position(|node| *node == ground.home()).unwrap_or_default();
    let at = move |step: usize| round.get((home + step) % n.max(1)).copied().unwrap_or_default();
    let backwards = begins_fixed && n > 1 && at(1) != 0;
    (1..n).map(move |step| if backwards { at(n - step) } else { at(step) })
}

fn length_m(positions: impl Iterator<Item = Position>) -> f64 {
    let mut last: Option<Position> = None;
    let mut total_m = 0.0;
    for position in positions {
        total_m += last.map_or(0.0, |last| last.distance_m(position));
        last = Some(position);
    }
    total_m
}

#[cfg(test)]
mod tests;
