//! Several servers on one database, before phones.

use super::{new_database, open};
use crate::engine::tests::phone::{PATH, Phone, make_signer};
use crate::engine::{Engine, Exchange, Refused, Region};
use crate::store::conformance::world::*;
use crate::store::{Bell, Directory, Enrolment, Hearing};
use std::sync::Arc;
use std::time::Duration;
use walkbook_vault::Signer;

fn engine(database: &walkbook_cluster::Database) -> Engine {
    Engine::new(Arc::new(open(database)), Region { name: "eu-west-1".into(), ..Region::default() }).started_at(at(0))
}

#[test]
fn what_one_server_has_taken_no_other_takes_again() {
    let database = new_database();
    let store = open(&database);
    settle(&store, NORTH);
    let signer = make_signer();
    store.enrol_device(NORTH, AINO, &Enrolment { device: PHONE, public_key: signer.public_key() }, at(0)).unwrap();
    let phone = Phone::of(NORTH, AINO, PHONE, signer);
    let servers = [engine(&database), engine(&database)];
    let sent = [phone.request(at(10)), phone.request(at(40))];
    for sent in &sent {
        let played = |server: &Engine, seconds| server.sync(NORTH, &sent.proof, PATH, &sent.body, at(seconds));
        played(&servers[0], 20).unwrap();
        for (server, seconds) in [(&servers[1], 20), (&servers[1], 50), (&servers[0], 50)] {
            let again = played(server, seconds);
            assert!(matches!(again, Err(Refused::Unproven { .. })), "{again:?}");
        }
    }
    // A server that comes later has been told too.
    let [_, dated_ahead] = &sent;
    let late = Engine::started_at(engine(&database), at(30));
    let again = late.sync(NORTH, &dated_ahead.proof, PATH, &dated_ahead.body, at(50));
    assert!(matches!(again, Err(Refused::Unproven { .. })), "{again:?}");
    let fresh = phone.request(at(50));
    late.sync(NORTH, &fresh.proof, PATH, &fresh.body, at(50)).unwrap();
}

/// The database has no connection left for it; then one.
#[test]
fn a_bell_that_cannot_be_heard_says_so_until_it_can() {
    let database = new_database();
    let store = open(&database);
    settle(&store, NORTH);
    let superuser = database.superuser();
    let name = superuser.value("SELECT current_database()");
    let limit = |connections: i32| superuser.run(&format!("ALTER DATABASE {name} CONNECTION LIMIT {connections}"));
    let becomes = |bell: &mut Box<dyn Bell>, heard: bool| {
        (0..200).any(|_| {
            bell.wait(Duration::from_millis(50));
            bell.is_heard() == heard
        })
    };
    limit(0);
    let mut bell = store.listen().unwrap();
    bell.wait(Duration::from_secs(3));
    assert!(!bell.is_heard());
    limit(-1);
    assert!(becomes(&mut bell, true));
    limit(0);
    let ours = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()";
    superuser.run(ours);
    assert!(becomes(&mut bell, false));
    limit(-1);
    assert!(becomes(&mut bell, true));
}
