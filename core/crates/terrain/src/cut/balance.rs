//! What the first cut left: turfs in several pieces, and turfs that are too large or too small.

use super::division::Division;
use super::neighbours::Neighbours;
use super::sites::Sites;
use super::slots::{Slots, number};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Borders that are tried before a turf is left as it is.
const BORDERS_MOST: usize = 64;
/// How often all turfs are looked at. Each time all of them together are nearer to their bounds, or it ends.
const SWEEPS_MOST: usize = 16;

/// Gives each piece of a turf but the heaviest to the turf beside it that gets least out of balance.
pub(super) fn join_pieces(sites: &Sites, neighbours: &Neighbours, turfs: &mut [Vec<u32>], wished: f64) {
    let mut turf_of = Slots::filled(u32::MAX, sites.len());
    let mut weights: Slots<u64> = turfs.iter().map(|members| sites.weight_of(members)).collect();
    let mut mark = Slots::filled(0, sites.len());
    let mut loose = VecDeque::new();
    for (turf, members) in (0..).zip(turfs.iter_mut()) {
        let mut pieces = neighbours.pieces(members, &mut mark);
        let heaviest = (0..pieces.len())
            .max_by_key(|at| (pieces.get(*at).map(|piece| sites.weight_of(piece)), std::cmp::Reverse(*at)));
        *members = heaviest.map(|at| pieces.swap_remove(at)).unwrap_or_default();
        members.iter().for_each(|site| turf_of.set(*site, turf));
        for piece in pieces {
            weights.set(turf, weights.at(turf).saturating_sub(sites.weight_of(&piece)));
            loose.push_back(piece);
        }
    }
    // A piece may have only pieces beside it that are loose themselves, and must wait for them.
    let mut waited = 0;
    while let Some(piece) = loose.pop_front() {
        let beside = piece.iter().flat_map(|site| neighbours.of(*site)).map(|other| turf_of.at(*other));
        let off = |turf: u32| (super::bisect::float(weights.at(turf)) - wished).max(0.0);
        let to = beside.filter(|turf| *turf != u32::MAX).min_by(|a, b| off(*a).total_cmp(&off(*b)).then(a.cmp(b)));
        let Some(to) = to else {
            waited += 1;
            loose.push_back(piece);
            // All that is left lies beside nothing: it cannot be, as they were cut out of one piece.
            if waited > loose.len() {
                return;
            }
            continue;
        };
        waited = 0;
        weights.set(to, weights.at(to) + sites.weight_of(&piece));
        piece.iter().for_each(|site| turf_of.set(*site, to));
        if let Some(members) = turfs.get_mut(to as usize) {
            members.extend(piece);
        }
    }
}

/// Passes buildings on from turf to turf, from where there are too many to where there is room and from where some can
/// be spared to where there are too few, until all are within bounds or nothing helps.
pub(super) fn balance(division: &mut Division<'_>) {
    // What relieves one turf of much may burden one that was looked at before with a little.
    for _ in 0..SWEEPS_MOST {
        let mended = (0..number(division.len())).filter(|turf| mend(division, *turf)).count();
        if mended == 0 {
            return;
        }
    }
}

/// Brings a turf nearer to its bounds; whether that went.
fn mend(division: &mut Division<'_>, turf: u32) -> bool {
    // Each step takes a building off the turf or brings one.
    let most = division.rounds.of(turf).len() + division.sites.len().min(1_000);
    let steps = (0..most).take_while(|_| {
        let (weight, bounds) = (division.weight(turf), division.bounds(turf));
        (weight > bounds.most && pass(division, turf, true)) || (weight < bounds.least && pass(division, turf, false))
    });
    steps.count() > 0
}

/// A building that could be passed over a border.
#[derive(Debug, Clone, Copy)]
struct Step {
    site: u32,
    to: u32,
    behind: u32,
}

