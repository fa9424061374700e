//! What lies between the stops: distances and neighbours.

use crate::sphere::{SpacePoint, chord_m};
use rstar::RTree;
use rstar::primitives::GeomWithData;

/// Neighbours of a stop that are worth trying. More costs time and shortens little.
const NEIGHBOURS: usize = 8;
/// Longer than any walk on earth, so that no exchange of legs ever pays for one.
const FORBIDDEN_M: f64 = 1e9;

/// The stops of an open walk, made round: one node more, "home", closes it. From home every stop is free, so that the
/// walk begins and ends where it likes; with a fixed beginning, home's leg to it alone is free.
#[derive(Debug)]
pub(super) struct Ground {
    points: Vec<SpacePoint>,
    neighbours: Vec<Vec<usize>>,
    begins_fixed: bool,
}

impl Ground {
    /// The ground of these points. With `begins_fixed`, the walk begins at the first.
    pub(super) fn new(points: Vec<SpacePoint>, begins_fixed: bool) -> Self {
        let tree = RTree::bulk_load(numbered(&points));
        let neighbours = points
            .iter()
            .enumerate()
            .map(|(node, point)| {
                let near = tree.nearest_neighbor_iter(*point).map(|entry| entry.data);
                near.filter(|other| *other != node).take(NEIGHBOURS).collect()
            })
            .collect();
        Self { points, neighbours, begins_fixed }
    }

    /// The node that closes the round.
    pub(super) fn home(&self) -> usize {
        self.points.len()
    }

    /// Metres between two nodes.
    pub(super) fn leg_m(&self, a: usize, b: usize) -> f64 {
        match (self.points.get(a), self.points.get(b)) {
            (Some(a), Some(b)) => chord_m(*a, *b),
            _ if self.begins_fixed && a != 0 && b != 0 => FORBIDDEN_M,
            _ => 0.0,
        }
    }

    /// Whether a change of this many metres tears home from a fixed beginning.
    pub(super) fn is_forbidden(change_m: f64) -> bool {
        change_m > FORBIDDEN_M / 2.0
    }

    /// The nearest other stops, nearest first.
    pub(super) fn neighbours(&self, node: usize) -> &[usize] {
        self.neighbours.get(node).map_or(&[], Vec::as_slice)
    }

    /// The round that always goes on to the nearest stop left, from home. Without a fixed beginning it begins at the
    /// stop that is farthest from the middle, since a walk that begins in the middle has to cross itself.
    pub(super) fn nearest_neighbour_round(&self) -> Vec<usize> {
        let middle = crate::sphere::mean(self.points.iter().copied());
        let outermost = |a: &usize, b: &usize| self.off_m(*a, middle).total_cmp(&self.off_m(*b, middle));
        let first = if self.begins_fixed { Some(0) } else { (0..self.home()).max_by(outermost) };
        let mut round = vec![self.home()];
        let mut left = RTree::bulk_load(numbered(&self.points));
        let mut here = first.and_then(|first| self.points.get(first).map(|point| GeomWithData::new(*point, first)));
        if let Some(first) = &here {
            left.remove(first);
        }
        while let Some(entry) = here {
            round.push(entry.data);
            here = left.pop_nearest_neighbor(*entry.geom());
        }
        round
    }

    fn off_m(&self, node: usize, from: SpacePoint) -> f64 {
        self.points.get(node).map_or(0.0, |point| chord_m(*point, from))
    }
}

fn numbered(points: &[SpacePoint]) -> Vec<GeomWithData<SpacePoint, usize>> {
    points.iter().enumerate().map(|(node, point)| GeomWithData::new(*point, node)).collect()
}
