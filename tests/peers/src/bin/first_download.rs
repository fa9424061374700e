//! The first download of 1,000 doors over TLS: bytes beside `zstd -19` of the same as JSON lines, and the time, on loopback
//! and with a round trip of 300 ms.
//!
//! `cargo run --release -p walkbook-peers --bin first_download`
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, clippy::cast_precision_loss)]

use std::sync::Arc;
use std::time::Duration;
use walkbook_core::{KeyStore, KeyStoreRefused, SyncOptions, Synced, Walkbook};
use walkbook_peers::{machine, wire};
use walkbook_server::routes::{App, Backlog, Limits};
use walkbook_server::server::{Connections, Server};
use walkbook_server::tls::{Authority, Certificates, Source};
use walkbook_sync::InvitationLink;
use walkbook_town::real::{REGION, Town, now};

const DOORS: usize = 1_000;
const ROUND_TRIP: Duration = Duration::from_millis(300);

/// Nothing is handed on while this is measured.
struct Nothing;

impl Backlog for Nothing {
    fn nudge(&self) {}

    fn is_alive(&self) -> bool {
        true
    }

    fn counts(&self) -> [u64; 2] {
        [0; 2]
    }
}

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
    let folder = tempfile::tempdir().unwrap();
    let town = Town::build(folder.path(), DOORS, DOORS);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let _entered = runtime.enter();
    let tls = folder.path().join("tls");
    Authority::make(&tls, REGION, now()).unwrap();
    let authority = Authority::read(&tls).unwrap().certificate().to_vec();
    let source = Source::Private { folder: tls, hosts: vec!["localhost".into()] };
    let certificates = Certificates::load(source, now()).unwrap();
    let app = App::new(town.engine.clone(), town.store.clone(), Arc::new(Nothing), Limits::default(), None);
    let server =
        Server::start(Arc::new(app), certificates, "127.0.0.1:0".parse().unwrap(), Connections::default()).unwrap();
    let near = server.address().port();
    let far = wire::delay(near, ROUND_TRIP);

    let people: usize = town.doors.iter().map(|door| door.contacts.len()).sum();
    let lines: String = town.doors.iter().map(|door| serde_json::to_string(door).unwrap() + "\n").collect();
    let peer = zstd::bulk::compress(lines.as_bytes(), 19).unwrap().len();
    println!("machine: {}", machine());
    println!("input: one list of {DOORS} doors with {people} made-up people, eight fields each, and a script");
    println!("JSON lines of the doors {} bytes, under zstd -19 {peer} bytes", lines.len());
    for (name, port) in [("loopback", near), ("300 ms round trip", far)] {
        let synced = download(&runtime, &town, port, &authority);
        println!(
            "{name}: {} bytes, {:.2} x the peer, {} request(s), {:.0} ms (with connection and TLS, worked in and durable)",
            synced.received_bytes,
            synced.received_bytes as f64 / peer as f64,
            synced.round_trips,
            synced.elapsed.as_secs_f64() * 1_000.0,
        );
    }
}

fn download(runtime: &tokio::runtime::Runtime, town: &Town, port: u16, authority: &[u8]) -> Synced {
    let user = town.user();
    town.assign(town.lists[0], &[user]);
    let link = InvitationLink {
        server: format!("https://localhost:{port}").parse().unwrap(),
        tenant: town.tenant,
        code: town.invite(user),
        authority: Some(authority.to_vec()),
    };
    let folder = tempfile::tempdir().unwrap();
    let phone = Arc::new(Walkbook::open(folder.path(), &Plain, None, now()).unwrap());
    runtime.block_on(phone.enrol(&link.to_text(), Arc::new(now))).unwrap();
    // What enrolment has opened is not counted on: the exchange begins with a connection of its own.
    drop(phone);
    let phone = Arc::new(Walkbook::open(folder.path(), &Plain, None, now()).unwrap());
    let synced = runtime.block_on(phone.sync(SyncOptions::default(), Arc::new(now))).unwrap();
    assert_eq!(phone.walk_list(town.lists[0]).unwrap().len(), DOORS);
    synced
}
