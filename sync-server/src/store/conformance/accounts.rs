//! Accounts, and the codes by which passwords are chosen.

use super::world::*;
use crate::store::accounts::{PasswordCode, SecondFactor, SetUp, SignIn};
use crate::store::audit::Deed;
use crate::store::{Act, Error, Held, Store, Tries};
use walkbook_model::{ContentHash, DeviceId, TenantId};

const OTHER_PHONE: DeviceId = DeviceId::from_bytes([22; 16]);

fn code(text: &str) -> PasswordCode {
    PasswordCode { digest: ContentHash::of(text.as_bytes()), user: AINO, expires_at: at(100) }
}

fn key(text: &str) -> ContentHash {
    ContentHash::of(text.as_bytes())
}

fn with_password(store: &dyn Store) {
    settle(store, NORTH);
    store.put_password_code(NORTH, &code("first"), by_operator(0)).unwrap();
    store.set_up_account(NORTH, code("first").digest, key("hers"), (b"one", SetUp::Password), at(1)).unwrap();
}

fn sign_in(seen: u64, phone: DeviceId) -> SignIn<'static> {
    let with = SecondFactor::Authenticator;
    SignIn { user: AINO, seen, account: b"spent", with, enrolment: enrolment(phone) }
}

fn deeds(store: &dyn Store, tenant: TenantId) -> Vec<Deed> {
    let deed = |act| match act {
        Held::Readable(Act { deed, .. }) => Some(deed),
        _ => None,
    };
    store.audit(tenant, 0, 1_000).unwrap().into_iter().filter_map(|record| deed(record.act)).collect()
}

fn last_deed(store: &dyn Store, tenant: TenantId) -> Option<Deed> {
    deeds(store, tenant).pop()
}

/// Once, by one phone, which may ask again; a code that came later ends it.
pub fn a_code_chooses_a_password_on_one_phone(store: &dyn Store) {
    settle(store, NORTH);
    let digest = code("first").digest;
    let of_phone = |phone, seconds| store.password_code(NORTH, digest, key(phone), at(seconds));
    assert!(matches!(of_phone("hers", 1), Err(Error::Unknown { what: "invitation" })));
    store.put_password_code(NORTH, &code("first"), by_operator(0)).unwrap();
    assert_eq!(of_phone("hers", 1).unwrap(), code("first"));
    assert!(matches!(of_phone("hers", 100), Err(Error::InvitationExpired)));
    assert_eq!(store.account(NORTH, AINO).unwrap(), None);
    for again in [b"one", b"two"] {
        store.set_up_account(NORTH, digest, key("hers"), (again, SetUp::Password), at(2)).unwrap();
        assert_eq!(store.account(NORTH, AINO).unwrap().unwrap().bytes, again);
        assert_eq!(last_deed(store, NORTH), Some(Deed::PasswordChosen { user: AINO }));
    }
    let thief = store.set_up_account(NORTH, digest, key("thief's"), (b"mine", SetUp::Password), at(3));
    assert!(matches!(thief, Err(Error::InvitationUsed)));
    store.put_password_code(NORTH, &code("second"), by_operator(4)).unwrap();
    let former = store.set_up_account(NORTH, digest, key("hers"), (b"mine", SetUp::Password), at(5));
    assert!(matches!(former, Err(Error::Unknown { what: "invitation" })));
    assert_eq!(store.account(NORTH, AINO).unwrap().unwrap().bytes, b"two");
}

/// What a sign-in has spent no other spends again, and a phone that is known stays what it is.
pub fn a_sign_in_counts_once(store: &dyn Store) {
    with_password(store);
    let seen = store.account(NORTH, AINO).unwrap().unwrap().version;
    let device = store.sign_in(NORTH, &sign_in(seen, PHONE), at(2)).unwrap();
    assert_eq!((device.id, device.user, device.enrolled_at), (PHONE, AINO, at(2)));
    let with = SecondFactor::Authenticator;
    assert_eq!(last_deed(store, NORTH), Some(Deed::SignedIn { user: AINO, device: PHONE, with }));
    let account = store.account(NORTH, AINO).unwrap().unwrap();
    assert_eq!(account.bytes, b"spent");
    let again = store.sign_in(NORTH, &sign_in(seen, OTHER_PHONE), at(3));
    assert!(matches!(again, Err(Error::Decided)));
    assert_eq!(store.device(NORTH, OTHER_PHONE).unwrap(), None);
    assert_eq!(store.sign_in(NORTH, &sign_in(account.version, PHONE), at(4)).unwrap(), device);
}

