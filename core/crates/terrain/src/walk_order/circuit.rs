//! Every kind of walk as one: a round.

use super::ends::{End, Ends};
use super::ground::Ground;

/// Shorter than any walk on earth is long, so that no exchange of legs ever gives it up.
const TIED_M: f64 = -1e9;

/// Of so many legs one is a long one.
const LONG_LEG_ONE_IN: usize = 10;
/// Long legs at most.
const LONG_LEGS: usize = 200;
/// Neighbours more for the ends of long legs.
const WIDER: usize = 5;

/// The stops of a walk, made round. Where an end is free, one node more, "home", closes the round: it is at no distance
/// from any stop. Where an end is fixed, the leg that closes the round is tied: home and that end, or the two ends.
#[derive(Debug)]
pub(super) struct Circuit<'a, G> {
    ground: &'a G,
    stops: usize,
    home: Option<usize>,
    tied: Option<(usize, usize)>,
    /// The neighbours of all stops one after the other, and where each stop's begin.
    neighbours: Vec<Neighbour>,
    begins: Vec<usize>,
}

/// A stop that is worth going on to, and how far it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Neighbour {
    pub(super) node: usize,
    pub(super) leg_m: f64,
}

impl<'a, G: Ground> Circuit<'a, G> {
    pub(super) fn new(ground: &'a G, ends: Ends<usize>) -> Self {
        let stops = ground.stops();
        let (home, tied) = match (ends.start, ends.end) {
            (_, End::AtStart) => (None, None),
            (Some(start), End::At(end)) if start == end => (None, None),
            (Some(start), End::At(end)) => (None, Some((start, end))),
            (Some(fixed), End::Anywhere) | (None, End::At(fixed)) => (Some(stops), Some((stops, fixed))),
            (None, End::Anywhere) => (Some(stops), None),
        };
        let mut circuit = Self { ground, stops, home, tied, neighbours: Vec::new(), begins: vec![0] };
        circuit.list(ground.neighbours());
        circuit
    }

    fn list(&mut self, neighbours: Vec<Vec<usize>>) {
        self.neighbours.clear();
        self.begins.truncate(1);
        for (node, near) in neighbours.into_iter().enumerate() {
            self.neighbours.extend(self.home.map(|home| Neighbour { node: home, leg_m: 0.0 }));
            let leg_m = |other| self.ground.leg_m(node, other);
            self.neighbours.extend(near.into_iter().map(|other| Neighbour { node: other, leg_m: leg_m(other) }));
            self.begins.push(self.neighbours.len());
        }
    }

    /// Where the longest legs of a round begin and end, their other ends become neighbours: between two crowds, neighbours
    /// lists know of one leg or none, and the round has several to exchange for each other.
    pub(super) fn widen(&mut self, round: &[usize]) {
        let next = round.iter().cycle().skip(1);
        let mut legs: Vec<(f64, usize, usize)> =
            round.iter().zip(next).map(|(a, b)| (self.leg_m(*a, *b), *a, *b)).collect();
        legs.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        legs.truncate(round.len().div_ceil(LONG_LEG_ONE_IN).min(LONG_LEGS));
        let mut ends: Vec<usize> =
            legs.iter().flat_map(|(_, a, b)| [*a, *b]).filter(|node| *node < self.stops).collect();
        ends.sort_unstable();
        ends.dedup();
        let mut lists: Vec<Vec<usize>> =
            (0..self.stops).map(|node| self.stops_near(node).iter().map(|near| near.node).collect()).collect();
        for &end in &ends {
            let mut others: Vec<usize> = ends.iter().copied().filter(|other| *other != end).collect();
            let by_leg = |a: &usize, b: &usize| self.leg_m(end, *a).total_cmp(&self.leg_m(end, *b)).then(a.cmp(b));
            if others.len() > WIDER {
                others.select_nth_unstable_by(WIDER, by_leg);
                others.truncate(WIDER);
            }
            if let Some(list) = lists.get_mut(end) {
                list.extend(others);
                list.sort_unstable_by(by_leg);
                list.dedup();
            }
        }
        self.list(lists);
    }

    /// How many nodes the round has.
    pub(super) fn nodes(&self) -> usize {
        self.stops + usize::from(self.home.is_some())
    }

    pub(super) fn home(&self) -> Option<usize> {
        self.home
    }

    pub(super) fn tied(&self) -> Option<(usize, usize)> {
        self.tied
    }

    /// Metres between two nodes.
    #[inline]
    pub(super) fn leg_m(&self, a: usize, b: usize) -> f64 {
        if self.tied.is_some_and(|(x, y)| (a == x && b == y) || (a == y && b == x)) {
            TIED_M
        } else if a >= self.stops || b >= self.stops {
            0.0
        } else {
            self.ground.leg_m(a, b)
        }
    }

    /// Whether a change of this many metres tears the tied leg.
    pub(super) fn is_torn(change_m: f64) -> bool {
        change_m > -TIED_M / 2.0
    }

    /// Nodes worth going on to, nearest first: home, where there is one, and stops. So the search can end the walk at any
    /// stop. Home itself has none: it is near to all.
    #[inline]
    pub(super) fn neighbours(&self, node: usize) -> &[Neighbour] {
        match (self.begins.get(node), self.begins.get(node + 1)) {
            (Some(begin), Some(end)) => self.neighbours.get(*begin..*end).unwrap_or_default(),
            _ => &[],
        }
    }

    /// The same without home.
    #[inline]
    pub(super) fn stops_near(&self, node: usize) -> &[Neighbour] {
        let near = self.neighbours(node);
        near.get(usize::from(self.home.is_some())..).unwrap_or_default()
    }

    /// The round of nodes as the walk that it stands for, without home.
    pub(super) fn open(&self, round: &[usize], ends: Ends<usize>) -> Vec<usize> {
        let n = round.len();
        let place_of = |node: usize| round.iter().position(|other| *other == node);
        let from = |place: usize, forward: bool| {
            let step = move |step: usize| if forward { place + step } else { place + n - step };
            (0..n).filter_map(move |count| round.get(step(count) % n.max(1)).copied())
        };
        let walk: Vec<usize> = match (self.home.and_then(place_of), self.tied) {
            (Some(home), _) => from(home, true).skip(1).collect(),
            (None, Some((start, end))) => {
                let place = place_of(start).unwrap_or_default();
                let forward = round.get((place + 1) % n.max(1)) != Some(&end);
                from(place, forward || n == 2).collect()
            }
            (None, None) => {
                let place = place_of(ends.start.unwrap_or_default()).unwrap_or_default();
                let beside = |step: usize| round.get((place + step) % n.max(1));
                return from(place, beside(1) <= beside(n.saturating_sub(1))).collect();
            }
        };
        let (first, last) = (walk.first().copied(), walk.last().copied());
        let wrong_way = match (ends.start, ends.end) {
            (Some(start), _) => first != Some(start),
            (None, End::At(end)) => last != Some(end),
            (None, _) => first > last,
        };
        if wrong_way { walk.into_iter().rev().collect() } else { walk }
    }
}
