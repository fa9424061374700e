//! Both sides of every street, as a graph to walk in.
//!
//! A junction has as many corners as streets that meet there. From corner to corner one walks along a kerb, or crosses a
//! street; at the end of a dead end the two kerbs meet in one corner. Lengths are whole centimetres, so that sums do not
//! depend on their order.

use super::{Street, StreetClass, Streets};
use crate::sphere::{SpacePoint, chord_m, dot, space_point, unit_point};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use walkbook_model::Position;

/// No way.
pub(super) const NOWHERE: u32 = u32::MAX;

pub(super) struct Kerbs {
    /// The ways out of all corners one after the other, and where each corner's begin.
    ways: Vec<Way>,
    begins: Vec<u32>,
    sides: Vec<Sides>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Way {
    to: u32,
    cm: u32,
}

/// A street's corners: where its left and its right kerb begin and end, looking from its first node.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sides {
    pub(super) left: [u32; 2],
    pub(super) right: [u32; 2],
    pub(super) length_cm: u32,
}

/// Whole centimetres; what is longer than the earth is round is no street.
pub(super) fn cm(metres: f64) -> u32 {
    (metres * 100.0).round() as u32
}

impl Kerbs {
    pub(super) fn new(streets: &Streets) -> Self {
        let (outgoing, corners_of) = corners(streets);
        let mut arcs: Vec<(u32, Way)> = Vec::with_capacity(outgoing.len() * 4);
        let mut both_ways = |a: u32, b: u32, cm: u32| {
            if a != b {
                arcs.extend([(a, Way { to: b, cm }), (b, Way { to: a, cm })]);
            }
        };
        let mut sides = Vec::with_capacity(streets.len());
        for (street, ends) in streets.streets.iter().zip(corners_of.as_chunks::<2>().0) {
            // Looking along the street, what is left of its beginning is right of its end seen from there.
            let [(left, right), (right_end, left_end)] = *ends;
            let length_cm = cm(length_m(streets, street));
            both_ways(left, left_end, length_cm);
            both_ways(right, right_end, length_cm);
            let crossing_cm = cm(street.class.crossing_m());
            both_ways(left, right, crossing_cm);
            both_ways(left_end, right_end, crossing_cm);
            sides.push(Sides { left: [left, left_end], right: [right, right_end], length_cm });
        }
        arcs.sort_unstable_by_key(|(from, way)| (*from, way.to, way.cm));
        let mut begins = vec![0; outgoing.len() + 1];
        for (from, _) in &arcs {
            if let Some(begin) = begins.get_mut(*from as usize + 1) {
                *begin += 1;
            }
        }
        let mut sum = 0;
        for begin in &mut begins {
            sum += *begin;
            *begin = sum;
        }
        Self { ways: arcs.into_iter().map(|(_, way)| way).collect(), begins, sides }
    }

    pub(super) fn sides(&self, street: u32) -> Sides {
        self.sides.get(street as usize).copied().unwrap_or_default()
    }

    /// Those of all streets, in their order.
    pub(super) fn all_sides(&self) -> impl Iterator<Item = Sides> {
        self.sides.iter().copied()
    }

    pub(super) fn corners(&self) -> usize {
        self.begins.len().saturating_sub(1)
    }

    fn ways_from(&self, corner: u32) -> &[Way] {
        let begin_and_end = self.begins.get(corner as usize).zip(self.begins.get(corner as usize + 1));
        begin_and_end.and_then(|(begin, end)| self.ways.get(*begin as usize..*end as usize)).unwrap_or_default()
    }

    /// Looks how far it is from one corner to others (Dijkstra 1959), until all that are `wanted` are reached.
    pub(super) fn search(&self, from: u32, wanted: &[u32], search: &mut Search) {
        search.begin(self.corners(), wanted);
        search.reach(from, 0, from);
        while let Some(Reverse((cm, corner))) = search.heap.pop() {
            if search.at(corner) < cm {
                continue;
            }
            if search.settle(corner) {
                break;
            }
            for way in self.ways_from(corner) {
                search.reach(way.to, cm.saturating_add(way.cm), corner);
            }
        }
    }
}

/// How far it is from one corner to others, and what a search needs; the room is kept for the next one.
#[derive(Default)]
pub(super) struct Search {
    reached: Vec<u32>,
    /// From which corner each was reached.
    before: Vec<u32>,
    is_wanted: Vec<bool>,
    left: usize,
    heap: BinaryHeap<Reverse<(u32, u32)>>,
}

