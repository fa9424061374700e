//! A shift of 100 knocks and 5 edits up and a team mate's down, in one exchange over TLS: bytes beside `zstd -19` of the same
//! entries as JSON lines, which carry no salts, no chain and no signature; round trips and time, on loopback and with a
//! round trip of 300 ms.
//!
//! `cargo run --release -p walkbook-peers --bin shift`
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, clippy::cast_precision_loss)]

use walkbook_core::read_rescue_file;
use walkbook_ledger::{Entry, Payload};
use walkbook_peers::region::{Caller, Region};
use walkbook_peers::{json_lines, machine};
use walkbook_town::real::{now, work};

const DOORS: usize = 100;
const KNOCKS: usize = 100;
const EDITS: usize = 5;

fn main() {
    println!("machine: {}", machine());
    println!(
        "input: {KNOCKS} knocks (a third not home, six answers otherwise) and {EDITS} edits of each of two people"
    );
    for way in 0..2 {
        let folder = tempfile::tempdir().unwrap();
        let region = Region::serve(folder.path(), DOORS);
        let (name, port) = region.ways[way];
        let [mate, phone] = two_shifts(&region, port);
        let [up, down] = [&phone, &mate].map(|of| json_lines(&entries(of)));
        region.sync(&mate);
        let synced = region.sync(&phone.anew());
        println!(
            "peer: as JSON lines {} bytes up and {} down, under zstd -19 {} and {}",
            up.bytes, down.bytes, up.packed, down.packed
        );
        println!(
            "{name}: {} bytes up, {:.2} x the peer, {} down, {:.2} x (aim: below 1), {} round trip(s) (aim: 1), {:.0} ms (with connection and TLS)",
            synced.sent_bytes,
            synced.sent_bytes as f64 / up.packed as f64,
            synced.received_bytes,
            synced.received_bytes as f64 / down.packed as f64,
            synced.round_trips,
            synced.elapsed.as_secs_f64() * 1_000.0,
        );
        assert_eq!(synced.status.at_risk(), 0);
    }
}

/// Two phones that have worked one list without a network.
fn two_shifts(region: &Region, port: u16) -> [Caller; 2] {
    let list = region.town.lists[0];
    let users = region.people(region.town.lists[0], 2);
    [0, 1].map(|number| {
        let phone = region.enrol(users[number], port);
        region.sync(&phone);
        work(&phone.walkbook, region.town.script, list, KNOCKS, EDITS);
        phone
    })
}

/// What a phone has to bring.
fn entries(phone: &Caller) -> Vec<Entry> {
    let path = phone.folder().join("shift");
    let code = phone.walkbook.rescue(&path, now()).unwrap();
    let shift = read_rescue_file(&std::fs::read(path).unwrap(), &code.text()).unwrap();
    let all = shift.runs.iter().flat_map(|run| run.entries().unwrap());
    let opened = all.map(|entry| {
        let payload = Payload::from_bytes(&entry.body.unwrap().1).unwrap();
        Entry { device: shift.device, header: entry.header, bound: None, payload }
    });
    let opened: Vec<Entry> = opened.collect();
    assert_eq!(opened.len(), KNOCKS + EDITS);
    opened
}
