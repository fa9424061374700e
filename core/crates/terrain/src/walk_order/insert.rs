//! A door that is found on the way.

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
/// use walkbook_terrain::{Place, insert_door};
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
/// assert_eq!(insert_door(&planned, &house(4, 25.002)), 2);
/// ```
pub fn insert_door(planned: &[Place], new: &Place) -> usize {
    if let Some(last) = planned.iter().rposition(|place| place.building == new.building) {
        let comes_after = |place: &Place| place.building == new.building && place.order_within_building(new).is_gt();
        return planned.iter().position(comes_after).unwrap_or(last + 1);
    }
    let position = |index: Option<usize>| index.and_then(|index| planned.get(index));
    let detours = (0..=planned.len()).filter_map(|index| {
        let (before, after) = (position(index.checked_sub(1)), position(Some(index)));
        let splits = before.zip(after).is_some_and(|(a, b)| a.building == b.building);
        (!splits).then(|| (index, detour_m(before.map(|p| p.position), new.position, after.map(|p| p.position))))
    });
    detours.min_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(index, _)| index)
}

fn detour_m(before: Option<Position>, new: Position, after: Option<Position>) -> f64 {
    let leg = |a: Option<Position>, b: Option<Position>| a.zip(b).map_or(0.0, |(a, b)| a.distance_m(b));
    leg(before, Some(new)) + leg(Some(new), after) - leg(before, after)
}
