//! Who asks, and whether just now, and for the first time.

use super::phone::{PATH, Phone, Signed};
use super::world::{AINO, ANNA, NORTH, RIVER, SOUTH, World, at, by_operator, door};
use crate::engine::{Exchange, Refused};
use crate::store::{Directory, Log};
use walkbook_model::{Role, Timestamp};
use walkbook_sync::Request;

fn setting() -> (World, Phone) {
    let world = World::with_lists();
    let phone = world.phone(NORTH, AINO);
    (world, phone)
}

fn assert_unproven(result: Result<Vec<u8>, Refused>, at: Timestamp) {
    match result {
        Err(Refused::Unproven { now }) => assert_eq!(now, at),
        other => panic!("{other:?}"),
    }
}

/// How many entries of the phone's the server has.
fn stored(world: &World, phone: &Phone) -> usize {
    world.store.log_of(phone.tenant, phone.device, 0, 1_000).unwrap().len()
}

#[test]
fn a_request_that_is_seen_again_is_refused_and_a_new_proof_of_it_is_not() {
    let (world, mut phone) = setting();
    phone.knock(RIVER, door(1), at(1));
    let sent = phone.request(at(2));
    phone.send(&world, &sent, at(2)).unwrap();
    assert_unproven(phone.send(&world, &sent, at(3)), at(3));
    assert_unproven(phone.send(&world, &sent, at(301)), at(301));
    phone.send(&world, &phone.sign(sent.body, at(3)), at(3)).unwrap();
    assert_eq!(stored(&world, &phone), 1);
}

#[test]
fn a_replay_is_known_whatever_the_servers_clock_has_done_meanwhile() {
    let (world, phone) = setting();
    let sent = phone.request(at(1_000));
    phone.send(&world, &sent, at(1_300)).unwrap();
    // Another request, whose clock was read a little later, came in between.
    phone.send(&world, &phone.request(at(1_301)), at(1_301)).unwrap();
    assert_unproven(phone.send(&world, &sent, at(1_300)), at(1_300));
}

#[test]
fn a_phone_whose_clock_is_six_minutes_off_is_told_the_servers_and_signs_by_that() {
    let (world, phone) = setting();
    let now = at(1_000);
    for off in [at(1_000 - 360), at(1_000 + 360)] {
        let Err(Refused::Unproven { now: told }) = phone.send(&world, &phone.request(off), now) else {
            panic!("taken")
        };
        phone.send(&world, &phone.request(told), now).unwrap();
    }
    for near in [at(1_000 - 300), at(1_000 + 300)] {
        phone.send(&world, &phone.request(near), now).unwrap();
    }
}

#[test]
fn what_was_altered_on_the_way_is_not_the_devices() {
    let (world, mut phone) = setting();
    phone.knock(RIVER, door(1), at(1));
    let Signed { proof, body } = phone.request(at(2));
    let sync = |proof: &str, path, body: &[u8]| world.engine.sync(NORTH, proof, path, body, at(2));
    let mut bent = body.clone();
    *bent.last_mut().unwrap() ^= 1;
    assert_unproven(sync(&proof, PATH, &bent), at(2));
    assert_unproven(sync(&proof, "/v1/sync?x", &body), at(2));
    let put = phone.proof("PUT", PATH, &body, at(2)).format();
    assert_unproven(sync(&put, PATH, &body), at(2));
    assert_unproven(sync("", PATH, &body), at(2));
    assert_unproven(sync(&proof.replace("device_", "door_"), PATH, &body), at(2));
    assert_eq!(stored(&world, &phone), 0);
    sync(&proof, PATH, &body).unwrap();
}

#[test]
fn a_device_of_another_tenant_is_nobody_here() {
    let (world, phone) = setting();
    let sent = phone.request(at(1));
    assert_unproven(world.engine.sync(SOUTH, &sent.proof, PATH, &sent.body, at(1)), at(1));
}

#[test]
fn a_device_does_not_speak_for_another() {
    let world = World::with_lists();
    let (mallory, aino) = (world.phone(NORTH, AINO), world.phone(NORTH, AINO));
    let body = Request { hello: aino.hello(at(1)), runs: Vec::new() }.to_bytes();
    assert_unproven(mallory.send(&world, &mallory.sign(body, at(1)), at(1)), at(1));
}

#[test]
fn a_device_that_was_shut_out_brings_nothing() {
    let (world, mut phone) = setting();
    phone.knock(RIVER, door(1), at(1));
    world.store.revoke_device(NORTH, phone.device, by_operator(2)).unwrap();
    assert!(matches!(phone.send(&world, &phone.request(at(3)), at(3)), Err(Refused::ShutOut)));
    assert_eq!(stored(&world, &phone), 0);
}

#[test]
fn analysts_and_the_operators_staff_neither_read_nor_write_at_doors() {
    let world = World::with_lists();
    let mut phone = world.phone(NORTH, ANNA);
    world.update(&[crate::store::ListUpdate::Assign(RIVER, ANNA)], at(0));
    phone.knock(RIVER, door(1), at(1));
    for role in [Role::Analyst, Role::Support] {
        world.set_role(NORTH, ANNA, role);
        assert!(matches!(phone.send(&world, &phone.request(at(3)), at(3)), Err(Refused::ShutOut)));
    }
    assert_eq!(stored(&world, &phone), 0);
    world.set_role(NORTH, ANNA, Role::Canvasser);
    phone.sync(&world, at(4)).unwrap();
    assert_eq!(stored(&world, &phone), 1);
}

#[test]
fn a_tenant_whose_key_was_destroyed_is_no_more() {
    let (world, phone) = setting();
    world.store.destroy_tenant_key(NORTH, at(1)).unwrap();
    assert!(matches!(phone.send(&world, &phone.request(at(2)), at(2)), Err(Refused::UnknownTenant)));
}
