//! One tenant never meets another.

use super::world::*;
use crate::store::{Error, Held, Invitation, ListUpdate, LogPosition, Store, User, Verdict};
use walkbook_model::{ContentHash, Role, TenantId};

const ALL: u32 = 1_000;

/// A tenant of the north that has one of everything.
fn furnish(store: &dyn Store) -> (ContentHash, LogPosition) {
    settle_with_phone(store, NORTH);
    store.put_bases(NORTH, &[base(at_door(1), "a door")]).unwrap();
    let script = store.put_script(NORTH, b"questions").unwrap();
    store.put_settings(NORTH, b"settings", by_operator(1)).unwrap();
    store.update_lists(NORTH, &[ListUpdate::Join(LIST, door(1)), ListUpdate::Assign(LIST, AINO)], at(0)).unwrap();
    let mut aside = knock(2, at_door(1), "aside");
    aside.verdict = Verdict::Quarantined;
    let merged = store.merge(NORTH, first(vec![knock(1, at_door(1), "one"), aside]), at(1)).unwrap();
    (script, merged.receipts[0].position.unwrap())
}

/// Every question, asked with right ids by the wrong tenant, and by one that does not exist.
pub fn guessed_ids_of_another_tenant_give_nothing(store: &dyn Store) {
    let (script, position) = furnish(store);
    store.outbox_failed(NORTH, position, "given up", None).unwrap();
    let make_south = || {
        let tenant = crate::store::Tenant { id: SOUTH, name: "south".into(), region: "eu-west-1".into() };
        store.create_tenant(&tenant, at(0)).unwrap();
    };
    make_south();
    for stranger in [SOUTH, TenantId::from_bytes([77; 16])] {
        assert_eq!(store.user(stranger, AINO).unwrap(), None);
        assert!(store.users(stranger).unwrap().is_empty());
        assert_eq!(store.device(stranger, PHONE).unwrap(), None);
        assert!(store.devices_of(stranger, AINO).unwrap().is_empty());
        assert!(store.entries_of(stranger, at_door(1)).unwrap().is_empty());
        assert!(store.log_of(stranger, PHONE, 0, ALL).unwrap().is_empty());
        assert!(store.signed_tips(stranger, PHONE).unwrap().is_empty());
        assert!(store.quarantined(stranger, 0, ALL).unwrap().is_empty());
        assert_eq!(store.base_of(stranger, at_door(1)).unwrap(), None);
        assert_eq!(store.script(stranger, script).unwrap(), None);
        assert_eq!(store.settings(stranger).unwrap(), None);
        assert!(store.lists_with(stranger, door(1)).unwrap().is_empty());
        assert!(store.assignments_of(stranger, AINO).unwrap().is_empty());
        assert!(store.doors_of(stranger, LIST, LogPosition::START, ALL).unwrap().is_empty());
        assert!(store.changes_since(stranger, LIST, LogPosition::START, None, ALL).unwrap().changes.is_empty());
        assert!(store.outbox_after(stranger, LogPosition::START, ALL, at(9)).unwrap().is_empty());
        assert!(store.dead_letters(stranger, ALL).unwrap().is_empty());
        assert!(matches!(store.in_backend_up_to(stranger, PHONE), Err(Error::Unknown { what: "device" })));
    }
    assert_eq!(store.head(SOUTH).unwrap(), LogPosition::START);
    assert!(matches!(store.head(TenantId::from_bytes([77; 16])), Err(Error::Unknown { what: "tenant" })));
    assert_eq!(store.tenant(TenantId::from_bytes([77; 16])).unwrap(), None);
}

