//! Turfs for the measurement beside peers: reads tasks, one after the other, and writes an answer to each.
//!
//! `cut WISHED N` and N lines of latitude, longitude, building, number, street and the turf before (or
//! nothing) with tabs between: answers with the
//! microseconds that it took and the number of each door's turf. `walk N` and N lines of latitude, longitude and turf:
//! answers with the metres of the shortest walks found inside all turfs, open and round, by one solver for all peers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::io::{BufRead, stdin};
use std::time::Instant;
use walkbook_model::{BuildingId, DoorId, Position};
use walkbook_terrain::{Cutting, Ends, Place, Size, Turf, cut_turfs_again, cut_turfs_within, walk_order};

fn main() {
    let mut lines = stdin().lock().lines().map(Result::unwrap);
    while let Some(task) = lines.next() {
        let words: Vec<&str> = task.split(' ').collect();
        let rows: Vec<String> = lines.by_ref().take(words[words.len() - 1].parse().unwrap()).collect();
        match words[0] {
            "cut" => cut(&rows, words[1].parse().unwrap()),
            "walk" => walk(&rows),
            other => panic!("unknown task {other}"),
        }
    }
}

fn id(number: usize) -> [u8; 16] {
    // Spread out, so that the order of ids says nothing about the order of places.
    (number as u128).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835).to_be_bytes()
}

fn place(number: usize, at: [&str; 2], building: usize, house: Option<u32>, street: &str) -> Place {
    let [lat, lon] = at.map(|degrees| degrees.parse().unwrap());
    Place {
        door: DoorId::from_bytes(id(number)),
        building: BuildingId::from_bytes(id(building)),
        street: street.into(),
        number: house,
        floor: None,
        unit: String::new(),
        position: Position::from_degrees(lat, lon).unwrap(),
    }
}

fn cut(rows: &[String], wished: usize) {
    let mut before: BTreeMap<usize, Turf> = BTreeMap::new();
    let mut places = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        let [lat, lon, building, house, street, turf] = row.split('\t').collect::<Vec<_>>().try_into().unwrap();
        let place = place(number, [lat, lon], building.parse().unwrap(), house.parse().ok(), street);
        if let Ok(turf) = turf.parse() {
            let turf = before.entry(turf).or_insert(Turf { doors: Vec::new(), boundary: Vec::new() });
            turf.doors.push(place.door);
        }
        places.push(place);
    }
    let before: Vec<Turf> = before.into_values().collect();
    let cutting = Cutting { size: Size::Doors(wished), wards: &[], barriers: &[] };
    let began = Instant::now();
    let turfs = match before.as_slice() {
        [] => cut_turfs_within(&places, cutting),
        before => cut_turfs_again(&places, cutting, before),
    };
    let micros = began.elapsed().as_micros();
    let number: BTreeMap<DoorId, usize> = turfs
        .iter()
        .enumerate()
        .flat_map(|(number, turf)| turf.doors.iter().map(move |door| (*door, number)))
        .collect();
    let turfs: Vec<String> = places.iter().map(|place| number[&place.door].to_string()).collect();
    println!("{micros} {}", turfs.join(" "));
}

fn walk(rows: &[String]) {
    let mut turfs: BTreeMap<usize, Vec<Place>> = BTreeMap::new();
    for (number, row) in rows.iter().enumerate() {
        let [lat, lon, turf] = row.split('\t').collect::<Vec<_>>().try_into().unwrap();
        turfs.entry(turf.parse().unwrap()).or_default().push(place(number, [lat, lon], number, None, ""));
    }
    let all = |ends: Ends<Position>| turfs.values().map(|places| walk_order(places, ends).length_m).sum::<f64>();
    println!("{} {}", all(Ends::ANYWHERE), all(Ends::ROUND));
}
