//! What the audit log says of phones that come.

use super::phone::{Phone, make_signer};
use super::world::{AINO, BERTA, HILL, NORTH, RIVER, World, at, by_operator, door};
use crate::engine::{Exchange, Refused};
use crate::store::audit::NotEnrolled;
use crate::store::{Act, Audit, By, Deed, Directory};
use walkbook_model::{EntryId, Role};
use walkbook_sync::{EnrolRequest, Reason};

/// What was written down since this record.
fn since(world: &World, number: u64) -> Vec<Act> {
    world.store.audit(NORTH, number, 1_000).unwrap().into_iter().map(|record| record.act.readable().unwrap()).collect()
}

fn length(world: &World) -> u64 {
    world.store.audit(NORTH, 0, 10_000).unwrap().len() as u64
}

#[test]
fn a_day_of_honest_work_leaves_nothing_in_the_audit_log() {
    let world = World::with_lists();
    let mut aino = world.phone(NORTH, AINO);
    let before = length(&world);
    aino.knock(RIVER, door(1), at(1));
    aino.sync(&world, at(2)).unwrap();
    assert_eq!(since(&world, before), []);
}

#[test]
fn what_a_phone_may_not_write_is_written_down_once() {
    let world = World::with_lists();
    let mut aino = world.phone(NORTH, AINO);
    let before = length(&world);
    aino.knock(RIVER, door(1), at(1));
    let foreign = [5, 6].map(|number| aino.knock(HILL, door(number), at(1)));
    aino.sync(&world, at(2)).unwrap();
    aino.sync(&world, at(3)).unwrap();
    let reasons = vec![(Reason::NotYours as u16, 2)];
    let deed = Deed::WritesRefused { first: foreign[0], last: foreign[1], reasons };
    assert_eq!(since(&world, before), [Act { by: By::Device(aino.device), deed }]);
    assert_eq!(foreign[1], EntryId::new(aino.device, 3));
}

#[test]
fn a_phone_that_was_shut_out_is_written_down_when_it_comes_once_an_hour() {
    let world = World::with_lists();
    let mut aino = world.phone(NORTH, AINO);
    world.store.revoke_device(NORTH, aino.device, by_operator(1)).unwrap();
    let before = length(&world);
    for seconds in [2, 3, 3_700] {
        assert!(matches!(aino.sync(&world, at(seconds)), Err(Refused::ShutOut)));
    }
    let act = Act { by: By::Device(aino.device), deed: Deed::CameShutOut { user: AINO, device: aino.device } };
    assert_eq!(since(&world, before), [act.clone(), act]);
    // Neither does somebody whose role knocks at no door come in.
    world.set_role(NORTH, BERTA, Role::Canvasser);
    let mut berta = world.phone(NORTH, BERTA);
    world.set_role(NORTH, BERTA, Role::Support);
    assert!(matches!(berta.sync(&world, at(5)), Err(Refused::ShutOut)));
    let deed = Deed::CameShutOut { user: BERTA, device: berta.device };
    assert_eq!(since(&world, before).last(), Some(&Act { by: By::Device(berta.device), deed }));
}

#[test]
fn a_stranger_who_guesses_leaves_no_trace_and_one_with_a_spent_code_does() {
    let world = World::new();
    world.invite(NORTH, AINO, [7; 16]);
    world.invite(NORTH, AINO, [8; 16]);
    let enrol = |code, seconds| {
        let request = EnrolRequest::new(NORTH, code, &make_signer()).unwrap().to_bytes();
        world.engine.enrol(NORTH, &request, at(seconds)).map(|_| ())
    };
    let before = length(&world);
    for _ in 0..3 {
        enrol([9; 16], 1).unwrap_err();
    }
    assert_eq!(since(&world, before), []);
    enrol([7; 16], 2).unwrap();
    enrol([7; 16], 3).unwrap_err();
    enrol([7; 16], 4).unwrap_err();
    enrol([8; 16], 3_600).unwrap_err();
    let [enrolled, used, expired] = since(&world, before).try_into().unwrap();
    assert!(matches!(enrolled, Act { by: By::Invited, deed: Deed::Enrolled { user: AINO, .. } }));
    let refused = |why| Act { by: By::Invited, deed: Deed::EnrolmentRefused { why } };
    assert_eq!([used, expired], [NotEnrolled::Used, NotEnrolled::Expired].map(refused));
}

#[test]
fn a_forged_request_of_somebodys_device_leaves_no_trace_in_their_name() {
    let world = World::with_lists();
    let aino = world.phone(NORTH, AINO);
    let before = length(&world);
    let mut thief = Phone::of(NORTH, AINO, aino.device, make_signer());
    assert!(matches!(thief.sync(&world, at(1)), Err(Refused::Unproven { .. })));
    assert_eq!(since(&world, before), []);
}
