//! Doors in the order in which they are walked.

use super::Ends;
use super::layout::Layout;
#[cfg(doc)]
use super::{DETOUR, MOST_STOPS};
use crate::place::Place;
use crate::stop::stops;
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
    Layout::new(ways, &stops(places), ends).shortest()
}

/// The walk through these doors that keeps a planned order: planned doors that are not given are left out, and doors that
/// were not planned come to their building, or else where the detour is least. Where nothing of the plan is left, it is
/// planned anew.
///
/// ```
/// use walkbook_model::{BuildingId, DoorId, Position};
/// use walkbook_terrain::{Ends, Place, Ways, keep_walk, plan_walk};
/// let house = |n: u8, lon| Place {
///     door: DoorId::from_bytes([n; 16]),
///     building: BuildingId::from_bytes([n; 16]),
///     street: "kylätie".into(),
///     number: Some(n.into()),
///     floor: None,
///     unit: String::new(),
///     position: Position::from_degrees(60.0, lon).unwrap(),
/// };
/// let (first, second, third) = (house(1, 25.000), house(2, 25.001), house(3, 25.003));
/// let planned = plan_walk(Ways::Straight, &[first.clone(), second, third.clone()], Ends::from(first.position));
/// // The second is done, and somebody has found a fourth.
/// let now = keep_walk(Ways::Straight, &planned.order, &[first, third, house(4, 25.002)], Ends::ANYWHERE);
/// assert_eq!(now.order, [1, 4, 3].map(|n| DoorId::from_bytes([n; 16])));
/// ```
pub fn keep_walk(ways: Ways<'_>, planned: &[DoorId], places: &[Place], ends: Ends<Position>) -> WalkOrder {
    let stops = stops(places);
    let layout = Layout::new(ways, &stops, ends);
    layout.kept(planned).unwrap_or_else(|| layout.shortest())
}
