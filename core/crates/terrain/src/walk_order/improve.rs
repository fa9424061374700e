//! Shortening a round.
//!
//! 2-opt (Croes 1958) and Or-opt (Or 1976) with neighbour lists and don't-look bits (Bentley, *Fast algorithms for
//! geometric traveling salesman problems*, 1992) down to a local optimum, then iterated local search: swap two short
//! neighbouring stretches (a double bridge kept local; Johnson & McGeoch 1997), repair around the swap, and take it back
//! unless the round got shorter.

use super::ground::Ground;
use super::tour::Tour;
use std::collections::VecDeque;

/// Changes of fewer metres are rounding, not gain.
const LEAST_GAIN_M: f64 = 1e-6;
/// Stops that Or-opt moves together.
const LONGEST_MOVED: usize = 3;
/// Stops of one stretch of a double bridge.
const LONGEST_SWAPPED: u64 = 30;
/// Tries of the iterated search: for each stop, at least, and at most, so that it ends in good time whatever comes.
const TRIES_PER_STOP: usize = 20;
const LEAST_TRIES: usize = 300;
const MOST_TRIES: usize = 40_000;

/// The round, shortened. Never longer than it was.
pub(super) fn improve(ground: &Ground, round: Vec<usize>) -> Vec<usize> {
    let stops = round.len();
    if stops < 4 {
        return round;
    }
    let mut search = Search::new(ground, Tour::new(round));
    search.descend();
    if stops > 4 {
        let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
        for _ in 0..(stops * TRIES_PER_STOP).clamp(LEAST_TRIES, MOST_TRIES) {
            search.perturb(&mut dice);
        }
    }
    search.tour.nodes().to_vec()
}

/// Marsaglia's xorshift64 with a fixed seed: as good as chance here, and the same on every device.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 32) % bound.max(1)).unwrap_or_default()
    }
}

struct Search<'a> {
    ground: &'a Ground,
    tour: Tour,
    /// Nodes still to look at; the don't-look bits are the nodes that are not waiting.
    waiting: VecDeque<usize>,
    is_waiting: Vec<bool>,
    /// What was reversed since the last round that was kept.
    undo: Vec<(usize, usize)>,
    change_m: f64,
}

impl<'a> Search<'a> {
    fn new(ground: &'a Ground, tour: Tour) -> Self {
        let waiting: VecDeque<_> = tour.nodes().iter().copied().collect();
        let is_waiting = vec![true; tour.len()];
        Self { ground, tour, waiting, is_waiting, undo: Vec::new(), change_m: 0.0 }
    }

    /// Down to a round that no single exchange or move shortens.
    fn descend(&mut self) {
        while let Some(node) = self.waiting.pop_front() {
            self.mark(node, false);
            while self.exchange_at(node) || self.move_at(node) {}
        }
    }

    /// One try of the iterated search.
    fn perturb(&mut self, dice: &mut Dice) {
        let n = self.tour.len();
        let longest = LONGEST_SWAPPED.min(n as u64 / 3);
        let from = dice.below(n as u64);
        let middle = from + 1 + dice.below(longest);
        let to = middle + 1 + dice.below(longest);
        let [a, b, c, d, e, f] = [from, from + 1, middle, middle + 1, to, to + 1].map(|place| self.tour.at(place));
        let leg = |x, y| self.ground.leg_m(x, y);
        let change_m = leg(a, d) + leg(e, b) + leg(c, f) - leg(a, b) - leg(c, d) - leg(e, f);
        // Where the round is too short for two stretches, they would overlap.
        if to + 1 >= from + n || Ground::is_forbidden(change_m) {
            return;
        }
        self.undo.clear();
        self.change_m = 0.0;
        self.relocate(Move { before: a, first: b, last: c, after: d, left: e, right: f, turned: false }, change_m);
        self.descend();
        if self.change_m > -LEAST_GAIN_M {
            while let Some(stretch) = self.undo.pop() {
                self.tour.reverse(stretch);
            }
        }
    }

    /// 2-opt around a node.
    fn exchange_at(&mut self, a: usize) -> bool {
        let ground = self.ground;
        for forward in [true, false] {
            let b = self.tour.beside(a, forward);
            let old_m = ground.leg_m(a, b);
            for &c in ground.neighbours(a) {
                let new_m = ground.leg_m(a, c);
                if new_m >= old_m {
                    break;
                }
                let d = self.tour.beside(c, forward);
                let change_m = new_m + ground.leg_m(b, d) - old_m - ground.leg_m(c, d);
                if change_m < -LEAST_GAIN_M {
                    self.exchange([a, b, c, d]);
                    self.settle([a, b, c, d], change_m);
                    return true;
                }
            }
        }
        false
    }

    /// Or-opt: moves up to three stops, of which a node is the first, to between a neighbour and the one beside it.
    fn move_at(&mut self, first: usize) -> bool {
        let ground = self.ground;
        for forward in [true, false] {
            let before = self.tour.beside(first, !forward);
            let mut moved = [first; LONGEST_MOVED];
            for length in 1..=LONGEST_MOVED.min(self.tour.len() - 3) {
                let Some(last) = length.checked_sub(1).and_then(|end| moved.get(end).copied()) else { break };
                let after = self.tour.beside(last, forward);
                let saved_m = ground.leg_m(before, first) + ground.leg_m(last, after) - ground.leg_m(before, after);
                for &near in ground.neighbours(first) {
                    let near_m = ground.leg_m(first, near);
                    if near_m >= saved_m {
                        break;
                    }
                    if near == before || moved.contains(&near) {
                        continue;
                    }
                    for ahead in [true, false] {
                        let far = self.tour.beside(near, forward == ahead);
                        if moved.contains(&far) {
                            continue;
                        }
                        let change_m = near_m + ground.leg_m(last, far) - ground.leg_m(near, far) - saved_m;
                        if change_m < -LEAST_GAIN_M {
                            let (left, right) = if ahead { (near, far) } else { (far, near) };
                            self.relocate(Move { before, first, last, after, left, right, turned: !ahead }, change_m);
                            return true;
                        }
                    }
                }
                // What is not yet part of the stretch stays at its first node, so that `contains` holds.
                if let Some(slot) = moved.get_mut(length) {
                    *slot = after;
                }
            }
        }
        false
    }

    /// Moves a stretch: three reversals, or two if it is turned around on the way.
    fn relocate(&mut self, Move { before, first, last, after, left, right, turned }: Move, change_m: f64) {
        self.exchange([before, first, left, right]);
        if left != after {
            self.exchange([before, left, after, last]);
        }
        if !turned {
            self.exchange([left, last, first, right]);
        }
        self.settle([before, first, last, after], change_m);
        self.settle([left, right, left, right], 0.0);
    }

    fn exchange(&mut self, ends: [usize; 4]) {
        let stretch = self.tour.exchange(ends);
        self.undo.push(stretch);
    }

    fn settle(&mut self, ends: [usize; 4], change_m: f64) {
        self.change_m += change_m;
        for node in ends {
            if self.mark(node, true) {
                self.waiting.push_back(node);
            }
        }
    }

    /// Whether this changed anything.
    fn mark(&mut self, node: usize, waiting: bool) -> bool {
        self.is_waiting.get_mut(node).is_some_and(|mark| std::mem::replace(mark, waiting) != waiting)
    }
}

/// The stretch `first..=last` between `before` and `after` goes to between `left` and `right`. In the direction from
/// `before` to `first`, `right` comes after `left`.
struct Move {
    before: usize,
    first: usize,
    last: usize,
    after: usize,
    left: usize,
    right: usize,
    turned: bool,
}
