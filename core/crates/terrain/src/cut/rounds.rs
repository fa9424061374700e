//! A round walk through each turf.
//!
//! Begun by joining the shortest legs first (greedy matching, Bentley 1992), shortened by turning stretches around
//! (2-opt, Croes 1958) and by moving short ones (Or 1976) among neighbours.

use super::neighbours::Neighbours;
use super::sites::Sites;
use super::slots::{Slots, number};

/// The round walk of every turf, and each site's place in it.
#[derive(Debug)]
pub(super) struct Rounds {
    rounds: Vec<Vec<u32>>,
    places: Slots<u32>,
}

impl Rounds {
    pub(super) fn new(sites: &Sites, neighbours: &Neighbours, members: &[Vec<u32>]) -> Self {
        let mut rounds = Self { rounds: greedy(sites, neighbours, members), places: Slots::filled(0, sites.len()) };
        for turf in 0..number(members.len()) {
            rounds.renumber(turf, 0);
        }
        rounds
    }

    #[inline]
    pub(super) fn of(&self, turf: u32) -> &[u32] {
        self.rounds.get(turf as usize).map_or(&[], Vec::as_slice)
    }

    #[inline]
    pub(super) fn place(&self, site: u32) -> usize {
        self.places.at(site) as usize
    }

    /// So many places on from a site in a turf's round; backwards if negative.
    #[inline]
    pub(super) fn beside(&self, turf: u32, site: u32, by: isize) -> u32 {
        let round = self.of(turf);
        #[allow(clippy::cast_possible_wrap, clippy::cast_sign_loss, reason = "a round has at most 2³² sites")]
        let place = {
            let (place, len) = (self.place(site) as isize + by, round.len().max(1) as isize);
            // Nearly always within the round: a division is dear.
            (if place < 0 || place >= len { place.rem_euclid(len) } else { place }) as usize
        };
        round.get(place).copied().unwrap_or(site)
    }

    /// Takes a chain, a stretch of the round in either direction, out of it.
    pub(super) fn take(&mut self, turf: u32, chain: &[u32]) {
        let least = chain.iter().map(|site| self.place(*site)).min().unwrap_or_default();
        if let Some(round) = self.rounds.get_mut(turf as usize) {
            round.retain(|site| !chain.contains(site));
        }
        self.renumber(turf, least);
    }

    /// Puts a chain behind a site.
    pub(super) fn put(&mut self, turf: u32, chain: &[u32], behind: u32) {
        let place = self.place(behind) + 1;
        if let Some(round) = self.rounds.get_mut(turf as usize) {
            let place = place.min(round.len());
            round.splice(place..place, chain.iter().copied());
        }
        self.renumber(turf, place.saturating_sub(1));
    }

    /// Turns the stretch from one place to a later one around.
    pub(super) fn turn(&mut self, turf: u32, from: usize, to: usize) {
        let Some(round) = self.rounds.get_mut(turf as usize) else { return };
        // The other side is the same round, and perhaps shorter.
        let (inside, len) = (to + 1 - from, round.len());
        if inside * 2 <= len {
            if let Some(stretch) = round.get_mut(from..=to) {
                stretch.reverse();
                for (place, site) in (from..).zip(stretch) {
                    self.places.set(*site, number(place));
                }
            }
            return;
        }
        let (mut low, mut high) = (to + 1, from + len - 1);
        while low < high {
            let (a, b) = (low % len, high % len);
            round.swap(a, b);
            for place in [a, b] {
                if let Some(site) = round.get(place) {
                    self.places.set(*site, number(place));
                }
            }
            (low, high) = (low + 1, high - 1);
        }
    }

    fn renumber(&mut self, turf: u32, from: usize) {
        let round = self.rounds.get(turf as usize).map_or(&[][..], Vec::as_slice);
        for (place, site) in (from..).zip(round.iter().skip(from)) {
            self.places.set(*site, number(place));
        }
    }
}

/// Joins ends, nearest first, while neither has two legs and no round closes early; then the pieces of a turf, end to
/// nearest end.
fn greedy(sites: &Sites, neighbours: &Neighbours, members: &[Vec<u32>]) -> Vec<Vec<u32>> {
    let mut turfs = Slots::filled(u32::MAX, sites.len());
    for (turf, members) in (0..).zip(members) {
        members.iter().for_each(|site| turfs.set(*site, turf));
    }
    let mut legs = Vec::with_capacity(sites.len() * 3);
    for site in members.iter().flatten() {
        for other in neighbours.of(*site).iter().filter(|other| *other > site) {
            if turfs.at(*site) == turfs.at(*other) {
                legs.push((sites.leg_m(*site, *other).to_bits(), *site, *other));
            }
        }
    }
    // Lengths are not negative: their bits are in their own order.
    legs.sort_unstable();
    let mut chains = Chains::new(sites.len());
    for (_, a, b) in legs {
        chains.join(a, b);
    }
    members.iter().map(|members| chains.strung(sites, members)).collect()
}

/// Sites joined into chains: what each is joined to, plus one, and for an end the other end.
struct Chains {
    joined: [Slots<u32>; 2],
    other_end: Slots<u32>,
}

impl Chains {
    fn new(sites: usize) -> Self {
        let none = || Slots::filled(0, sites);
        Self { joined: [none(), none()], other_end: (0..number(sites)).collect() }
    }

    fn is_end(&self, site: u32) -> bool {
        self.joined[1].at(site) == 0
    }

    fn join(&mut self, a: u32, b: u32) {
        let (end_a, end_b) = (self.other_end.at(a), self.other_end.at(b));
        if !self.is_end(a) || !self.is_end(b) || end_a == b {
            return;
        }
        for (site, to) in [(a, b), (b, a)] {
            let free = usize::from(self.joined[0].at(site) != 0);
            if let Some(slot) = self.joined.get_mut(free) {
                slot.set(site, to + 1);
            }
        }
        self.other_end.set(end_a, end_b);
        self.other_end.set(end_b, end_a);
    }

    fn strung(&self, sites: &Sites, members: &[u32]) -> Vec<u32> {
        let mut ends: Vec<u32> = members.iter().copied().filter(|site| self.is_end(*site)).collect();
        let mut round = Vec::with_capacity(members.len());
        let mut at = ends.first().copied();
        while let Some(begin) = at {
            let end = self.other_end.at(begin);
            ends.retain(|site| *site != begin && *site != end);
            let (mut last, mut site) = (u32::MAX, begin);
            loop {
                round.push(site);
                let on = self.joined.iter().filter_map(|to| to.at(site).checked_sub(1)).find(|to| *to != last);
                let Some(on) = on else { break };
                (last, site) = (site, on);
            }
            at = ends
                .iter()
                .copied()
                .min_by(|a, b| sites.leg_m(end, *a).total_cmp(&sites.leg_m(end, *b)).then_with(|| a.cmp(b)));
        }
        round
    }
}