/// Every change, tried with right ids by the wrong tenant.
pub fn another_tenant_cannot_change_what_is_not_its_own(store: &dyn Store) {
    let (_, position) = furnish(store);
    let code = Invitation { digest: ContentHash::of(b"code"), user: AINO, expires_at: at(100) };
    store.invite(NORTH, &code, by_operator(0)).unwrap();
    settle(store, SOUTH);
    assert!(!store.device_seen(SOUTH, PHONE, 1, None, at(9)).unwrap());
    assert!(!store.revoke_device(SOUTH, PHONE, by_operator(9)).unwrap());
    assert!(!store.destroy_document_key(SOUTH, at_door(1), at(9)).unwrap());
    assert_eq!(store.outbox_done(SOUTH, &[position]).unwrap(), 0);
    assert!(!store.outbox_failed(SOUTH, position, "no", None).unwrap());
    assert!(!store.revive(SOUTH, position, by_operator(1)).unwrap());
    assert!(store.merge(SOUTH, first(vec![knock(1, at_door(1), "mine")]), at(9)).is_err());
    let redeemed = store.redeem_invitation(SOUTH, code.digest, &enrolment(PHONE), at(9));
    assert!(matches!(redeemed, Err(Error::Unknown { .. })));
    store.update_lists(SOUTH, &[ListUpdate::Leave(LIST, door(1)), ListUpdate::Unassign(LIST, AINO)], at(0)).unwrap();
    store.put_user(SOUTH, &User { id: AINO, label: "someone else".into(), role: Role::Owner }, by_operator(0)).unwrap();
    store.put_bases(SOUTH, &[base(at_door(1), "mine")]).unwrap();
    assert!(store.destroy_tenant_key(SOUTH, at(9)).unwrap());

    let user = store.user(NORTH, AINO).unwrap().unwrap();
    assert_eq!((user.label.as_str(), user.role), ("Aino", Role::Canvasser));
    let device = store.device(NORTH, PHONE).unwrap().unwrap();
    assert_eq!((device.revoked_at, device.last_seen_at), (None, Some(at(1))));
    assert_eq!(note(&store.entries_of(NORTH, at_door(1)).unwrap()[0]).as_deref(), Some("one"));
    let stored = store.base_of(NORTH, at_door(1)).unwrap().unwrap();
    assert_eq!(stored.bytes, Held::Readable(b"a door".to_vec()));
    assert_eq!(store.lists_with(NORTH, door(1)).unwrap(), [LIST]);
    assert_eq!(store.assignments_of(NORTH, AINO).unwrap()[0].until, None);
    assert_eq!(store.outbox_after(NORTH, LogPosition::START, ALL, at(9)).unwrap().len(), 1);

    let unknown = TenantId::from_bytes([77; 16]);
    assert!(
        store.put_user(unknown, &user, by_operator(0)).is_err()
            && store.invite(unknown, &code, by_operator(0)).is_err()
    );
    assert!(store.enrol_device(unknown, AINO, &enrolment(PHONE), at(9)).is_err());
    assert!(store.put_bases(unknown, &[base(at_door(1), "x")]).is_err());
    assert!(store.put_script(unknown, b"x").is_err());
    assert!(store.update_lists(unknown, &[ListUpdate::Join(LIST, door(1))], at(0)).is_err());
    assert!(store.update_lists(unknown, &[ListUpdate::Assign(LIST, AINO)], at(0)).is_err());
}

/// Ids are guessed or derived: two tenants may come to the same ones.
pub fn the_same_ids_in_two_tenants_are_two_things(store: &dyn Store) {
    for (tenant, text) in [(NORTH, "north"), (SOUTH, "south")] {
        settle_with_phone(store, tenant);
        store.put_bases(tenant, &[base(at_door(1), text)]).unwrap();
        store.merge(tenant, first(vec![knock(1, at_door(1), text)]), at(1)).unwrap();
    }
    assert_eq!(store.head(NORTH).unwrap(), store.head(SOUTH).unwrap());
    store.destroy_document_key(NORTH, at_door(1), at(2)).unwrap();
    assert_eq!(note(&store.entries_of(SOUTH, at_door(1)).unwrap()[0]).as_deref(), Some("south"));
    assert_eq!(store.entries_of(NORTH, at_door(1)).unwrap()[0].content, Held::Erased);
    let stored = store.base_of(SOUTH, at_door(1)).unwrap().unwrap();
    assert_eq!(stored.bytes, Held::Readable(b"south".to_vec()));
}
