//! Several servers on one database, before phones.

use super::{new_database, open};
use crate::engine::tests::phone::{PATH, Phone, make_signer};
use crate::engine::{Engine, Exchange, Refused, Region};
use crate::store::conformance::world::*;
use crate::store::{Directory, Enrolment};
use std::sync::Arc;
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
