//! Entries that the server merges in a second, from 1,000 phones' shifts, everything durable; beside bare inserts of the same
//! payloads into SQLite, a transaction a shift, with the same `synchronous`.
//!
//! `taskset -c 0 cargo run --release -p walkbook-peers --bin merge`: on one core.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, clippy::cast_precision_loss)]

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use walkbook_peers::{machine, percentiles};
use walkbook_server::engine::Exchange;
use walkbook_sync::Request;
use walkbook_town::real::{Phone, Signed, Town, now};

const PHONES: usize = 1_000;
const LISTS: usize = 100;
const DOORS: usize = 50;
const KNOCKS: usize = 100;
const EDITS: usize = 5;
/// Shifts that come at the same time.
const AT_ONCE: usize = 16;

fn main() {
    let folder = tempfile::tempdir_in("target").unwrap();
    println!("machine: {}", machine());
    println!(
        "input: {PHONES} phones, ten to a list, {KNOCKS} knocks (a third not home, six answers otherwise) and {EDITS} edits each"
    );
    let town = Town::build(folder.path(), LISTS * DOORS, DOORS);
    eprintln!("{PHONES} phones enrol, download their lists and work their shifts: some minutes");
    let shifts = shifts(&town);
    eprintln!("the shifts arrive");
    let entries: usize = shifts.iter().map(entries_of).sum();
    let (took, times) = merge(&town, &shifts);
    let [median, worst] = percentiles(times);
    let rate = entries as f64 / took.as_secs_f64();
    println!(
        "server: {entries} entries in {:.2} s, {rate:.0} a second; {AT_ONCE} shifts at once, one in {:.1} ms (p50), {:.1} ms (p99)",
        took.as_secs_f64(),
        median.as_secs_f64() * 1_000.0,
        worst.as_secs_f64() * 1_000.0,
    );
    let bare = insert(&folder.path().join("bare.sqlite"), &shifts);
    let bare_rate = entries as f64 / bare.as_secs_f64();
    println!(
        "bare SQLite: {:.2} s, {bare_rate:.0} a second; the server does {:.2} x as many",
        bare.as_secs_f64(),
        rate / bare_rate
    );
}

/// What the phones bring.
fn shifts(town: &Town) -> Vec<Signed> {
    let mut phones = Vec::with_capacity(PHONES);
    for list in town.lists.iter().take(LISTS) {
        let users: Vec<_> = (0..PHONES / LISTS).map(|_| town.user()).collect();
        town.assign(*list, &users);
        for user in users {
            let phone = Phone::enrol(town, user);
            phone.sync(town);
            phone.work(town.script, *list, KNOCKS, EDITS);
            phones.push(phone);
        }
    }
    // Signed last: a proof is good for five minutes.
    phones.iter().map(|phone| phone.request(town)).collect()
}

fn entries_of(shift: &Signed) -> usize {
    Request::read(&shift.body).unwrap().runs.iter().map(walkbook_sync::Run::len).sum()
}

fn merge(town: &Town, shifts: &[Signed]) -> (Duration, Vec<Duration>) {
    let next = AtomicUsize::new(0);
    let started = Instant::now();
    let times = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE)
            .map(|_| {
                scope.spawn(|| {
                    let mut times = Vec::new();
                    while let Some(shift) = shifts.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let began = Instant::now();
                        town.engine.sync(town.tenant, &shift.proof, &shift.path, &shift.body, now()).unwrap();
                        times.push(began.elapsed());
                    }
                    times
                })
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    (started.elapsed(), times)
}

fn insert(file: &Path, shifts: &[Signed]) -> Duration {
    let mut connection = rusqlite::Connection::open(file).unwrap();
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    connection.pragma_update(None, "synchronous", "FULL").unwrap();
    connection
        .execute("CREATE TABLE entry (device BLOB, seq INTEGER, payload BLOB, PRIMARY KEY (device, seq))", [])
        .unwrap();
    let requests: Vec<Request> = shifts.iter().map(|shift| Request::read(&shift.body).unwrap()).collect();
    let started = Instant::now();
    for request in &requests {
        let transaction = connection.transaction().unwrap();
        {
            let mut insert = transaction.prepare_cached("INSERT INTO entry VALUES (?, ?, ?)").unwrap();
            for entry in request.runs.iter().flat_map(|run| run.entries().unwrap()) {
                let (_, payload) = entry.body.unwrap();
                insert.execute((request.hello.device.to_bytes(), entry.header.seq as i64, payload)).unwrap();
            }
        }
        transaction.commit().unwrap();
    }
    started.elapsed()
}
