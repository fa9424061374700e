//! Tenants, users, invitations, devices.

use super::world::*;
use crate::store::{Batch, By, Challenges, Deed, Error, Invitation, Spent, Stamp, Store, Tenant, Tip, User};
use walkbook_model::{ContentHash, DeviceId, Role};
use walkbook_vault::{ChainHash, Challenge};

const OTHER_PHONE: DeviceId = DeviceId::from_bytes([22; 16]);

fn invitation() -> Invitation {
    Invitation { digest: ContentHash::of(b"code"), user: AINO, expires_at: at(100) }
}

/// What was made is there.
pub fn a_tenant_a_user_and_a_device_are_found_again(store: &dyn Store) {
    let made = settle_with_phone(store, NORTH);
    let tenant = store.tenant(NORTH).unwrap().unwrap();
    assert_eq!((tenant.name.as_str(), tenant.region.as_str()), ("tenant 1", "eu-west-1"));
    assert_eq!(store.tenants().unwrap(), [tenant]);
    let lead = User { id: AINO, label: "Aino K".into(), role: Role::TeamLead };
    store.put_user(NORTH, &lead, by_operator(0)).unwrap();
    assert_eq!(store.user(NORTH, AINO).unwrap(), Some(lead.clone()));
    assert_eq!(store.users(NORTH).unwrap(), [lead]);
    assert!(store.device_seen(NORTH, PHONE, 4_000, None, at(5)).unwrap());
    let device = store.device(NORTH, PHONE).unwrap().unwrap();
    assert_eq!((device.last_seen_at, device.clock_skew_ms), (Some(at(5)), 4_000));
    assert_eq!((device.public_key, device.enrolled_at, device.last_seq), (made.public_key, at(0), 0));
    assert_eq!((device.tip, device.revoked_at), (ChainHash::start(PHONE), None));
    assert_eq!(store.devices_of(NORTH, AINO).unwrap(), [device]);
}

/// One takes the place of the other where it still is the one, with the device's being seen and with its entries alike; what
/// spends nothing changes nothing.
pub fn a_challenge_that_is_spent_is_followed_by_a_fresh_one(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    let stands = || store.device(NORTH, PHONE).unwrap().unwrap().challenges;
    let seen = |spent| store.device_seen(NORTH, PHONE, 0, spent, at(5)).unwrap();
    assert_eq!(stands(), Challenges::default());
    assert!(seen(None) && seen(Some(Spent(Some(Challenge::from_bytes([7; 16]))))));
    assert_eq!(stands(), Challenges::default());
    assert!(seen(Some(Spent(None))));
    let first = stands();
    assert!(first.current.is_some() && first.previous.is_none());
    // It is spent already.
    assert!(seen(Some(Spent(None))) && seen(None));
    assert_eq!(stands(), first);
    assert!(seen(Some(Spent(first.current))));
    let second = stands();
    assert_eq!(second.previous, first.current);
    let knocks = |spent, expects, seq| Batch { spent, ..batch(PHONE, expects, vec![knock(seq, at_door(1), "one")]) };
    store.merge(NORTH, knocks(Some(Spent(first.current)), Tip::start(PHONE), 1), at(6)).unwrap();
    assert_eq!(stands(), second);
    let device = store.device(NORTH, PHONE).unwrap().unwrap();
    let tip = Tip { seq: device.last_seq, hash: device.tip };
    store.merge(NORTH, knocks(Some(Spent(second.current)), tip, 2), at(6)).unwrap();
    assert_eq!(stands().previous, second.current);
    assert!(![first.current, second.current, None].contains(&stands().current));
}

/// An id is taken for ever.
pub fn a_tenant_is_made_once(store: &dyn Store) {
    settle(store, NORTH);
    let again = Tenant { id: NORTH, name: "again".into(), region: "us-west-1".into() };
    assert!(matches!(store.create_tenant(&again, at(1)), Err(Error::Exists { .. })));
    assert_eq!(store.tenant(NORTH).unwrap().unwrap().region, "eu-west-1");
}

