//! Areas that people draw: wards, turfs, what a file of boundaries holds.

use walkbook_model::Position;

/// A ring of corners. It does not matter whether the last repeats the first.
pub type Ring = Vec<Position>;

/// A polygon with holes, its edges straight between degrees, as GeoJSON draws them (RFC 7946, section 3.1.1). What lies
/// across the 180th meridian is two polygons, as that standard asks for.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Polygon {
    /// Around the outside.
    pub outer: Ring,
    /// What is not part of it.
    pub holes: Vec<Ring>,
}

/// One or more polygons that belong together.
///
/// ```
/// use walkbook_model::Position;
/// use walkbook_terrain::{Area, Polygon};
/// let at = |lat, lon| Position::from_degrees(lat, lon).unwrap();
/// let square = |from, to| vec![at(from, from), at(from, to), at(to, to), at(to, from)];
/// let ward = Area::new(vec![Polygon { outer: square(0.0, 3.0), holes: vec![square(1.0, 2.0)] }]);
/// assert!(ward.contains(at(0.5, 0.5)) && !ward.contains(at(1.5, 1.5)));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area {
    polygons: Vec<Polygon>,
    /// South-west and north-east of all of it.
    corners: Option<(Position, Position)>,
}

impl Area {
    /// The area of these polygons.
    pub fn new(polygons: Vec<Polygon>) -> Self {
        let corners = || polygons.iter().flat_map(|polygon| &polygon.outer);
        let least = |of: fn(&Position) -> f64| corners().map(of).fold(f64::INFINITY, f64::min);
        let most = |of: fn(&Position) -> f64| corners().map(of).fold(f64::NEG_INFINITY, f64::max);
        let south_west = Position::from_degrees(least(|corner| corner.lat()), least(|corner| corner.lon()));
        let north_east = Position::from_degrees(most(|corner| corner.lat()), most(|corner| corner.lon()));
        let corners = south_west.ok().zip(north_east.ok());
        Self { polygons, corners }
    }

    /// Its polygons.
    pub fn polygons(&self) -> &[Polygon] {
        &self.polygons
    }

    /// Whether a position lies within. On an edge that two areas share, it lies within exactly one of them.
    pub fn contains(&self, position: Position) -> bool {
        let near = self.corners.is_some_and(|(south_west, north_east)| {
            (south_west.lat()..=north_east.lat()).contains(&position.lat())
                && (south_west.lon()..=north_east.lon()).contains(&position.lon())
        });
        near && self.polygons.iter().any(|polygon| {
            encloses(&polygon.outer, position) && !polygon.holes.iter().any(|hole| encloses(hole, position))
        })
    }
}

/// Counts how often a ray to the east crosses the ring (Shimrat 1962). An end of an edge belongs to the edge north of it.
fn encloses(ring: &[Position], position: Position) -> bool {
    let (lat, lon) = (position.lat(), position.lon());
    let previous = ring.iter().cycle().skip(ring.len().saturating_sub(1));
    let crossings = ring.iter().zip(previous).filter(|(a, b)| {
        // From south to north, so that an edge gives the same answer in both rings that it is part of.
        let (low, high) = if a.lat() < b.lat() { (a, b) } else { (b, a) };
        low.lat() <= lat
            && lat < high.lat()
            && lon < low.lon() + (lat - low.lat()) / (high.lat() - low.lat()) * (high.lon() - low.lon())
    });
    crossings.count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::village::at;
    use proptest::prelude::*;

    #[test]
    fn an_area_without_corners_holds_nothing() {
        let empty = Area::new(vec![Polygon { outer: vec![], holes: vec![] }]);
        assert!(!empty.contains(at(0.0, 0.0)) && !Area::new(vec![]).contains(at(0.0, 0.0)));
    }

    proptest! {
        /// Two wards that share a border, which runs as it likes: nobody is in both or in neither.
        #[test]
        fn a_door_is_in_exactly_one_of_two_wards(
            border in prop::collection::vec(-5_i8..5, 2..8), lat in 0_u8..8, lon in -10_i8..=9,
        ) {
            let top = border.len() - 1;
            prop_assume!(usize::from(lat) < top);
            let bend: Vec<_> = border.iter().enumerate().map(|(lat, lon)| at(lat as f64, f64::from(*lon))).collect();
            let ward = |side: f64| {
                let ends = [at(top as f64, side), at(0.0, side)];
                Area::new(vec![Polygon { outer: bend.iter().copied().chain(ends).collect(), holes: vec![] }])
            };
            let door = at(f64::from(lat), f64::from(lon));
            prop_assert!(ward(-10.0).contains(door) != ward(10.0).contains(door));
        }
    }
}
