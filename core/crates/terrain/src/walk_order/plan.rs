//! Doors in the order in which they are walked.

use super::points::Points;
use super::{DETOUR, End, Ends, Ground, MOST_STOPS, Matrix, walk};
use crate::place::Place;
use crate::sphere::{SpacePoint, space_point};
use crate::stop::{Stop, stops};
use crate::streets::StreetMap;
use walkbook_model::{DoorId, Position};

/// What distances are measured along.
#[derive(Debug, Clone, Copy)]
pub enum Ways<'a> {
    /// Straight lines, and for the length of the walk a detour of [`DETOUR`].
    Straight,
    /// Streets. Where there are none, or more than [`MOST_STOPS`] buildings, straight lines; [`WalkOrder::along`] says so.
    Streets(&'a StreetMap),
}

/// What a walk was measured along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Along {
    /// Straight lines, [`DETOUR`] times as long as they are.
    StraightLines,
    /// Streets, and crossing them.
    Streets,
    /// Streets; but some doors cannot be reached from others along them, and there a straight line and a good deal more
    /// counts.
    StreetsInParts,
}

/// Doors in the order in which they are walked.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct WalkOrder {
    /// Every door once; the doors of a building follow each other.
    pub order: Vec<DoorId>,
    /// For each door, how many metres it is from the one before; for the first, from the start, where one was given.
    pub legs_m: Vec<f64>,
    /// From the last door to the end, in metres; 0 where the walk ends anywhere.
    pub home_m: f64,
    /// From the start along all doors to the end, in metres.
    pub length_m: f64,
    /// What the lengths were measured along.
    pub along: Along,
}

/// How fast somebody works.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Pace {
    /// Metres walked in a second.
    pub walking_m_s: f64,
    /// Seconds at a door, with the way to it inside the building.
    pub at_door_s: f64,
}

impl Default for Pace {
    /// 1.2 m/s, what pedestrians do, and two minutes a door: together about the 25 doors an hour of dense streets.
    fn default() -> Self {
        Self { walking_m_s: 1.2, at_door_s: 120.0 }
    }
}

/// What lies ahead on a walk.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Ahead {
    /// Doors still to knock on.
    pub doors: usize,
    /// Metres still to walk.
    pub distance_m: f64,
    /// Seconds that it will take.
    pub time_s: f64,
}

impl WalkOrder {
    /// What lies ahead once so many doors are done, at a pace. A speed that is none counts as the default one.
    pub fn ahead(&self, done: usize, pace: Pace) -> Ahead {
        let doors = self.order.len().saturating_sub(done);
        let distance_m = self.legs_m.iter().skip(done).sum::<f64>() + self.home_m;
        let speed_m_s = if pace.walking_m_s > 0.0 { pace.walking_m_s } else { Pace::default().walking_m_s };
        Ahead { doors, distance_m, time_s: distance_m / speed_m_s + doors as f64 * pace.at_door_s.max(0.0) }
    }
}

/// The order in which to walk these doors as the crow flies: [`plan_walk`] without streets.
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
/// assert!((walk.length_m - 1.3 * 111.2).abs() < 0.1);
/// ```
pub fn walk_order(places: &[Place], ends: Ends<Position>) -> WalkOrder {
    plan_walk(Ways::Straight, places, ends)
}

/// The order in which to walk these doors. A door that is given twice is walked once. The order in which the doors are given
/// does not matter. On a walk that has begun, give the doors that are left, and where the canvasser stands as the start.
pub fn plan_walk(ways: Ways<'_>, places: &[Place], ends: Ends<Position>) -> WalkOrder {
    let stops = stops(places);
    let sites = sites(&stops);
    let ends_at = [ends.start, if let End::At(end) = ends.end { Some(end) } else { None }];
    let mut extra = sites.len()..;
    let start = ends.start.and_then(|_| extra.next());
    let end = match ends.end {
        End::Anywhere => End::Anywhere,
        End::At(_) => extra.next().map_or(End::Anywhere, End::At),
        End::AtStart => End::AtStart,
    };
    let numbered = Ends { start, end };
    let ends_at = ends_at.into_iter().flatten();
    if let Ways::Streets(map) = ways
        && sites.len() <= MOST_STOPS
    {
        let doors = sites.iter().filter_map(|site| site.doors().next()).map(|place| place.position);
        let positions: Vec<Position> = doors.chain(ends_at.clone()).collect();
        if let Some((table, in_parts)) = map.distances(&positions) {
            let along = if in_parts { Along::StreetsInParts } else { Along::Streets };
            return measured::<Matrix>(&table, 1.0, &sites, numbered, along);
        }
    }
    let points = Points(sites.iter().map(|site| site.point).chain(ends_at.map(space_point)).collect());
    measured(&points, DETOUR, &sites, numbered, Along::StraightLines)
}

fn measured<G: Ground>(ground: &G, detour: f64, sites: &[Site<'_>], ends: Ends<usize>, along: Along) -> WalkOrder {
    let nodes = walk(ground, ends);
    let mut planned = WalkOrder { order: Vec::new(), legs_m: Vec::new(), home_m: 0.0, length_m: 0.0, along };
    let mut before: Option<usize> = None;
    for node in &nodes {
        let leg_m = before.map_or(0.0, |before| ground.leg_m(before, *node) * detour);
        before = Some(*node);
        match sites.get(*node) {
            Some(site) => {
                let mut last: Option<Position> = None;
                for place in site.doors() {
                    // From entrance to entrance, where the doors of a building have more than one.
                    planned.legs_m.push(last.map_or(leg_m, |last| last.distance_m(place.position)));
                    planned.order.push(place.door);
                    last = Some(place.position);
                }
            }
            None => planned.home_m += leg_m,
        }
    }
    if let (End::AtStart, Some(first), Some(last)) = (ends.end, nodes.first(), nodes.last()) {
        planned.home_m += ground.leg_m(*last, *first) * detour;
    }
    planned.length_m = planned.legs_m.iter().sum::<f64>() + planned.home_m;
    planned
}

/// Buildings that are at the very same point: one stop, so that a thousand of them do not hide all others.
struct Site<'a> {
    point: SpacePoint,
    stops: Vec<&'a Stop<'a>>,
}

impl<'a> Site<'a> {
    fn doors(&self) -> impl Iterator<Item = &'a Place> + use<'a, '_> {
        self.stops.iter().flat_map(|stop| stop.doors.iter().copied())
    }
}

fn sites<'a>(stops: &'a [Stop<'a>]) -> Vec<Site<'a>> {
    let mut by_point: Vec<&Stop<'_>> = stops.iter().collect();
    let point = |stop: &Stop<'_>| stop.centre.map(f64::to_bits);
    by_point.sort_by_key(|stop| (point(stop), stop.building));
    let mut sites: Vec<Site<'_>> = by_point
        .chunk_by(|a, b| point(a) == point(b))
        .filter_map(|here| Some(Site { point: here.first()?.centre, stops: here.to_vec() }))
        .collect();
    sites.sort_by_key(|site| site.stops.first().map(|stop| stop.building));
    sites
}
