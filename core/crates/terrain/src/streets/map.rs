//! Streets made ready for planning walks.

use super::kerbs::{Kerbs, Sides, cm};
use super::legs::Known;
use super::{StreetClass, Streets};
use crate::sphere::{SpacePoint, chord_m, dot, space_point};
use rstar::RTree;
use rstar::primitives::{GeomWithData, Line};
use std::sync::{Arc, Mutex};
use walkbook_model::Position;

/// Streets with all that planning needs: both sides of each, which is near, and how far it is between the doors that were
/// asked for last. Making one takes some milliseconds for the streets around a walk list; keep it as long as the list is
/// worked.
pub struct StreetMap {
    streets: Streets,
    pub(super) kerbs: Kerbs,
    lines: RTree<GeomWithData<Line<SpacePoint>, Stretch>>,
    /// For each node, the part of the streets that hang together that it is in.
    parts: Vec<u32>,
    pub(super) known: Mutex<Option<Arc<Known>>>,
}

/// A straight piece of a street, and how far along the street it begins.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Stretch {
    street: u32,
    begins_m: f64,
}

/// A door on the map: on which street and side, how far along, and how far off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) street: u32,
    pub(super) part: u32,
    pub(super) class: StreetClass,
    pub(super) left: bool,
    pub(super) along_cm: u32,
    pub(super) off_cm: u32,
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
        let parts = streets.parts();
        Self { streets, kerbs, lines: RTree::bulk_load(lines), parts, known: Mutex::default() }
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

    pub(super) fn spot(&self, position: Position) -> Option<Spot> {
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
        let street = self.streets.streets.get(line.data.street as usize)?;
        let class = street.class;
        Some(Spot {
            street: line.data.street,
            part: self.parts.get(street.from as usize).copied()?,
            class,
            left: !class.has_sides() || is_left(from, to, point),
            along_cm: cm(line.data.begins_m + chord_m(from, foot)).min(self.kerbs.sides(line.data.street).length_cm),
            off_cm: cm(chord_m(foot, point)),
        })
    }

    /// The corners at the two ends of the kerb that a spot is on.
    pub(super) fn kerb(&self, spot: Spot) -> [u32; 2] {
        let Sides { left, right, .. } = self.kerbs.sides(spot.street);
        if spot.left { left } else { right }
    }

    /// Centimetres along the kerb to its two ends.
    pub(super) fn to_ends(&self, spot: Spot) -> [u32; 2] {
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
