//! Entries that the server merges in a second, from 1,000 phones' shifts, everything durable; beside bare inserts of the same
//! payloads into SQLite, a transaction a shift, with the same `synchronous`. Then the two halves of the work by
//! themselves: answering, where the same phones ask again and bring nothing; taking, where nobody else has a phone's list.
//!
//! `taskset -c 0 cargo run --release -p walkbook-peers --bin merge -- [PHONES]`: on one core.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, clippy::cast_precision_loss)]

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use walkbook_peers::{machine, percentiles};
use walkbook_server::engine::Exchange;
use walkbook_sync::Request;
use walkbook_town::real::{Phone, Signed, Town, now};

const PHONES: usize = 1_000;
/// Phones that have a list together.
const TO_A_LIST: usize = 10;
/// One of so many phones brings its shift a second time to a town where it is alone on its list.
const ALONE: usize = 5;
const DOORS: usize = 50;
const KNOCKS: usize = 100;
const EDITS: usize = 5;
/// Shifts that come at the same time.
const AT_ONCE: usize = 16;

fn main() {
    let phones = std::env::args().nth(1).map_or(PHONES, |phones| phones.parse().unwrap());
    println!("machine: {}", machine());
    println!(
        "input: {phones} phones, ten to a list, {KNOCKS} knocks (a third not home, six answers otherwise) and {EDITS} edits each"
    );
    let rate = together(phones);
    let folder = tempfile::tempdir_in("target").unwrap();
    let (town, phones) = at_work(folder.path(), phones.div_ceil(ALONE), 1);
    let shifts = shifts(&town, &phones);
    let entries = shifts.iter().map(entries_of).sum();
    say("taking alone", entries, arrive(&town, &shifts));
    let bare = insert(&folder.path().join("bare.sqlite"), &shifts);
    let bare_rate = entries as f64 / bare.as_secs_f64();
    println!("bare SQLite: {bare_rate:.0} a second; the server does {:.2} x as many", rate / bare_rate);
}

/// Phones that have lists together bring their shifts, and learn of each other's; gives the entries a second.
fn together(phones: usize) -> f64 {
    let folder = tempfile::tempdir_in("target").unwrap();
    let (town, phones) = at_work(folder.path(), phones, TO_A_LIST);
    let brought = shifts(&town, &phones);
    let entries = brought.iter().map(entries_of).sum();
    let rate = say("taking and answering", entries, arrive(&town, &brought));
    let asked: Vec<Signed> =
        phones.iter().zip(&brought).map(|(phone, shift)| phone.sign(&town, without_runs(shift))).collect();
    // Each learns again of what the others of its list brought.
    say("answering alone", entries * (TO_A_LIST - 1), arrive(&town, &asked));
    rate
}

/// Phones that have worked their shifts and told nobody yet.
fn at_work(folder: &Path, phones: usize, to_a_list: usize) -> (Town, Vec<Phone>) {
    let lists = phones.div_ceil(to_a_list);
    let town = Town::build(folder, lists * DOORS, DOORS);
    eprintln!("{phones} phones enrol, download their lists and work their shifts: some minutes");
    let mut at_work = Vec::with_capacity(phones);
    for list in town.lists.iter().take(lists) {
        let users: Vec<_> = (0..to_a_list).map(|_| town.user()).collect();
        town.assign(*list, &users);
        for user in users {
            let phone = Phone::enrol(&town, user);
            phone.sync(&town);
            phone.work(town.script, *list, KNOCKS, EDITS);
            at_work.push(phone);
        }
    }
    (town, at_work)
}

/// What the phones bring. Signed last: a proof is good for five minutes.
fn shifts(town: &Town, phones: &[Phone]) -> Vec<Signed> {
    phones.iter().map(|phone| phone.request(town)).collect()
}

fn entries_of(shift: &Signed) -> usize {
    Request::read(&shift.body).unwrap().runs.iter().map(walkbook_sync::Run::len).sum()
}

/// The same question, with nothing brought.
fn without_runs(shift: &Signed) -> Vec<u8> {
    let mut request = Request::read(&shift.body).unwrap();
    request.runs.clear();
    request.to_bytes()
}

/// How long the requests took in all, and each of them.
fn arrive(town: &Town, requests: &[Signed]) -> (Duration, Vec<Duration>) {
    eprintln!("{} requests arrive", requests.len());
    let next = AtomicUsize::new(0);
    let started = Instant::now();
    let times = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE)
            .map(|_| {
                scope.spawn(|| {
                    let mut times = Vec::new();
                    while let Some(shift) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
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

/// Prints a figure, and gives the entries a second.
fn say(what: &str, entries: usize, (took, times): (Duration, Vec<Duration>)) -> f64 {
    let [median, worst] = percentiles(times);
    let rate = entries as f64 / took.as_secs_f64();
    println!(
        "{what}: {entries} entries in {:.2} s, {rate:.0} a second; {AT_ONCE} requests at once, one in {:.1} ms (p50), {:.1} ms (p99)",
        took.as_secs_f64(),
        median.as_secs_f64() * 1_000.0,
        worst.as_secs_f64() * 1_000.0,
    );
    rate
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
