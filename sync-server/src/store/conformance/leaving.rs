//! Tenants who leave for good.

use super::world::*;
use crate::store::accounts::{PasswordCode, SetUp};
use crate::store::leaving::{AUDIT, TABLES};
use crate::store::{
    Decision, Erasure, Error, Ground, Held, Invitation, ListUpdate, NewMap, NewRescued, Reason, Seen, SeenProof, Store,
    Team, Tenant, Tries, Verdict,
};
use std::collections::BTreeMap;
use walkbook_ledger::Header;
use walkbook_model::{ContactId, ContentHash, EntryId, Moment, TeamId, TenantId};

/// A tenant that has something in every table.
fn furnish(store: &dyn Store, tenant: TenantId) {
    settle_with_phone(store, tenant);
    let digest = |text: &str| ContentHash::of(text.as_bytes());
    store.put_bases(tenant, &[base(at_door(1), "Vera and others"), base(at_door(2), "others")]).unwrap();
    store.put_script(tenant, b"questions").unwrap();
    store.put_streets(tenant, LIST, b"streets").unwrap();
    store.put_map(tenant, LIST, NewMap { record: b"town", tiles: b"roads" }).unwrap();
    let (joins, leaves) = (|number| ListUpdate::Join(LIST, door(number)), ListUpdate::Leave(LIST, door(2)));
    store.update_lists(tenant, &[joins(1), joins(2), leaves, ListUpdate::Assign(LIST, AINO)], at(0)).unwrap();
    let mut aside = knock(2, at_door(1), "aside");
    aside.verdict = Verdict::Quarantined;
    store.merge(tenant, first(vec![knock(1, at_door(1), "Vera was in"), aside]), at(1)).unwrap();
    let refused = Decision::Refuse { reason: Reason(9), words: "why".into() };
    store.decide(tenant, EntryId::new(PHONE, 2), refused, by_operator(2)).unwrap();
    let header = Header { seq: 9, moment: Moment::new(at(9), 0), subject: at_door(2), epoch: 0 };
    let stray = NewRescued { device: PHONE, header, payload: b"from a rescue file".to_vec(), reason: None };
    store.keep_rescued(tenant, &[stray]).unwrap();
    let seen = Seen { entries: 2, rescued: 0, as_of: store.head(tenant).unwrap() };
    let erasure = Erasure {
        door: door(1),
        contacts: [ContactId::from_bytes([41; 16])].into(),
        order: Some((Ground::Request, by_operator(3))),
        base: None,
        left: BTreeMap::from([(EntryId::new(PHONE, 1), Some(b"somebody was in".to_vec()))]),
        gone: Reason(4),
        rescued: Default::default(),
        seen,
    };
    assert!(store.erase(tenant, &erasure).unwrap());
    let team = TeamId::from_bytes([61; 16]);
    store.put_team(tenant, &Team { id: team, label: "East".into() }, by_operator(0)).unwrap();
    store.join_team(tenant, team, AINO, by_operator(0)).unwrap();
    store.give_list(tenant, LIST, Some(team), by_operator(0)).unwrap();
    let code = Invitation { digest: digest("invitation"), user: AINO, expires_at: at(100) };
    store.invite(tenant, &code, by_operator(0)).unwrap();
    let code = PasswordCode { digest: digest("password"), user: AINO, expires_at: at(100) };
    store.put_password_code(tenant, &code, by_operator(0)).unwrap();
    store.set_up_account(tenant, code.digest, digest("hers"), (b"one", SetUp::Password), at(1)).unwrap();
    store.replace_tries(tenant, 7, Tries::default(), Tries { count: 1, last_at: at(1) }).unwrap();
    store.note_proof(tenant, SeenProof { at: at(1), device: PHONE, nonce: [5; 16] }).unwrap();
    store.grant_support(tenant, AINO, "the map stays empty", at(100), by_operator(10)).unwrap();
}

