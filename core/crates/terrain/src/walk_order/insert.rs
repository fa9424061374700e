//! A door that is found on the way.

use super::{Ground, MOST_STOPS, Matrix, Ways};
use crate::place::Place;
use walkbook_model::Position;

/// Where a new door goes in a planned order, as an index to insert it at; everything planned keeps its order. A door of a
/// planned building goes to its place among that building's doors. Any other goes between two buildings, before the
/// first or after the last, wherever the detour is least; of equal detours, the earliest.
///
/// On a walk that has begun, give only what is left of the order.
///
/// ```
/// use walkbook_model::{BuildingId, DoorId, Position};
/// use walkbook_terrain::{Place, Ways, insert_door};
/// let house = |n: u8, lon| Place {
///     door: DoorId::from_bytes([n; 16]),
///     building: BuildingId::from_bytes([n; 16]),
///     street: "kylätie".into(),
///     number: Some(n.into()),
///     floor: None,
///     unit: String::new(),
///     position: Position::from_degrees(60.0, lon).unwrap(),
/// };
/// let planned = [house(1, 25.000), house(2, 25.001), house(3, 25.003)];
/// assert_eq!(insert_door(Ways::Straight, &planned, &house(4, 25.002)), 2);
/// ```
pub fn insert_door(ways: Ways<'_>, planned: &[Place], new: &Place) -> usize {
    if let Some(last) = planned.iter().rposition(|place| place.building == new.building) {
        let comes_after = |place: &Place| place.building == new.building && place.order_within_building(new).is_gt();
        return planned.iter().position(comes_after).unwrap_or(last + 1);
    }
    // The buildings in their order, each with where it begins.
    let mut begins = 0;
    let buildings = planned.chunk_by(|a, b| a.building == b.building).filter_map(|doors| {
        let begin = begins;
        begins += doors.len();
        doors.first().map(|door| (begin, door.position))
    });
    let (begins, mut positions): (Vec<usize>, Vec<Position>) = buildings.unzip();
    positions.push(new.position);
    let table = match ways {
        Ways::Streets(map) if positions.len() <= MOST_STOPS => map.distances(&positions).map(|(table, _)| table),
        _ => None,
    };
    let leg_m = |a: usize, b: usize| match (&table, positions.get(a), positions.get(b)) {
        (Some(table), ..) => Matrix::leg_m(table, a, b),
        (None, Some(a), Some(b)) => a.distance_m(*b),
        _ => 0.0,
    };
    let here = begins.len();
    let detour_m = |gap: usize| {
        let (before, after) = (gap.checked_sub(1), Some(gap).filter(|after| *after < here));
        let to = |other: Option<usize>| other.map_or(0.0, |other| leg_m(other, here));
        to(before) + to(after) - before.zip(after).map_or(0.0, |(before, after)| leg_m(before, after))
    };
    let least = (0..=here).min_by(|a, b| detour_m(*a).total_cmp(&detour_m(*b)));
    least.and_then(|gap| begins.get(gap).copied()).unwrap_or(planned.len())
}
