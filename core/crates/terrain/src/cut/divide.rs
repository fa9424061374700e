//! From weighed buildings to turfs: cut, make whole, shorten.

use super::Work;
use super::balance::{balance, join_pieces};
use super::barriers::Barriers;
use super::bisect::{Bisection, float};
use super::division::{Bounds, Division};
use super::exchange::exchange;
use super::neighbours::Neighbours;
use super::sites::Sites;
use super::slots::{Slots, number};
use crate::walk_order::DETOUR;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, VecDeque};

/// How much larger or smaller than wished a turf may be: a tenth.
const TOLERANCE: u64 = 10;
/// Work is weighed in these, so that a door's and a leg's are whole numbers.
const TENTHS_IN_MINUTE: u64 = 600;
/// Nobody walks round more buildings than this; where turfs are to be larger, there is no walk to be made shorter.
const ROUND_MOST: usize = 10_000;

/// The sites of each turf. A turf weighs about as much as is wished.
pub(super) fn divide(sites: &Sites, wards: &[Vec<u32>], barriers: &Barriers, wished: u64) -> Vec<Vec<u32>> {
    Ground::new(sites, wards, barriers, wished).turfs().0
}

/// The turfs there were, grown. `before` holds each site's turf, from 1 on, and 0 for who is new.
pub(super) fn divide_again(
    sites: &Sites,
    wards: &[Vec<u32>],
    barriers: &Barriers,
    wished: u64,
    before: &Slots<u32>,
) -> Vec<Vec<u32>> {
    Ground::new(sites, wards, barriers, wished).turfs_again(before)
}

/// The weight of a turf of so much work.
pub(super) fn wished(work: Work) -> u64 {
    u64::from(work.minutes.max(1)) * TENTHS_IN_MINUTE
}

/// Weighs each building by the work that it is. How far one has to walk is known only when the turfs are: they are cut by
/// a guess, and again by what that led to.
pub(super) fn weigh(sites: &mut Sites, wards: &[Vec<u32>], barriers: &Barriers, work: Work) {
    let wished = wished(work);
    let doors: Slots<u64> = (0..number(sites.len())).map(|site| sites.weight(site)).collect();
    let neighbours = Neighbours::new(sites, wards, barriers);
    let guess = (0..number(sites.len())).map(|site| between_nearest_m(sites, &neighbours, site)).collect();
    sites.weigh(weights(&doors, &guess, work));
    for _ in 0..2 {
        let (_, legs_m) = Ground::new(sites, wards, barriers, wished).turfs();
        sites.weigh(weights(&doors, &legs_m, work));
    }
}

/// A building's work: its doors, and half of each leg of the round that begins or ends at it.
fn weights(doors: &Slots<u64>, legs_m: &Slots<f64>, work: Work) -> Slots<u64> {
    let tenths_of_m = DETOUR * float(TENTHS_IN_MINUTE) / f64::from(work.pace_m.max(1));
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most half the earth's girth")]
    let walking = |metres: f64| (metres * tenths_of_m).round() as u64;
    let weight = |site| doors.at(site) * u64::from(work.door_s) * 10 + walking(legs_m.at(site));
    (0..number(doors.len())).map(|site| weight(site).max(1)).collect()
}

/// The mean leg to the two nearest neighbours, about what a good round has.
fn between_nearest_m(sites: &Sites, neighbours: &Neighbours, site: u32) -> f64 {
    let mut legs_m: Vec<f64> = neighbours.of(site).iter().map(|other| sites.leg_m(site, *other)).collect();
    legs_m.sort_by(f64::total_cmp);
    match legs_m.as_slice() {
        [] => 0.0,
        [only] => *only,
        [first, second, ..] => (first + second) / 2.0,
    }
}

/// What there is to cut.
struct Ground<'a> {
    sites: &'a Sites,
    neighbours: Neighbours,
    /// Buildings that are more than a turf: each is one by itself, and nobody's neighbour.
    huge: Vec<u32>,
    rest: Vec<u32>,
    wished: u64,
}

impl<'a> Ground<'a> {
    fn new(sites: &'a Sites, wards: &[Vec<u32>], barriers: &Barriers, wished: u64) -> Self {
        let most = bounds(wished).most;
        let fits = |site: &u32| sites.weight(*site) <= most;
        let wards: Vec<Vec<u32>> = wards
            .iter()
            .map(|ward| ward.iter().copied().filter(fits).collect())
            .filter(|ward: &Vec<u32>| !ward.is_empty())
            .collect();
        let neighbours = Neighbours::new(sites, &wards, barriers);
        let (rest, huge) = (0..number(sites.len())).partition(fits);
        Self { sites, neighbours, huge, rest, wished }
    }

    /// The turfs, and half of both legs at each site.
    fn turfs(&self) -> (Vec<Vec<u32>>, Slots<f64>) {
        let turfs = self.cut(|ground, piece, parts| ground.bisect(piece, parts));
        self.settle(turfs, |division| {
            exchange(division);
            balance(division);
            exchange(division);
        })
    }

