//! The board as GeoJSON (RFC 7946).

use super::{DoorOnBoard, ListOnBoard, word};
use geojson::{Feature, FeatureCollection, Geometry, GeometryValue, JsonObject};
use walkbook_model::Position;

/// In square degrees; less than a hand covers.
const LEAST_DOUBLED_AREA: f64 = 1e-12;

/// The board as GeoJSON (RFC 7946): each list's turf with its counts, each door with its status.
pub fn geojson(lists: &[ListOnBoard]) -> FeatureCollection {
    let turfs = lists.iter().filter_map(turf);
    let doors = lists.iter().flat_map(|list| list.doors.iter().filter_map(|door| point(list, door)));
    turfs.chain(doors).collect()
}

fn turf(list: &ListOnBoard) -> Option<Feature> {
    let corners = &list.boundary;
    // A street that runs straight has no area; the doors show where it is.
    if doubled_area(corners) < LEAST_DOUBLED_AREA {
        return None;
    }
    let ring: Vec<_> = corners.iter().chain(corners.first()).copied().map(coordinates).collect();
    let mut properties = JsonObject::new();
    properties.insert("kind".into(), "turf".into());
    properties.insert("list".into(), list.list.to_string().into());
    properties.insert("name".into(), list.name.as_str().into());
    properties.extend(list.team.as_deref().map(|team| ("team".to_owned(), team.into())));
    properties.extend(list.counts().map(|(name, count)| (name.to_owned(), count.into())));
    Some(feature(GeometryValue::new_polygon([ring]), properties))
}

/// Twice the area in square degrees, as a map reader draws it; negative where the corners run clockwise.
fn doubled_area(corners: &[Position]) -> f64 {
    let Some(first) = corners.first() else { return 0.0 };
    let from_first = |corner: &Position| (corner.lon() - first.lon(), corner.lat() - first.lat());
    let edges = corners.iter().zip(corners.iter().skip(1));
    edges.map(|(a, b)| (from_first(a), from_first(b))).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum()
}

fn point(list: &ListOnBoard, door: &DoorOnBoard) -> Option<Feature> {
    let mut properties = JsonObject::new();
    properties.insert("kind".into(), "door".into());
    properties.insert("list".into(), list.list.to_string().into());
    properties.insert("door".into(), door.door.to_string().into());
    properties.insert("status".into(), word(door.status).into());
    properties.insert("knocks".into(), door.knocks.into());
    properties.extend(door.visited.map(|visited| ("visited".to_owned(), visited.as_ms().into())));
    Some(feature(GeometryValue::new_point(coordinates(door.position?)), properties))
}

fn coordinates(position: Position) -> Vec<f64> {
    vec![position.lon(), position.lat()]
}

fn feature(value: GeometryValue, properties: JsonObject) -> Feature {
    Feature { geometry: Some(Geometry::new(value)), properties: Some(properties), ..Feature::default() }
}