/// Passes something along the shortest way of turfs between this one and one that can take it (or give it). False, and
/// nothing changed, if there is no such way.
fn pass(division: &mut Division<'_>, turf: u32, away: bool) -> bool {
    // Borders over which nothing can be passed.
    let mut closed = BTreeSet::new();
    while closed.len() < BORDERS_MOST
        && let Some(way) = way(division, turf, away, &closed)
    {
        match pass_along(division, &way, away) {
            Ok(()) => return true,
            Err(border) => closed.insert(border),
        };
    }
    false
}

/// Passes something on over each border of a way. If that is not possible or makes nothing better, all is as it was, and
/// the border is named that was in the way.
fn pass_along(division: &mut Division<'_>, way: &[u32], away: bool) -> Result<(), (u32, u32)> {
    let outside = |division: &Division<'_>| -> u64 {
        way.iter().map(|turf| division.outside(*turf, division.weight(*turf))).sum()
    };
    let before = outside(division);
    let mut done = Vec::new();
    let mut in_the_way = None;
    // From the far end on, so that there is room at each step.
    for (near, far) in way.iter().copied().zip(way.iter().copied().skip(1)).rev() {
        let (from, to) = if away { (near, far) } else { (far, near) };
        in_the_way = Some((near, far));
        let Some(step) = cheapest(division, from, to) else { break };
        done.push((step, from, division.rounds.beside(from, step.site, -1)));
        division.hand_over(&[step.site], step.to, step.behind);
        if near == way.first().copied().unwrap_or(near) && outside(division) < before {
            return Ok(());
        }
    }
    for (step, from, behind) in done.into_iter().rev() {
        division.hand_over(&[step.site], from, behind);
    }
    Err(in_the_way.unwrap_or_default())
}

/// The nearest turf that can take (or give) something, and the turfs between.
fn way(division: &Division<'_>, turf: u32, away: bool, closed: &BTreeSet<(u32, u32)>) -> Option<Vec<u32>> {
    let mut come_from: BTreeMap<u32, u32> = [(turf, turf)].into();
    let mut queue = VecDeque::from([turf]);
    while let Some(at) = queue.pop_front() {
        let (weight, bounds) = (division.weight(at), division.bounds(at));
        let ends = if away { weight < bounds.most } else { weight > bounds.least };
        if at != turf && ends {
            let mut way = vec![at];
            while let Some(last) = way.last().copied().filter(|last| *last != turf) {
                way.push(come_from.get(&last).copied().unwrap_or(turf));
            }
            way.reverse();
            return Some(way);
        }
        for site in division.rounds.of(at) {
            for other in division.neighbours.of(*site) {
                let beside = division.turf(*other);
                if !closed.contains(&(at, beside))
                    && let Entry::Vacant(free) = come_from.entry(beside)
                {
                    free.insert(at);
                    queue.push_back(beside);
                }
            }
        }
    }
    None
}

/// The building on the border that costs least to pass and whose turf stays one piece without it; the best of those that
/// leave both turfs least out of bounds.
fn cheapest(division: &mut Division<'_>, from: u32, to: u32) -> Option<Step> {
    let (sites, old) = (division.sites, division.weight(from));
    let mut steps = Vec::new();
    for site in division.rounds.of(from) {
        let weight = sites.weight(*site);
        let outside =
            division.outside(from, old.saturating_sub(weight)) + division.outside(to, division.weight(to) + weight);
        for other in division.neighbours.of(*site).iter().filter(|other| division.turf(**other) == to) {
            let (before, after) = (division.rounds.beside(from, *site, -1), division.rounds.beside(from, *site, 1));
            let next = division.rounds.beside(to, *other, 1);
            let saved_m = sites.leg_m(before, *site) + sites.leg_m(*site, after) - sites.leg_m(before, after);
            let cost_m = sites.leg_m(*other, *site) + sites.leg_m(*site, next) - sites.leg_m(*other, next) - saved_m;
            steps.push((outside, cost_m, Step { site: *site, to, behind: *other }));
        }
    }
    steps.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.site.cmp(&b.2.site)));
    steps.into_iter().map(|(.., step)| step).find(|step| division.whole_without(&[step.site]))
}
