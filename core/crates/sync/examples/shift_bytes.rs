//! What a shift costs on the wire: 100 knocks and 5 edits up, and the same from a team mate down, beside the same
//! entries as JSON lines under `zstd -19`. The JSON lines carry no salts, no chain and no signature.
//!
//! `cargo run --release -p walkbook-sync --example shift_bytes`
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_precision_loss
)]
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "it measures and prints")]

#[path = "../tests/shift/mod.rs"]
mod shift;

use shift::*;
use std::time::Instant;
use walkbook_ledger::{DoorChange, DoorEdit, Entry, Header, Payload, Subject};
use walkbook_model::*;
use walkbook_sync::*;

const KNOCKS: u64 = 100;
const EDITS: u64 = 5;

fn edit(seq: u64) -> RunEntry {
    let contact = ContactId::from_bytes(scattered(seq + 1_000));
    let change = DoorChange::SetContactField(contact, ContactField::Phone, format!("+358 40 555 01{:02}", seq % 100));
    let moment = Moment::new(Timestamp::from_ms(1_795_000_000_000 + seq * 137_913), 0);
    let header = Header { seq, moment, subject: Subject::Door(DoorId::from_bytes(scattered(seq))), epoch: 0 };
    let payload = Payload::Door(DoorEdit { on: Vec::new(), change }).to_bytes();
    RunEntry { header, body: Ok((SEED.salt(seq), payload)) }
}

fn main() {
    let entries: Vec<RunEntry> = (1..=KNOCKS).map(knock).chain((KNOCKS + 1..=KNOCKS + EDITS).map(edit)).collect();
    let opened: Vec<Entry> = entries
        .iter()
        .map(|entry| {
            let payload = Payload::from_bytes(&entry.body.as_ref().unwrap().1).unwrap();
            Entry { device: device(), header: entry.header, bound: None, payload }
        })
        .collect();
    let lines: String = opened.iter().map(|entry| serde_json::to_string(entry).unwrap() + "\n").collect();
    let peer = zstd::bulk::compress(lines.as_bytes(), 19).unwrap().len();

    let hello = Hello::new(device(), Timestamp::from_ms(1), KNOCKS + EDITS);
    let started = Instant::now();
    let up = PhoneSession::new(hello, vec![run_of(1, entries, &*SIGNER).with_seed(SEED)], 0).request_bytes();
    let packing = started.elapsed();
    let down = pack([Frame::Entries(opened.iter().map(Delivered::from).collect()), Frame::End(false)]);

    println!("input: {KNOCKS} knocks (a third not home, six answers otherwise), {EDITS} edits, random ids");
    println!("JSON lines {} bytes, under zstd -19 {peer} bytes", lines.len());
    println!(
        "up   {:>6} bytes  {:.2} x  (salts, chain and signature included; signed and packed in {packing:?})",
        up.len(),
        up.len() as f64 / peer as f64
    );
    println!("down {:>6} bytes  {:.2} x", down.len(), down.len() as f64 / peer as f64);
}
