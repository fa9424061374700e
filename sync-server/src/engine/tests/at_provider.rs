//! People sign in at their tenant's provider, whose word the test puts into its mouth.

use super::phone::{Phone, make_signer};
use super::world::{AINO, BERTA, NORTH, RIVER, SOUTH, World, at, by_operator, door};
use crate::engine::{Exchange, InvitationRefused, Refused};
use crate::office::{self, KnownBy};
use crate::routes::Network;
use crate::sign_in::provider::{Claims, Grant, NotVouched, ProviderSettings, Providers};
use crate::store::Accounts;
use crate::store::accounts::PasswordCode;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};
use walkbook_model::{Timestamp, UserId};
use walkbook_sync::{Enrolled, Granted, Provider, ProviderSignIn};
use walkbook_vault::{InvitationCode, SoftwareSigner};

const HOME: Network = Network::of(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)));
const CODE: [u8; 16] = [9; 16];

/// A provider that says what it is told to say.
struct Parrot {
    says: Mutex<Result<Claims, NotVouched>>,
    asked: Mutex<u32>,
}

impl Parrot {
    fn says(&self, what: Result<Claims, NotVouched>) {
        *self.says.lock().unwrap() = what;
    }

    fn asked(&self) -> u32 {
        *self.asked.lock().unwrap()
    }
}

impl Providers for Parrot {
    fn authorization_endpoint(&self, provider: &ProviderSettings, _: Timestamp) -> Result<String, NotVouched> {
        self.says.lock().unwrap().clone().map(|_| format!("{}authorize", provider.issuer))
    }

    fn redeem(&self, _: &ProviderSettings, _: &Grant<'_>, _: Timestamp) -> Result<Claims, NotVouched> {
        *self.asked.lock().unwrap() += 1;
        self.says.lock().unwrap().clone()
    }
}

fn ainos() -> Claims {
    Claims { subject: "aino".into(), methods: vec!["mfa".into()], ..Claims::default() }
}

/// The north's people sign in at a provider, which knows Aino.
fn setting() -> (World, Arc<Parrot>) {
    let parrot = Arc::new(Parrot { says: Mutex::new(Ok(ainos())), asked: Mutex::default() });
    let world = World::with_lists().asking(parrot.clone());
    let text = r#"{"issuer":"https://id.example/","client_id":"walkbook","scopes":["email","openid"],
        "parameters":{"organization":"org_1"}}"#;
    let settings = ProviderSettings::from_bytes(text.as_bytes()).unwrap().to_bytes().unwrap();
    world.store.put_provider(NORTH, Some(&settings), by_operator(0)).unwrap();
    let subject = KnownBy::Subject("aino".into());
    office::expect_identity(&*world.store, NORTH, AINO, subject, by_operator(0)).unwrap();
    (world, parrot)
}

fn sign_in(world: &World, user: UserId, invited: Option<[u8; 16]>, now: Timestamp) -> Result<Enrolled, Refused> {
    sign_in_with(world, &make_signer(), user, invited, now)
}

fn sign_in_with(
    world: &World,
    signer: &SoftwareSigner,
    user: UserId,
    invited: Option<[u8; 16]>,
    now: Timestamp,
) -> Result<Enrolled, Refused> {
    let granted = Granted { code: "code".into(), verifier: "v".repeat(43), redirect: "app:/back".into() };
    let request = ProviderSignIn::new(NORTH, user, granted, invited, signer).unwrap();
    let answer = world.engine.sign_in_at_provider(NORTH, HOME, &request.to_bytes(), now)?;
    Ok(Enrolled::from_bytes(&answer).unwrap())
}

#[test]
fn a_phone_is_told_where_to_send_its_user() {
    let (world, _) = setting();
    let told = Provider::from_bytes(&world.engine.provider(NORTH, at(1)).unwrap()).unwrap();
    assert_eq!((&*told.issuer, &*told.client_id), ("https://id.example/", "walkbook"));
    assert_eq!((&*told.authorization_endpoint, &*told.scope), ("https://id.example/authorize", "openid email"));
    assert_eq!((told.parameters, told.now), (vec![("organization".into(), "org_1".into())], at(1)));
    assert!(matches!(world.engine.provider(SOUTH, at(1)), Err(Refused::NoProvider)));
}

