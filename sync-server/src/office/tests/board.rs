//! How far the lists have come, as counts and as a map.

use super::world::*;
use crate::office::{self, ListOnBoard, board, take_register};
use serde_json::Value;
use walkbook_ledger::{Board, DoorChange, DoorStatus, Payload, Subject};
use walkbook_model::{
    ContactField, Day, Door, Interaction, Outcome, Position, Role, Suppression, SuppressionReason, Target, TenantId,
};

const TODAY: u64 = 100;

fn shown(world: &World, tenant: TenantId) -> Vec<ListOnBoard> {
    board(world.store(), tenant, Day::of(at(TODAY))).unwrap()
}

/// A list of twelve doors in two streets on which most things have happened.
fn worked() -> (World, TenantId) {
    let world = World::new();
    let tenant = world.tenant("North");
    let mut aino = world.phone(tenant, "Aino", Role::Canvasser);
    let list = world.one_list(tenant, 12, &[aino.user()]);
    let met = |outcome| Interaction { note: Some("a note on Family1".into()), ..knocked(list, outcome) };
    aino.knock(door_id(1), met(Outcome::NotHome), at(10));
    aino.knock(door_id(1), met(Outcome::Refused), at(11));
    aino.knock(door_id(2), met(Outcome::NotHome), at(12));
    aino.knock(door_id(3), met(Outcome::Vacant), at(13));
    aino.knock(door_id(4), met(Outcome::Hostile), at(14));
    for (number, until_on) in [(5, None), (6, Some(Day::of(at(0)))), (7, "2026-01-01".parse().ok())] {
        let no = Suppression { target: Target::Door, reason: SuppressionReason::Objection, until_on };
        aino.write(Subject::Door(door_id(number)), &Payload::Suppression(no), at(15));
    }
    let phone = |digits: &str| DoorChange::SetContactField(contact_id(8), ContactField::Phone, digits.into());
    aino.edit_door(world.store(), door_id(8), phone("+358 1 111"), at(16));
    aino.edit_door(world.store(), door_id(8), phone("+358 2 222"), at(16));
    aino.sync_well(world.store(), at(17));
    (world, tenant)
}

#[test]
fn each_door_is_counted_as_it_stands_today() {
    let (world, tenant) = worked();
    let lists = shown(&world, tenant);
    let [list] = &lists[..] else { panic!("one list") };
    let wanted = Board {
        doors: 12,
        untouched: 6,
        attempted: 1,
        contacted: 1,
        data_fix: 1,
        suppressed: 3,
        knocks: 5,
        contacts: 1,
    };
    assert_eq!(list.board, wanted);
    assert_eq!((list.name.as_str(), list.people, list.clashes), ("List 1", 1, 1));
    let of = |number| list.doors.iter().find(|door| door.door == door_id(number)).unwrap();
    assert_eq!((of(1).status, of(1).knocks), (DoorStatus::Contacted, 2));
    let hours = [1, 9].map(|number| of(number).visited.map(|visited| at(11).ms_since(visited)));
    assert!(hours[0].is_some_and(|ago| (0..3_600_000).contains(&ago)) && hours[1].is_none(), "{hours:?}");
    // Its last day is today; yesterday's no longer holds.
    assert_eq!((of(6).status, of(7).status), (DoorStatus::Suppressed, DoorStatus::Untouched));
}

#[test]
fn lists_stand_in_the_order_of_their_numbers() {
    let world = World::new();
    let tenant = world.tenant("North");
    take_register(world.store(), tenant, doors(24), |_| {}).unwrap();
    let made = world.cut(tenant, 2).lists;
    assert!(made.len() > 9);
    let names: Vec<String> = shown(&world, tenant).into_iter().map(|list| list.name).collect();
    assert_eq!(names, (1..=made.len()).map(|number| format!("List {number}")).collect::<Vec<_>>());
}

fn pair(coordinates: &Value) -> [f64; 2] {
    let [lon, lat] = &coordinates.as_array().unwrap()[..] else { panic!("longitude and latitude") };
    [lon.as_f64().unwrap(), lat.as_f64().unwrap()]
}

/// Twice the area, positive where the ring runs counter-clockwise.
fn turning(ring: &[[f64; 2]]) -> f64 {
    ring.windows(2).map(|edge| edge[0][0] * edge[1][1] - edge[1][0] * edge[0][1]).sum()
}

#[test]
fn the_map_is_geojson_as_rfc_7946_has_it() {
    let (world, tenant) = worked();
    let text = office::geojson(&shown(&world, tenant)).to_string();
    let map: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&map["type"], map.get("crs")), (&"FeatureCollection".into(), None));
    let features = map["features"].as_array().unwrap();
    let (turfs, points): (Vec<_>, Vec<_>) =
        features.iter().partition(|feature| feature["properties"]["kind"] == "turf");
    assert_eq!((turfs.len(), points.len()), (1, 12));
    assert!(features.iter().all(|feature| feature["type"] == "Feature"));

    let [ring] = &turfs[0]["geometry"]["coordinates"].as_array().unwrap()[..] else { panic!("one ring") };
    let ring: Vec<[f64; 2]> = ring.as_array().unwrap().iter().map(pair).collect();
    assert_eq!(turfs[0]["geometry"]["type"], "Polygon");
    assert!(ring.len() >= 4 && ring.first() == ring.last(), "the ring is closed");
    assert!(turning(&ring) > 0.0, "the ring runs counter-clockwise: {ring:?}");
    let counts = ["doors", "suppressed", "knocks", "people"].map(|count| turfs[0]["properties"][count].as_u64());
    assert_eq!(counts, [12, 3, 5, 1].map(Some));

    let of = |number| points.iter().find(|door| door["properties"]["door"] == door_id(number).to_string()).unwrap();
    assert_eq!(of(4)["geometry"]["type"], "Point");
    assert_eq!(pair(&of(4)["geometry"]["coordinates"]), [place(4).lon(), place(4).lat()]);
    assert_eq!(of(4)["properties"]["status"], "suppressed");
    let hour = at(10).as_ms() / 3_600_000 * 3_600_000;
    assert_eq!([1, 4, 9].map(|number| of(number)["properties"]["visited"].as_u64()), [Some(hour), Some(hour), None]);
}

#[test]
fn nobody_is_on_the_map() {
    let (world, tenant) = worked();
    let text = office::geojson(&shown(&world, tenant)).to_string();
    for secret in ["Given", "Family", "Aino", "note", "Street", "+358", "hostile", "objection"] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[test]
fn doors_that_make_no_area_are_points_without_a_turf() {
    let world = World::new();
    let nowhere = Door { position: None, ..door(3) };
    let elsewhere = |number, lat, lon| Door { position: Position::from_degrees(lat, lon).ok(), ..door(number) };
    // A ring across the 180th meridian would be drawn around the whole earth.
    let across = vec![elsewhere(1, -17.0, 179.999), elsewhere(2, -17.0, -179.999), elsewhere(3, -17.001, 180.0)];
    for (doors, points) in [(vec![door(1), door(2), nowhere], 2), (doors(9), 9), (across, 3)] {
        let tenant = world.tenant("North");
        take_register(world.store(), tenant, doors, |_| {}).unwrap();
        assert_eq!(world.cut(tenant, 10).lists.len(), 1);
        let map = office::geojson(&shown(&world, tenant));
        let kinds: Vec<&str> = map.features.iter().filter_map(|feature| feature.property("kind")?.as_str()).collect();
        assert_eq!(kinds, vec!["door"; points]);
    }
}
