//! The way from one door to another along the streets, as a line that a map draws.

use super::kerbs::{NOWHERE, Search, cm};
use super::map::{Spot, StreetMap};
use crate::sphere::{SpacePoint, chord_m, position_at, space_point};
use std::collections::BTreeMap;
use walkbook_model::Position;

impl StreetMap {
    /// The way between two positions, as it is measured where a walk is planned: from one to the other, with every corner of
    /// the streets in between. A street is drawn by its middle, whichever side of it one walks on. Nothing where no way leads
    /// there along these streets.
    ///
    /// ```
    /// use walkbook_model::Position;
    /// use walkbook_terrain::{StreetClass, StreetMap, StreetsBuilder};
    ///
    /// let [from, corner, to] = [(60.17, 24.94), (60.17, 24.95), (60.18, 24.95)];
    /// let at = |(lat, lon)| Position::from_degrees(lat, lon);
    /// let mut builder = StreetsBuilder::default();
    /// builder.add(StreetClass::Lane, [(1, at(from)?), (2, at(corner)?), (3, at(to)?)]);
    /// let map = StreetMap::new(builder.build());
    /// assert_eq!(map.way(at(from)?, at(to)?), Some(vec![at(from)?, at(corner)?, at(to)?]));
    /// # Ok::<(), walkbook_model::InvalidPosition>(())
    /// ```
    pub fn way(&self, from: Position, to: Position) -> Option<Vec<Position>> {
        let (start, end) = (self.spot(from)?, self.spot(to)?);
        let direct_cm = start.direct_cm(&end, chord_m(space_point(from), space_point(to)));
        let mut line = vec![from];
        match self.around(start, end).filter(|around| around.cm < direct_cm) {
            Some(around) => self.draw(&mut line, start, end, &around),
            None if direct_cm == NOWHERE => return None,
            None => {
                let along = self.stretch(start.street, start.along_cm, end.along_cm);
                match &along[..] {
                    // On one side one need not go back to the street in between.
                    [_, between @ .., _] if start.left == end.left => line.extend(between),
                    all => line.extend(all),
                }
            }
        }
        line.push(to);
        line.dedup();
        Some(line)
    }

    /// The shortest way that leaves a street at one of its ends and comes to another at one of its.
    fn around(&self, start: Spot, end: Spot) -> Option<Around> {
        let (starts, ends) = (self.kerb(start), self.kerb(end));
        let off_cm = start.off_cm.saturating_add(end.off_cm);
        let mut best: Option<Around> = None;
        for ((first, leaves), start_cm) in starts.into_iter().zip([0, 1]).zip(self.to_ends(start)) {
            let mut search = Search::default();
            self.kerbs.search(first, &ends, &mut search);
            for ((last, comes), end_cm) in ends.into_iter().zip([0, 1]).zip(self.to_ends(end)) {
                let cm = search.at(last).saturating_add(start_cm).saturating_add(end_cm).saturating_add(off_cm);
                if cm < best.as_ref().map_or(NOWHERE, |best| best.cm) {
                    best = Some(Around { cm, leaves, comes, corners: search.trace(first, last) });
                }
            }
        }
        best
    }

    fn draw(&self, line: &mut Vec<Position>, start: Spot, end: Spot, around: &Around) {
        let at_end = |street: u32, end: usize| if end == 0 { 0 } else { self.kerbs.sides(street).length_cm };
        line.extend(self.stretch(start.street, start.along_cm, at_end(start.street, around.leaves)));
        let kerbs = self.kerbs_between(&around.corners);
        for pair in around.corners.windows(2) {
            let [a, b] = *pair else { continue };
            // What leads from one side of a street to the other is no line on a map.
            if let Some((street, is_forth)) = kerbs.get(&(a, b)).copied().flatten() {
                let (first, last) = if is_forth { (0, 1) } else { (1, 0) };
                line.extend(self.stretch(street, at_end(street, first), at_end(street, last)));
            }
        }
        line.extend(self.stretch(end.street, at_end(end.street, around.comes), end.along_cm));
    }

    /// For each step from corner to corner the street along which it goes, and whether from its first end to its last.
    fn kerbs_between(&self, corners: &[u32]) -> BTreeMap<(u32, u32), Option<(u32, bool)>> {
        let mut steps: BTreeMap<(u32, u32), Option<(u32, bool)>> =
            corners.windows(2).filter_map(|pair| Some(((*pair.first()?, *pair.last()?), None))).collect();
        let length_cm = |street: u32| self.kerbs.sides(street).length_cm;
        for (street, sides) in (0..).zip(self.kerbs.all_sides()) {
            for [first, last] in [sides.left, sides.right] {
                for (step, is_forth) in [((first, last), true), ((last, first), false)] {
                    if let Some(known) = steps.get_mut(&step)
                        && known.is_none_or(|(other, _)| length_cm(street) < length_cm(other))
                    {
                        *known = Some((street, is_forth));
                    }
                }
            }
        }
        steps
    }

