//! People sign in.

use super::phone::{Phone, make_signer};
use super::world::{AINO, BERTA, NORTH, RIVER, SOUTH, World, at, by_operator, door};
use crate::engine::{Exchange, InvitationRefused, Refused};
use crate::office;
use crate::routes::Network;
use crate::sign_in::{PasswordUnfit, code_at};
use crate::store::accounts::{PasswordCode, SecondFactor};
use crate::store::{Accounts, Audit, Deed, Directory};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;
use walkbook_model::{Role, TenantId, Timestamp, UserId};
use walkbook_sync::{Enrolled, PasswordChosen, PasswordRequest, SignInRequest};
use walkbook_vault::{InvitationCode, SoftwareSigner, SystemRandom};

const PASSWORD: &str = "correct horse battery";
const CODE: [u8; 16] = [9; 16];
const HOME: Network = Network::of(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)));

fn let_choose(world: &World, code: [u8; 16]) {
    let digest = InvitationCode::from_bytes(code).digest();
    let code = PasswordCode { digest, user: AINO, expires_at: at(3_600) };
    world.store.put_password_code(NORTH, &code, by_operator(0)).unwrap();
}

fn choose(world: &World, password: &str, signer: &SoftwareSigner, now: Timestamp) -> Result<PasswordChosen, Refused> {
    let request = PasswordRequest::new(NORTH, CODE, password, signer).unwrap();
    let answer = world.engine.choose_password(NORTH, HOME, &request.to_bytes(), now)?;
    Ok(PasswordChosen::from_bytes(&answer).unwrap())
}

/// A world in which Aino has a password.
fn setting() -> (World, PasswordChosen) {
    let world = World::with_lists();
    let_choose(&world, CODE);
    let chosen = choose(&world, PASSWORD, &make_signer(), at(1)).unwrap();
    assert_eq!(chosen.user, AINO);
    (world, chosen)
}

struct Try<'a> {
    tenant: TenantId,
    user: UserId,
    password: &'a str,
    code: Option<&'a str>,
}

const AINOS: Try<'static> = Try { tenant: NORTH, user: AINO, password: PASSWORD, code: None };

fn sign_in(world: &World, with: &Try<'_>, signer: &SoftwareSigner, now: Timestamp) -> Result<Enrolled, Refused> {
    let Try { tenant, user, password, code } = *with;
    let request = SignInRequest::new(tenant, user, password, code, signer).unwrap();
    Ok(Enrolled::from_bytes(&world.engine.sign_in(tenant, HOME, &request.to_bytes(), now)?).unwrap())
}

fn deeds(world: &World) -> Vec<Deed> {
    let records = world.store.audit(NORTH, 0, 1_000).unwrap();
    records.into_iter().map(|record| record.act.readable().unwrap().deed).collect()
}

fn devices(world: &World) -> usize {
    world.store.devices_of(NORTH, AINO).unwrap().len()
}

#[test]
fn somebody_who_signs_in_has_a_phone_that_can_sync() {
    let (world, chosen) = setting();
    let (signer, code) = (make_signer(), code_at(&chosen.authenticator, at(10)));
    let enrolled = sign_in(&world, &Try { code: Some(&code), ..AINOS }, &signer, at(10)).unwrap();
    assert_eq!((enrolled.user, enrolled.role, enrolled.now), (AINO, Role::Canvasser, at(10)));
    let with = SecondFactor::Authenticator;
    assert_eq!(deeds(&world).pop(), Some(Deed::SignedIn { user: AINO, device: enrolled.device, with }));
    let mut phone = Phone::of(NORTH, AINO, enrolled.device, signer);
    phone.knock(RIVER, door(1), at(20));
    phone.sync(&world, at(30)).unwrap();
    assert_eq!((phone.safe_up_to, phone.refused.len()), (1, 0));
}

#[test]
fn whatever_is_wrong_the_answer_is_the_same_and_nobody_comes_in() {
    let (world, chosen) = setting();
    world.set_role(SOUTH, AINO, Role::Canvasser);
    let code = code_at(&chosen.authenticator, at(10));
    let right = Try { code: Some(&code), ..AINOS };
    let wrong = [
        Try { code: Some(&code), password: "wrong horse battery", ..AINOS },
        Try { code: Some("000000"), ..AINOS },
        Try { code: Some(""), ..AINOS },
        Try { ..AINOS },
        Try { user: BERTA, ..right },
        Try { user: UserId::from_bytes([99; 16]), ..right },
        Try { tenant: SOUTH, ..right },
        Try { tenant: TenantId::from_bytes([98; 16]), ..right },
    ];
    let before = (deeds(&world).len(), devices(&world));
    for (number, tried) in wrong.iter().enumerate() {
        // With time enough between, so that nobody waits; the code stays good.
        let refused = sign_in(&world, tried, &make_signer(), at(10 + 2 * number as u64));
        assert!(matches!(refused, Err(Refused::SignIn)), "{number}: {refused:?}");
    }
    assert_eq!(devices(&world), before.1);
    let written = deeds(&world).split_off(before.0);
    assert_eq!(written, [Deed::SignInRefused { user: AINO }, Deed::SignInRefused { user: BERTA }]);
}