impl Search {
    fn begin(&mut self, corners: usize, wanted: &[u32]) {
        self.reached.clear();
        self.reached.resize(corners, NOWHERE);
        self.before.resize(corners, NOWHERE);
        self.is_wanted.clear();
        self.is_wanted.resize(corners, false);
        for corner in wanted {
            if let Some(mark) = self.is_wanted.get_mut(*corner as usize) {
                *mark = true;
            }
        }
        self.left = self.is_wanted.iter().filter(|wanted| **wanted).count();
        self.heap.clear();
    }

    /// How far it is to a corner that was wanted.
    pub(super) fn at(&self, corner: u32) -> u32 {
        self.reached.get(corner as usize).copied().unwrap_or(NOWHERE)
    }

    /// The corners from one to another that was wanted and reached, both included.
    pub(super) fn trace(&self, from: u32, to: u32) -> Vec<u32> {
        let before = |corner: &u32| self.before.get(*corner as usize).copied().filter(|_| *corner != from);
        let mut corners: Vec<u32> = std::iter::successors(Some(to), before).collect();
        corners.reverse();
        corners
    }

    fn reach(&mut self, corner: u32, cm: u32, from: u32) {
        if let (Some(best), Some(before)) =
            (self.reached.get_mut(corner as usize), self.before.get_mut(corner as usize))
            && cm < *best
        {
            (*best, *before) = (cm, from);
            self.heap.push(Reverse((cm, corner)));
        }
    }

    /// Notes that a corner is reached for good; whether it was the last one wanted.
    fn settle(&mut self, corner: u32) -> bool {
        if let Some(wanted) = self.is_wanted.get_mut(corner as usize)
            && std::mem::take(wanted)
        {
            self.left -= 1;
        }
        self.left == 0
    }
}

fn length_m(streets: &Streets, street: &Street) -> f64 {
    let mut points = streets.line(street).map(space_point);
    let Some(mut last) = points.next() else { return 0.0 };
    points.map(|point| chord_m(std::mem::replace(&mut last, point), point)).sum()
}

/// Of all street ends, two a street, those sorted around their nodes; and for each the corners left and right of it,
/// looking into the street.
fn corners(streets: &Streets) -> (Vec<usize>, Vec<(u32, u32)>) {
    let ends = |street: &Street| {
        let line: Vec<Position> = streets.line(street).collect();
        let bearing = |at: Option<&Position>, towards: Option<&Position>| match (at, towards) {
            (Some(at), Some(towards)) => bearing(*at, *towards),
            _ => 0.0,
        };
        let last = line.len().saturating_sub(1);
        [
            (street.from, bearing(line.first(), line.get(1))),
            (street.to, bearing(line.get(last), line.get(last.saturating_sub(1)))),
        ]
    };
    let all: Vec<(u32, f64)> = streets.streets.iter().flat_map(ends).collect();
    let key = |end: &usize| all.get(*end).copied().unwrap_or_default();
    let mut outgoing: Vec<usize> = (0..all.len()).collect();
    outgoing.sort_unstable_by(|a, b| {
        let ((node_a, bearing_a), (node_b, bearing_b)) = (key(a), key(b));
        node_a.cmp(&node_b).then(bearing_a.total_cmp(&bearing_b)).then(a.cmp(b))
    });
    let mut corners_of = vec![(0, 0); all.len()];
    let mut first = 0;
    for around in outgoing.chunk_by(|a, b| key(a).0 == key(b).0) {
        let count = around.len();
        for (place, end) in around.iter().enumerate() {
            if let Some(slot) = corners_of.get_mut(*end) {
                let [left, right] =
                    [place, (place + count - 1) % count].map(|at| u32::try_from(first + at).unwrap_or(0));
                *slot = (left, right);
            }
        }
        first += count;
    }
    (outgoing, corners_of)
}

/// In which direction one position lies from another, counter-clockwise from east, in radians.
fn bearing(at: Position, towards: Position) -> f64 {
    let (east, north) = east_and_north(unit_point(at));
    let ([x, y, z], [a, b, c]) = (unit_point(at), unit_point(towards));
    let way = [a - x, b - y, c - z];
    libm::atan2(dot(way, north), dot(way, east))
}

/// The directions east and north at a point of the unit sphere; at a pole, any two.
fn east_and_north([x, y, z]: SpacePoint) -> (SpacePoint, SpacePoint) {
    let from_axis = (x * x + y * y).sqrt();
    if from_axis > 1e-12 {
        let (cos, sin) = (x / from_axis, y / from_axis);
        ([-sin, cos, 0.0], [-z * cos, -z * sin, from_axis])
    } else {
        ([0.0, 1.0, 0.0], [-z.signum(), 0.0, 0.0])
    }
}

impl StreetClass {
    /// Whether it matters on which side one is.
    pub(super) const fn has_sides(self) -> bool {
        !matches!(self, Self::Path)
    }
}