/// It is kept when, until it vouches again; a password changes nothing of it.
pub fn a_provider_vouches_for_a_phone(store: &dyn Store) {
    with_password(store);
    let sign_in_with = |with, now| {
        let seen = store.account(NORTH, AINO).unwrap().unwrap().version;
        let signed_in = store.sign_in(NORTH, &SignIn { with, ..sign_in(seen, PHONE) }, now).unwrap();
        assert_eq!(store.device(NORTH, PHONE).unwrap(), Some(signed_in));
        signed_in.vouched_at
    };
    assert_eq!(sign_in_with(SecondFactor::Authenticator, at(2)), None);
    assert_eq!(sign_in_with(SecondFactor::Provider, at(3)), Some(at(3)));
    assert_eq!(sign_in_with(SecondFactor::RecoveryCode, at(4)), Some(at(3)));
    assert_eq!(sign_in_with(SecondFactor::ProviderWithSecondFactor, at(5)), Some(at(5)));
}

/// Both or neither.
pub fn a_key_that_is_anothers_spends_nothing(store: &dyn Store) {
    with_password(store);
    let seen = store.account(NORTH, AINO).unwrap().unwrap().version;
    let mut posing = sign_in(seen, PHONE);
    store.sign_in(NORTH, &posing, at(2)).unwrap();
    let before = store.account(NORTH, AINO).unwrap().unwrap();
    posing.seen = before.version;
    posing.enrolment.public_key = enrolment(OTHER_PHONE).public_key;
    assert!(matches!(store.sign_in(NORTH, &posing, at(3)), Err(Error::Exists { what: "device" })));
    assert!(store.account(NORTH, AINO).unwrap().unwrap() == before);
}

/// With the codes that were given out.
pub fn a_closed_account_is_gone(store: &dyn Store) {
    with_password(store);
    store.put_password_code(NORTH, &code("second"), by_operator(2)).unwrap();
    assert!(store.close_account(NORTH, AINO, by_operator(3)).unwrap());
    assert_eq!(last_deed(store, NORTH), Some(Deed::AccountClosed { user: AINO }));
    assert!(!store.close_account(NORTH, AINO, by_operator(4)).unwrap());
    assert_eq!(store.account(NORTH, AINO).unwrap(), None);
    let late = store.set_up_account(NORTH, code("second").digest, key("hers"), (b"two", SetUp::Password), at(5));
    assert!(matches!(late, Err(Error::Unknown { what: "invitation" })));
    assert!(matches!(store.sign_in(NORTH, &sign_in(1, PHONE), at(6)), Err(Error::Decided)));
}

/// Until somebody decides otherwise.
pub fn a_second_factor_is_demanded(store: &dyn Store) {
    settle(store, NORTH);
    settle(store, SOUTH);
    assert!(store.demands_second_factor(NORTH).unwrap());
    for is_demanded in [false, false, true] {
        store.demand_second_factor(NORTH, is_demanded, by_operator(1)).unwrap();
        assert_eq!(store.demands_second_factor(NORTH).unwrap(), is_demanded);
        assert_eq!(last_deed(store, NORTH), Some(Deed::SecondFactorDemanded { is_demanded }));
        assert!(store.demands_second_factor(SOUTH).unwrap());
    }
    let nobody = TenantId::from_bytes([77; 16]);
    assert!(store.demands_second_factor(nobody).unwrap());
    let unknown = store.demand_second_factor(nobody, false, by_operator(1));
    assert!(matches!(unknown, Err(Error::Unknown { what: "tenant" })));
}

/// Of two who count at once one counts again; another tenant's and another slot's are others.
pub fn tries_are_replaced_by_whoever_has_seen_the_last(store: &dyn Store) {
    settle(store, NORTH);
    settle(store, SOUTH);
    let tries = |count, seconds| Tries { count, last_at: at(seconds) };
    let none = Tries::default();
    assert_eq!(store.tries(NORTH, u16::MAX).unwrap(), none);
    assert!(store.replace_tries(NORTH, u16::MAX, none, tries(1, 1)).unwrap());
    assert!(!store.replace_tries(NORTH, u16::MAX, none, tries(1, 2)).unwrap());
    assert!(!store.replace_tries(NORTH, u16::MAX, tries(1, 2), tries(2, 2)).unwrap());
    assert_eq!(store.tries(NORTH, u16::MAX).unwrap(), tries(1, 1));
    assert!(store.replace_tries(NORTH, u16::MAX, tries(1, 1), tries(2, 2)).unwrap());
    assert_eq!(store.tries(NORTH, u16::MAX).unwrap(), tries(2, 2));
    assert_eq!((store.tries(NORTH, 0).unwrap(), store.tries(SOUTH, u16::MAX).unwrap()), (none, none));
}

