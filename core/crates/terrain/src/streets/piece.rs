//! Out of a region's streets, those that one walk list needs.

use super::{MOST_BYTES, Street, StreetMap, Streets};
use crate::sphere::{SpacePoint, chord_m, space_point};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use std::collections::{BTreeMap, BTreeSet};
use walkbook_model::Position;

/// How far around the doors streets are taken along, at first; and at most, where the doors hang together by nothing less.
const MARGIN_M: f64 = 300.0;
const WIDEST_M: f64 = 4_800.0;
/// Streets that hang together with no others and have no more metres are a mapper's slip, not a place to live.
const LEAST_PART_M: f64 = 1_000.0;

/// The streets of a region, ready for pieces to be cut out.
pub struct Region {
    streets: Streets,
    boxes: RTree<GeomWithData<Rectangle<SpacePoint>, u32>>,
}

impl Region {
    /// A region of these streets, less those few that hang together with no others.
    pub fn new(streets: Streets) -> Self {
        let streets = without_slips(streets);
        let boxes = streets.streets.iter().zip(0..).map(|(street, number)| {
            let points: Vec<SpacePoint> = streets.line(street).map(space_point).collect();
            let [low, high] = corners(&points, 0.0);
            GeomWithData::new(Rectangle::from_corners(low, high), number)
        });
        let boxes = RTree::bulk_load(boxes.collect());
        Self { streets, boxes }
    }

    /// The streets around these doors: as far around as it takes to get from each to each, if that can be done within some
    /// kilometres. Nothing where there are no streets, or more than a piece may hold.
    pub fn piece(&self, around: &[Position]) -> Option<Streets> {
        let points: Vec<SpacePoint> = around.iter().copied().map(space_point).collect();
        let mut best: Option<(usize, Streets)> = None;
        let mut margin_m = MARGIN_M;
        while margin_m <= WIDEST_M {
            let (parts, piece) = self.within(&points, around, margin_m);
            let fits = piece.to_bytes().len() <= MOST_BYTES;
            if fits && !piece.is_empty() && best.as_ref().is_none_or(|(fewest, _)| parts < *fewest) {
                best = Some((parts, piece));
            }
            if !fits || parts == 1 {
                break;
            }
            margin_m *= 2.0;
        }
        best.map(|(_, piece)| piece)
    }

    /// The streets within a box around all points, of the parts that doors are in; and in how many parts they are.
    fn within(&self, points: &[SpacePoint], around: &[Position], margin_m: f64) -> (usize, Streets) {
        let [low, high] = corners(points, margin_m);
        let found = self.boxes.locate_in_envelope_intersecting(AABB::from_corners(low, high));
        let numbers: BTreeSet<u32> = found.map(|entry| entry.data).collect();
        let piece = self.streets.only(|number, _| numbers.contains(&number));
        let map = StreetMap::new(piece);
        let piece = map.streets();
        let parts = piece.parts();
        let part_of =
            |number: u32| piece.streets.get(number as usize).and_then(|street| parts.get(street.from as usize));
        let with_doors: BTreeSet<u32> =
            around.iter().filter_map(|door| part_of(map.nearest_street(*door)?)).copied().collect();
        let kept =
            piece.only(|_, street| parts.get(street.from as usize).is_some_and(|part| with_doors.contains(part)));
        (with_doors.len(), kept)
    }
}

impl std::fmt::Debug for Region {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Region({:?})", self.streets)
    }
}

impl Streets {
    fn only(&self, keep: impl Fn(u32, &Street) -> bool) -> Self {
        let kept = self.streets.iter().zip(0..).filter(|(street, number)| keep(*number, street));
        Self::of(self.nodes.clone(), kept.map(|(street, _)| street.clone()).collect())
    }

    /// For each node the part that it is in, named by its lowest node.
    pub(super) fn parts(&self) -> Vec<u32> {
        let mut parent: Vec<u32> = (0..).take(self.nodes.len()).collect();
        for street in &self.streets {
            let (a, b) = (root(&mut parent, street.from), root(&mut parent, street.to));
            if let Some(slot) = parent.get_mut(a.max(b) as usize) {
                *slot = a.min(b);
            }
        }
        (0..).take(self.nodes.len()).map(|node| root(&mut parent, node)).collect()
    }
}

/// The root of a node, with the way there made shorter (path halving; Tarjan & van Leeuwen 1984).
fn root(parent: &mut [u32], mut node: u32) -> u32 {
    let of = |parent: &[u32], node: u32| parent.get(node as usize).copied().unwrap_or(node);
    while of(parent, node) != node {
        let above = of(parent, of(parent, node));
        if let Some(slot) = parent.get_mut(node as usize) {
            *slot = above;
        }
        node = above;
    }
    node
}

/// Without the parts that are too short; the longest part stays.
fn without_slips(streets: Streets) -> Streets {
    let parts = streets.parts();
    let mut lengths_m: BTreeMap<u32, f64> = BTreeMap::new();
    let part_of = |street: &Street| parts.get(street.from as usize).copied().unwrap_or_default();
    for street in &streets.streets {
        let points: Vec<SpacePoint> = streets.line(street).map(space_point).collect();
        let length_m: f64 = points.windows(2).map(|pair| if let [a, b] = *pair { chord_m(a, b) } else { 0.0 }).sum();
        *lengths_m.entry(part_of(street)).or_default() += length_m;
    }
    let longest = lengths_m.iter().max_by(|a, b| a.1.total_cmp(b.1)).map(|(part, _)| *part);
    let stays = |part: u32| Some(part) == longest || lengths_m.get(&part).is_some_and(|length| *length > LEAST_PART_M);
    streets.only(|_, street| stays(part_of(street)))
}

/// The lowest and highest corner of a box around points.
fn corners(points: &[SpacePoint], margin_m: f64) -> [SpacePoint; 2] {
    let (mut low, mut high) = ([f64::INFINITY; 3], [f64::NEG_INFINITY; 3]);
    for point in points {
        for ((low, high), part) in low.iter_mut().zip(&mut high).zip(point) {
            *low = low.min(part - margin_m);
            *high = high.max(part + margin_m);
        }
    }
    [low, high]
}
