//! By which tags users are found in the registration directory.

use super::world::*;
use crate::store::audit::Deed;
use crate::store::{Error, Held, Store};
use walkbook_model::{TenantId, UserId};
use walkbook_vault::RegistrationTag;

const TAG: RegistrationTag = RegistrationTag::from_bytes([1; 16]);
const OTHER_TAG: RegistrationTag = RegistrationTag::from_bytes([2; 16]);

fn deeds(store: &dyn Store, tenant: TenantId) -> Vec<Deed> {
    let deed = |act| match act {
        Held::Readable(crate::store::Act { deed, .. }) => Some(deed),
        Held::Erased | Held::Damaged => None,
    };
    store.audit(tenant, 0, 1_000).unwrap().into_iter().filter_map(|record| deed(record.act)).collect()
}

/// One tag for each, which the next one replaces; the log has what changed and nothing else.
pub fn a_user_is_registered_under_one_tag(store: &dyn Store) {
    settle(store, NORTH);
    let before = deeds(store, NORTH).len();
    assert!(store.registered(NORTH).unwrap().is_empty());
    assert!(!store.register(NORTH, AINO, None, by_operator(1)).unwrap());
    for (tag, is_new) in [(TAG, true), (TAG, false), (OTHER_TAG, true)] {
        assert_eq!(store.register(NORTH, AINO, Some(tag), by_operator(2)).unwrap(), is_new);
        assert_eq!(store.registered(NORTH).unwrap(), [tag]);
    }
    // Another name, or another role, is no other address.
    let aino = store.user(NORTH, AINO).unwrap().unwrap();
    store.put_user(NORTH, &aino, by_operator(3)).unwrap();
    assert_eq!(store.registered(NORTH).unwrap(), [OTHER_TAG]);
    assert!(store.register(NORTH, AINO, None, by_operator(4)).unwrap());
    assert!(store.registered(NORTH).unwrap().is_empty());
    let (there, gone) = (Deed::Registered { user: AINO }, Deed::Unregistered { user: AINO });
    assert_eq!(deeds(store, NORTH).split_off(before), [there.clone(), there, gone]);
    let nobody = store.register(NORTH, UserId::from_bytes([99; 16]), Some(TAG), by_operator(5));
    assert!(matches!(nobody, Err(Error::Unknown { what: "user" })));
}

/// What is erased leads nobody anywhere.
pub fn of_an_erased_tenant_nobody_is_registered(store: &dyn Store) {
    settle(store, NORTH);
    settle(store, SOUTH);
    store.register(NORTH, AINO, Some(TAG), by_operator(1)).unwrap();
    store.register(SOUTH, AINO, Some(TAG), by_operator(1)).unwrap();
    store.destroy_tenant_key(NORTH, at(2)).unwrap();
    assert!(store.registered(NORTH).unwrap().is_empty());
    assert_eq!(store.registered(SOUTH).unwrap(), [TAG]);
    assert!(matches!(store.register(NORTH, AINO, Some(TAG), by_operator(3)), Err(Error::KeyDestroyed)));
    assert!(store.registered(NORTH).unwrap().is_empty());
}
