//! A round tour as a list that can be turned around piece by piece.

/// A round tour of the nodes `0..n`. Every change is a reversal of a stretch, which undoes itself when done again.
#[derive(Debug, Clone)]
pub(super) struct Tour {
    nodes: Vec<usize>,
    places: Vec<usize>,
}

impl Tour {
    /// The tour through these nodes, which are `0..n` in some order.
    pub(super) fn new(nodes: Vec<usize>) -> Self {
        let mut places = vec![0; nodes.len()];
        for (place, node) in nodes.iter().enumerate() {
            if let Some(slot) = places.get_mut(*node) {
                *slot = place;
            }
        }
        Self { nodes, places }
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn nodes(&self) -> &[usize] {
        &self.nodes
    }

    /// The node at a place; places count round and round.
    pub(super) fn at(&self, place: usize) -> usize {
        let place = if place < self.len() { place } else { place % self.len().max(1) };
        self.nodes.get(place).copied().unwrap_or_default()
    }

    pub(super) fn next(&self, node: usize) -> usize {
        self.at(self.place(node) + 1)
    }

    pub(super) fn previous(&self, node: usize) -> usize {
        self.at(self.place(node) + self.len() - 1)
    }

    /// The neighbour in a direction.
    pub(super) fn beside(&self, node: usize, forward: bool) -> usize {
        if forward { self.next(node) } else { self.previous(node) }
    }

    fn place(&self, node: usize) -> usize {
        self.places.get(node).copied().unwrap_or_default()
    }

    /// Replaces the legs a–b and c–d by a–c and b–d. Wants b beside a and d beside c, both in the same direction. The
    /// answer is what [`Tour::reverse`] wants to undo it.
    pub(super) fn exchange(&mut self, [a, b, c, d]: [usize; 4]) -> (usize, usize) {
        let stretch = if self.next(a) == b { (self.place(b), self.place(c)) } else { (self.place(a), self.place(d)) };
        self.reverse(stretch);
        stretch
    }

    /// Reverses the stretch from one place on to another, or all the rest, which makes the same round tour: whichever
    /// is shorter.
    pub(super) fn reverse(&mut self, (from, to): (usize, usize)) {
        let n = self.len();
        let inside = (to + n - from) % n + 1;
        let (mut low, mut high, swaps) =
            if inside * 2 <= n { (from, to, inside / 2) } else { ((to + 1) % n, (from + n - 1) % n, (n - inside) / 2) };
        for _ in 0..swaps {
            let (x, y) = (self.at(low), self.at(high));
            self.put(low, y);
            self.put(high, x);
            low = if low + 1 == n { 0 } else { low + 1 };
            high = if high == 0 { n - 1 } else { high - 1 };
        }
    }

    fn put(&mut self, place: usize, node: usize) {
        if let (Some(slot), Some(back)) = (self.nodes.get_mut(place), self.places.get_mut(node)) {
            *slot = node;
            *back = place;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_reversal_keeps_all_nodes_and_undoes_itself(n in 1_usize..20, from in 0_usize..20, to in 0_usize..20) {
            let mut tour = Tour::new((0..n).collect());
            tour.reverse((from % n, to % n));
            let mut sorted = tour.nodes().to_vec();
            sorted.sort_unstable();
            prop_assert_eq!(sorted, (0..n).collect::<Vec<_>>());
            prop_assert!((0..n).all(|node| tour.next(tour.previous(node)) == node));
            tour.reverse((from % n, to % n));
            prop_assert_eq!(tour.nodes(), (0..n).collect::<Vec<_>>());
        }
    }
}
