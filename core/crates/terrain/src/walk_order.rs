//! In which order to walk.
//!
//! Whole buildings are the stops of a walk, each at the middle of its doors. The order is a travelling salesman's: greedy to
//! begin with, shortened as `lin_kernighan` and `improve` say, in a number of steps that the number of stops decides, so
//! that no clock is needed.

mod begin;
mod circuit;
mod ends;
mod ground;
mod improve;
mod insert;
mod lin_kernighan;
mod matrix;
mod points;
mod tour;

use crate::place::Place;
use crate::sphere::{SpacePoint, space_point};
use crate::stop::{Stop, stops};
use circuit::Circuit;
pub use ends::{End, Ends};
pub use ground::Ground;
pub use insert::insert_door;
pub use matrix::{LONGEST_LEG_M, MOST_STOPS, Matrix, NoMatrix};
use points::Points;
use walkbook_model::{DoorId, Position};

/// The order of a walk through all stops of a ground, each once. A round that comes back to its start names it once, at the
/// beginning. Without a start, the walk goes in the direction in which the stop that comes first has the lower number.
///
/// # Errors
/// [`UnknownStop`] if the ground has no such start or end.
pub fn shortest_walk<G: Ground>(ground: &G, ends: Ends<usize>) -> Result<Vec<usize>, UnknownStop> {
    let end = if let End::At(end) = ends.end { Some(end) } else { None };
    match [ends.start, end].into_iter().flatten().find(|stop| *stop >= ground.stops()) {
        Some(stop) => Err(UnknownStop { stop }),
        None => Ok(walk(ground, ends)),
    }
}

/// A walk was to begin or end at a stop that the ground does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no stop {stop}")]
pub struct UnknownStop {
    /// The stop that was named.
    pub stop: usize,
}

fn walk<G: Ground>(ground: &G, ends: Ends<usize>) -> Vec<usize> {
    let mut circuit = Circuit::new(ground, ends);
    let begun = begin::greedy(&circuit);
    let round = improve::improve(&mut circuit, &begun);
    circuit.open(&round, ends)
}

/// Doors in the order in which they are walked.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct WalkOrder {
    /// Every door once; the doors of a building follow each other.
    pub order: Vec<DoorId>,
    /// From the start, where one was given, along all doors to the end, in metres as the crow flies.
    pub length_m: f64,
}

/// The order in which to walk these doors. A door that is given twice is walked once. The order in which the doors are given
/// does not matter.
///
/// ```
/// use walkbook_model::{BuildingId, DoorId, Position};
/// use walkbook_terrain::{Ends, Place, walk_order};
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
/// let walk = walk_order(&places, Ends::from(places[1].position));
/// assert_eq!(walk.order, [2, 3, 1].map(|n| DoorId::from_bytes([n; 16])));
/// assert!((walk.length_m - 111.2).abs() < 0.1);
/// ```
pub fn walk_order(places: &[Place], ends: Ends<Position>) -> WalkOrder {
    let stops = stops(places);
    let sites = sites(&stops);
    let mut points: Vec<SpacePoint> = sites.iter().map(|(centre, _)| *centre).collect();
    let mut node_of = |position: Position| {
        points.push(space_point(position));
        points.len() - 1
    };
    let start = ends.start.map(&mut node_of);
    let end = match ends.end {
        End::Anywhere => End::Anywhere,
        End::At(end) => End::At(node_of(end)),
        End::AtStart => End::AtStart,
    };
    let walked: Vec<&Place> = walk(&Points(points), Ends { start, end })
        .into_iter()
        .filter_map(|node| sites.get(node))
        .flat_map(|(_, stops)| stops.iter().flat_map(|stop| stop.doors.iter().copied()))
        .collect();
    let first = ends.start.or(walked.first().map(|place| place.position));
    let last = match ends.end {
        End::Anywhere => None,
        End::At(end) => Some(end),
        End::AtStart => first,
    };
    let way = first.into_iter().chain(walked.iter().map(|place| place.position)).chain(last);
    WalkOrder { length_m: length_m(way), order: walked.into_iter().map(|place| place.door).collect() }
}

/// Buildings that are at the very same point are one site, so that a thousand of them do not hide all others.
fn sites<'a>(stops: &'a [Stop<'a>]) -> Vec<(SpacePoint, Vec<&'a Stop<'a>>)> {
    let mut by_point: Vec<&Stop<'_>> = stops.iter().collect();
    let point = |stop: &Stop<'_>| stop.centre.map(f64::to_bits);
    by_point.sort_by_key(|stop| (point(stop), stop.building));
    let mut sites: Vec<(SpacePoint, Vec<&Stop<'_>>)> = by_point
        .chunk_by(|a, b| point(a) == point(b))
        .filter_map(|here| Some((here.first()?.centre, here.to_vec())))
        .collect();
    sites.sort_by_key(|(_, here)| here.first().map(|stop| stop.building));
    sites
}

/// The order in which to walk the doors that are left, from where the canvasser stands.
pub fn replan(places_left: &[Place], from: Position) -> WalkOrder {
    walk_order(places_left, Ends::from(from))
}

fn length_m(way: impl Iterator<Item = Position>) -> f64 {
    let mut last: Option<Position> = None;
    let mut total_m = 0.0;
    for position in way {
        total_m += last.map_or(0.0, |last| last.distance_m(position));
        last = Some(position);
    }
    total_m
}

#[cfg(test)]
mod tests;
