//! From ways, as maps have them, to streets from junction to junction.

use super::{Street, StreetClass, Streets};
use std::collections::BTreeMap;
use walkbook_model::Position;

/// Takes ways one after the other. Ways meet at the points that bear the same number.
///
/// ```
/// use walkbook_model::Position;
/// use walkbook_terrain::{StreetClass, StreetsBuilder};
/// let at = |lat, lon| Position::from_degrees(lat, lon).unwrap();
/// let mut builder = StreetsBuilder::default();
/// builder.add(StreetClass::Road, [(1, at(60.0, 25.0)), (2, at(60.0, 25.1)), (3, at(60.0, 25.2))]);
/// builder.add(StreetClass::Lane, [(2, at(60.0, 25.1)), (4, at(60.1, 25.1))]);
/// assert_eq!(builder.build().len(), 3);
/// ```
#[derive(Debug, Default)]
pub struct StreetsBuilder {
    ways: Vec<(StreetClass, Vec<i64>)>,
    points: BTreeMap<i64, Point>,
}

#[derive(Debug, Clone, Copy)]
struct Point {
    position: Position,
    /// How often ways pass through; an end counts twice, since something always ends there.
    passes: u32,
}

impl StreetsBuilder {
    /// Takes a way through these points, each with its number. Where a number comes again, its first position counts.
    pub fn add(&mut self, class: StreetClass, points: impl IntoIterator<Item = (i64, Position)>) {
        let mut way: Vec<i64> = Vec::new();
        for (number, position) in points {
            if way.last() != Some(&number) {
                self.points.entry(number).or_insert(Point { position, passes: 0 }).passes += 1;
                way.push(number);
            }
        }
        for end in [way.first(), way.last()].into_iter().flatten() {
            if let Some(point) = self.points.get_mut(end) {
                point.passes += 1;
            }
        }
        if way.len() > 1 {
            self.ways.push((class, way));
        }
    }

    /// The streets. Two that are alike in everything count once.
    pub fn build(self) -> Streets {
        let mut junctions: Vec<(Position, i64)> = self
            .points
            .iter()
            .filter(|(_, point)| point.passes > 1)
            .map(|(number, point)| (point.position, *number))
            .collect();
        junctions.sort_unstable();
        let node_of: BTreeMap<i64, u32> = junctions.iter().map(|(_, number)| *number).zip(0..).collect();
        let mut streets = Vec::new();
        for (class, way) in &self.ways {
            let mut from = None;
            let mut shape = Vec::new();
            for number in way {
                match (node_of.get(number), from) {
                    (Some(node), Some(begin)) => {
                        streets.push(Street::new(begin, *node, *class, std::mem::take(&mut shape)));
                        from = Some(*node);
                    }
                    (Some(node), None) => from = Some(*node),
                    (None, _) => shape.extend(self.points.get(number).map(|point| point.position)),
                }
            }
        }
        Streets::of(junctions.into_iter().map(|(position, _)| position).collect(), streets)
    }
}

impl Street {
    /// The street, turned so that it goes from the lower node to the higher; a loop, so that its shape is the lesser one.
    pub(super) fn new(from: u32, to: u32, class: StreetClass, mut shape: Vec<Position>) -> Self {
        let backwards = || shape.iter().rev();
        let turned = from > to || (from == to && backwards().lt(shape.iter()));
        if turned {
            shape.reverse();
        }
        Self { from: from.min(to), to: from.max(to), class, shape }
    }
}

impl Streets {
    /// Nodes that are sorted already, and streets in any order. A node without a street goes, and so does a street that
    /// leads nowhere.
    pub(super) fn of(nodes: Vec<Position>, mut streets: Vec<Street>) -> Self {
        streets.retain(|street| street.from != street.to || !street.shape.is_empty());
        let mut used = vec![false; nodes.len()];
        for node in streets.iter().flat_map(|street| [street.from, street.to]) {
            if let Some(used) = used.get_mut(node as usize) {
                *used = true;
            }
        }
        let mut renamed = Vec::with_capacity(nodes.len());
        let mut kept = Vec::new();
        for (position, used) in nodes.into_iter().zip(used) {
            renamed.push(u32::try_from(kept.len()).unwrap_or(u32::MAX));
            if used {
                kept.push(position);
            }
        }
        for street in &mut streets {
            for node in [&mut street.from, &mut street.to] {
                *node = renamed.get(*node as usize).copied().unwrap_or_default();
            }
        }
        streets.sort_unstable();
        streets.dedup();
        Self { nodes: kept, streets }
    }
}
