//! A knock with six answers, from the call to the durable, encrypted disk, beside the least that SQLCipher can do for it:
//! a bare insert of as many bytes into one table, with the same key and the same flush, in the same run. Then the same with
//! somebody looking: the knock and the whole list with its progress behind it, beside that list when nothing is new.
//!
//! `cargo bench -p walkbook-core --bench record_knock`
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, reason = "it measures and prints")]

#[path = "shared/phone.rs"]
mod phone;

use phone::{KEY, answered, at, door_id, list, now, print_machine, with_list};
use rusqlite::Connection;
use std::path::Path;
use std::time::{Duration, Instant};
use walkbook_core::Walkbook;

const DOORS: u32 = 500;
const KNOCKS: u32 = 5_000;
const LOOKS: u32 = 500;
/// What a knock of six answers takes in the log beside its payload: header, salt, hashes and numbers.
const BYTES: usize = 340;

fn bare(folder: &Path) -> Connection {
    let bare = Connection::open(folder.join("bare.db")).unwrap();
    let key: String = KEY.iter().chain(&[5; 16]).map(|byte| format!("{byte:02x}")).collect();
    bare.execute_batch(&format!("PRAGMA key = \"x'{key}'\"")).unwrap();
    let settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON;
        CREATE TABLE bare (seq INTEGER PRIMARY KEY, bytes BLOB)";
    bare.execute_batch(settings).unwrap();
    bare
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_list(folder.path(), DOORS);
    let bare = bare(folder.path());
    let version: String = bare.query_row("PRAGMA cipher_version", [], |row| row.get(0)).unwrap();
    let (mut knocks, mut inserts) = (Vec::new(), Vec::new());
    for number in 0..KNOCKS {
        knocks.push(knock(&walkbook, number));
        let bytes = vec![9_u8; BYTES];
        inserts.push(timed(|| {
            let mut insert = bare.prepare_cached("INSERT INTO bare VALUES (?1, ?2)").unwrap();
            insert.execute(rusqlite::params![number + 1, bytes]).unwrap();
        }));
    }
    let (mut looked, mut with_knock) = (Vec::new(), Vec::new());
    for number in KNOCKS..KNOCKS + LOOKS {
        looked.push(timed(|| look(&walkbook)));
        with_knock.push(knock(&walkbook, number) + timed(|| look(&walkbook)));
    }
    println!("input: {KNOCKS} knocks of six answers at {DOORS} doors, ten a door, 1.8 contacts a door, eight fields");
    println!("SQLCipher {version}, synchronous FULL in both, in {}", folder.path().parent().unwrap().display());
    print_machine();
    print_row("record_knock", &knocks);
    print_row("bare insert", &inserts);
    let times = |of_thousand| at(&knocks, of_thousand).as_secs_f64() / at(&inserts, of_thousand).as_secs_f64();
    println!(
        "{:<14} {:>10.2} x  {:>10.2} x  {:>10.2} x  (aim: at most 1.5)",
        "ratio",
        times(500),
        times(990),
        times(999)
    );
    let first = |times: &[Duration]| at(&times[..DOORS as usize], 500);
    println!("first knock at each door, p50: {:?}, bare {:?}", first(&knocks), first(&inserts));
    print_row("list", &looked);
    print_row("knock and list", &with_knock);
}

fn knock(walkbook: &Walkbook, number: u32) -> Duration {
    // Not door after door: 7 and 500 have no common divisor.
    let door = number * 7 % DOORS;
    let interaction = answered(door);
    let now = now(u64::from(number) * 1_000);
    timed(|| assert_eq!(walkbook.record_knock(door_id(door), interaction, now).unwrap().seq, u64::from(number) + 1))
}

fn look(walkbook: &Walkbook) {
    assert_eq!(walkbook.walk_list(list()).unwrap().len(), DOORS as usize);
    assert!(walkbook.progress(list()).unwrap().attempted > 0);
}

fn timed(work: impl FnOnce()) -> Duration {
    let started = Instant::now();
    work();
    started.elapsed()
}

fn print_row(what: &str, times: &[Duration]) {
    let [p50, p99, p999] = [500, 990, 999].map(|of_thousand| at(times, of_thousand).as_micros());
    println!("{what:<14} p50 {p50:>6} µs  p99 {p99:>6} µs  p99.9 {p999:>6} µs");
}
