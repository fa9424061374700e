//! The first download of 1,000 doors over TLS: bytes beside `zstd -19` of the same as JSON lines, and the time, on loopback
//! and with a round trip of 300 ms.
//!
//! `cargo run --release -p walkbook-peers --bin first_download`
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, clippy::cast_precision_loss)]

use walkbook_peers::region::Region;
use walkbook_peers::{json_lines, machine};

const DOORS: usize = 1_000;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let region = Region::serve(folder.path(), DOORS);
    let people: usize = region.town.doors.iter().map(|door| door.contacts.len()).sum();
    let peer = json_lines(&region.town.doors);
    println!("machine: {}", machine());
    println!("input: one list of {DOORS} doors with {people} made-up people, eight fields each, and a script");
    println!("peer: the doors as JSON lines, {} bytes, under zstd -19 {}", peer.bytes, peer.packed);
    for (way, port) in region.ways {
        let phone = region.enrol(region.people(region.town.lists[0], 1)[0], port);
        let synced = region.sync(&phone);
        assert_eq!(phone.walkbook.walk_list(region.town.lists[0]).unwrap().len(), DOORS);
        println!(
            "{way}: {} bytes, {:.2} x the peer (aim: at most 1.3), {} request(s), {:.0} ms (with connection and TLS, worked in and durable)",
            synced.received_bytes,
            synced.received_bytes as f64 / peer.packed as f64,
            synced.round_trips,
            synced.elapsed.as_secs_f64() * 1_000.0,
        );
    }
}
