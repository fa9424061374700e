//! A round to begin with.
//!
//! Greedy (Bentley, *Fast algorithms for geometric traveling salesman problems*, 1992): the shortest legs first, as long
//! as no stop gets a third and no round closes early. The pieces that neighbours alone do not join are walked one after
//! the other, on from each to the one that begins or ends nearest.

use super::circuit::Circuit;
use super::ground::Ground;

/// A round of all nodes; the tied leg is part of it.
pub(super) fn greedy<G: Ground>(circuit: &Circuit<'_, G>) -> Vec<usize> {
    let mut pieces = Pieces::new(circuit.nodes());
    if let Some((a, b)) = circuit.tied() {
        pieces.join(a, b);
    }
    let mut legs: Vec<(f64, usize, usize)> = Vec::new();
    for a in 0..circuit.nodes() {
        let near = circuit.stops_near(a).iter();
        legs.extend(near.map(|near| (near.leg_m, a.min(near.node), a.max(near.node))));
    }
    legs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    for (_, a, b) in legs {
        pieces.join(a, b);
    }
    pieces.round(circuit)
}

/// Pieces of a walk: of each node, its one or two neighbours, and, of a piece's end, the other end.
struct Pieces {
    beside: Vec<[Option<usize>; 2]>,
    other_end: Vec<usize>,
}

impl Pieces {
    fn new(nodes: usize) -> Self {
        Self { beside: vec![[None; 2]; nodes], other_end: (0..nodes).collect() }
    }

    /// Joins the ends of two pieces; nothing happens where one is no end, or both are of one piece.
    fn join(&mut self, a: usize, b: usize) {
        let [Some(far_a), Some(far_b)] = [a, b].map(|node| self.other_end.get(node).copied()) else { return };
        let is_end = |node: usize| self.beside.get(node).is_some_and(|beside| beside.contains(&None));
        if a == b || far_a == b || !is_end(a) || !is_end(b) {
            return;
        }
        for (node, other) in [(a, b), (b, a)] {
            if let Some(free) = self.beside.get_mut(node).and_then(|beside| beside.iter_mut().find(|to| to.is_none())) {
                *free = Some(other);
            }
        }
        for (end, other) in [(far_a, far_b), (far_b, far_a)] {
            if let Some(slot) = self.other_end.get_mut(end) {
                *slot = other;
            }
        }
    }

    fn round<G: Ground>(&self, circuit: &Circuit<'_, G>) -> Vec<usize> {
        let is_end = |node: &usize| self.beside.get(*node).is_some_and(|beside| beside.contains(&None));
        let mut ends: Vec<usize> = (0..circuit.nodes()).filter(is_end).collect();
        let mut round = Vec::with_capacity(circuit.nodes());
        // From home, where there is one: its piece begins or ends the walk.
        let mut here = circuit.home().or(ends.first().copied());
        while let Some(from) = here {
            let to = self.walk(from, &mut round);
            ends.retain(|end| *end != from && *end != to);
            let near = |a: &&usize, b: &&usize| circuit.leg_m(to, **a).total_cmp(&circuit.leg_m(to, **b));
            here = ends.iter().min_by(near).copied();
        }
        round
    }

    /// Walks a piece from this end, and returns the other.
    fn walk(&self, from: usize, round: &mut Vec<usize>) -> usize {
        let (mut before, mut here) = (None, from);
        loop {
            round.push(here);
            let beside = self.beside.get(here).copied().unwrap_or_default();
            let Some(next) = beside.into_iter().flatten().find(|next| Some(*next) != before) else { return here };
            (before, here) = (Some(here), next);
        }
    }
}