#[test]
fn a_code_lets_one_phone_in_and_a_lost_answer_costs_another_code() {
    let (world, chosen) = setting();
    let (signer, code) = (make_signer(), code_at(&chosen.authenticator, at(10)));
    let with = Try { code: Some(&code), ..AINOS };
    let first = sign_in(&world, &with, &signer, at(10)).unwrap();
    for again in [&signer, &make_signer()] {
        assert!(matches!(sign_in(&world, &with, again, at(11)), Err(Refused::SignIn)));
    }
    let next = code_at(&chosen.authenticator, at(40));
    let second = sign_in(&world, &Try { code: Some(&next), ..AINOS }, &signer, at(40)).unwrap();
    assert_eq!((second.device, devices(&world)), (first.device, 1));
}

#[test]
fn who_has_lost_the_authenticator_signs_in_with_a_recovery_code_once() {
    let (world, chosen) = setting();
    let with = Try { code: Some(&chosen.recovery_codes[0]), ..AINOS };
    sign_in(&world, &with, &make_signer(), at(10)).unwrap();
    assert!(matches!(sign_in(&world, &with, &make_signer(), at(11)), Err(Refused::SignIn)));
    assert_eq!(devices(&world), 1);
}

#[test]
fn where_the_tenant_demands_no_second_factor_who_has_none_needs_none() {
    let (world, chosen) = setting();
    assert!(matches!(sign_in(&world, &AINOS, &make_signer(), at(10)), Err(Refused::SignIn)));
    world.store.demand_second_factor(NORTH, false, by_operator(11)).unwrap();
    sign_in(&world, &AINOS, &make_signer(), at(12)).unwrap();
    let code = code_at(&chosen.authenticator, at(13));
    sign_in(&world, &Try { code: Some(&code), ..AINOS }, &make_signer(), at(13)).unwrap();
    assert!(matches!(sign_in(&world, &AINOS, &make_signer(), at(14)), Err(Refused::SignIn)), "now she has one");
}

#[test]
fn a_password_is_chosen_on_one_phone_which_may_ask_again() {
    let (world, signer) = (World::with_lists(), make_signer());
    let_choose(&world, CODE);
    assert!(matches!(choose(&world, "short", &signer, at(1)), Err(Refused::Password(PasswordUnfit::Short))));
    let first = choose(&world, PASSWORD, &signer, at(1)).unwrap();
    // The answer was lost: what it said is worth nothing any more.
    let second = choose(&world, PASSWORD, &signer, at(2)).unwrap();
    let other = choose(&world, PASSWORD, &make_signer(), at(3));
    assert!(matches!(other, Err(Refused::Invitation(InvitationRefused::Used))), "{other:?}");
    let former = code_at(&first.authenticator, at(4));
    assert!(sign_in(&world, &Try { code: Some(&former), ..AINOS }, &signer, at(4)).is_err());
    let code = code_at(&second.authenticator, at(4));
    sign_in(&world, &Try { code: Some(&code), ..AINOS }, &signer, at(4)).unwrap();
    let late = choose(&world, PASSWORD, &signer, at(3_600));
    assert!(matches!(late, Err(Refused::Invitation(InvitationRefused::Expired))));
}

#[test]
fn who_is_shut_out_neither_comes_back_by_password_nor_on_the_old_phone() {
    let (world, chosen) = setting();
    let (signer, code) = (make_signer(), code_at(&chosen.authenticator, at(10)));
    sign_in(&world, &Try { code: Some(&code), ..AINOS }, &signer, at(10)).unwrap();
    assert_eq!(office::shut_out(&*world.store, NORTH, AINO, by_operator(20)).unwrap(), 1);
    let code = code_at(&chosen.authenticator, at(60));
    let gone = sign_in(&world, &Try { code: Some(&code), ..AINOS }, &make_signer(), at(60));
    assert!(matches!(gone, Err(Refused::SignIn)), "{gone:?}");
    // Let in again, with a new password: the phone that was shut out stays so.
    let code = office::let_choose_password(
        &*world.store,
        &SystemRandom::new(),
        NORTH,
        AINO,
        Duration::from_secs(60),
        by_operator(61),
    );
    let request = PasswordRequest::new(NORTH, *code.unwrap().expose(), PASSWORD, &signer).unwrap();
    let answer = world.engine.choose_password(NORTH, HOME, &request.to_bytes(), at(62)).unwrap();
    let chosen = PasswordChosen::from_bytes(&answer).unwrap();
    let code = code_at(&chosen.authenticator, at(62));
    let old = sign_in(&world, &Try { code: Some(&code), ..AINOS }, &signer, at(62));
    assert!(matches!(old, Err(Refused::ShutOut)), "{old:?}");
}

