//! Which doors are near, and which are in view.

use crate::sphere::{SpacePoint, space_point};
use rstar::primitives::GeomWithData;
use rstar::{AABB, RTree};
use std::f64::consts::{PI, TAU};
use walkbook_model::{DoorId, Position};

type Entry = GeomWithData<SpacePoint, (DoorId, Position)>;

/// A door and how far it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NearDoor {
    /// The door.
    pub door: DoorId,
    /// Metres along the ground, as the crow flies.
    pub distance_m: f64,
}

/// The doors of a part of the map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The doors in view, by id.
    pub doors: Vec<DoorId>,
    /// Whether there are more than the limit let through.
    pub more: bool,
}

/// Doors by where they are: an R*-tree (Beckmann et al. 1990, crate `rstar`) over points in space, so that the 180th
/// meridian and the poles are like any other place.
///
/// ```
/// use walkbook_model::{DoorId, Position};
/// use walkbook_terrain::DoorIndex;
/// let at = |lon| Position::from_degrees(-17.0, lon).unwrap();
/// let [a, b] = [1, 2].map(|n| DoorId::from_bytes([n; 16]));
/// let index = DoorIndex::new([(a, at(179.9999)), (b, at(170.0))]);
/// assert_eq!(index.nearest(at(-179.9999), 1)[0].door, a);
/// ```
#[derive(Debug, Clone)]
pub struct DoorIndex {
    tree: RTree<Entry>,
}

impl DoorIndex {
    /// An index of these doors, loaded in one go.
    pub fn new(doors: impl IntoIterator<Item = (DoorId, Position)>) -> Self {
        let mut doors: Vec<_> = doors.into_iter().collect();
        // The tree's shape follows the order; sorted, the same doors always give the same tree.
        doors.sort_unstable();
        let entries = doors.into_iter().map(|door| Entry::new(space_point(door.1), door)).collect();
        Self { tree: RTree::bulk_load(entries) }
    }

    /// How many doors there are.
    pub fn len(&self) -> usize {
        self.tree.size()
    }

    /// Whether there are no doors.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The `n` doors nearest to a position, nearest first; doors at one distance by id.
    pub fn nearest(&self, position: Position, n: usize) -> Vec<NearDoor> {
        let near = self.tree.nearest_neighbor_iter(space_point(position)).take(n);
        let mut near: Vec<_> =
            near.map(|entry| NearDoor { door: entry.data.0, distance_m: position.distance_m(entry.data.1) }).collect();
        near.sort_by(|a, b| a.distance_m.total_cmp(&b.distance_m).then_with(|| a.door.cmp(&b.door)));
        near
    }

    /// At most `limit` doors between two corners of a map, edges included. A view whose west is east of its east lies
    /// across the 180th meridian. If there are more doors, those nearest to the view's middle are shown.
    pub fn in_view(&self, south_west: Position, north_east: Position, limit: usize) -> View {
        let span = Span::between(south_west, north_east);
        let envelope = span.envelope();
        let mut found: Vec<_> = self
            .tree
            .locate_in_envelope(envelope)
            .filter(|entry| span.holds(entry.data.1))
            .map(|entry| (span.off_middle(entry.data.1), entry.data.0))
            .collect();
        let more = found.len() > limit;
        if more {
            found.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
            found.truncate(limit);
        }
        let mut doors: Vec<_> = found.into_iter().map(|(_, door)| door).collect();
        doors.sort_unstable();
        View { doors, more }
    }
}

/// A view in degrees. The east is never less than the west; it may be beyond 180.
struct Span {
    south: f64,
    north: f64,
    west: f64,
    east: f64,
}

impl Span {
    fn between(south_west: Position, north_east: Position) -> Self {
        let (west, east) = (south_west.lon(), north_east.lon());
        let east = if east < west { east + 360.0 } else { east };
        Self { south: south_west.lat(), north: north_east.lat(), west, east }
    }

    fn holds(&self, position: Position) -> bool {
        (self.south..=self.north).contains(&position.lat()) && self.lon_of(position) <= self.east
    }

    /// The longitude, turned so that it is not west of the view.
    fn lon_of(&self, position: Position) -> f64 {
        let lon = position.lon();
        if lon < self.west { lon + 360.0 } else { lon }
    }

