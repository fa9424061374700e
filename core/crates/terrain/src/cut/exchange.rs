//! Shortening the walks: neighbours hand buildings to each other, and each turf's round is mended.
//!
//! A local search as for vehicle routing (Or 1976; Savelsbergh 1992): up to three buildings that follow each other are
//! moved beside a neighbour, of their own turf or of another, and stretches are turned around (Croes 1958), as long as
//! the walks get shorter, every turf stays one piece, and none gets further out of its bounds.

use super::division::Division;
use super::slots::{Slots, number};
use std::collections::VecDeque;

/// Buildings that are moved at once.
const CHAIN_MOST: usize = 3;
/// Metres that two houses next door to each other are worth being in one turf.
const SIDE_M: f64 = 15.0;
/// Gains below this, in metres, are rounding.
const LEAST_GAIN_M: f64 = 1e-6;
/// How many ways to move a building are tried before it is left.
const TRIES: usize = 3;
/// Rounds of moves for each building, at most; the search ends by itself much earlier.
const MOVES_MOST: usize = 30;

/// A chain of sites that could go beside another site.
#[derive(Debug, Clone, Copy)]
struct Move {
    gain_m: f64,
    chain: Chain,
    to: u32,
    behind: u32,
    turned: bool,
}

#[derive(Debug, Clone, Copy, Default)]
struct Chain {
    sites: [u32; CHAIN_MOST],
    len: usize,
}

impl Chain {
    fn sites(&self) -> &[u32] {
        self.sites.get(..self.len).unwrap_or_default()
    }
}

/// Sites whose surroundings changed since they were looked at.
struct Awake {
    queue: VecDeque<u32>,
    waits: Slots<bool>,
}

impl Awake {
    fn wake(&mut self, site: u32) {
        if !self.waits.at(site) {
            self.waits.set(site, true);
            self.queue.push_back(site);
        }
    }

    fn next(&mut self) -> Option<u32> {
        let site = self.queue.pop_front()?;
        self.waits.set(site, false);
        Some(site)
    }
}

/// Makes the walks shorter until no move of these kinds does.
pub(super) fn exchange(division: &mut Division<'_>) {
    let mut awake = Awake { queue: VecDeque::new(), waits: Slots::filled(false, division.sites.len()) };
    for turf in 0..number(division.len()) {
        division.rounds.of(turf).iter().for_each(|site| awake.wake(*site));
    }
    let mut moves_left = MOVES_MOST * division.sites.len();
    let mut moves = Vec::new();
    while let Some(site) = awake.next() {
        while moves_left > 0
            && (turn_around(division, site, &mut awake) || move_on(division, site, &mut moves, &mut awake))
        {
            moves_left -= 1;
        }
    }
}

/// Turns a stretch of the round around where that brings a neighbour beside.
fn turn_around(division: &mut Division<'_>, site: u32, awake: &mut Awake) -> bool {
    let (sites, turf) = (division.sites, division.turf(site));
    for step in [1, -1] {
        let beside = division.rounds.beside(turf, site, step);
        let leg_m = sites.leg_m(site, beside);
        for other in division.neighbours.of(site) {
            let near_m = sites.leg_m(site, *other);
            if near_m >= leg_m || division.turf(*other) != turf {
                continue;
            }
            let beyond = division.rounds.beside(turf, *other, step);
            let gain_m = leg_m + sites.leg_m(*other, beyond) - near_m - sites.leg_m(beside, beyond);
            if gain_m > LEAST_GAIN_M {
                let (here, there) = (division.rounds.place(site), division.rounds.place(*other));
                let (low, high) = (here.min(there), here.max(there));
                if step == 1 {
                    division.rounds.turn(turf, low + 1, high);
                } else {
                    division.rounds.turn(turf, low, high - 1);
                }
                [site, beside, *other, beyond].into_iter().for_each(|site| awake.wake(site));
                return true;
            }
        }
    }
    false
}

