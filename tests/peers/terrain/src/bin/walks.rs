//! Walks for the measurement beside peers: reads instances, one after the other, and writes an order for each.
//!
//! An instance is a line `points NAME ENDS N` and N lines of latitude and longitude, or a line `matrix NAME ENDS N` and N
//! lines of N distances. `ENDS` is `open` or `closed`. An answer is a line with the microseconds that it took (the middle
//! of five times, with all that the call does) and the numbers of the stops in their order.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::io::{BufRead, stdin};
use std::str::FromStr;
use std::time::Instant;
use walkbook_model::{BuildingId, DoorId, Position};
use walkbook_terrain::{Ends, Matrix, Place, shortest_walk, walk_order};

const TIMES: usize = 5;

fn main() {
    let mut lines = stdin().lock().lines().map(Result::unwrap);
    while let Some(head) = lines.next() {
        let [kind, _name, ends, count] = head.split(' ').collect::<Vec<_>>().try_into().unwrap();
        let rows: Vec<Vec<f64>> = lines.by_ref().take(count.parse().unwrap()).map(|line| numbers(&line)).collect();
        let (micros, order) = match kind {
            "points" => along_points(&rows, ends_of(ends)),
            "matrix" => along_table(&rows, ends_of(ends)),
            other => panic!("unknown kind {other}"),
        };
        let order: Vec<String> = order.iter().map(ToString::to_string).collect();
        println!("{micros} {}", order.join(" "));
    }
}

fn numbers<N: FromStr<Err: std::fmt::Debug>>(line: &str) -> Vec<N> {
    line.split_ascii_whitespace().map(|number| number.parse().unwrap()).collect()
}

fn ends_of<P>(ends: &str) -> Ends<P> {
    if ends == "closed" { Ends::ROUND } else { Ends::ANYWHERE }
}

fn along_table(rows: &[Vec<f64>], ends: Ends<usize>) -> (u128, Vec<usize>) {
    let table = Matrix::new(rows.len(), |a, b| rows[a][b]).unwrap();
    timed(|| shortest_walk(&table, ends).unwrap())
}

fn along_points(rows: &[Vec<f64>], ends: Ends<Position>) -> (u128, Vec<usize>) {
    let id = |number: usize| (number as u128).to_be_bytes();
    let places: Vec<Place> = rows
        .iter()
        .enumerate()
        .map(|(number, row)| Place {
            door: DoorId::from_bytes(id(number)),
            building: BuildingId::from_bytes(id(number)),
            street: String::new(),
            number: None,
            floor: None,
            unit: String::new(),
            position: Position::from_degrees(row[0], row[1]).unwrap(),
        })
        .collect();
    let number = |door: &DoorId| u128::from_be_bytes(door.to_bytes()) as usize;
    timed(|| walk_order(&places, ends).order.iter().map(number).collect())
}

fn timed(work: impl Fn() -> Vec<usize>) -> (u128, Vec<usize>) {
    let mut times = Vec::new();
    let mut order = Vec::new();
    for _ in 0..TIMES {
        let began = Instant::now();
        order = work();
        times.push(began.elapsed().as_micros());
    }
    times.sort_unstable();
    (times[TIMES / 2], order)
}