    /// How far a position is from the middle, as a share of the view's height and width.
    fn off_middle(&self, position: Position) -> f64 {
        let share = |value: f64, low: f64, high: f64| (value - (low + high) / 2.0) / (high - low).max(1e-9);
        let lat = share(position.lat(), self.south, self.north);
        lat.hypot(share(self.lon_of(position), self.west, self.east))
    }

    /// The box in space around this part of the sphere.
    fn envelope(&self) -> AABB<SpacePoint> {
        let (south, north) = (self.south.to_radians(), self.north.to_radians());
        let (west, east) = (self.west.to_radians(), self.east.to_radians());
        let from_axis = cosines(south.min(north), north.max(south));
        let along = cosines(west, east);
        let across = cosines(west - PI / 2.0, east - PI / 2.0);
        let [x, y] = [along, across].map(|turned| {
            let corners =
                [turned.0 * from_axis.0, turned.0 * from_axis.1, turned.1 * from_axis.0, turned.1 * from_axis.1];
            (corners.into_iter().fold(f64::INFINITY, f64::min), corners.into_iter().fold(f64::NEG_INFINITY, f64::max))
        });
        let radius_m = crate::sphere::EARTH_RADIUS_M;
        // A metre more: rounding must not lose a door; `holds` decides.
        AABB::from_corners(
            [x.0, y.0, south.sin()].map(|part| part * radius_m - 1.0),
            [x.1, y.1, north.sin()].map(|part| part * radius_m + 1.0),
        )
    }
}

/// The least and the greatest cosine between two angles.
fn cosines(from: f64, to: f64) -> (f64, f64) {
    let passes = |angle: f64| angle + TAU * ((from - angle) / TAU).ceil() <= to;
    let low = if passes(PI) { -1.0 } else { from.cos().min(to.cos()) };
    let high = if passes(0.0) { 1.0 } else { from.cos().max(to.cos()) };
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::village::{any_places, at, town};
    use proptest::prelude::*;

    #[test]
    fn an_empty_index_finds_nothing() {
        let index = DoorIndex::new([]);
        assert!(index.is_empty() && index.nearest(at(0.0, 0.0), 5).is_empty());
        assert!(index.in_view(at(-90.0, -180.0), at(90.0, 180.0), 5).doors.is_empty());
    }

    #[test]
    fn a_full_view_is_capped_around_its_middle() {
        let places = town(1_000, 1, (60.17, 24.94));
        let index = DoorIndex::new(places.iter().map(|place| (place.door, place.position)));
        let view = index.in_view(at(60.0, 24.0), at(61.0, 26.0), 100);
        assert!(view.more && view.doors.len() == 100);
        assert!(!index.in_view(at(60.0, 24.0), at(61.0, 26.0), 1_000).more);
    }

    proptest! {
        #[test]
        fn a_view_holds_what_its_corners_say(
            places in any_places(), south in -90.0..90.0, height in 0.0..90.0, west in -180.0..=180.0, east in -180.0..=180.0,
        ) {
            let north = f64::min(south + height, 90.0);
            let index = DoorIndex::new(places.iter().map(|place| (place.door, place.position)));
            let view = index.in_view(at(south, west), at(north, east), 1_000);
            let (west, east) = (at(0.0, west).lon(), at(0.0, east).lon());
            let (south, north) = (at(south, 0.0).lat(), at(north, 0.0).lat());
            let inside = |position: Position| {
                let lon = position.lon();
                let between = if west <= east { west <= lon && lon <= east } else { lon >= west || lon <= east };
                between && south <= position.lat() && position.lat() <= north
            };
            let mut expected: Vec<_> =
                places.iter().filter(|place| inside(place.position)).map(|place| place.door).collect();
            expected.sort();
            prop_assert_eq!(view.doors, expected);
        }

        #[test]
        fn the_nearest_are_nearest(places in any_places(), lat in -90.0..=90.0, lon in -180.0..=180.0, n in 0_usize..10) {
            let here = at(lat, lon);
            let index = DoorIndex::new(places.iter().map(|place| (place.door, place.position)));
            let mut all: Vec<_> = places.iter().map(|place| here.distance_m(place.position)).collect();
            all.sort_by(f64::total_cmp);
            let near = index.nearest(here, n);
            prop_assert_eq!(near.len(), n.min(places.len()));
            for (near, expected) in near.iter().zip(all) {
                prop_assert!((near.distance_m - expected).abs() < 0.5);
            }
        }
    }
}
