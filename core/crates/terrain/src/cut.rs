//! Cutting doors into turfs.
//!
//! Buildings are the pieces. Who lies beside whom says a triangulation, from which barriers and the borders of wards are
//! taken out. The ground is halved until every part is a turf (`bisect`), each is made one piece (`balance`), and then
//! neighbours hand buildings to each other as long as the walks inside the turfs get shorter (`exchange`). Everything
//! follows from the doors alone: no dice, no clock, no order of the input.

mod balance;
mod barriers;
mod bisect;
mod divide;
mod division;
mod exchange;
mod neighbours;
mod rounds;
mod sites;
mod slots;

use self::barriers::Barriers;
use self::sites::Sites;
use self::slots::Slots;
use crate::area::Area;
use crate::place::Place;
use crate::projection::Projection;
use crate::stop::{Stop, stops};
use crate::turf::boundary_around;
use std::collections::BTreeMap;
use walkbook_model::{DoorId, Position};

/// A turf: doors to hand out together.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Turf {
    /// The doors, by id. Never empty.
    pub doors: Vec<DoorId>,
    /// The convex hull of the doors' positions, counter-clockwise, without repeating the first. One or two positions if
    /// the doors are at one point or on one line.
    pub boundary: Vec<Position>,
}

/// How large turfs are to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// So many doors. Nothing counts as 1.
    Doors(usize),
    /// So much work.
    Work(Work),
}

/// Work in time: at the doors, and on the round walk from the first door through all and back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work {
    /// How long a turf is to take, in minutes. Nothing counts as 1.
    pub minutes: u32,
    /// How long a door takes on average, in seconds.
    pub door_s: u32,
    /// How fast people walk, in metres a minute. Nothing counts as 1.
    pub pace_m: u32,
}

/// What is to be cut, and what is not to be crossed.
#[derive(Debug, Clone, Copy)]
pub struct Cutting<'a> {
    /// How large a turf is to be.
    pub size: Size,
    /// No turf reaches from one of these into another, or out of it. Where they overlap, the first counts.
    pub wards: &'a [Area],
    /// Lines that no turf lies across: rivers, motorways, railways.
    pub barriers: &'a [Vec<Position>],
}

/// Cuts doors into turfs of about `wished_size` doors each, near each other: [`cut_turfs_within`] without wards and
/// barriers.
///
/// ```
/// use walkbook_model::{BuildingId, DoorId, Position};
/// use walkbook_terrain::{Place, cut_turfs};
/// let house = |n: u8, lon| Place {
///     door: DoorId::from_bytes([n; 16]),
///     building: BuildingId::from_bytes([n; 16]),
///     street: "kylätie".into(),
///     number: Some(n.into()),
///     floor: None,
///     unit: String::new(),
///     position: Position::from_degrees(60.0, lon).unwrap(),
/// };
/// let turfs = cut_turfs(&[house(1, 25.0), house(2, 25.9), house(3, 25.1), house(4, 25.8)], 2);
/// let [west, east] = turfs.as_slice() else { unreachable!() };
/// assert_eq!(west.doors, [1, 3].map(|n| DoorId::from_bytes([n; 16])));
/// assert_eq!(east.doors, [2, 4].map(|n| DoorId::from_bytes([n; 16])));
/// ```
pub fn cut_turfs(places: &[Place], wished_size: usize) -> Vec<Turf> {
    cut_turfs_within(places, Cutting { size: Size::Doors(wished_size), wards: &[], barriers: &[] })
}

