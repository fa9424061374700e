//! The first cut: halving, where it costs least.
//!
//! Recursive bisection (Berger & Bokhari 1987) with a choice: the doors are swept in four directions, and the line that
//! runs through the widest gaps wins. A gap in the map stays where it is when a few doors are added, and so does the cut.

use super::neighbours::Neighbours;
use super::sites::Sites;
use super::slots::Slots;
use std::f64::consts::FRAC_1_SQRT_2;

/// How far a turf may be from the wished size, as a share of it; what buildings then still want is left to later.
const LEANING: f64 = 0.07;
/// The same for the mean of a half that is cut further.
const LEANING_HALF: f64 = 0.04;
/// Added to every leg, so that houses next to each other do not decide everything.
const NEXT_M: f64 = 10.0;

/// East, north-east, north and north-west.
const DIRECTIONS: [(f64, f64); 4] =
    [(1.0, 0.0), (FRAC_1_SQRT_2, FRAC_1_SQRT_2), (0.0, 1.0), (-FRAC_1_SQRT_2, FRAC_1_SQRT_2)];

/// A part of the ground, its sites sorted along each direction.
type Sorted = [Vec<u32>; 4];

/// Where a site stands while a line sweeps over a part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Side {
    #[default]
    Elsewhere,
    Ahead,
    Behind,
}

/// Halves the ground until each part is one turf; the turfs come in the order of the halves.
pub(super) struct Bisection<'a> {
    sites: &'a Sites,
    neighbours: &'a Neighbours,
    /// The wished weight of a turf.
    wished: f64,
    sides: Slots<Side>,
    turfs: Vec<Vec<u32>>,
}

/// A line across a part, and what is behind it.
#[derive(Debug, Clone, Copy)]
struct Line {
    direction: usize,
    sites: usize,
    parts: u64,
    /// How far the means of the halves are out of bounds.
    unfair: f64,
    /// How near the doors are that it parts.
    near: f64,
}

impl<'a> Bisection<'a> {
    pub(super) fn new(sites: &'a Sites, neighbours: &'a Neighbours, wished: f64) -> Self {
        Self { sites, neighbours, wished, sides: Slots::filled(Side::Elsewhere, sites.len()), turfs: Vec::new() }
    }

    /// Cuts these sites into so many turfs, or as many as there are sites.
    pub(super) fn cut(&mut self, members: &[u32], parts: u64) -> Vec<Vec<u32>> {
        let sorted = DIRECTIONS.map(|(east, north)| {
            let along = |site: u32| self.sites.spot(site).x * east + self.sites.spot(site).y * north;
            let mut line: Vec<(f64, u32)> = members.iter().map(|site| (along(*site), *site)).collect();
            line.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            line.into_iter().map(|(_, site)| site).collect()
        });
        self.halve(sorted, parts);
        std::mem::take(&mut self.turfs)
    }

    fn halve(&mut self, part: Sorted, parts: u64) {
        let [members, ..] = &part;
        let Some(line) = self.best_line(&part, parts) else {
            if !members.is_empty() {
                self.turfs.push(members.clone());
            }
            return;
        };
        let sorted = part.get(line.direction).unwrap_or(members);
        for (place, site) in sorted.iter().enumerate() {
            self.sides.set(*site, if place < line.sites { Side::Behind } else { Side::Ahead });
        }
        let [mut behind, mut ahead] = [const { [const { Vec::new() }; 4] }; 2];
        for ((sorted, behind), ahead) in part.into_iter().zip(&mut behind).zip(&mut ahead) {
            (*behind, *ahead) = sorted.into_iter().partition(|site| self.sides.at(*site) == Side::Behind);
        }
        for site in behind.iter().chain(&ahead).flatten() {
            self.sides.set(*site, Side::Elsewhere);
        }
        self.halve(behind, line.parts);
        self.halve(ahead, parts - line.parts);
    }

    /// None where there is nothing to halve.
    fn best_line(&mut self, part: &Sorted, parts: u64) -> Option<Line> {
        if parts <= 1 {
            return None;
        }
        let mut best: Option<Line> = None;
        for (direction, sorted) in part.iter().enumerate() {
            self.sweep(direction, sorted, parts, &mut best);
        }
        best
    }

    /// Goes over the sites in a direction and looks at the line behind each of them.
    fn sweep(&mut self, direction: usize, sorted: &[u32], parts: u64, best: &mut Option<Line>) {
        for site in sorted {
            self.sides.set(*site, Side::Ahead);
        }
        let all = self.sites.weight_of(sorted);
        let fair = Fair::new(self.wished, all, parts);
        let (mut behind, mut near) = (0, 0.0);
        for (place, site) in sorted.iter().enumerate().take(sorted.len().saturating_sub(1)) {
            behind += self.sites.weight(*site);
            near += self.nearness(*site);
            self.sides.set(*site, Side::Behind);
            let (of_behind, unfair) = fair.parts(behind);
            if best.is_none_or(|best| (unfair, near) < (best.unfair, best.near)) {
                *best = Some(Line { direction, sites: place + 1, parts: of_behind, unfair, near });
            }
        }
        for site in sorted {
            self.sides.set(*site, Side::Elsewhere);
        }
    }

    /// What the line gains in nearness by going over a site.
    fn nearness(&self, site: u32) -> f64 {
        let legs = self.neighbours.of(site).iter().map(|other| {
            let near = || 1.0 / (self.sites.leg_m(site, *other) + NEXT_M);
            match self.sides.at(*other) {
                Side::Elsewhere => 0.0,
                Side::Ahead => near(),
                Side::Behind => -near(),
            }
        });
        legs.sum()
    }
}

/// How many turfs a half is to give, and whether they are then fair.
struct Fair {
    all: u64,
    parts: u64,
    mean: f64,
    middle: f64,
}

impl Fair {
    fn new(wished: f64, all: u64, parts: u64) -> Self {
        let mean = float(all) / float(parts);
        // What is small or large as a whole is at least shared out evenly.
        let middle = if (mean - wished).abs() < wished * LEANING { wished } else { mean };
        Self { all, parts, mean, middle }
    }

    /// For so much behind the line, the turfs behind it and how far the worse half's mean is out of bounds.
    fn parts(&self, behind: u64) -> (u64, f64) {
        let least = self.parts.div_ceil(3).max(1);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of turfs")]
        let nearest = (float(behind) / self.mean).round() as u64;
        let parts = nearest.clamp(least, (self.parts - least).max(least));
        let off = |weight: u64, parts: u64| {
            let leaning = if parts == 1 { LEANING } else { LEANING_HALF };
            ((float(weight) / float(parts) - self.middle).abs() / self.middle - leaning).max(0.0)
        };
        (parts, off(behind, parts).max(off(self.all - behind, self.parts - parts)))
    }
}

#[allow(clippy::cast_precision_loss, reason = "weights stay far below 2⁵³")]
pub(super) const fn float(weight: u64) -> f64 {
    weight as f64
}
