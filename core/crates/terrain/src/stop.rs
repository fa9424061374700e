//! Buildings as the stops of a walk.

use crate::place::Place;
use crate::sphere::{SpacePoint, mean, space_point};
use std::collections::{BTreeMap, BTreeSet};
use walkbook_model::BuildingId;

/// A building with its doors in the order in which they are knocked on. Never empty.
#[derive(Debug)]
pub(crate) struct Stop<'a> {
    pub(crate) building: BuildingId,
    pub(crate) doors: Vec<&'a Place>,
    pub(crate) centre: SpacePoint,
}

/// The buildings of these doors, by building id. A door that is given twice counts once. The answer does not depend on
/// the order of the input.
pub(crate) fn stops(places: &[Place]) -> Vec<Stop<'_>> {
    let mut buildings: BTreeMap<BuildingId, Vec<&Place>> = BTreeMap::new();
    for place in places {
        buildings.entry(place.building).or_default().push(place);
    }
    let mut seen = BTreeSet::new();
    let mut stops = Vec::with_capacity(buildings.len());
    for (building, mut doors) in buildings {
        doors.sort_by(|a, b| a.order_within_building(b));
        doors.retain(|place| seen.insert(place.door));
        if !doors.is_empty() {
            let centre = mean(doors.iter().map(|place| space_point(place.position)));
            stops.push(Stop { building, doors, centre });
        }
    }
    stops
}
