//! Made-up places for the tests.

use crate::place::Place;
use proptest::prelude::*;
use walkbook_model::{BuildingId, DoorId, Position};

pub(crate) fn at(lat: f64, lon: f64) -> Position {
    Position::from_degrees(lat, lon).unwrap()
}

/// The door with this number, in the building with that number.
pub(crate) fn door(door: u32, building: u32, position: Position) -> Place {
    let id = |number: u32| {
        let mut bytes = [0; 16];
        // Spread out, so that the order of ids says nothing about the order of places.
        bytes[..4].copy_from_slice(&number.wrapping_mul(0x9e37_79b1).to_be_bytes());
        bytes
    };
    Place {
        door: DoorId::from_bytes(id(door)),
        building: BuildingId::from_bytes(id(building)),
        street: "kylätie".into(),
        number: Some(building),
        floor: Some((door % 4) as i16),
        unit: format!("A {}", door % 13),
        position,
    }
}

/// Doors scattered over a town of about 5 km, in buildings of `per_building` doors.
pub(crate) fn town(doors: u32, per_building: u32, centre: (f64, f64)) -> Vec<Place> {
    let mut state = 42_u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / (1_u64 << 31) as f64
    };
    let mut positions = Vec::new();
    (0..doors)
        .map(|number| {
            let building = number / per_building;
            if positions.len() <= building as usize {
                let lat = (centre.0 + 0.05 * (random() - 0.5)).clamp(-90.0, 90.0);
                let lon = (centre.1 + 0.1 * (random() - 0.5) + 180.0).rem_euclid(360.0) - 180.0;
                positions.push(at(lat, lon));
            }
            door(number, building, positions[building as usize])
        })
        .collect()
}

/// Few or many doors: in one point, on a line, in a town, across the 180th meridian, at a pole, all over the earth.
pub(crate) fn any_places() -> impl Strategy<Value = Vec<Place>> {
    let shapes = prop::sample::select(vec![
        (60.17, 24.94, 0.0, 0.0),
        (60.17, 24.94, 0.0, 0.02),
        (60.17, 24.94, 0.02, 0.04),
        (-17.0, 180.0, 0.02, 0.02),
        (90.0, 0.0, 0.01, 360.0),
        (0.0, 0.0, 180.0, 360.0),
    ]);
    let scatter = prop::collection::vec((0_u32..20, 0.0..1.0, 0.0..1.0), 0..40);
    (shapes, scatter).prop_map(|((lat, lon, height, width), scatter)| {
        let place = |(number, (building, y, x)): (usize, (u32, f64, f64))| {
            let lat = (lat + height * (y - 0.5)).clamp(-90.0, 90.0);
            let lon = (lon + width * (x - 0.5) + 180.0).rem_euclid(360.0) - 180.0;
            door(number as u32, building, at(lat, lon))
        };
        scatter.into_iter().enumerate().map(place).collect()
    })
}