#[test]
fn who_guesses_waits_longer_and_longer_and_a_right_one_is_not_looked_at_before() {
    let (world, chosen) = setting();
    let guess = Try { password: "wrong horse battery", ..AINOS };
    for _ in 0..3 {
        assert!(matches!(sign_in(&world, &guess, &make_signer(), at(10)), Err(Refused::SignIn)));
    }
    let code = code_at(&chosen.authenticator, at(10));
    let right = Try { code: Some(&code), ..AINOS };
    let told = sign_in(&world, &right, &make_signer(), at(10));
    assert!(matches!(told, Err(Refused::TooMany { after }) if after == Duration::from_secs(1)), "{told:?}");
    sign_in(&world, &right, &make_signer(), at(11)).unwrap();
}

#[test]
fn a_key_that_its_sender_does_not_hold_signs_nobody_in() {
    let (world, chosen) = setting();
    let code = code_at(&chosen.authenticator, at(10));
    let good = SignInRequest::new(NORTH, AINO, PASSWORD, Some(&code), &make_signer()).unwrap().to_bytes();
    let mut bent = good.clone();
    *bent.last_mut().unwrap() ^= 1;
    let refused = world.engine.sign_in(NORTH, HOME, &bent, at(10));
    assert!(matches!(refused, Err(Refused::Unproven { .. })), "{refused:?}");
    assert!(matches!(world.engine.sign_in(NORTH, HOME, b"rubbish", at(10)), Err(Refused::Unreadable(_))));
    world.engine.sign_in(NORTH, HOME, &good, at(10)).unwrap();
}

#[test]
fn what_is_signed_for_one_tenant_is_worth_nothing_at_the_path_of_another() {
    let (world, chosen) = setting();
    let code = code_at(&chosen.authenticator, at(10));
    let request = SignInRequest::new(NORTH, AINO, PASSWORD, Some(&code), &make_signer()).unwrap().to_bytes();
    let elsewhere = world.engine.sign_in(SOUTH, HOME, &request, at(10));
    assert!(matches!(elsewhere, Err(Refused::SignIn)), "{elsewhere:?}");
    let_choose(&world, [8; 16]);
    let choice = PasswordRequest::new(NORTH, [8; 16], "another password", &make_signer()).unwrap().to_bytes();
    let elsewhere = world.engine.choose_password(SOUTH, HOME, &choice, at(10));
    assert!(matches!(elsewhere, Err(Refused::Invitation(InvitationRefused::Unknown))), "{elsewhere:?}");
    assert_eq!(devices(&world), 0);
    // Neither was spent.
    world.engine.sign_in(NORTH, HOME, &request, at(10)).unwrap();
    world.engine.choose_password(NORTH, HOME, &choice, at(11)).unwrap();
}

#[test]
fn a_phone_that_is_to_be_wiped_takes_its_users_password_with_it_unless_it_is_in_good_hands() {
    for (password, stays) in [(office::Password::TakenAway, false), (office::Password::Kept, true)] {
        let (world, chosen) = setting();
        let code = code_at(&chosen.authenticator, at(10));
        let lost = sign_in(&world, &Try { code: Some(&code), ..AINOS }, &make_signer(), at(10)).unwrap().device;
        assert!(office::wipe_phone(&*world.store, NORTH, lost, password, by_operator(20)).unwrap());
        let code = code_at(&chosen.authenticator, at(100));
        let again = sign_in(&world, &Try { code: Some(&code), ..AINOS }, &make_signer(), at(100));
        assert_eq!(again.is_ok(), stays, "{again:?}");
        // A new password is not taken by an order that was given before.
        let_choose(&world, CODE);
        let chosen = choose(&world, PASSWORD, &make_signer(), at(101)).unwrap();
        assert!(
            !office::wipe_phone(&*world.store, NORTH, lost, office::Password::TakenAway, by_operator(102)).unwrap()
        );
        let code = code_at(&chosen.authenticator, at(200));
        sign_in(&world, &Try { code: Some(&code), ..AINOS }, &make_signer(), at(200)).unwrap();
    }
}
