//! One device that brings a great deal, and others beside it that bring a knock each: how long these wait, without it and beside it.
//! It works a list of its own: what the others get is the same with and without it.
//! Each device has one hand of the server's at most, and all of them run on the processors of this machine, phones and server alike;
//! paces, which would hold the heavy one back besides, are off.
//!
//! `cargo run --release -p walkbook-peers --bin heavy_device`
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::panic
)]

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use walkbook_peers::region::{Caller, Region};
use walkbook_peers::{machine, percentiles};
use walkbook_server::routes::{Limits, Pace, Paces};
use walkbook_town::real::work;

const DOORS: usize = 50;
const PHONES: usize = 8;
const ROUNDS: usize = 40;
const HEAVY: usize = 30_000;

fn main() {
    println!("machine: {}", machine());
    println!(
        "input: {PHONES} phones with a knock each time, one device with {HEAVY} knocks (a third not home, six answers otherwise)"
    );
    let folder = tempfile::tempdir().unwrap();
    let region = Region::serve_lists(folder.path(), 2, DOORS, Limits { paces: unpaced(), ..Limits::default() });
    let [shared, own] = region.town.lists[..] else { panic!("two lists") };
    let callers = |list, count| -> Vec<Caller> {
        let users = region.people(list, count);
        let callers: Vec<Caller> = users.iter().map(|user| region.enrol(*user, region.ways[0].1)).collect();
        callers.iter().for_each(|phone| drop(region.sync(phone)));
        callers
    };
    let (phones, heavy) = (callers(shared, PHONES), &callers(own, 1)[0]);

    let mut alone = Vec::new();
    for _ in 0..ROUNDS {
        alone.extend(round(&region, &phones));
    }
    work(&heavy.walkbook, region.town.script, own, HEAVY, 0);
    let is_done = AtomicBool::new(false);
    let mut beside = Vec::new();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while region.sync(heavy).status.at_risk() > 0 {}
            is_done.store(true, Ordering::SeqCst);
        });
        while !is_done.load(Ordering::SeqCst) {
            beside.extend(round(&region, &phones));
        }
    });
    let exchanges = beside.len();
    assert!(exchanges > 0, "the heavy device was done before anybody came");
    let ([middle, last], [middle_beside, last_beside]) = (percentiles(alone), percentiles(beside));
    let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
    println!("without it: p50 {:.1} ms, p99 {:.1} ms", ms(middle), ms(last));
    println!("beside it:  p50 {:.1} ms, p99 {:.1} ms, over {exchanges} exchanges", ms(middle_beside), ms(last_beside));
    println!(
        "{:.2} x and {:.2} x (aim: below 4, with two processors for all of them)",
        middle_beside.as_secs_f64() / middle.as_secs_f64(),
        last_beside.as_secs_f64() / last.as_secs_f64()
    );
}

/// Each phone in turn: a knock, and an exchange that is timed.
fn round(region: &Region, phones: &[Caller]) -> Vec<Duration> {
    phones
        .iter()
        .map(|phone| {
            work(&phone.walkbook, region.town.script, region.town.lists[0], 1, 0);
            let synced = region.sync(phone);
            assert_eq!(synced.status.at_risk(), 0);
            synced.elapsed
        })
        .collect()
}

fn unpaced() -> Paces {
    let pace: Pace = "1000000/1000000".parse().unwrap();
    Paces { device: pace, user: pace, tenant: pace, address: pace, finding: pace }
}
