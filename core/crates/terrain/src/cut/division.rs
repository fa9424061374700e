//! Turfs while they are being made: who is in which, and the round walk through each.

use super::neighbours::Neighbours;
use super::rounds::Rounds;
use super::sites::Sites;
use super::slots::{Slots, number};

/// What a turf may weigh.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) least: u64,
    pub(super) most: u64,
}

/// Every site in one turf, and in the round walk of that turf.
pub(super) struct Division<'a> {
    pub(super) sites: &'a Sites,
    pub(super) neighbours: &'a Neighbours,
    turfs: Slots<u32>,
    weights: Slots<u64>,
    bounds: Slots<Bounds>,
    pub(super) rounds: Rounds,
    seen: Slots<u32>,
    round: u32,
    queue: Vec<u32>,
}

impl<'a> Division<'a> {
    pub(super) fn new(
        sites: &'a Sites,
        neighbours: &'a Neighbours,
        members: &[Vec<u32>],
        bounds: Slots<Bounds>,
    ) -> Self {
        let mut turfs = Slots::filled(0, sites.len());
        for (turf, members) in (0..).zip(members) {
            members.iter().for_each(|site| turfs.set(*site, turf));
        }
        Self {
            sites,
            neighbours,
            turfs,
            weights: members.iter().map(|members| sites.weight_of(members)).collect(),
            bounds,
            rounds: Rounds::new(sites, neighbours, members),
            seen: Slots::filled(0, sites.len()),
            round: 0,
            queue: Vec::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.weights.len()
    }

    #[inline]
    pub(super) fn turf(&self, site: u32) -> u32 {
        self.turfs.at(site)
    }

    #[inline]
    pub(super) fn weight(&self, turf: u32) -> u64 {
        self.weights.at(turf)
    }

    #[inline]
    pub(super) fn bounds(&self, turf: u32) -> Bounds {
        self.bounds.at(turf)
    }

    /// How much a weight is outside of a turf's bounds.
    pub(super) fn outside(&self, turf: u32, weight: u64) -> u64 {
        let bounds = self.bounds(turf);
        weight.saturating_sub(bounds.most) + bounds.least.saturating_sub(weight)
    }

    /// The houses next door that a move of a chain would part from it, less those it would bring together.
    pub(super) fn sides_parted(&self, chain: &[u32], to: u32) -> i32 {
        let mut parted = 0;
        for site in chain {
            let from = self.turf(*site);
            for beside in self.sites.next_door(*site).filter(|beside| !chain.contains(beside)) {
                let turf = self.turf(beside);
                parted += i32::from(turf == from) - i32::from(turf == to);
            }
        }
        parted
    }

    /// Whether a turf stays one piece without these sites of it, and is not empty.
    pub(super) fn whole_without(&mut self, chain: &[u32]) -> bool {
        let Some(turf) = chain.first().map(|site| self.turf(*site)) else { return true };
        if self.rounds.of(turf).len() <= chain.len() {
            return false;
        }
        self.round += 2;
        let (beside, reached) = (self.round, self.round + 1);
        let mut wanted = 0;
        let mut first = None;
        for site in chain {
            for other in self.neighbours.of(*site) {
                if self.turf(*other) == turf && !chain.contains(other) && self.seen.at(*other) != beside {
                    self.seen.set(*other, beside);
                    wanted += 1;
                    first = first.or(Some(*other));
                }
            }
        }
        let Some(first) = first else { return false };
        self.queue.clear();
        self.queue.push(first);
        self.seen.set(first, reached);
        wanted -= 1;
        let mut next = 0;
        while let Some(site) = self.queue.get(next).copied().filter(|_| wanted > 0) {
            next += 1;
            for other in self.neighbours.of(site) {
                let seen = self.seen.at(*other);
                if seen != reached && self.turf(*other) == turf && !chain.contains(other) {
                    wanted -= i32::from(seen == beside);
                    self.seen.set(*other, reached);
                    self.queue.push(*other);
                }
            }
        }
        wanted == 0
    }

    /// Whether a chain lies against a turf, each of its sites against it or against one before.
    pub(super) fn touches(&self, chain: &[u32], turf: u32) -> bool {
        let against = |before: &[u32], site: u32| {
            self.neighbours.of(site).iter().any(|other| self.turf(*other) == turf || before.contains(other))
        };
        let forward = (0..chain.len()).all(|at| {
            chain
                .split_at_checked(at)
                .is_some_and(|(before, rest)| rest.first().is_some_and(|site| against(before, *site)))
        });
        forward
            || (0..chain.len()).all(|at| {
                chain.get(at).is_some_and(|site| chain.get(at + 1..).is_some_and(|after| against(after, *site)))
            })
    }

    /// Puts a chain, which is a stretch of its turf's round, into another turf's round behind a site of that.
    pub(super) fn hand_over(&mut self, chain: &[u32], to: u32, behind: u32) {
        let Some(from) = chain.first().map(|site| self.turf(*site)) else { return };
        let weight = self.sites.weight_of(chain);
        self.weights.set(from, self.weight(from).saturating_sub(weight));
        self.weights.set(to, self.weight(to) + weight);
        self.rounds.take(from, chain);
        self.rounds.put(to, chain, behind);
        for site in chain {
            self.turfs.set(*site, to);
        }
    }

    /// The turfs' members, by number.
    pub(super) fn members(&self) -> Vec<Vec<u32>> {
        (0..number(self.len())).map(|turf| self.rounds.of(turf).to_vec()).collect()
    }
}
