//! Down to a round that no chain of exchanges shortens.
//!
//! Lin and Kernighan's search (1973) with sequential three-exchanges as its steps (Helsgaun 2000): from a leg that is given
//! up, neighbours lists lead to legs that pay for themselves so far; of those steps that do not close at a gain, the one
//! that leaves most to spend is made and the search goes on from there, and all is taken back if nothing comes of it.
//! Don't-look bits (Bentley 1992) leave nodes alone around which nothing has changed.

use super::circuit::Circuit;
use super::ground::Ground;
use super::tour::Tour;
use std::collections::VecDeque;

/// Changes of fewer metres are rounding, not gain.
pub(super) const LEAST_GAIN_M: f64 = 1e-6;
/// Steps of one chain.
const LONGEST_CHAIN: usize = 8;

pub(super) struct Search<'a, G> {
    pub(super) circuit: &'a Circuit<'a, G>,
    pub(super) tour: Tour,
    /// Nodes still to look at; the don't-look bits are the nodes that are not waiting.
    waiting: VecDeque<usize>,
    is_waiting: Vec<bool>,
    /// Legs that a chain has put in and must not give up again.
    added: Vec<(usize, usize)>,
    /// Nodes around which a chain has changed something.
    touched: Vec<usize>,
    /// By how much the round has grown.
    pub(super) change_m: f64,
    /// What it cost so far: legs looked at and nodes moved.
    pub(super) spent: usize,
}

/// New legs for old, in Lin and Kernighan's numbers: t1–t2 goes, t2–t3 comes, t3–t4 goes, and so on. The directions are
/// those in which t2 comes after t1.
#[derive(Debug, Clone, Copy)]
enum Exchange {
    /// t4 is before t3: the stretch from t2 to t4 is turned around.
    Two([usize; 4]),
    /// The same, and then once more.
    Three([usize; 6]),
    /// t4 is after t3 and t6 after t5, which lies between t2 and t3: two stretches change places.
    Swap([usize; 6]),
    /// t4 is after t3 and t6 before t5, which lies between t2 and t3: two stretches are turned around, each in its place.
    TurnBoth([usize; 6]),
}

enum Found {
    /// The round closes, shorter by so much.
    Shorter(Exchange, f64),
    /// There is so much left to spend from the last node on.
    Open(Exchange, f64),
    Nothing,
}

impl<'a, G: Ground> Search<'a, G> {
    pub(super) fn new(circuit: &'a Circuit<'a, G>, round: &[usize]) -> Self {
        let tour = Tour::new(round);
        let waiting = round.iter().copied().collect();
        let is_waiting = vec![true; tour.len()];
        Self { circuit, tour, waiting, is_waiting, added: Vec::new(), touched: Vec::new(), change_m: 0.0, spent: 0 }
    }

    /// Down to a round that no chain shortens.
    pub(super) fn descend(&mut self) {
        while let Some(node) = self.waiting.pop_front() {
            self.mark(node, false);
            while self.shorten_at(node, true) || self.shorten_at(node, false) {}
        }
    }

    /// Swaps the stretches b–c and d–e, which lie between a and f one after the other.
    pub(super) fn swap(&mut self, [a, b, c, d, e, f]: [usize; 6], change_m: f64) {
        self.make(Exchange::Swap([a, b, e, f, c, d]));
        self.change_m += change_m;
        self.touched.extend([a, b, c, d, e, f]);
        self.look_again();
    }

    /// One chain that gives up the leg from a node in a direction. Whether it made the round shorter.
    fn shorten_at(&mut self, t1: usize, forward: bool) -> bool {
        let before = self.tour.changes();
        let mut t2 = self.tour.beside(t1, forward);
        let mut open_m = self.circuit.leg_m(t1, t2);
        self.added.clear();
        for _ in 0..LONGEST_CHAIN {
            match self.look(t1, t2, open_m) {
                Found::Shorter(exchange, gain_m) => {
                    self.make(exchange);
                    self.change_m -= gain_m;
                    self.settle(exchange);
                    self.look_again();
                    return true;
                }
                Found::Open(exchange, left_m) => {
                    self.make(exchange);
                    t2 = self.settle(exchange);
                    open_m = left_m;
                }
                Found::Nothing => break,
            }
        }
        self.touched.clear();
        if self.tour.changes() > before {
            self.spent += self.tour.take_back(before);
        }
        false
    }