    /// The turfs there were, with what has come since, and no more changed than fairness wants.
    fn turfs_again(&self, before: &Slots<u32>) -> Vec<Vec<u32>> {
        let turfs = self.cut(|ground, piece, parts| ground.keep(piece, parts, before));
        self.settle(turfs, balance).0
    }

    /// Cuts each piece of the ground, in a way of its own, into about so many turfs.
    fn cut(&self, way: impl Fn(&Self, &[u32], u64) -> Vec<Vec<u32>>) -> Vec<(Vec<u32>, Bounds)> {
        let mut turfs = Vec::new();
        for piece in self.neighbours.pieces(&self.rest, &mut Slots::filled(0, self.sites.len())) {
            let weight = self.sites.weight_of(&piece);
            let parts = parts(weight, self.wished);
            let bounds = bounds_of_share(self.wished, weight, parts);
            let mut cut = way(self, &piece, parts);
            join_pieces(self.sites, &self.neighbours, &mut cut, float(self.wished));
            turfs.extend(cut.into_iter().map(|turf| (turf, bounds)));
        }
        turfs
    }

    fn bisect(&self, piece: &[u32], parts: u64) -> Vec<Vec<u32>> {
        Bisection::new(self.sites, &self.neighbours, float(self.wished)).cut(piece, parts)
    }

    /// Who was in a turf stays in it, who comes new joins a neighbour, and what has become two turfs is cut.
    fn keep(&self, piece: &[u32], parts: u64, before: &Slots<u32>) -> Vec<Vec<u32>> {
        let mut turf_of: BTreeMap<u32, u32> =
            piece.iter().map(|site| (*site, before.at(*site))).filter(|(_, turf)| *turf != 0).collect();
        if turf_of.is_empty() {
            return self.bisect(piece, parts);
        }
        let mut queue: VecDeque<u32> = turf_of.keys().copied().collect();
        while let Some(site) = queue.pop_front() {
            let turf = turf_of.get(&site).copied().unwrap_or_default();
            for other in self.neighbours.of(site) {
                if let Entry::Vacant(free) = turf_of.entry(*other) {
                    free.insert(turf);
                    queue.push_back(*other);
                }
            }
        }
        let mut turfs: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (site, turf) in turf_of {
            turfs.entry(turf).or_default().push(site);
        }
        turfs
            .into_values()
            .flat_map(|turf| self.bisect(&turf, self::parts(self.sites.weight_of(&turf), self.wished)))
            .collect()
    }

    /// Moves buildings between neighbours, and adds those that are a turf by themselves.
    fn settle(&self, turfs: Vec<(Vec<u32>, Bounds)>, how: impl Fn(&mut Division<'_>)) -> (Vec<Vec<u32>>, Slots<f64>) {
        let (mut turfs, bounds): (Vec<_>, Vec<_>) = turfs.into_iter().unzip();
        let mut legs_m = Slots::filled(0.0, self.sites.len());
        if self.rest.len() <= turfs.len().saturating_mul(ROUND_MOST) {
            let mut division = Division::new(self.sites, &self.neighbours, &turfs, bounds.into_iter().collect());
            how(&mut division);
            turfs = division.members();
            legs_m = self.half_legs_m(&turfs);
        }
        turfs.extend(self.huge.iter().map(|site| vec![*site]));
        (turfs, legs_m)
    }

    fn half_legs_m(&self, rounds: &[Vec<u32>]) -> Slots<f64> {
        let mut legs_m = Slots::filled(0.0, self.sites.len());
        for round in rounds {
            for (a, b) in round.iter().zip(round.iter().cycle().skip(1)) {
                let half_m = self.sites.leg_m(*a, *b) / 2.0;
                legs_m.set(*a, legs_m.at(*a) + half_m);
                legs_m.set(*b, legs_m.at(*b) + half_m);
            }
        }
        legs_m
    }
}

fn bounds(wished: u64) -> Bounds {
    Bounds { least: (wished - wished / TOLERANCE).max(1), most: wished.saturating_add(wished / TOLERANCE) }
}

/// Where there is too little or too much for turfs of the wished size, they are to be alike, to a twentieth.
fn bounds_of_share(wished: u64, weight: u64, parts: u64) -> Bounds {
    let mut bounds = bounds(wished);
    if weight / parts < bounds.least {
        bounds.least = weight / parts - weight / parts / 20;
    }
    let mean = weight.div_ceil(parts);
    if mean > bounds.most {
        bounds.most = mean + mean / 20;
    }
    bounds
}

/// The number of turfs that brings their mean weight nearest to the wish.
fn parts(weight: u64, wished: u64) -> u64 {
    // A wish for more than there is comes to one turf, and must not overflow below.
    let wished = wished.clamp(1, weight.max(1));
    let few = (weight / wished).max(1);
    // Compares weight ÷ few − wish with wish − weight ÷ (few + 1), without dividing.
    let too_large = u128::from(weight.saturating_sub(few * wished)) * u128::from(few + 1);
    let too_small = u128::from(((few + 1) * wished).saturating_sub(weight)) * u128::from(few);
    if too_large <= too_small { few } else { few + 1 }
}
