//! Who asks, and whether just now, and for the first time.

use super::phone::{PATH, Phone, Signed, make_signer};
use super::world::{AINO, ANNA, NORTH, RIVER, SOUTH, World, at, by_operator, door};
use crate::engine::{Exchange, Refused};
use crate::store::{Directory, Log};
use walkbook_model::{DeviceId, Role, TenantId, Timestamp};
use walkbook_sync::Request;
use walkbook_vault::{KeyedProof, PublicKey, Signer};

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
fn a_replay_of_what_was_dated_ahead_is_known_after_a_restart() {
    let (world, phone) = setting();
    let [sent, unsent] = [1_200, 1_201].map(|second| phone.request(at(second)));
    phone.send(&world, &sent, at(1_000)).unwrap();
    // Before the clock gets there, and when it has passed: the server has forgotten everything but what it wrote down.
    let world = world.restarted_at(at(1_010));
    assert_unproven(phone.send(&world, &sent, at(1_020)), at(1_020));
    assert_unproven(phone.send(&world, &sent, at(1_210)), at(1_210));
    let world = world.restarted_at(at(1_020));
    assert_unproven(phone.send(&world, &sent, at(1_210)), at(1_210));
    phone.send(&world, &unsent, at(1_210)).unwrap();
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

/// What the server says to a request that this phone has signed and that shows this key.
fn shown(world: &World, tenant: TenantId, phone: &Phone, key: PublicKey) -> Result<Vec<u8>, Refused> {
    let proof = phone.proof("POST", PATH, b"", at(1));
    world.engine.sync(tenant, &KeyedProof { proof, key }.format(), PATH, b"", at(1))
}

/// A phone that has never enrolled, with the name that its key gives it.
fn stranger(tenant: TenantId) -> Phone {
    let signer = make_signer();
    let device = DeviceId::derive(&[&tenant.to_bytes(), signer.public_key().as_bytes()]);
    Phone::of(tenant, AINO, device, signer)
}

#[test]
fn a_phone_that_shows_its_key_is_told_that_the_server_does_not_know_it() {
    let (world, known) = setting();
    let phone = stranger(NORTH);
    assert_unproven(phone.send(&world, &phone.request(at(1)), at(1)), at(1));
    assert!(matches!(shown(&world, NORTH, &phone, phone.signer.public_key()), Err(Refused::UnknownDevice)));
    // One that is known is let in as ever, key or none; an empty body says nothing.
    let let_in = shown(&world, NORTH, &known, known.signer.public_key());
    assert!(matches!(let_in, Err(Refused::Unreadable(_))), "{let_in:?}");
}

#[test]
fn whoever_has_not_got_a_devices_key_does_not_learn_whether_there_is_such_a_device() {
    let (world, known) = setting();
    let (absent, mallory) = (stranger(NORTH), stranger(NORTH));
    for device in [known.device, absent.device] {
        let posing = Phone::of(NORTH, AINO, device, make_signer());
        for key in [posing.signer.public_key(), known.signer.public_key(), absent.signer.public_key()] {
            assert_unproven(shown(&world, NORTH, &posing, key), at(1));
        }
    }
    // Neither does a device that is one elsewhere, nor one that shows another's key.
    for phone in [&known, &absent] {
        assert_unproven(shown(&world, SOUTH, phone, phone.signer.public_key()), at(1));
    }
    assert_unproven(shown(&world, NORTH, &mallory, known.signer.public_key()), at(1));
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