    /// The best next step, where t1–t2 is given up and there are `open_m` to spend.
    fn look(&mut self, t1: usize, t2: usize, open_m: f64) -> Found {
        let (circuit, n) = (self.circuit, self.tour.len());
        let sight = Sight::new(&self.tour, t1, t2);
        let mut best_m = LEAST_GAIN_M;
        let mut best = None;
        let mut looks = 0;
        for third in circuit.neighbours(t2) {
            let (t3, left_m) = (third.node, open_m - third.leg_m);
            if left_m <= LEAST_GAIN_M {
                break;
            }
            let at3 = sight.offset(t3);
            if at3 == 1 || at3 + 1 == n {
                continue;
            }
            let t4 = sight.before(t3);
            looks += 2;
            if !self.is_added(t3, t4) {
                let left_m = left_m + circuit.leg_m(t3, t4);
                let gain_m = left_m - circuit.leg_m(t4, t1);
                if gain_m > LEAST_GAIN_M {
                    self.spent += looks;
                    return Found::Shorter(Exchange::Two([t1, t2, t3, t4]), gain_m);
                }
                for fifth in circuit.neighbours(t4) {
                    let (t5, left_m) = (fifth.node, left_m - fifth.leg_m);
                    if left_m <= LEAST_GAIN_M {
                        break;
                    }
                    looks += 1;
                    let at5 = sight.offset(t5);
                    if at5 == at3 || at5 + 2 == at3 || at5 + 1 == n {
                        continue;
                    }
                    let t6 = if at5 < at3 { sight.after(t5) } else { sight.before(t5) };
                    if self.is_added(t5, t6) {
                        continue;
                    }
                    let left_m = left_m + circuit.leg_m(t5, t6);
                    let exchange = Exchange::Three([t1, t2, t3, t4, t5, t6]);
                    let gain_m = left_m - circuit.leg_m(t6, t1);
                    if gain_m > LEAST_GAIN_M {
                        self.spent += looks;
                        return Found::Shorter(exchange, gain_m);
                    }
                    if left_m > best_m {
                        (best_m, best) = (left_m, Some(exchange));
                    }
                }
            }
            let t4 = sight.after(t3);
            if self.is_added(t3, t4) {
                continue;
            }
            let left_m = left_m + circuit.leg_m(t3, t4);
            for fifth in circuit.neighbours(t4) {
                let (t5, left_m) = (fifth.node, left_m - fifth.leg_m);
                if left_m <= LEAST_GAIN_M {
                    break;
                }
                looks += 1;
                let at5 = sight.offset(t5);
                if at5 >= at3 || (at5 == 0 && t4 == t1) {
                    continue;
                }
                for after in [true, false] {
                    if !after && at5 == 0 {
                        continue;
                    }
                    let t6 = if after { sight.after(t5) } else { sight.before(t5) };
                    if self.is_added(t5, t6) {
                        continue;
                    }
                    let nodes = [t1, t2, t3, t4, t5, t6];
                    let exchange = if after { Exchange::Swap(nodes) } else { Exchange::TurnBoth(nodes) };
                    let left_m = left_m + circuit.leg_m(t5, t6);
                    let gain_m = left_m - circuit.leg_m(t6, t1);
                    if gain_m > LEAST_GAIN_M {
                        self.spent += looks;
                        return Found::Shorter(exchange, gain_m);
                    }
                    if left_m > best_m {
                        (best_m, best) = (left_m, Some(exchange));
                    }
                }
            }
        }
        self.spent += looks;
        best.map_or(Found::Nothing, |exchange| Found::Open(exchange, best_m))
    }

    fn make(&mut self, exchange: Exchange) {
        match exchange {
            Exchange::Two([t1, t2, t3, t4]) => self.exchange([t1, t2, t4, t3]),
            Exchange::Three([t1, t2, t3, t4, t5, t6]) => {
                self.exchange([t1, t2, t4, t3]);
                self.exchange([t1, t4, t6, t5]);
            }
            Exchange::Swap([t1, t2, t3, t4, t5, t6]) => {
                self.exchange([t1, t2, t3, t4]);
                self.exchange([t1, t3, t6, t5]);
                self.exchange([t3, t5, t2, t4]);
            }
            Exchange::TurnBoth([t1, t2, t3, t4, t5, t6]) => {
                self.exchange([t1, t2, t6, t5]);
                self.exchange([t2, t5, t3, t4]);
            }
        }
    }

    fn exchange(&mut self, ends: [usize; 4]) {
        self.spent += self.tour.exchange(ends) / 4;
    }

    /// Notes what an exchange has touched; returns the last node.
    fn settle(&mut self, exchange: Exchange) -> usize {
        match exchange {
            Exchange::Two(nodes) => {
                self.touched.extend(nodes);
                nodes[3]
            }
            Exchange::Three(nodes) | Exchange::Swap(nodes) | Exchange::TurnBoth(nodes) => {
                let [_, t2, t3, t4, t5, t6] = nodes;
                self.added.extend([(t2, t3), (t4, t5)]);
                self.touched.extend(nodes);
                t6
            }
        }
    }

    fn is_added(&self, a: usize, b: usize) -> bool {
        self.added.iter().any(|leg| *leg == (a, b) || *leg == (b, a))
    }

    /// Lets all nodes be looked at around which something has changed for good.
    fn look_again(&mut self) {
        while let Some(node) = self.touched.pop() {
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

/// The tour as it looks from a leg, in the direction from t1 to t2.
struct Sight<'a> {
    tour: &'a Tour,
    forward: bool,
    from: usize,
}

impl<'a> Sight<'a> {
    fn new(tour: &'a Tour, t1: usize, t2: usize) -> Self {
        Self { tour, forward: tour.next(t1) == t2, from: tour.place(t2) }
    }

    /// How many nodes on from t2; t1 is the last.
    #[inline]
    fn offset(&self, node: usize) -> usize {
        let place = self.tour.place(node);
        let (from, to) = if self.forward { (self.from, place) } else { (place, self.from) };
        if to >= from { to - from } else { to + self.tour.len() - from }
    }

    #[inline]
    fn after(&self, node: usize) -> usize {
        self.tour.beside(node, self.forward)
    }

    #[inline]
    fn before(&self, node: usize) -> usize {
        self.tour.beside(node, !self.forward)
    }
}
