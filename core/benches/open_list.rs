//! From the app's start to the list on the screen: opening both encrypted files, and reading a list's rows in walk order. And
//! what memory a process takes that does nothing else.
//!
//! `cargo bench -p walkbook-core --bench open_list`
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, reason = "it measures and prints")]

#[path = "shared/phone.rs"]
mod phone;

use phone::{KEY, answered, at, door_id, list, now, print_machine, with_list};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use walkbook_core::Walkbook;

const ROUNDS: u32 = 50;
/// Named by the process that starts another for its memory.
const MEMORY_OF: &str = "--memory-of";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(place) = arguments.iter().position(|argument| argument == MEMORY_OF) {
        return show_once(Path::new(&arguments[place + 1]));
    }
    println!("input: lists of 50, 500 and 5,000 doors, 1.8 contacts a door, eight fields, a knock at every tenth door");
    println!("warm page cache, {ROUNDS} openings each");
    print_machine();
    for (doors, aim) in [(50, "-"), (500, "50 ms"), (5_000, "300 ms")] {
        let folder = tempfile::tempdir().unwrap();
        let walkbook = with_list(folder.path(), doors);
        for number in (0..doors).step_by(10) {
            walkbook.record_knock(door_id(number), answered(number), now(u64::from(number))).unwrap();
        }
        drop(walkbook);
        let (mut opened, mut shown) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let started = Instant::now();
            let walkbook = Walkbook::open_with_key(folder.path(), &KEY, [3; 16], now(1_000_000)).unwrap();
            opened.push(started.elapsed());
            let rows = walkbook.walk_list(list()).unwrap();
            shown.push(started.elapsed());
            assert_eq!(rows.len(), doors as usize);
        }
        println!(
            "{doors:>5} doors: open p50 {:>6.2} ms, open and show p50 {:>6.2} ms  p99 {:>6.2} ms  (aim {aim})",
            ms(&opened, 500),
            ms(&shown, 500),
            ms(&shown, 990)
        );
        println!("             memory of a process that does that: {}", memory_of(folder.path()));
        let walkbook = Walkbook::open_with_key(folder.path(), &KEY, [3; 16], now(1_000_000)).unwrap();
        let timed = |what: &str, work: &dyn Fn()| {
            let times: Vec<Duration> = (0..ROUNDS)
                .map(|_| {
                    let started = Instant::now();
                    work();
                    started.elapsed()
                })
                .collect();
            println!("             {what} p50 {:>6.2} ms", ms(&times, 500));
        };
        let middle = walkbook_model::Position::from_degrees(60.18, 24.95).unwrap();
        timed("next_door", &|| drop(walkbook.next_door(list(), Some(door_id(doors / 2))).unwrap()));
        timed("progress", &|| assert_eq!(walkbook.progress(list()).unwrap().doors, u64::from(doors)));
        timed("nearest_doors, 20", &|| drop(walkbook.nearest_doors(middle, 20).unwrap()));
        timed("lists", &|| drop(walkbook.lists().unwrap()));
    }
    with_an_edit(4_999);
}

/// The most that a process of its own takes to open and show the list.
fn memory_of(folder: &Path) -> String {
    let itself = std::env::current_exe().unwrap();
    let shown = Command::new(itself).arg(MEMORY_OF).arg(folder).output().unwrap();
    String::from_utf8(shown.stdout).unwrap().trim().to_owned()
}

fn show_once(folder: &Path) {
    let walkbook = Walkbook::open_with_key(folder, &KEY, [3; 16], now(1_000_000)).unwrap();
    assert!(!walkbook.walk_list(list()).unwrap().is_empty());
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!("{}", status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("unknown").trim());
}

/// An edited list is computed as a document, whenever it is asked for.
fn with_an_edit(doors: u32) {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_list(folder.path(), doors);
    let found = walkbook_model::Address { street: "Unioninkatu".into(), ..walkbook_model::Address::default() };
    walkbook.add_door(list(), found, None, Some(door_id(doors / 2)), now(1)).unwrap();
    println!("{doors:>5} doors and one that was found:");
    timed("lists", &|| drop(walkbook.lists().unwrap()));
}

fn timed(what: &str, work: &dyn Fn()) {
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let started = Instant::now();
        work();
        times.push(started.elapsed());
    }
    println!("             {what} p50 {:>6.2} ms", ms(&times, 500));
}

fn ms(times: &[Duration], of_thousand: usize) -> f64 {
    at(times, of_thousand).as_secs_f64() * 1_000.0
}