/// One use; a lost answer costs nothing; a thief comes too late.
pub fn an_invitation_lets_one_device_in_once(store: &dyn Store) {
    settle(store, NORTH);
    store.invite(NORTH, &invitation(), by_operator(0)).unwrap();
    assert!(matches!(store.invite(NORTH, &invitation(), by_operator(0)), Err(Error::Exists { .. })));
    let digest = invitation().digest;
    let device = store.redeem_invitation(NORTH, digest, &enrolment(PHONE), at(1)).unwrap();
    assert_eq!(store.device(NORTH, PHONE).unwrap(), Some(device));
    assert_eq!(store.redeem_invitation(NORTH, digest, &enrolment(PHONE), at(999)).unwrap(), device);
    let thief = store.redeem_invitation(NORTH, digest, &enrolment(OTHER_PHONE), at(2));
    assert!(matches!(thief, Err(Error::InvitationUsed)));
    let mut posing = enrolment(PHONE);
    posing.public_key = enrolment(OTHER_PHONE).public_key;
    assert!(matches!(store.redeem_invitation(NORTH, digest, &posing, at(2)), Err(Error::InvitationUsed)));
    assert_eq!(store.device(NORTH, OTHER_PHONE).unwrap(), None);
    assert_eq!(store.devices(NORTH).unwrap(), [device]);
    let unknown = store.redeem_invitation(NORTH, ContentHash::of(b"guess"), &enrolment(OTHER_PHONE), at(2));
    assert!(matches!(unknown, Err(Error::Unknown { what: "invitation" })));
}

/// At the very instant it is worth nothing.
pub fn an_expired_invitation_is_refused_and_stays_unused(store: &dyn Store) {
    settle(store, NORTH);
    store.invite(NORTH, &invitation(), by_operator(0)).unwrap();
    let late = store.redeem_invitation(NORTH, invitation().digest, &enrolment(PHONE), at(100));
    assert!(matches!(late, Err(Error::InvitationExpired)));
    assert_eq!(store.device(NORTH, PHONE).unwrap(), None);
    store.redeem_invitation(NORTH, invitation().digest, &enrolment(PHONE), at(99)).unwrap();
}

/// Redeeming is atomic.
pub fn two_phones_racing_for_one_invitation_leave_one_outside(store: &dyn Store) {
    settle(store, NORTH);
    store.invite(NORTH, &invitation(), by_operator(0)).unwrap();
    let redeem = |phone| move || store.redeem_invitation(NORTH, invitation().digest, &enrolment(phone), at(1)).is_ok();
    let won = std::thread::scope(|scope| {
        let racers: Vec<_> = (0..8).map(|n| scope.spawn(redeem(DeviceId::from_bytes([50 + n; 16])))).collect();
        racers.into_iter().map(|racer| racer.join().unwrap()).filter(|won| *won).count()
    });
    assert_eq!((won, store.devices_of(NORTH, AINO).unwrap().len()), (1, 1));
}

/// Both or neither.
pub fn a_taken_device_id_does_not_use_up_the_invitation(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    store.invite(NORTH, &invitation(), by_operator(0)).unwrap();
    let taken = store.redeem_invitation(NORTH, invitation().digest, &enrolment(PHONE), at(1));
    assert!(matches!(taken, Err(Error::Exists { what: "device" })));
    store.redeem_invitation(NORTH, invitation().digest, &enrolment(OTHER_PHONE), at(2)).unwrap();
}

/// The first revocation counts.
pub fn a_revoked_device_stays_revoked_since_the_first_time(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    assert!(store.revoke_device(NORTH, PHONE, by_operator(3)).unwrap());
    assert!(!store.revoke_device(NORTH, PHONE, by_operator(4)).unwrap());
    assert_eq!(store.device(NORTH, PHONE).unwrap().unwrap().revoked_at, Some(at(3)));
}

