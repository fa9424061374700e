//! A round tour as a list that can be turned around piece by piece.

/// A round tour of the nodes `0..n`. Every change is a reversal of a stretch, which undoes itself when done again.
#[derive(Debug, Clone)]
pub(super) struct Tour {
    nodes: Vec<u32>,
    places: Vec<u32>,
    /// What was reversed since [`Tour::keep`].
    reversed: Vec<(u32, u32)>,
}

#[allow(clippy::cast_possible_truncation, reason = "a tour has far fewer nodes than 2³²")]
const fn small(number: usize) -> u32 {
    number as u32
}

impl Tour {
    /// The tour through these nodes, which are `0..n` in some order.
    pub(super) fn new(nodes: &[usize]) -> Self {
        let mut places = vec![0; nodes.len()];
        for (place, node) in nodes.iter().enumerate() {
            if let Some(slot) = places.get_mut(*node) {
                *slot = small(place);
            }
        }
        Self { nodes: nodes.iter().map(|node| small(*node)).collect(), places, reversed: Vec::new() }
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn nodes(&self) -> Vec<usize> {
        self.nodes.iter().map(|node| *node as usize).collect()
    }

    /// The node at a place; places count on into a second round.
    #[inline]
    pub(super) fn at(&self, place: usize) -> usize {
        let place = if place < self.len() { place } else { place - self.len() };
        self.nodes.get(place).map_or(0, |node| *node as usize)
    }

    #[inline]
    pub(super) fn next(&self, node: usize) -> usize {
        self.at(self.place(node) + 1)
    }

    #[inline]
    pub(super) fn previous(&self, node: usize) -> usize {
        self.at(self.place(node) + self.len() - 1)
    }

    /// The node beside, in a direction.
    #[inline]
    pub(super) fn beside(&self, node: usize, forward: bool) -> usize {
        if forward { self.next(node) } else { self.previous(node) }
    }

    #[inline]
    pub(super) fn place(&self, node: usize) -> usize {
        self.places.get(node).map_or(0, |place| *place as usize)
    }

    /// Replaces the legs a–b and c–d by a–c and b–d. Wants b beside a and d beside c, both in the same direction. Returns
    /// how many nodes changed places.
    pub(super) fn exchange(&mut self, [a, b, c, d]: [usize; 4]) -> usize {
        let (from, to) =
            if self.next(a) == b { (self.place(b), self.place(c)) } else { (self.place(a), self.place(d)) };
        self.reversed.push((small(from), small(to)));
        self.reverse(from, to)
    }

    /// What was changed so far stays.
    pub(super) fn keep(&mut self) {
        self.reversed.clear();
    }

    /// How many changes were made since the last that stay.
    pub(super) fn changes(&self) -> usize {
        self.reversed.len()
    }

    /// Takes all changes back but the first so many.
    pub(super) fn take_back(&mut self, changes: usize) -> usize {
        let mut moved = 0;
        while self.reversed.len() > changes {
            let Some((from, to)) = self.reversed.pop() else { break };
            moved += self.reverse(from as usize, to as usize);
        }
        moved
    }

    /// Reverses the stretch from one place on to another, or all the rest, which makes the same round tour: whichever
    /// is shorter.
    fn reverse(&mut self, from: usize, to: usize) -> usize {
        let n = self.len();
        let inside = if to >= from { to - from + 1 } else { to + n - from + 1 };
        let (mut low, mut high, swaps) = if inside * 2 <= n {
            (from, to, inside / 2)
        } else {
            (if to + 1 == n { 0 } else { to + 1 }, if from == 0 { n - 1 } else { from - 1 }, (n - inside) / 2)
        };
        for _ in 0..swaps {
            let (x, y) = (self.at(low), self.at(high));
            self.put(low, y);
            self.put(high, x);
            low = if low + 1 == n { 0 } else { low + 1 };
            high = if high == 0 { n - 1 } else { high - 1 };
        }
        2 * swaps
    }

    #[inline]
    fn put(&mut self, place: usize, node: usize) {
        if let (Some(slot), Some(back)) = (self.nodes.get_mut(place), self.places.get_mut(node)) {
            *slot = small(node);
            *back = small(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_exchange_keeps_all_nodes_and_can_be_taken_back(
            n in 3_usize..20, a in 0_usize..20, c in 0_usize..20, forward: bool,
        ) {
            let (a, c) = (a % n, c % n);
            prop_assume!(a != c);
            let mut tour = Tour::new(&(0..n).collect::<Vec<_>>());
            let (b, d) = (tour.beside(a, forward), tour.beside(c, forward));
            tour.exchange([a, b, c, d]);
            let mut sorted = tour.nodes();
            sorted.sort_unstable();
            prop_assert_eq!(sorted, (0..n).collect::<Vec<_>>());
            prop_assert!((0..n).all(|node| tour.next(tour.previous(node)) == node));
            prop_assert!(tour.next(a) == c || tour.previous(a) == c);
            prop_assert!(tour.next(b) == d || tour.previous(b) == d);
            tour.take_back(0);
            prop_assert_eq!(tour.nodes(), (0..n).collect::<Vec<_>>());
        }
    }
}