    /// A street's line between two places along it, from the first to the second.
    fn stretch(&self, street: u32, from_cm: u32, to_cm: u32) -> Vec<Position> {
        let Some(street) = self.streets().streets.get(street as usize) else { return Vec::new() };
        let (low, high) = (from_cm.min(to_cm), from_cm.max(to_cm));
        let mut line = Vec::new();
        let mut along_m = 0.0;
        let corners: Vec<Position> = self.streets().line(street).collect();
        let last = corners.len().saturating_sub(2);
        for (place, pair) in corners.windows(2).enumerate() {
            let [a, b] = *pair else { continue };
            let length_m = chord_m(space_point(a), space_point(b));
            let (begins, ends) = (cm(along_m), cm(along_m + length_m));
            along_m += length_m;
            // A place at a corner is on the piece before it, and that at the very beginning on the first.
            let holds = |at: u32| at <= ends && (at > begins || place == 0) || at > ends && place == last;
            if holds(low) {
                line.push(between(a, b, part(low, begins, ends)));
            }
            if holds(high) {
                line.push(between(a, b, part(high, begins, ends)));
                break;
            }
            if low < ends {
                line.push(b);
            }
        }
        if from_cm > to_cm {
            line.reverse();
        }
        line
    }
}

/// A way by the ends of the streets that it begins and ends on.
struct Around {
    cm: u32,
    /// By which end it leaves the first street.
    leaves: usize,
    /// By which it comes to the last.
    comes: usize,
    corners: Vec<u32>,
}

/// How far a place is between two others.
fn part(at: u32, begins: u32, ends: u32) -> f64 {
    if ends > begins { (f64::from(at.saturating_sub(begins)) / f64::from(ends - begins)).min(1.0) } else { 0.0 }
}

fn between(a: Position, b: Position, part: f64) -> Position {
    // What lies at a corner is the corner, to the last digit.
    if part <= 0.0 {
        return a;
    }
    if part >= 1.0 {
        return b;
    }
    let ([ax, ay, az], [bx, by, bz]): (SpacePoint, SpacePoint) = (space_point(a), space_point(b));
    position_at([ax + (bx - ax) * part, ay + (by - ay) * part, az + (bz - az) * part]).unwrap_or(a)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{any_streets, spot, streets};
    use super::super::{StreetClass, StreetMap};
    use crate::sphere::{chord_m, space_point};
    use crate::village::at;
    use crate::walk_order::Ground;
    use proptest::prelude::*;
    use walkbook_model::Position;

    fn length_m(line: &[Position]) -> f64 {
        line.windows(2).map(|pair| chord_m(space_point(pair[0]), space_point(pair[1]))).sum()
    }

    /// Whole metres east and north of a place on the equator.
    fn metres(line: Vec<Position>) -> Vec<(i32, i32)> {
        let whole = |degrees: f64| (degrees * 111_195.0).round() as i32;
        line.into_iter().map(|at| (whole(at.lon() - 20.0), whole(at.lat()))).collect()
    }

    /// A street to the east with a bend at each end: ⊐ turned over.
    fn bent() -> StreetMap {
        StreetMap::new(streets(&[
            (StreetClass::Lane, &[(0.0, 100.0), (0.0, 0.0), (300.0, 0.0)]),
            (StreetClass::Main, &[(300.0, 0.0), (300.0, 100.0)]),
        ]))
    }

    #[test]
    fn a_way_goes_round_the_corners_and_from_door_to_door_on_one_side() {
        let map = bent();
        let way = |from: (f64, f64), to: (f64, f64)| metres(map.way(spot(from.0, from.1), spot(to.0, to.1)).unwrap());
        assert_eq!(way((-10.0, 50.0), (310.0, 60.0)), [(-10, 50), (0, 50), (0, 0), (300, 0), (300, 60), (310, 60)]);
        assert_eq!(way((40.0, -10.0), (90.0, -12.0)), [(40, -10), (90, -12)]);
        assert_eq!(way((-10.0, 40.0), (90.0, -12.0)), [(-10, 40), (0, 0), (90, -12)]);
        assert_eq!(way((40.0, 10.0), (90.0, -12.0)), [(40, 10), (40, 0), (90, 0), (90, -12)]);
    }

    #[test]
    fn no_way_leads_across_a_river_without_a_bridge() {
        let banks = [40.0, -40.0].map(|north_m| (StreetClass::Lane, [(0.0, north_m), (1_000.0, north_m)]));
        let map = StreetMap::new(streets(&banks.each_ref().map(|(class, bank)| (*class, &bank[..]))));
        assert_eq!(map.way(spot(10.0, 50.0), spot(10.0, -50.0)), None);
        assert_eq!(StreetMap::new(streets(&[])).way(spot(10.0, 50.0), spot(10.0, -50.0)), None);
    }

    proptest! {
        #[test]
        fn a_way_is_as_long_as_it_was_measured(
            streets in any_streets(), from in (-1.0..=1.0, -1.0..=1.0), to in (-1.0..=1.0, -1.0..=1.0),
        ) {
            let map = StreetMap::new(streets);
            let [from, to] = [from, to].map(|(lat, lon): (f64, f64)| at(60.0 + 0.01 * lat, 25.0 + 0.02 * lon));
            let Some((table, in_parts)) = map.distances(&[from, to]) else {
                prop_assert_eq!(map.way(from, to), None);
                return Ok(());
            };
            let Some(line) = map.way(from, to) else {
                prop_assert!(in_parts);
                return Ok(());
            };
            prop_assert!(!in_parts);
            prop_assert_eq!((line.first(), line.last()), (Some(&from), Some(&to)));
            let off_m = [from, to].map(|at| f64::from(map.spot(at).unwrap().off_cm) / 100.0);
            // Crossings have no length on a map; from door to door on one side is never further than by the street.
            let slack_m = off_m[0] + off_m[1] + 0.5 + 0.02 * line.len() as f64;
            prop_assert!(length_m(&line) <= table.leg_m(0, 1) + slack_m, "{} beside {}", length_m(&line), table.leg_m(0, 1));
        }
    }
}
