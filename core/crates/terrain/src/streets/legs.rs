//! How far it is between doors along the streets.
//!
//! What was measured is kept with the map, so that planning again from another place asks for the ways from there only.

use super::kerbs::{NOWHERE, Search, cm};
use super::map::{Spot, StreetMap};
use crate::sphere::{SpacePoint, chord_m, space_point};
use crate::walk_order::{DETOUR, Ground, Matrix};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use walkbook_model::Position;

/// Where no way leads from one door to another along these streets, a leg counts as so many metres and the straight line with
/// its detour: more than any way within what hangs together, so that it is walked as seldom as can be.
const CUT_OFF_M: f64 = 1_000_000.0;
/// And so many metres more than the straight line are told of it: somebody has to find a way around.
const AROUND_M: f64 = 2_000.0;

/// What to tell of a leg of a table of distances along streets.
pub(crate) fn told_m(leg_m: f64) -> f64 {
    if leg_m < CUT_OFF_M { leg_m } else { leg_m - CUT_OFF_M + AROUND_M }
}

/// Of so many positions that are known one may be new without everything being kept anew.
const NEW_ONE_IN: usize = 4;

/// Distances that were measured before, and which row each position has.
pub(super) struct Known {
    rows: BTreeMap<Position, usize>,
    table: Matrix,
}

impl StreetMap {
    /// How far it is between positions along the streets, each from the nearest street and the side of it that it lies on;
    /// and whether some cannot be reached from others. Nothing without streets.
    pub fn distances(&self, positions: &[Position]) -> Option<(Matrix, bool)> {
        let spots: Vec<Spot> = positions.iter().map(|position| self.spot(*position)).collect::<Option<_>>()?;
        let known = self.known();
        let row_of = |position: &Position| known.as_ref().and_then(|known| known.rows.get(position).copied());
        let rows: Vec<Option<usize>> = positions.iter().map(row_of).collect();
        let mut table = Matrix::nowhere(positions.len());
        let old: Vec<(usize, usize)> =
            rows.iter().enumerate().filter_map(|(place, row)| row.map(|row| (place, row))).collect();
        if let Some(known) = &known {
            for (count, (a, row_a)) in old.iter().enumerate() {
                for (b, row_b) in old.iter().take(count) {
                    table.set(*a, *b, known.table.leg_m(*row_a, *row_b));
                }
            }
        }
        let new: Vec<usize> = (0..positions.len()).filter(|place| rows.get(*place) == Some(&None)).collect();
        self.measure(&mut table, &spots, positions, &new);
        if new.len() * NEW_ONE_IN > old.len() {
            let rows = positions.iter().copied().zip(0..).collect();
            self.keep(Known { rows, table: table.clone() });
        }
        let in_parts = spots.iter().any(|spot| Some(spot.part) != spots.first().map(|first| first.part));
        Some((table, in_parts))
    }

    fn known(&self) -> Option<Arc<Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, known: Known) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(known));
    }

    /// Fills in how far it is from these stops to all others.
    fn measure(&self, table: &mut Matrix, spots: &[Spot], positions: &[Position], new: &[usize]) {
        let points: Vec<SpacePoint> = positions.iter().copied().map(space_point).collect();
        let ends: Vec<[u32; 2]> = spots.iter().map(|spot| self.kerb(*spot)).collect();
        let wanted: Vec<u32> = ends.iter().flatten().copied().collect();
        let spot_at = |stop: usize| Some((spots.get(stop)?, ends.get(stop)?, points.get(stop)?));
        let mut is_done = vec![false; spots.len()];
        // One kerb after the other: doors on one share the searches from its corners.
        let mut new = new.to_vec();
        new.sort_by_key(|stop| ends.get(*stop));
        let mut searches = [Search::default(), Search::default()];
        let mut searched = None;
        for a in new {
            let Some((from, from_ends, from_point)) = spot_at(a) else { continue };
            if searched != Some(from_ends) {
                for (corner, search) in from_ends.iter().zip(&mut searches) {
                    self.kerbs.search(*corner, &wanted, search);
                }
                searched = Some(from_ends);
            }
            if let Some(done) = is_done.get_mut(a) {
                *done = true;
            }
            for b in (0..spots.len()).filter(|b| is_done.get(*b) == Some(&false)) {
                let Some((to, to_ends, to_point)) = spot_at(b) else { continue };
                let straight_m = chord_m(*from_point, *to_point);
                let mut best_cm = from.direct_cm(to, straight_m);
                for (search, along_from) in searches.iter().zip(self.to_ends(*from)) {
                    for (corner, along_to) in to_ends.iter().zip(self.to_ends(*to)) {
                        let way_cm = search.at(*corner).saturating_add(along_from).saturating_add(along_to);
                        best_cm = best_cm.min(way_cm.saturating_add(from.off_cm).saturating_add(to.off_cm));
                    }
                }
                let cut_off = best_cm == NOWHERE;
                table.set(a, b, if cut_off { straight_m * DETOUR + CUT_OFF_M } else { f64::from(best_cm) / 100.0 });
            }
        }
    }
}

impl Spot {
    /// How far it is to another door of the same street without going to one of its ends.
    pub(super) fn direct_cm(&self, other: &Self, straight_m: f64) -> u32 {
        if self.street != other.street {
            return NOWHERE;
        }
        let along_cm = self.along_cm.abs_diff(other.along_cm);
        if self.left == other.left {
            // From door to door, without going back to the street in between.
            return along_cm.max(cm(straight_m));
        }
        let off_cm = self.off_cm.saturating_add(other.off_cm);
        along_cm.saturating_add(off_cm).saturating_add(cm(self.class.crossing_m()))
    }
}
