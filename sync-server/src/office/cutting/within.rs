//! Which doors lie in which boundary, in several, and in none.

use crate::import::Boundary;
use std::collections::BTreeMap;
use walkbook_model::{DoorId, Position};
use walkbook_terrain::Place;

/// Doors that lie near each other, in one square of a hundredth of a degree.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    /// The middle of the square.
    pub position: Position,
    /// How many.
    pub doors: u64,
}

/// Two boundaries that overlap.
#[derive(Debug, Clone, PartialEq)]
pub struct Overlap {
    /// The one that counts, and the other.
    pub names: [String; 2],
    /// Doors in both, by where they are.
    pub doors: Vec<Near>,
}

/// The boundary that each door lies in.
pub(in crate::office) struct Within {
    ward_of: BTreeMap<DoorId, usize>,
    is_bounded: bool,
    pub(super) overlaps: Vec<Overlap>,
}

impl Within {
    pub(in crate::office) fn new(boundaries: &[Boundary], places: &[Place]) -> Self {
        let mut ward_of = BTreeMap::new();
        let mut shared: BTreeMap<(usize, usize), Vec<Position>> = BTreeMap::new();
        for place in places {
            let around = boundaries.iter().enumerate().filter(|(_, boundary)| boundary.area.contains(place.position));
            let mut wards = around.map(|(ward, _)| ward);
            let Some(first) = wards.next() else { continue };
            ward_of.insert(place.door, first);
            for other in wards {
                shared.entry((first, other)).or_default().push(place.position);
            }
        }
        let name = |ward: usize| boundaries.get(ward).map(|boundary| boundary.name.clone()).unwrap_or_default();
        let overlaps = shared
            .into_iter()
            .map(|((one, other), doors)| Overlap { names: [name(one), name(other)], doors: near(doors) })
            .collect();
        Self { ward_of, is_bounded: !boundaries.is_empty(), overlaps }
    }

    /// The places within, and where those outside are. Where there are no boundaries, all are within.
    pub(super) fn part(&self, places: Vec<Place>) -> (Vec<Place>, Vec<Near>) {
        let (within, outside): (Vec<Place>, Vec<Place>) =
            places.into_iter().partition(|place| !self.is_bounded || self.ward_of.contains_key(&place.door));
        (within, near(outside.into_iter().map(|place| place.position)))
    }

    /// The boundary that most of these doors lie in. A building on a border is in one turf, though its doors be in two.
    pub(in crate::office) fn ward_of(&self, doors: &[DoorId]) -> Option<usize> {
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for ward in doors.iter().filter_map(|door| self.ward_of.get(door)) {
            *counts.entry(*ward).or_default() += 1;
        }
        counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(ward, _)| ward)
    }
}

/// Most first.
fn near(positions: impl IntoIterator<Item = Position>) -> Vec<Near> {
    const SQUARE_E7: i32 = 100_000;
    let mut squares: BTreeMap<(i32, i32), u64> = BTreeMap::new();
    for position in positions {
        let (lat, lon) = position.e7();
        *squares.entry((lat.div_euclid(SQUARE_E7), lon.div_euclid(SQUARE_E7))).or_default() += 1;
    }
    let middle = |square: i32| square * SQUARE_E7 + SQUARE_E7 / 2;
    let mut near: Vec<Near> = squares
        .into_iter()
        // The last square by a pole or the 180th meridian has its middle beyond.
        .filter_map(|((lat, lon), doors)| {
            let position = Position::from_e7(middle(lat).min(900_000_000), middle(lon).min(1_800_000_000)).ok()?;
            Some(Near { position, doors })
        })
        .collect();
    near.sort_by_key(|near| std::cmp::Reverse(near.doors));
    near
}
