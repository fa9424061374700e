//! A flat map around a centre, in metres.
//!
//! Azimuthal equidistant on the sphere (Snyder, *Map Projections: A Working Manual*, USGS 1395, chapter 25), worked in
//! space rather than in degrees. Near the centre it is the same as the equirectangular projection to a few millimetres a
//! kilometre, but it has no seam at the 180th meridian and no stretching at the poles.

use crate::sphere::{EARTH_RADIUS_M, SpacePoint, dot, mean, unit_point};
use walkbook_model::Position;

/// How far a position lies from a projection's centre, in metres on the flat map. Always finite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Offset {
    /// Metres east of the centre.
    pub east_m: f64,
    /// Metres north of the centre.
    pub north_m: f64,
}

/// A flat map around a centre.
///
/// ```
/// use walkbook_model::Position;
/// use walkbook_terrain::Projection;
/// let centre = Position::from_degrees(-17.0, 179.9999).unwrap();
/// let across = Position::from_degrees(-17.0, -179.9999).unwrap();
/// let offset = Projection::around(centre).offset(across);
/// assert!((offset.east_m - 21.27).abs() < 0.01 && offset.north_m.abs() < 0.01);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Projection {
    up: SpacePoint,
    east: SpacePoint,
    north: SpacePoint,
}

impl Projection {
    /// The map around this centre. At a pole, east and north are those of the centre's own longitude.
    pub fn around(centre: Position) -> Self {
        Self::facing(unit_point(centre))
    }

    /// The map around the middle of these positions. Without any, or if they balance out all around the earth, the
    /// middle is where the equator meets the prime meridian.
    pub fn around_all(positions: impl IntoIterator<Item = Position>) -> Self {
        let middle = mean(positions.into_iter().map(unit_point));
        let length = dot(middle, middle).sqrt();
        if length > 1e-9 { Self::facing(middle.map(|part| part / length)) } else { Self::facing([1.0, 0.0, 0.0]) }
    }

    fn facing(up: SpacePoint) -> Self {
        let [x, y, z] = up;
        let from_axis = x.hypot(y);
        // Exactly at a pole every direction is east; one is as good as another.
        let (cos_lon, sin_lon) = if from_axis > 0.0 { (x / from_axis, y / from_axis) } else { (1.0, 0.0) };
        Self { up, east: [-sin_lon, cos_lon, 0.0], north: [-z * cos_lon, -z * sin_lon, from_axis] }
    }

    /// Where a position lies on the map. Its distance from the centre is true.
    pub fn offset(&self, position: Position) -> Offset {
        let point = unit_point(position);
        let (east, north) = (dot(point, self.east), dot(point, self.north));
        let sine = east.hypot(north);
        let angle = sine.atan2(dot(point, self.up));
        // The centre and its antipode have no direction.
        let scale = if sine > 1e-15 { EARTH_RADIUS_M * angle / sine } else { 0.0 };
        Offset { east_m: east * scale, north_m: north * scale }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn doors_around_the_pole_are_as_far_as_they_are() {
        let map = Projection::around(Position::from_degrees(90.0, 0.0).unwrap());
        let [a, b] = [0.0, 180.0].map(|lon| map.offset(Position::from_degrees(89.999, lon).unwrap()));
        assert!(((a.east_m - b.east_m).hypot(a.north_m - b.north_m) - 222.39).abs() < 0.01);
    }

    proptest! {
        #[test]
        fn distance_from_the_centre_is_true_and_finite(
            lat in -90.0..=90.0, lon in -180.0..=180.0, lat_b in -90.0..=90.0, lon_b in -180.0..=180.0,
        ) {
            let [a, b] = [(lat, lon), (lat_b, lon_b)].map(|(lat, lon)| Position::from_degrees(lat, lon).unwrap());
            let offset = Projection::around(a).offset(b);
            let distance_m = offset.east_m.hypot(offset.north_m);
            prop_assert!((distance_m - a.distance_m(b)).abs() < 1.0);
        }
    }
}
