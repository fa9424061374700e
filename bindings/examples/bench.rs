//! What calls cost in Rust itself: the row beside which `make bench-bindings` puts the languages. Each of them does the same.
//!
//! `bench enrol FOLDER LINK` makes a phone, `bench cold FOLDER` opens it and shows a list, `bench calls FOLDER` asks it much.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss
)]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use walkbook_core::{KeyStore, KeyStoreRefused, SyncOptions, Walkbook};
use walkbook_model::{Interaction, Outcome, Timestamp};

const KNOCKS: usize = 2_000;
const LISTINGS: usize = 200;

struct Plain;

impl KeyStore for Plain {
    fn wrap(&self, key: Vec<u8>) -> Result<Vec<u8>, KeyStoreRefused> {
        Ok(key)
    }

    fn unwrap(&self, wrapped: Vec<u8>) -> Result<Vec<u8>, KeyStoreRefused> {
        Ok(wrapped)
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = Path::new(&arguments[1]);
    match arguments[0].as_str() {
        "enrol" => enrol(folder, &arguments[2]),
        "cold" => cold(folder),
        _ => calls(folder),
    }
}

fn open(folder: &Path) -> Arc<Walkbook> {
    Arc::new(Walkbook::open(folder, &Plain, None, now()).unwrap())
}

fn enrol(folder: &Path, link: &str) {
    let walkbook = open(folder);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(walkbook.enrol(link, Arc::new(now))).unwrap();
    let options = SyncOptions { budget: Duration::from_secs(300), ..SyncOptions::default() };
    runtime.block_on(walkbook.sync(options, Arc::new(now))).unwrap();
}

fn cold(folder: &Path) {
    let begun = Instant::now();
    let walkbook = open(folder);
    let lists = walkbook.lists().unwrap();
    let first = walkbook.walk_list(lists[0].list.id).unwrap();
    let opened = begun.elapsed();
    let started: u128 = std::env::var("STARTED").unwrap().parse().unwrap();
    let since_start = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() - started;
    println!("start_ms {}", since_start as f64 / 1e6);
    println!("open_ms {}", opened.as_secs_f64() * 1e3);
    let doors: usize = lists.iter().map(|list| walkbook.walk_list(list.list.id).unwrap().len()).sum();
    println!("doors {doors}");
    println!("listed {}", first.len());
    println!("resident_mib {}", resident_mib());
}

fn calls(folder: &Path) {
    let walkbook = open(folder);
    let list = walkbook.lists().unwrap()[0].list.id;
    let doors = walkbook.walk_list(list).unwrap();
    let not_home = Interaction::of_outcome(list, None, Outcome::NotHome);
    let knocks = doors.iter().cycle().take(KNOCKS).map(|row| {
        let begun = Instant::now();
        walkbook.record_knock_at(row.door, not_home.clone(), None, now()).unwrap();
        begun.elapsed()
    });
    println!("knock_us {}", median_us(knocks.collect()));
    let listings = (0..LISTINGS).map(|_| {
        let begun = Instant::now();
        std::hint::black_box(walkbook.walk_list(list).unwrap());
        begun.elapsed()
    });
    println!("list_us {}", median_us(listings.collect()));
    // The least that a call does: what crossing costs is seen best there.
    let askings = (0..KNOCKS).map(|_| {
        let begun = Instant::now();
        std::hint::black_box(walkbook.changes_since(u64::MAX));
        begun.elapsed()
    });
    println!("least_us {}", median_us(askings.collect()));
}

fn median_us(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e6
}

fn resident_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp::from_ms(u64::try_from(since.as_millis()).unwrap())
}