/// The first order and the first word of it count, and each is written down. What was done without an order cannot be ordered.
pub fn a_wipe_is_ordered_once_and_done_once(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    settle(store, SOUTH);
    store.enrol_device(NORTH, AINO, &enrolment(OTHER_PHONE), at(0)).unwrap();
    let stands = |device| store.device(NORTH, device).unwrap().unwrap();
    let records = store.audit(NORTH, 0, 1_000).unwrap().len();
    assert!(stands(PHONE).is_in() && !stands(PHONE).is_to_be_wiped());
    assert!(!store.order_wipe(SOUTH, PHONE, by_operator(1)).unwrap(), "it is another tenant's");
    assert!(store.order_wipe(NORTH, PHONE, by_operator(2)).unwrap());
    assert!(!store.order_wipe(NORTH, PHONE, by_operator(3)).unwrap());
    assert!(!stands(PHONE).is_in() && stands(PHONE).is_to_be_wiped());
    assert!(stands(OTHER_PHONE).is_in());
    let by_phone = |seconds| Stamp::new(By::Device(PHONE), at(seconds));
    assert!(store.note_wiped(NORTH, PHONE, by_phone(4)).unwrap());
    assert!(!store.note_wiped(NORTH, PHONE, by_phone(5)).unwrap());
    let phone = stands(PHONE);
    assert_eq!((phone.wipe_ordered_at, phone.wiped_at), (Some(at(2)), Some(at(4))));
    assert!(!phone.is_in() && !phone.is_to_be_wiped());
    assert!(store.note_wiped(NORTH, OTHER_PHONE, by_operator(6)).unwrap());
    assert!(!store.order_wipe(NORTH, OTHER_PHONE, by_operator(7)).unwrap());
    let deeds = store.audit(NORTH, 0, 1_000).unwrap().split_off(records);
    let deeds: Vec<Deed> = deeds.into_iter().map(|record| record.act.readable().unwrap().deed).collect();
    let of = |device| (Deed::WipeOrdered { user: AINO, device }, Deed::Wiped { user: AINO, device });
    let ((ordered, done), (_, also_done)) = (of(PHONE), of(OTHER_PHONE));
    assert_eq!(deeds, [ordered, done, also_done]);
}

/// And it never falls back, whoever notes less.
pub fn how_far_a_log_is_brought_again_is_known_until_it_is_there(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    settle_with_phone(store, SOUTH);
    let stands = |tenant| store.device(tenant, PHONE).unwrap().unwrap().refill_up_to;
    assert_eq!(stands(NORTH), 0);
    for up_to in [7, 9, 8] {
        store.note_refill(NORTH, PHONE, up_to).unwrap();
    }
    store.merge(NORTH, first(vec![knock(1, at_door(1), "hello")]), at(1)).unwrap();
    assert_eq!((stands(NORTH), stands(SOUTH)), (9, 0));
    assert!(matches!(store.note_refill(NORTH, PHONE, u64::MAX), Err(Error::OutOfRange)));
}

/// What was set last stands, and nothing before the first time.
pub fn what_a_tenant_decides_for_its_phones_is_found_again(store: &dyn Store) {
    settle(store, NORTH);
    settle(store, SOUTH);
    assert_eq!(store.settings(NORTH).unwrap(), None);
    for settings in [&b"one"[..], b"two"] {
        store.put_settings(NORTH, settings, by_operator(1)).unwrap();
        assert_eq!(store.settings(NORTH).unwrap().as_deref(), Some(settings));
    }
    assert_eq!(store.settings(SOUTH).unwrap(), None);
    let unknown = store.put_settings(walkbook_model::TenantId::from_bytes([77; 16]), b"three", by_operator(1));
    assert!(matches!(unknown, Err(Error::Unknown { what: "tenant" })));
}

/// Destroying the tenant's key erases the tenant.
pub fn nobody_of_an_erased_tenant_can_be_read(store: &dyn Store) {
    settle_with_phone(store, NORTH);
    store.put_bases(NORTH, &[base(at_door(1), "a door")]).unwrap();
    store.put_settings(NORTH, b"settings", by_operator(1)).unwrap();
    store.merge(NORTH, first(vec![knock(1, at_door(1), "hello")]), at(1)).unwrap();
    assert!(store.destroy_tenant_key(NORTH, at(2)).unwrap());
    assert!(!store.destroy_tenant_key(NORTH, at(3)).unwrap());
    assert!(matches!(store.user(NORTH, AINO), Err(Error::KeyDestroyed)));
    assert!(matches!(store.settings(NORTH), Err(Error::KeyDestroyed)));
    assert_eq!(note(&store.entries_of(NORTH, at_door(1)).unwrap()[0]), None);
    assert_eq!(store.base_of(NORTH, at_door(1)).unwrap().unwrap().bytes, crate::store::Held::Erased);
}
