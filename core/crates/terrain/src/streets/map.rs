//! Streets made ready for planning walks.

use super::kerbs::{Kerbs, NOWHERE, Search, Sides, cm};
use super::{StreetClass, Streets};
use crate::sphere::{SpacePoint, chord_m, dot, space_point};
use crate::walk_order::{DETOUR, Matrix};
use rstar::RTree;
use rstar::primitives::{GeomWithData, Line};
use walkbook_model::Position;

/// Where no way leads from one door to another along these streets, it counts as so many metres more than the straight
/// line with its detour: such a leg is walked as seldom as can be.
const CUT_OFF_M: f64 = 2_000.0;

/// Streets with all that planning needs: both sides of each, and which is near. Making one takes some milliseconds for the
/// streets around a walk list; keep it as long as the list is worked.
pub struct StreetMap {
    streets: Streets,
    kerbs: Kerbs,
    lines: RTree<GeomWithData<Line<SpacePoint>, Stretch>>,
}

/// A straight piece of a street, and how far along the street it begins.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Stretch {
    street: u32,
    begins_m: f64,
}

/// A door on the map: on which street and side, how far along, and how far off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Spot {
    street: u32,
    class: StreetClass,
    left: bool,
    along_cm: u32,
    off_cm: u32,
}

impl StreetMap {
    /// The map of these streets.
    pub fn new(streets: Streets) -> Self {
        let kerbs = Kerbs::new(&streets);
        let mut lines = Vec::new();
        for (street, number) in streets.streets.iter().zip(0..) {
            let mut begins_m = 0.0;
            let points: Vec<SpacePoint> = streets.line(street).map(space_point).collect();
            for pair in points.windows(2) {
                let [from, to] = *pair else { continue };
                lines.push(GeomWithData::new(Line::new(from, to), Stretch { street: number, begins_m }));
                begins_m += chord_m(from, to);
            }
        }
        Self { streets, kerbs, lines: RTree::bulk_load(lines) }
    }

    /// Whether there are no streets.
    pub fn is_empty(&self) -> bool {
        self.streets.is_empty()
    }

    /// The streets that it is made of.
    pub const fn streets(&self) -> &Streets {
        &self.streets
    }

    /// The street, by its number, that is nearest to a position.
    pub(super) fn nearest_street(&self, position: Position) -> Option<u32> {
        self.spot(position).map(|spot| spot.street)
    }

    fn spot(&self, position: Position) -> Option<Spot> {
        let point = space_point(position);
        let nearest_m2 =
            self.lines.nearest_neighbor(point).map(|line| square_m(point, line.geom().nearest_point(&point)))?;
        // Where two streets are as near as each other, the first one counts, whatever the tree's shape.
        let near = self.lines.locate_within_distance(point, nearest_m2 * (1.0 + 1e-9) + 1e-6);
        let line = near.min_by(|a, b| {
            (a.data.street, a.data.begins_m)
                .partial_cmp(&(b.data.street, b.data.begins_m))
                .unwrap_or(std::cmp::Ordering::Equal)
        })?;
        let (from, to) = (line.geom().from, line.geom().to);
        let foot = line.geom().nearest_point(&point);
        let class = self.streets.streets.get(line.data.street as usize)?.class;
        Some(Spot {
            street: line.data.street,
            class,
            left: !class.has_sides() || is_left(from, to, point),
            along_cm: cm(line.data.begins_m + chord_m(from, foot)).min(self.kerbs.sides(line.data.street).length_cm),
            off_cm: cm(chord_m(foot, point)),
        })
    }

    /// How far it is between positions along the streets, each from the nearest street and the side of it that it lies on;
    /// and whether some cannot be reached from others. Nothing without streets.
    pub fn distances(&self, positions: &[Position]) -> Option<(Matrix, bool)> {
        let spots: Vec<Spot> = positions.iter().map(|position| self.spot(*position)).collect::<Option<_>>()?;
        let ends: Vec<[u32; 2]> = spots.iter().map(|spot| self.kerb(*spot)).collect();
        let mut corners: Vec<u32> = ends.iter().flatten().copied().collect();
        corners.sort_unstable();
        corners.dedup();
        let mut search = Search::default();
        let between: Vec<u32> =
            corners.iter().flat_map(|corner| self.kerbs.distances(*corner, &corners, &mut search)).collect();
        let rank: Vec<[usize; 2]> =
            ends.iter().map(|ends| ends.map(|corner| corners.binary_search(&corner).unwrap_or_default())).collect();
        let mut cut_off = false;
        let points: Vec<SpacePoint> = positions.iter().copied().map(space_point).collect();
        let table = Matrix::of(spots.len(), |a, b| {
            let (Some(spot_a), Some(spot_b), Some(rank_a), Some(rank_b), Some(from), Some(to)) =
                (spots.get(a), spots.get(b), rank.get(a), rank.get(b), points.get(a), points.get(b))
            else {
                return 0.0;
            };
            let straight_m = chord_m(*from, *to);
            let off_cm = spot_a.off_cm.saturating_add(spot_b.off_cm);
            let mut best_cm = NOWHERE;
            for (end_a, to_a) in rank_a.iter().zip(self.to_ends(*spot_a)) {
                for (end_b, to_b) in rank_b.iter().zip(self.to_ends(*spot_b)) {
                    let between_cm = between.get(end_a * corners.len() + end_b).copied().unwrap_or(NOWHERE);
                    best_cm = best_cm.min(between_cm.saturating_add(to_a).saturating_add(to_b).saturating_add(off_cm));
                }
            }
            if spot_a.street == spot_b.street {
                let along_cm = spot_a.along_cm.abs_diff(spot_b.along_cm);
                let direct_cm = if spot_a.left == spot_b.left {
                    // From door to door, without going back to the street in between.
                    along_cm.max(cm(straight_m))
                } else {
                    along_cm.saturating_add(off_cm).saturating_add(cm(spot_a.class.crossing_m()))
                };
                best_cm = best_cm.min(direct_cm);
            }
            if best_cm == NOWHERE {
                cut_off = true;
                return straight_m * DETOUR + CUT_OFF_M;
            }
            f64::from(best_cm) / 100.0
        });
        Some((table, cut_off))
    }

    /// The corners at the two ends of the kerb that a spot is on.
    fn kerb(&self, spot: Spot) -> [u32; 2] {
        let Sides { left, right, .. } = self.kerbs.sides(spot.street);
        if spot.left { left } else { right }
    }

    /// Centimetres along the kerb to its two ends.
    fn to_ends(&self, spot: Spot) -> [u32; 2] {
        [spot.along_cm, self.kerbs.sides(spot.street).length_cm.saturating_sub(spot.along_cm)]
    }
}

impl std::fmt::Debug for StreetMap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StreetMap({:?})", self.streets)
    }
}

fn square_m(a: SpacePoint, b: SpacePoint) -> f64 {
    let distance_m = chord_m(a, b);
    distance_m * distance_m
}

/// Whether a point lies left of a line, seen from above the ground.
fn is_left([ax, ay, az]: SpacePoint, [bx, by, bz]: SpacePoint, point: SpacePoint) -> bool {
    let ([dx, dy, dz], [px, py, pz]) = ([bx - ax, by - ay, bz - az], [point[0] - ax, point[1] - ay, point[2] - az]);
    dot([dy * pz - dz * py, dz * px - dx * pz, dx * py - dy * px], point) > 0.0
}