/// Every table that both stores have; a life has begun before some of them, or not.
fn has_everything(store: &dyn Store, tenant: TenantId) -> bool {
    let there: Vec<&str> = store.extent(tenant).unwrap().into_iter().map(|(table, _)| table).collect();
    let missing: Vec<&str> = TABLES.into_iter().chain(AUDIT).filter(|table| !there.contains(table)).collect();
    assert!(missing.is_empty() || missing == ["life_starts"], "{missing:?}");
    true
}

/// Whatever there was of it, in whatever table.
pub fn of_a_tenant_who_left_nothing_is_there_and_others_stay(store: &dyn Store) {
    furnish(store, NORTH);
    furnish(store, SOUTH);
    assert!(has_everything(store, NORTH));
    let others = store.extent(SOUTH).unwrap();
    assert!(store.take_away(NORTH, at(20)).unwrap());
    assert_eq!((store.extent(NORTH).unwrap(), store.tenant(NORTH).unwrap()), (vec![], None));
    assert_eq!(store.extent(SOUTH).unwrap(), others);
    assert_eq!(note(&store.entries_of(SOUTH, at_door(1)).unwrap()[0]).as_deref(), Some("somebody was in"));
    assert_eq!(store.base_of(SOUTH, at_door(2)).unwrap().unwrap().bytes, Held::Readable(b"others".to_vec()));
    assert!(!store.take_away(NORTH, at(21)).unwrap(), "once more is nothing more");
    // Whoever comes by its id afterwards begins with nothing.
    let again = Tenant { id: NORTH, name: "north".into(), region: "eu-west-1".into() };
    store.create_tenant(&again, at(30)).unwrap();
    assert!(store.users(NORTH).unwrap().is_empty() && store.entries_of(NORTH, at_door(1)).unwrap().is_empty());
}

/// Killed once the key was gone; what came in since without needing it goes too.
pub fn an_erasure_of_a_tenant_that_was_cut_off_is_done_by_the_next(store: &dyn Store) {
    furnish(store, NORTH);
    assert!(store.destroy_tenant_key(NORTH, at(20)).unwrap());
    assert!(matches!(store.users(NORTH), Err(Error::KeyDestroyed)));
    store.note_proof(NORTH, SeenProof { at: at(21), device: PHONE, nonce: [6; 16] }).unwrap();
    assert!(has_everything(store, NORTH));
    assert!(store.take_away(NORTH, at(22)).unwrap());
    assert_eq!((store.extent(NORTH).unwrap(), store.tenant(NORTH).unwrap()), (vec![], None));
}

/// As one that never was.
pub fn a_tenant_who_left_is_a_stranger(store: &dyn Store) {
    furnish(store, NORTH);
    store.take_away(NORTH, at(20)).unwrap();
    for stranger in [NORTH, TenantId::from_bytes([77; 16])] {
        assert_eq!(store.device(stranger, PHONE).unwrap(), None);
        assert!(matches!(store.head(stranger), Err(Error::Unknown { what: "tenant" })));
        assert!(matches!(
            store.redeem_invitation(stranger, ContentHash::of(b"invitation"), &enrolment(PHONE), at(21)),
            Err(Error::Unknown { what: "invitation" })
        ));
        assert!(store.extent(stranger).unwrap().is_empty());
        assert!(!store.take_away(stranger, at(22)).unwrap());
    }
}

/// Of one that is there it is kept, of another it goes without the first one's.
pub fn an_audit_log_goes_with_its_tenant_only(store: &dyn Store) {
    settle(store, NORTH);
    settle(store, SOUTH);
    let records = store.audit(SOUTH, 0, 1_000).unwrap();
    store.take_away(NORTH, at(20)).unwrap();
    assert!(matches!(store.audit(NORTH, 0, 1_000), Err(Error::Unknown { what: "tenant" })));
    assert_eq!(store.audit(SOUTH, 0, 1_000).unwrap(), records);
}