/// As with a password, but that the log says what it was.
pub fn a_code_shows_who_somebody_is(store: &dyn Store) {
    settle(store, NORTH);
    store.put_password_code(NORTH, &code("first"), by_operator(0)).unwrap();
    let digest = code("first").digest;
    store.set_up_account(NORTH, digest, key("hers"), (b"hers", SetUp::Identity), at(1)).unwrap();
    assert_eq!(last_deed(store, NORTH), Some(Deed::IdentityShown { user: AINO }));
    let thief = store.set_up_account(NORTH, digest, key("thief's"), (b"mine", SetUp::Identity), at(2));
    assert!(matches!(thief, Err(Error::InvitationUsed)));
    assert_eq!(store.account(NORTH, AINO).unwrap().unwrap().bytes, b"hers");
}

/// In the place of what was seen, and of nothing else.
pub fn who_somebody_is_is_set_down_beforehand(store: &dyn Store) {
    settle(store, NORTH);
    let expect = |seen, account: &[u8]| store.expect_identity(NORTH, AINO, seen, account, by_operator(1));
    assert!(matches!(expect(1, b"late"), Err(Error::Decided)));
    expect(0, b"one").unwrap();
    assert_eq!(last_deed(store, NORTH), Some(Deed::IdentityExpected { user: AINO }));
    assert!(matches!(expect(0, b"again"), Err(Error::Decided)));
    let seen = store.account(NORTH, AINO).unwrap().unwrap();
    assert_eq!(seen.bytes, b"one");
    expect(seen.version, b"two").unwrap();
    assert!(matches!(expect(seen.version, b"late"), Err(Error::Decided)));
    assert_eq!(store.account(NORTH, AINO).unwrap().unwrap().bytes, b"two");
    let nobody = store.expect_identity(NORTH, walkbook_model::UserId::from_bytes([77; 16]), 0, b"x", by_operator(1));
    assert!(matches!(nobody, Err(Error::Unknown { what: "user" })), "{nobody:?}");
}

/// Until it is taken away; another tenant's is none.
pub fn a_tenant_has_a_provider(store: &dyn Store) {
    settle(store, NORTH);
    settle(store, SOUTH);
    assert_eq!(store.provider(NORTH).unwrap(), None);
    for bytes in [&b"one"[..], b"one", b"two"] {
        store.put_provider(NORTH, Some(bytes), by_operator(1)).unwrap();
        assert_eq!(store.provider(NORTH).unwrap().as_deref(), Some(bytes));
        let provider = Some(ContentHash::of(bytes));
        assert_eq!(last_deed(store, NORTH), Some(Deed::ProviderChanged { provider }));
    }
    let changes = |deed: &Deed| matches!(deed, Deed::ProviderChanged { .. });
    let written = || deeds(store, NORTH).into_iter().filter(changes).count();
    assert_eq!((written(), store.provider(SOUTH).unwrap()), (2, None));
    for _ in 0..2 {
        store.put_provider(NORTH, None, by_operator(2)).unwrap();
        assert_eq!((store.provider(NORTH).unwrap(), written()), (None, 3));
    }
    let nobody = TenantId::from_bytes([77; 16]);
    assert_eq!(store.provider(nobody).unwrap(), None);
    let unknown = store.put_provider(nobody, Some(b"one"), by_operator(3));
    assert!(matches!(unknown, Err(Error::Unknown { what: "tenant" })));
    store.put_provider(NORTH, Some(b"one"), by_operator(4)).unwrap();
    store.destroy_tenant_key(NORTH, at(5)).unwrap();
    assert!(matches!(store.provider(NORTH), Err(Error::KeyDestroyed)));
}

/// Neither its account nor its codes, and with its key everything is gone.
pub fn another_tenants_account_does_not_exist(store: &dyn Store) {
    with_password(store);
    settle(store, SOUTH);
    assert_eq!(store.account(SOUTH, AINO).unwrap(), None);
    let ours = store.set_up_account(SOUTH, code("first").digest, key("hers"), (b"two", SetUp::Password), at(2));
    assert!(matches!(ours, Err(Error::Unknown { what: "invitation" })));
    assert!(!store.close_account(SOUTH, AINO, by_operator(2)).unwrap());
    assert_eq!(store.account(NORTH, AINO).unwrap().unwrap().bytes, b"one");
    store.destroy_tenant_key(NORTH, at(3)).unwrap();
    assert!(matches!(store.account(NORTH, AINO), Err(Error::KeyDestroyed)));
}
