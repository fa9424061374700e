//! What a phone and a map ask, for the measurement beside peers: reads tasks, and writes an answer to each.
//!
//! `doors N` and N lines of latitude and longitude make an index, and one of rstar's on a flat map beside it. `nearest N`
//! and N positions: answers with the microseconds that one question took, by the index and by rstar alone (each the middle
//! of all), and the metres to the tenth door of each. `screen N` and N lines of south, west, north and east: the same, and
//! how many doors are on each. `walks 1` and a line with a count: answers with the milliseconds of planning so many doors
//! along made-up streets for the first time, again from another place with one door done, and again by straight lines.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use rstar::{AABB, RTree};
use std::hint::black_box;
use std::io::{BufRead, stdin};
use std::time::Instant;
use walkbook_model::{BuildingId, DoorId, Position};
use walkbook_terrain::{DoorIndex, Ends, Place, Region, StreetClass, StreetMap, StreetsBuilder, Ways, plan_walk};

const NEAREST: usize = 10;
const SCREEN: usize = 1_000;
const TIMES: usize = 7;

fn main() {
    let mut lines = stdin().lock().lines().map(Result::unwrap);
    let (mut index, mut flat) = (DoorIndex::new([]), RTree::new());
    while let Some(task) = lines.next() {
        let (kind, count) = task.split_once(' ').unwrap_or((&task, "0"));
        let rows = lines.by_ref().take(count.parse().unwrap());
        let rows: Vec<Vec<f64>> =
            rows.map(|row| row.split(' ').map(|number| number.parse().unwrap()).collect()).collect();
        match kind {
            "doors" => {
                index = DoorIndex::new(rows.iter().zip(0..).map(|(row, number)| (door(number), at(row[0], row[1]))));
                flat = RTree::bulk_load(rows.iter().map(|row| [row[0], row[1]]).collect());
                println!("{}", index.len());
            }
            "nearest" => nearest(&index, &flat, &rows),
            "screen" => screen(&index, &flat, &rows),
            "walks" => walks(rows[0][0] as u32),
            other => panic!("unknown task {other}"),
        }
    }
}

fn at(lat: f64, lon: f64) -> Position {
    Position::from_degrees(lat, lon).unwrap()
}

fn door(number: u32) -> DoorId {
    DoorId::from_bytes(u128::from(number).to_be_bytes())
}

fn nearest(index: &DoorIndex, flat: &RTree<[f64; 2]>, rows: &[Vec<f64>]) {
    let found: Vec<String> =
        rows.iter().map(|row| index.nearest(at(row[0], row[1]), NEAREST)[NEAREST - 1].distance_m.to_string()).collect();
    let ours = micros(rows, |row| black_box(index.nearest(at(row[0], row[1]), NEAREST)).len());
    let bare = micros(rows, |row| {
        black_box(flat.nearest_neighbor_iter([row[0], row[1]]).take(NEAREST).collect::<Vec<_>>()).len()
    });
    println!("{ours} {bare} {}", found.join(" "));
}

fn screen(index: &DoorIndex, flat: &RTree<[f64; 2]>, rows: &[Vec<f64>]) {
    let view = |row: &[f64]| index.in_view(at(row[0], row[1]), at(row[2], row[3]), SCREEN).doors.len();
    let found: Vec<String> = rows.iter().map(|row| view(row).to_string()).collect();
    let ours = micros(rows, |row| black_box(view(row)));
    let bare = micros(rows, |row| {
        let screen = AABB::from_corners([row[0], row[1]], [row[2], row[3]]);
        black_box(flat.locate_in_envelope(screen).collect::<Vec<_>>()).len()
    });
    println!("{ours} {bare} {}", found.join(" "));
}

/// The middle of what all rows take.
fn micros(rows: &[Vec<f64>], ask: impl Fn(&[f64]) -> usize) -> f64 {
    let mut times: Vec<f64> = rows
        .iter()
        .map(|row| {
            let began = Instant::now();
            ask(row);
            began.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// A town of 80 by 80 blocks, a main road every fifth street, and doors along the streets from its middle on.
fn walks(count: u32) {
    let mut builder = StreetsBuilder::default();
    let corner = |x: i64, y: i64| (81 * y + x, at(60.0 + 0.0009 * y as f64, 25.0 + 0.0018 * x as f64));
    for street in 0..=80_i64 {
        let class = if street % 5 == 0 { StreetClass::Main } else { StreetClass::Lane };
        builder.add(class, (0..=80).map(|x| corner(x, street)));
        builder.add(class, (0..=80).map(|y| corner(street, y)));
    }
    // As many houses to a street as there are streets with houses, ten to a block, on the one side and on the other.
    let to_a_street = (f64::from(count) * 5.0).sqrt().ceil() as u32;
    let places: Vec<Place> = (0..count)
        .map(|number| {
            let (street, house) = (f64::from(number / to_a_street), f64::from(number % to_a_street));
            let side = if number % 2 == 0 { 0.0001 } else { -0.0001 };
            Place {
                door: door(number),
                building: BuildingId::from_bytes(door(number).to_bytes()),
                street: String::new(),
                number: None,
                floor: None,
                unit: String::new(),
                position: at(60.018 + 0.0009 * street + side, 25.036 + 0.00036 * house),
            }
        })
        .collect();
    let positions: Vec<Position> = places.iter().map(|place| place.position).collect();
    let streets = Region::new(builder.build()).piece(&positions).unwrap();
    let (first_at, then_at) = (Ends::from(positions[0]), Ends::from(at(60.0195, 25.04)));
    let first = millis(|| plan_walk(Ways::Streets(&StreetMap::new(streets.clone())), &places, first_at).length_m);
    let map = StreetMap::new(streets);
    plan_walk(Ways::Streets(&map), &places, first_at);
    let again = millis(|| plan_walk(Ways::Streets(&map), &places[1..], then_at).length_m);
    let straight = millis(|| plan_walk(Ways::Straight, &places[1..], then_at).length_m);
    println!("{first} {again} {straight}");
}

/// The middle of several times.
fn millis(work: impl Fn() -> f64) -> f64 {
    let mut times: Vec<f64> = (0..TIMES)
        .map(|_| {
            let began = Instant::now();
            black_box(work());
            began.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[TIMES / 2]
}
