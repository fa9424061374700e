//! What the operator's staff is granted.

use super::world::*;
use crate::store::audit::Deed;
use crate::store::{Error, Held, Store};
use walkbook_model::UserId;

fn is_good(store: &dyn Store, seconds: u64) -> bool {
    store.support_grants(NORTH).unwrap().iter().any(|grant| grant.user == AINO && grant.is_good(at(seconds)))
}

fn last_deed(store: &dyn Store) -> Option<Deed> {
    match store.audit(NORTH, 0, 1_000).unwrap().pop().map(|record| record.act) {
        Some(Held::Readable(act)) => Some(act.deed),
        _ => None,
    }
}

/// From its beginning until its end, and no instant longer.
pub fn a_grant_ends_by_itself(store: &dyn Store) {
    settle(store, NORTH);
    assert!(!is_good(store, 10));
    store.grant_support(NORTH, AINO, "the map stays empty", at(100), by_operator(10)).unwrap();
    assert_eq!(last_deed(store), Some(Deed::SupportGranted { user: AINO, until: at(100) }));
    assert_eq!([9, 10, 99, 100].map(|seconds| is_good(store, seconds)), [false, true, true, false]);
    let granted = store.support_grants(NORTH).unwrap().pop().unwrap();
    assert_eq!((granted.reason.as_str(), granted.from, granted.until), ("the map stays empty", at(10), at(100)));
    assert!(!store.end_support(NORTH, AINO, by_operator(100)).unwrap(), "it has ended");
    let nobody = store.grant_support(NORTH, UserId::from_bytes([99; 16]), "why", at(100), by_operator(10));
    assert!(matches!(nobody, Err(Error::Unknown { what: "user" })));
}

/// At once, and for good; another one ends the one before.
pub fn a_grant_is_ended_at_once(store: &dyn Store) {
    settle(store, NORTH);
    store.grant_support(NORTH, AINO, "first", at(100), by_operator(10)).unwrap();
    assert!(store.end_support(NORTH, AINO, by_operator(20)).unwrap());
    assert_eq!(last_deed(store), Some(Deed::SupportEnded { user: AINO }));
    assert!(!is_good(store, 20));
    store.grant_support(NORTH, AINO, "second", at(100), by_operator(30)).unwrap();
    store.grant_support(NORTH, AINO, "third", at(50), by_operator(40)).unwrap();
    assert!(is_good(store, 49) && !is_good(store, 50), "the shorter one counts");
    assert_eq!(store.support_grants(NORTH).unwrap().len(), 3);
}

/// Neither seen nor ended from there.
pub fn another_tenants_grant_does_not_exist(store: &dyn Store) {
    settle(store, NORTH);
    settle(store, SOUTH);
    store.grant_support(NORTH, AINO, "why", at(100), by_operator(10)).unwrap();
    assert!(store.support_grants(SOUTH).unwrap().is_empty());
    assert!(!store.end_support(SOUTH, AINO, by_operator(20)).unwrap());
    assert!(is_good(store, 20));
}