/// Moves a site, and perhaps those that follow it, beside a neighbour.
fn move_on(division: &mut Division<'_>, site: u32, moves: &mut Vec<Move>, awake: &mut Awake) -> bool {
    moves.clear();
    for step in [1, -1] {
        consider(division, site, step, moves);
    }
    moves.sort_by(|a, b| b.gain_m.total_cmp(&a.gain_m));
    for Move { chain, to, behind, turned, .. } in moves.iter().take(TRIES) {
        let mut sites = *chain;
        let from = division.turf(site);
        if from != *to && !(division.touches(sites.sites(), *to) && division.whole_without(sites.sites())) {
            continue;
        }
        let (Some(first), Some(last)) = (sites.sites().first().copied(), sites.sites().last().copied()) else {
            continue;
        };
        let around = [
            division.rounds.beside(from, first, 1),
            division.rounds.beside(from, first, -1),
            division.rounds.beside(from, last, 1),
            division.rounds.beside(from, last, -1),
            *behind,
            division.rounds.beside(*to, *behind, 1),
        ];
        if *turned && let Some(stretch) = sites.sites.get_mut(..chain.len) {
            stretch.reverse();
        }
        division.hand_over(sites.sites(), *to, *behind);
        around.into_iter().chain(sites.sites().iter().copied()).for_each(|site| awake.wake(site));
        if from != *to {
            for site in sites.sites() {
                division.neighbours.of(*site).iter().for_each(|other| awake.wake(*other));
            }
        }
        return true;
    }
    false
}

/// Looks at moves of the chains that begin with a site and go on in a direction of its round.
fn consider(division: &Division<'_>, site: u32, step: isize, moves: &mut Vec<Move>) {
    let (sites, rounds, from) = (division.sites, &division.rounds, division.turf(site));
    let len = rounds.of(from).len();
    let before = rounds.beside(from, site, -step);
    let mut chain = Chain::default();
    let mut last = site;
    while chain.len < CHAIN_MOST && chain.len + 1 < len {
        if chain.len > 0 {
            last = rounds.beside(from, last, step);
        }
        if let Some(slot) = chain.sites.get_mut(chain.len) {
            *slot = last;
        }
        chain.len += 1;
        let after = rounds.beside(from, last, step);
        let saved_m = sites.leg_m(before, site) + sites.leg_m(last, after) - sites.leg_m(before, after);
        if saved_m <= LEAST_GAIN_M {
            continue;
        }
        for other in division.neighbours.of(site).iter().filter(|other| !chain.sites().contains(other)) {
            let to = division.turf(*other);
            let near_m = sites.leg_m(site, *other);
            let allowed_m = if to == from { 0.0 } else { bonus_m(division, &chain, from, to) };
            // Between the neighbour and who comes behind it, or who comes before.
            for (beside, turned) in [(rounds.beside(to, *other, 1), false), (rounds.beside(to, *other, -1), true)] {
                if chain.sites().contains(&beside) {
                    continue;
                }
                let gain_m = saved_m - near_m - sites.leg_m(last, beside) + sites.leg_m(*other, beside) + allowed_m;
                if gain_m > LEAST_GAIN_M {
                    let behind = if turned { beside } else { *other };
                    moves.push(Move { gain_m, chain, to, behind, turned });
                }
            }
        }
    }
}

/// What a move to another turf is worth beside the walk; minus infinity if it would be unfair.
fn bonus_m(division: &Division<'_>, chain: &Chain, from: u32, to: u32) -> f64 {
    let weight = division.sites.weight_of(chain.sites());
    let (old_from, old_to) = (division.weight(from), division.weight(to));
    let before = division.outside(from, old_from) + division.outside(to, old_to);
    let after = division.outside(from, old_from.saturating_sub(weight)) + division.outside(to, old_to + weight);
    if after > before { f64::NEG_INFINITY } else { -SIDE_M * f64::from(division.sides_parted(chain.sites(), to)) }
}
