//! A phone becomes a device.

use super::phone::{Phone, make_signer};
use super::world::{AINO, BERTA, FAR, NORTH, RIVER, SOUTH, World, at, by_operator, door};
use crate::engine::{Exchange, InvitationRefused, Refused};
use crate::store::Directory;
use walkbook_model::{Role, TenantId, cbor};
use walkbook_sync::{EnrolRequest, Enrolled, MAX_ENROL_BYTES};
use walkbook_vault::SoftwareSigner;

const CODE: [u8; 16] = [9; 16];

fn invited() -> World {
    let world = World::with_lists();
    world.invite(NORTH, AINO, CODE);
    world
}

fn ask(tenant: TenantId, code: [u8; 16], signer: &SoftwareSigner) -> Vec<u8> {
    EnrolRequest::new(tenant, code, signer).unwrap().to_bytes()
}

fn refusal(result: Result<Vec<u8>, Refused>) -> InvitationRefused {
    match result {
        Err(Refused::Invitation(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_invitation_makes_a_phone_a_device_that_can_sync() {
    let (world, signer) = (invited(), make_signer());
    let answer = world.engine.enrol(NORTH, &ask(NORTH, CODE, &signer), at(10)).unwrap();
    let enrolled = Enrolled::from_bytes(&answer).unwrap();
    assert_eq!((enrolled.user, enrolled.role, enrolled.now), (AINO, Role::Canvasser, at(10)));
    let mut phone = Phone::of(NORTH, AINO, enrolled.device, signer);
    phone.knock(RIVER, door(1), at(20));
    phone.sync(&world, at(30)).unwrap();
    assert_eq!((phone.safe_up_to, phone.refused.len()), (1, 0));
}

#[test]
fn asking_again_after_a_lost_answer_gives_the_same_device_even_past_the_invitations_time() {
    let (world, signer) = (invited(), make_signer());
    let first = world.engine.enrol(NORTH, &ask(NORTH, CODE, &signer), at(10)).unwrap();
    let again = world.engine.enrol(NORTH, &ask(NORTH, CODE, &signer), at(9_999)).unwrap();
    let [first, again] = [first, again].map(|answer| Enrolled::from_bytes(&answer).unwrap());
    assert_eq!((first.device, first.user), (again.device, again.user));
    assert_eq!(world.store.devices_of(NORTH, AINO).unwrap().len(), 1);
}

#[test]
fn a_used_invitation_lets_no_other_key_in() {
    let world = invited();
    world.engine.enrol(NORTH, &ask(NORTH, CODE, &make_signer()), at(10)).unwrap();
    let other = world.engine.enrol(NORTH, &ask(NORTH, CODE, &make_signer()), at(11));
    assert_eq!(refusal(other), InvitationRefused::Used);
    assert_eq!(world.store.devices_of(NORTH, AINO).unwrap().len(), 1);
}

#[test]
fn an_expired_invitation_and_an_unknown_one_let_nobody_in() {
    let world = invited();
    let late = world.engine.enrol(NORTH, &ask(NORTH, CODE, &make_signer()), at(3_600));
    assert_eq!(refusal(late), InvitationRefused::Expired);
    let unknown = world.engine.enrol(NORTH, &ask(NORTH, [8; 16], &make_signer()), at(1));
    assert_eq!(refusal(unknown), InvitationRefused::Unknown);
    assert!(world.store.devices_of(NORTH, AINO).unwrap().is_empty());
}

#[test]
fn an_invitation_of_one_tenant_is_unknown_to_another() {
    let world = invited();
    let south = world.engine.enrol(SOUTH, &ask(SOUTH, CODE, &make_signer()), at(1));
    assert_eq!(refusal(south), InvitationRefused::Unknown);
    // The request is for the north, and is brought to the south's door.
    let astray = world.engine.enrol(SOUTH, &ask(NORTH, CODE, &make_signer()), at(1));
    assert_eq!(refusal(astray), InvitationRefused::Unknown);
    world.engine.enrol(NORTH, &ask(NORTH, CODE, &make_signer()), at(1)).unwrap();
}

#[test]
fn a_tenant_of_another_region_is_told_where_to_go_whatever_it_brings() {
    let world = invited();
    world.invite(FAR, AINO, CODE);
    for body in [ask(FAR, CODE, &make_signer()), ask(FAR, [8; 16], &make_signer()), b"rubbish".to_vec()] {
        let Err(Refused::Elsewhere { region, url }) = world.engine.enrol(FAR, &body, at(1)) else { panic!("let in") };
        assert_eq!((region.as_str(), url.as_deref()), ("us-west-1", Some("https://us.walkbook.example")));
    }
    let Err(Refused::Elsewhere { .. }) = world.engine.sync(FAR, "no proof", "/", b"", at(1)) else { panic!("let in") };
    assert!(world.store.devices_of(FAR, AINO).unwrap().is_empty());
    let nobody = TenantId::from_bytes([99; 16]);
    let unknown = world.engine.enrol(nobody, &ask(nobody, CODE, &make_signer()), at(1));
    assert!(matches!(unknown, Err(Refused::Invitation(InvitationRefused::Unknown))));
}

#[test]
fn who_does_not_hold_the_key_does_not_enrol_it() {
    let world = invited();
    let good = ask(NORTH, CODE, &make_signer());
    let stolen = {
        // Another key in the same signed request.
        let mut bytes = good.clone();
        let other = ask(NORTH, CODE, &make_signer());
        let key = |bytes: &[u8]| bytes.windows(3).position(|head| head == [0x58, 65, 4]).unwrap() + 2;
        let (from, to) = (key(&other), key(&bytes));
        bytes[to..to + 65].copy_from_slice(&other[from..from + 65]);
        bytes
    };
    let mut bent = good.clone();
    *bent.last_mut().unwrap() ^= 1;
    for forged in [stolen, bent] {
        let refused = world.engine.enrol(NORTH, &forged, at(7));
        assert!(matches!(refused, Err(Refused::Unproven { now }) if now == at(7)), "{refused:?}");
    }
    world.engine.enrol(NORTH, &good, at(8)).unwrap();
}

#[test]
fn what_is_no_request_is_unreadable_and_a_large_one_is_not_looked_at() {
    let world = invited();
    let good = ask(NORTH, CODE, &make_signer());
    let padded = [&good[..], &vec![0; MAX_ENROL_BYTES]].concat();
    for body in [Vec::new(), b"rubbish".to_vec(), good[..good.len() - 1].to_vec(), padded, cbor::encode(&u64::MAX)] {
        assert!(matches!(world.engine.enrol(NORTH, &body, at(1)), Err(Refused::Unreadable(_))));
    }
}

#[test]
fn a_key_that_is_a_device_already_does_not_become_another_ones() {
    let (world, signer) = (invited(), make_signer());
    world.invite(NORTH, BERTA, [8; 16]);
    let first = world.engine.enrol(NORTH, &ask(NORTH, CODE, &signer), at(1)).unwrap();
    let other = world.engine.enrol(NORTH, &ask(NORTH, [8; 16], &signer), at(2));
    assert!(matches!(other, Err(Refused::ShutOut)), "{other:?}");
    // Berta's invitation is still good, for a key of her own.
    world.engine.enrol(NORTH, &ask(NORTH, [8; 16], &make_signer()), at(3)).unwrap();
    assert_eq!(Enrolled::from_bytes(&first).unwrap().user, AINO);
}

#[test]
fn a_device_that_was_shut_out_does_not_come_in_again_by_its_old_invitation() {
    let (world, signer) = (invited(), make_signer());
    let answer = world.engine.enrol(NORTH, &ask(NORTH, CODE, &signer), at(1)).unwrap();
    let device = Enrolled::from_bytes(&answer).unwrap().device;
    world.store.revoke_device(NORTH, device, by_operator(2)).unwrap();
    let again = world.engine.enrol(NORTH, &ask(NORTH, CODE, &signer), at(3));
    assert!(matches!(again, Err(Refused::ShutOut)), "{again:?}");
}