/// Cuts doors into turfs that are fair, in one piece and short to walk.
///
/// - Every door is in one turf. The doors of a building are in the same; a building that is larger than a turf is a turf.
/// - A turf is at most a tenth larger or smaller than wished, unless whole buildings, a ward or barriers want it so.
/// - A turf is one piece: in the Delaunay triangulation of its ward's buildings, less what crosses a barrier, it hangs
///   together.
/// - The order in which the doors are given does not matter.
///
/// ```
/// use walkbook_model::{BuildingId, DoorId, Position};
/// use walkbook_terrain::{Cutting, Place, Size, cut_turfs_within};
/// let at = |lat, lon| Position::from_degrees(lat, lon).unwrap();
/// let house = |n: u8, lat, lon| Place {
///     door: DoorId::from_bytes([n; 16]),
///     building: BuildingId::from_bytes([n; 16]),
///     street: "rantatie".into(),
///     number: Some(n.into()),
///     floor: None,
///     unit: String::new(),
///     position: at(lat, lon),
/// };
/// let river = vec![at(60.001, 24.9), at(60.001, 25.1)];
/// let banks = [house(1, 60.0, 25.0), house(2, 60.002, 25.0), house(3, 60.0, 25.001), house(4, 60.002, 25.001)];
/// let cutting = Cutting { size: Size::Doors(4), wards: &[], barriers: &[river] };
/// assert_eq!(cut_turfs_within(&banks, cutting).len(), 2);
/// ```
pub fn cut_turfs_within(places: &[Place], cutting: Cutting<'_>) -> Vec<Turf> {
    cut(places, cutting, None)
}

/// Cuts again when doors have come or gone: who was in a turf stays in it, who is new joins a turf beside, and only where
/// a turf gets too large or too small do doors change their turf, as few as can be. Rules and answer are those of
/// [`cut_turfs_within`]; only that nothing is done to make the walks shorter.
pub fn cut_turfs_again(places: &[Place], cutting: Cutting<'_>, turfs_before: &[Turf]) -> Vec<Turf> {
    cut(places, cutting, Some(turfs_before))
}

fn cut(places: &[Place], cutting: Cutting<'_>, turfs_before: Option<&[Turf]>) -> Vec<Turf> {
    let stops = stops(places);
    let map = Projection::around_all(places_of(&stops).map(|place| place.position));
    let mut sites = Sites::new(&stops, &map);
    let barriers =
        Barriers::new(cutting.barriers.iter().map(|line| line.iter().map(|at| map.offset(*at)).collect::<Vec<_>>()));
    let wards = by_ward(&stops, cutting.wards);
    let wished = match cutting.size {
        Size::Doors(doors) => doors.max(1) as u64,
        Size::Work(work) => {
            divide::weigh(&mut sites, &wards, &barriers, work);
            divide::wished(work)
        }
    };
    let turfs = match turfs_before {
        Some(turfs) => divide::divide_again(&sites, &wards, &barriers, wished, &numbers(&stops, turfs)),
        None => divide::divide(&sites, &wards, &barriers, wished),
    };
    turfs.iter().map(|sites| turf(&stops, sites)).collect()
}

/// Each site's turf, from 1 on, and 0 for a site that was in none.
fn numbers(stops: &[Stop<'_>], turfs: &[Turf]) -> Slots<u32> {
    let of_turf = |(number, turf): (u32, &Turf)| turf.doors.iter().map(move |door| (*door, number)).collect::<Vec<_>>();
    let numbers: BTreeMap<DoorId, u32> = (1..).zip(turfs).flat_map(of_turf).collect();
    let of_stop = |stop: &Stop<'_>| stop.doors.iter().find_map(|place| numbers.get(&place.door)).copied();
    stops.iter().map(|stop| of_stop(stop).unwrap_or_default()).collect()
}

fn places_of<'a>(stops: &'a [Stop<'a>]) -> impl Iterator<Item = &'a Place> {
    stops.iter().flat_map(|stop| stop.doors.iter().copied())
}

/// The sites of each ward, then those of none. A building is where its first door is.
fn by_ward(stops: &[Stop<'_>], wards: &[Area]) -> Vec<Vec<u32>> {
    let mut sites = vec![Vec::new(); wards.len() + 1];
    for (site, stop) in (0..).zip(stops) {
        let at = stop.doors.first().map(|place| place.position);
        let ward = at.and_then(|at| wards.iter().position(|ward| ward.contains(at))).unwrap_or(wards.len());
        if let Some(ward) = sites.get_mut(ward) {
            ward.push(site);
        }
    }
    sites
}

fn turf(stops: &[Stop<'_>], sites: &[u32]) -> Turf {
    let places = || sites.iter().filter_map(|site| stops.get(*site as usize)).flat_map(|stop| stop.doors.iter());
    let mut doors: Vec<_> = places().map(|place| place.door).collect();
    doors.sort_unstable();
    Turf { doors, boundary: boundary_around(places().map(|place| place.position)) }
}

#[cfg(test)]
mod tests;
