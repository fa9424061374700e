//! Positions as points in space. Straight lines through the earth know neither meridian nor pole, and over a day's walk
//! they are as long as the way along the ground to within a millimetre.

use walkbook_model::Position;

/// The earth's mean radius in metres (IUGG), as `Position::distance_m` has it.
pub(crate) const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// A point in metres from the earth's centre: towards 0° E, towards 90° E, towards the north pole.
pub(crate) type SpacePoint = [f64; 3];

pub(crate) fn space_point(position: Position) -> SpacePoint {
    unit_point(position).map(|part| part * EARTH_RADIUS_M)
}

pub(crate) fn unit_point(position: Position) -> SpacePoint {
    // Of `libm`, not of the system: theirs differ in the last bit, and two devices must not plan two walks.
    let ((lat_sin, lat_cos), (lon_sin, lon_cos)) =
        (libm::sincos(position.lat().to_radians()), libm::sincos(position.lon().to_radians()));
    [lat_cos * lon_cos, lat_cos * lon_sin, lat_sin]
}

/// The position on the ground above or below a point; nothing for the earth's centre.
pub(crate) fn position_at([x, y, z]: SpacePoint) -> Option<Position> {
    let from_axis = (x * x + y * y).sqrt();
    if from_axis == 0.0 && z == 0.0 {
        return None;
    }
    Position::from_degrees(libm::atan2(z, from_axis).to_degrees(), libm::atan2(y, x).to_degrees()).ok()
}

pub(crate) fn dot([a, b, c]: SpacePoint, [x, y, z]: SpacePoint) -> f64 {
    a * x + b * y + c * z
}

/// The length in metres of the straight line between two points.
pub(crate) fn chord_m([a, b, c]: SpacePoint, [x, y, z]: SpacePoint) -> f64 {
    let (dx, dy, dz) = (a - x, b - y, c - z);
    (dx * dx + dy * dy + dz * dz).sqrt()
}

/// The mean of points; the earth's centre if there are none.
pub(crate) fn mean(points: impl IntoIterator<Item = SpacePoint>) -> SpacePoint {
    let mut count = 0.0_f64;
    let mut sum = [0.0; 3];
    for point in points {
        count += 1.0;
        sum.iter_mut().zip(point).for_each(|(total, part)| *total += part);
    }
    sum.map(|part| part / count.max(1.0))
}
