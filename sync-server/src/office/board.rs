//! The board: how far the lists have come. Nobody is on it.

use super::Error;
use crate::reading;
use crate::store::Store;
use geojson::{Feature, FeatureCollection, Geometry, GeometryValue, JsonObject};
use walkbook_ledger::{Board, DoorStatus};
use walkbook_model::{Day, DoorId, Position, TenantId, WalkListId};
use walkbook_terrain::turf::boundary_around;

/// In square degrees; less than a hand covers.
const LEAST_DOUBLED_AREA: f64 = 1e-12;

/// A door as the map shows it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DoorOnBoard {
    /// Which door.
    pub door: DoorId,
    /// Where it is, if known.
    pub position: Option<Position>,
    /// How it stands.
    pub status: DoorStatus,
    /// Knocks that count.
    pub knocks: u64,
}

/// A list as the map shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct ListOnBoard {
    /// Which list.
    pub list: WalkListId,
    /// What people call it.
    pub name: String,
    /// How many people work it.
    pub people: u64,
    /// Its counts.
    pub board: Board,
    /// Clashes at its doors that nobody has resolved.
    pub clashes: u64,
    /// Its doors in walk order.
    pub doors: Vec<DoorOnBoard>,
}

/// The lists of a tenant, by name, as they stand on this day.
///
/// # Errors
/// [`Error::Store`].
pub fn board(store: &dyn Store, tenant: TenantId, today: Day) -> Result<Vec<ListOnBoard>, Error> {
    let mut lists = Vec::new();
    for id in reading::lists(store, tenant)? {
        let Some(state) = reading::list_state(store, tenant, id)? else { continue };
        let (name, people) = (state.list.name, state.list.assigned.len() as u64);
        let mut on_board =
            ListOnBoard { list: id, name, people, board: Board::default(), clashes: 0, doors: Vec::new() };
        for door in state.list.doors {
            let Some(state) = reading::door_state(store, tenant, door)? else { continue };
            on_board.board.count(&state, today);
            on_board.clashes += state.clashes.len() as u64;
            on_board.doors.push(DoorOnBoard {
                door,
                position: state.door.position,
                status: state.status(today),
                knocks: state.counting().count() as u64,
            });
        }
        lists.push(on_board);
    }
    lists.sort_by(|a, b| (a.name.len(), &a.name, a.list).cmp(&(b.name.len(), &b.name, b.list)));
    Ok(lists)
}

/// The board as GeoJSON (RFC 7946): each list's turf with its counts, each door with its status.
pub fn geojson(lists: &[ListOnBoard]) -> FeatureCollection {
    let turfs = lists.iter().filter_map(turf);
    let doors = lists.iter().flat_map(|list| list.doors.iter().filter_map(|door| point(list, door)));
    turfs.chain(doors).collect()
}

fn turf(list: &ListOnBoard) -> Option<Feature> {
    let corners = boundary_around(list.doors.iter().filter_map(|door| door.position));
    // A street that runs straight has no area; the doors show where it is.
    if doubled_area(&corners) < LEAST_DOUBLED_AREA {
        return None;
    }
    let ring: Vec<_> = corners.iter().chain(corners.first()).copied().map(coordinates).collect();
    let Board { doors, untouched, attempted, contacted, data_fix, suppressed, knocks, contacts } = list.board;
    let mut properties = JsonObject::new();
    properties.insert("kind".into(), "turf".into());
    properties.insert("list".into(), list.list.to_string().into());
    properties.insert("name".into(), list.name.as_str().into());
    let counts = [
        ("people", list.people),
        ("doors", doors),
        ("untouched", untouched),
        ("attempted", attempted),
        ("contacted", contacted),
        ("data_fix", data_fix),
        ("suppressed", suppressed),
        ("knocks", knocks),
        ("contacts", contacts),
    ];
    properties.extend(counts.map(|(name, count)| (name.to_owned(), count.into())));
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
    properties.insert("status".into(), serde_json::to_value(door.status).unwrap_or_default());
    properties.insert("knocks".into(), door.knocks.into());
    Some(feature(GeometryValue::new_point(coordinates(door.position?)), properties))
}

fn coordinates(position: Position) -> Vec<f64> {
    vec![position.lon(), position.lat()]
}

fn feature(value: GeometryValue, properties: JsonObject) -> Feature {
    Feature { geometry: Some(Geometry::new(value)), properties: Some(properties), ..Feature::default() }
}
