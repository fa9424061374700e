//! A turf's boundary: what lies within and how large it is.
//!
//! A boundary is a ring of positions; it does not matter whether the last repeats the first. Its edges are straight on a
//! flat map around the ring's own middle. Meant for turfs of up to some tens of kilometres.

use crate::projection::{Offset, Projection};
use geo::{Area, Contains, Coord, Distance, Euclidean, LineString, Point, Polygon};
use walkbook_model::Position;

/// A position this near a boundary, in metres, is within: doors stand on the hull of their own turf.
pub const TOLERANCE_M: f64 = 1.0;

/// Whether a position lies within a boundary, on it, or within [`TOLERANCE_M`] of it. No position lies within an empty
/// boundary; a boundary of one or two positions is a point or a line.
///
/// ```
/// use walkbook_model::Position;
/// use walkbook_terrain::turf::contains;
/// let at = |lat, lon| Position::from_degrees(lat, lon).unwrap();
/// let boundary = [at(60.0, 24.0), at(60.0, 24.1), at(60.1, 24.1), at(60.1, 24.0)];
/// assert!(contains(&boundary, at(60.05, 24.05)));
/// assert!(!contains(&boundary, at(60.05, 24.15)));
/// ```
pub fn contains(boundary: &[Position], position: Position) -> bool {
    let map = Projection::around_all(boundary.iter().copied());
    let ring = ring(&map, boundary);
    let point = Point::from(coord(map.offset(position)));
    let nearest_m = ring.lines().map(|edge| Euclidean.distance(&point, &edge)).fold(f64::INFINITY, f64::min);
    nearest_m <= TOLERANCE_M || Polygon::new(ring, Vec::new()).contains(&point)
}

/// The area within a boundary in square metres; 0 for fewer than three positions.
///
/// ```
/// use walkbook_model::Position;
/// use walkbook_terrain::turf::area_m2;
/// let at = |lat, lon| Position::from_degrees(lat, lon).unwrap();
/// let hectare = [at(0.0, 180.0), at(0.0, -179.9991), at(0.0009, -179.9991), at(0.0009, 180.0)];
/// assert!((area_m2(&hectare) - 10_015.0).abs() < 1.0);
/// ```
pub fn area_m2(boundary: &[Position]) -> f64 {
    let map = Projection::around_all(boundary.iter().copied());
    Polygon::new(ring(&map, boundary), Vec::new()).unsigned_area()
}

/// The boundary drawn tightly around positions: their convex hull (Andrew's monotone chain, 1979) on a map around them,
/// counter-clockwise, without repeating the first. One or two positions if all lie at one point or on one line.
///
/// ```
/// use walkbook_model::Position;
/// use walkbook_terrain::turf::boundary_around;
/// let at = |lat, lon| Position::from_degrees(lat, lon).unwrap();
/// let corners = [at(60.0, 24.0), at(60.0, 24.1), at(60.1, 24.1), at(60.1, 24.0)];
/// assert_eq!(boundary_around([at(60.05, 24.05)].into_iter().chain(corners)).len(), 4);
/// ```
pub fn boundary_around(positions: impl IntoIterator<Item = Position>) -> Vec<Position> {
    let mut positions: Vec<Position> = positions.into_iter().collect();
    positions.sort_unstable();
    positions.dedup();
    let map = Projection::around_all(positions.iter().copied());
    let mut corners: Vec<_> = positions.into_iter().map(|position| (map.offset(position), position)).collect();
    corners.sort_by(|(a, _), (b, _)| a.east_m.total_cmp(&b.east_m).then(a.north_m.total_cmp(&b.north_m)));
    let mut lower = chain(corners.iter());
    let mut upper = chain(corners.iter().rev());
    if lower.len() > 1 {
        // Each half ends where the other begins.
        lower.pop();
        upper.pop();
        lower.append(&mut upper);
    }
    lower
}

fn chain<'a>(corners: impl Iterator<Item = &'a (Offset, Position)>) -> Vec<Position> {
    let mut kept: Vec<(Offset, Position)> = Vec::new();
    for corner in corners {
        while let [.., (a, _), (b, _)] = kept.as_slice() {
            let (along, aside) = ((b.east_m - a.east_m, b.north_m - a.north_m), corner.0);
            if along.0 * (aside.north_m - a.north_m) - along.1 * (aside.east_m - a.east_m) > 0.0 {
                break;
            }
            kept.pop();
        }
        kept.push(*corner);
    }
    kept.into_iter().map(|(_, position)| position).collect()
}

fn ring(map: &Projection, boundary: &[Position]) -> LineString {
    // The first again at the end: one position alone is then still an edge.
    boundary.iter().chain(boundary.first()).map(|position| coord(map.offset(*position))).collect()
}

fn coord(offset: Offset) -> Coord {
    Coord { x: offset.east_m, y: offset.north_m }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lat: f64, lon: f64) -> Position {
        Position::from_degrees(lat, lon).unwrap()
    }

    #[test]
    fn a_boundary_around_the_pole_holds_the_pole() {
        let ring: Vec<_> = [0.0, 90.0, 180.0, -90.0].map(|lon| at(89.9, lon)).into();
        assert!(contains(&ring, at(90.0, 12.0)));
        assert!(!contains(&ring, at(89.8, 45.0)));
    }

    #[test]
    fn a_boundary_across_the_180th_meridian_holds_both_sides() {
        let ring = [at(-17.1, 179.9), at(-17.1, -179.9), at(-16.9, -179.9), at(-16.9, 179.9)];
        assert!(contains(&ring, at(-17.0, 179.95)) && contains(&ring, at(-17.0, -179.95)));
        assert!(!contains(&ring, at(-17.0, 0.0)));
    }

    #[test]
    fn a_boundary_without_area_holds_only_itself() {
        assert!(!contains(&[], at(1.0, 1.0)));
        assert!(contains(&[at(1.0, 1.0)], at(1.0, 1.0)));
        assert!(!contains(&[at(1.0, 1.0)], at(1.0, 1.001)));
        assert!(contains(&[at(0.0, 0.0), at(0.0, 0.01)], at(0.0, 0.005)));
        assert_eq!(area_m2(&[at(0.0, 0.0), at(0.0, 0.01)]), 0.0);
        assert_eq!(area_m2(&[]), 0.0);
    }
}
