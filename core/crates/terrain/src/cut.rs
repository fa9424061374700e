//! Cutting doors into turfs.
//!
//! Recursive coordinate bisection (Berger & Bokhari 1987): the doors are halved across the longer way of where they lie,
//! in proportion to the turfs that each half is to give, until each part is a turf. Buildings stay whole.

use crate::place::Place;
use crate::projection::{Offset, Projection};
use crate::stop::{Stop, stops};
use crate::turf::boundary_around;
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

/// Cuts doors into turfs of about `wished_size` doors each, near each other. All turfs get as near to the same size as
/// whole buildings allow; the number of turfs is the one that brings that size nearest to the wish. A wish of 0 counts as
/// 1. The order in which the doors are given does not matter.
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
    let stops = stops(places);
    let map = Projection::around_all(stops.iter().flat_map(|stop| stop.doors.iter().map(|place| place.position)));
    let mut sites: Vec<Site<'_>> = stops.iter().map(|stop| Site::new(stop, &map)).collect();
    let doors = doors_of(&sites);
    let mut turfs = Vec::new();
    halve(&mut sites, turfs_for(doors, wished_size), &mut turfs);
    turfs
}

/// A building on the map.
struct Site<'a> {
    stop: &'a Stop<'a>,
    middle: Offset,
}

impl<'a> Site<'a> {
    fn new(stop: &'a Stop<'a>, map: &Projection) -> Self {
        let mut middle = Offset { east_m: 0.0, north_m: 0.0 };
        #[allow(clippy::cast_precision_loss, reason = "doors of one building")]
        let share = 1.0 / stop.doors.len().max(1) as f64;
        for place in &stop.doors {
            let offset = map.offset(place.position);
            middle.east_m += offset.east_m * share;
            middle.north_m += offset.north_m * share;
        }
        Self { stop, middle }
    }
}

fn doors_of(sites: &[Site<'_>]) -> usize {
    sites.iter().map(|site| site.stop.doors.len()).sum()
}

/// The number of turfs that brings their mean size nearest to the wish.
fn turfs_for(doors: usize, wished_size: usize) -> usize {
    // A wish for more than there is comes to one turf, and must not overflow below.
    let wished_size = wished_size.clamp(1, doors.max(1));
    let few = (doors / wished_size).max(1);
    // Compares doors ÷ few − wish with wish − doors ÷ (few + 1), without dividing.
    let too_large = (doors.saturating_sub(few * wished_size)) * (few + 1);
    let too_small = ((few + 1) * wished_size).saturating_sub(doors) * few;
    if too_large <= too_small { few } else { few + 1 }
}

fn halve(sites: &mut [Site<'_>], parts: usize, turfs: &mut Vec<Turf>) {
    if sites.is_empty() {
        return;
    }
    if parts <= 1 || sites.len() == 1 {
        turfs.push(turf(sites));
        return;
    }
    let (east, north) = longer_way(sites);
    let along = |site: &Site<'_>| site.middle.east_m * east + site.middle.north_m * north;
    sites.sort_by(|a, b| along(a).total_cmp(&along(b)).then_with(|| a.stop.building.cmp(&b.stop.building)));
    let left_parts = parts / 2;
    let cut = cut_after(sites, doors_of(sites) * left_parts / parts);
    let (left, right) = sites.split_at_mut(cut);
    halve(left, left_parts, turfs);
    halve(right, parts - left_parts, turfs);
}

/// After how many buildings there are nearest to so many doors; never none, never all.
fn cut_after(sites: &[Site<'_>], wanted: usize) -> usize {
    let mut sum = 0;
    let sums = sites.iter().take(sites.len().saturating_sub(1)).map(|site| {
        sum += site.stop.doors.len();
        sum
    });
    sums.enumerate().min_by_key(|(_, doors)| doors.abs_diff(wanted)).map_or(0, |(index, _)| index + 1)
}

/// The direction (east, north) in which the buildings are spread most: the principal axis of their doors. It points east,
/// or north where it is neither east nor west, as long as rounding does not matter.
fn longer_way(sites: &[Site<'_>]) -> (f64, f64) {
    let (mut weight, mut sum_e, mut sum_n) = (0.0, 0.0, 0.0);
    for Site { stop, middle } in sites {
        #[allow(clippy::cast_precision_loss, reason = "doors of one building")]
        let doors = stop.doors.len() as f64;
        weight += doors;
        sum_e += doors * middle.east_m;
        sum_n += doors * middle.north_m;
    }
    let (mean_e, mean_n) = (sum_e / f64::max(weight, 1.0), sum_n / f64::max(weight, 1.0));
    let (mut ee, mut en, mut nn) = (0.0, 0.0, 0.0);
    for Site { stop, middle } in sites {
        #[allow(clippy::cast_precision_loss, reason = "doors of one building")]
        let doors = stop.doors.len() as f64;
        let (e, n) = (middle.east_m - mean_e, middle.north_m - mean_n);
        ee += doors * e * e;
        en += doors * e * n;
        nn += doors * n * n;
    }
    // The axis of the covariance ellipse; atan2(0, 0) is 0, so that without any spread it is east.
    let angle = f64::atan2(2.0 * en, ee - nn) / 2.0;
    (angle.cos(), angle.sin())
}

fn turf(sites: &[Site<'_>]) -> Turf {
    let places = || sites.iter().flat_map(|site| site.stop.doors.iter());
    let mut doors: Vec<_> = places().map(|place| place.door).collect();
    doors.sort_unstable();
    Turf { doors, boundary: boundary_around(places().map(|place| place.position)) }
}

#[cfg(test)]
mod tests;