#[test]
fn who_is_known_there_comes_in_and_nobody_else() {
    let (world, parrot) = setting();
    assert_eq!(sign_in(&world, AINO, None, at(1)).unwrap().user, AINO);
    assert!(matches!(sign_in(&world, BERTA, None, at(2)), Err(Refused::SignIn)));
    parrot.says(Ok(Claims { subject: "berta".into(), ..ainos() }));
    assert!(matches!(sign_in(&world, AINO, None, at(3)), Err(Refused::SignIn)));
}

#[test]
fn wrong_tries_are_counted_and_those_that_the_provider_has_missed_are_not() {
    let (world, parrot) = setting();
    parrot.says(Err(NotVouched::Unreachable("away")));
    for _ in 0..5 {
        assert!(matches!(sign_in(&world, AINO, None, at(1)), Err(Refused::ProviderUnreachable)));
    }
    parrot.says(Err(NotVouched::Busy));
    assert!(matches!(sign_in(&world, AINO, None, at(1)), Err(Refused::Busy)));
    parrot.says(Err(NotVouched::Refused("no")));
    for _ in 0..3 {
        assert!(matches!(sign_in(&world, AINO, None, at(1)), Err(Refused::SignIn)));
    }
    let asked = parrot.asked();
    assert!(matches!(sign_in(&world, AINO, None, at(1)), Err(Refused::TooMany { .. })));
    assert_eq!(parrot.asked(), asked, "who waits asks nobody");
}

#[test]
fn a_link_that_is_worth_nothing_asks_nobody() {
    let (world, parrot) = setting();
    let unknown = sign_in(&world, BERTA, Some(CODE), at(1));
    assert!(matches!(unknown, Err(Refused::Invitation(InvitationRefused::Unknown))), "{unknown:?}");
    let digest = InvitationCode::from_bytes(CODE).digest();
    let code = PasswordCode { digest, user: BERTA, expires_at: at(100) };
    world.store.put_password_code(NORTH, &code, by_operator(1)).unwrap();
    let anothers = sign_in(&world, AINO, Some(CODE), at(2));
    assert!(matches!(anothers, Err(Refused::Invitation(InvitationRefused::Unknown))), "{anothers:?}");
    let late = sign_in(&world, BERTA, Some(CODE), at(100));
    assert!(matches!(late, Err(Refused::Invitation(InvitationRefused::Expired))), "{late:?}");
    assert_eq!(parrot.asked(), 0);
    parrot.says(Ok(Claims { subject: "berta".into(), ..ainos() }));
    assert_eq!(sign_in(&world, BERTA, Some(CODE), at(3)).unwrap().user, BERTA);
    assert_eq!(sign_in(&world, BERTA, None, at(4)).unwrap().user, BERTA);
}

#[test]
fn without_a_provider_nobody_signs_in_at_one_any_more() {
    let (world, parrot) = setting();
    world.store.put_provider(NORTH, None, by_operator(1)).unwrap();
    assert!(matches!(sign_in(&world, AINO, None, at(2)), Err(Refused::NoProvider)));
    assert_eq!(parrot.asked(), 0);
}

#[test]
fn a_phone_whose_days_are_over_keeps_what_it_has_and_brings_it_once_it_has_signed_in_again() {
    let (world, _) = setting();
    let stored = world.store.provider(NORTH).unwrap().unwrap();
    let days = ProviderSettings { again_after_days: Some(1), ..ProviderSettings::from_bytes(&stored).unwrap() };
    world.store.put_provider(NORTH, Some(&days.to_bytes().unwrap()), by_operator(0)).unwrap();
    let signer = make_signer();
    let device = sign_in_with(&world, &signer, AINO, None, at(0)).unwrap().device;
    let mut phone = Phone::of(NORTH, AINO, device, signer);
    let day = 86_400;
    phone.sync(&world, at(day - 1)).unwrap();
    phone.knock(RIVER, door(1), at(day));
    assert!(matches!(phone.sync(&world, at(day)), Err(Refused::SignInAgain)));
    let again = sign_in_with(&world, &phone.signer, AINO, None, at(day + 1)).unwrap();
    assert_eq!((again.device, phone.safe_up_to), (device, 0));
    phone.sync(&world, at(day + 2)).unwrap();
    assert_eq!((phone.safe_up_to, phone.refused.len()), (1, 0));
    // A phone that somebody was invited with is not the provider's business.
    let mut invited = Phone::enrolled(&world, NORTH, BERTA);
    invited.sync(&world, at(100 * day)).unwrap();
}
