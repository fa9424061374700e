//! Getting in with a password that one does not have, or with half of what it takes.

use crate::device::{make_signer, now, problem, refused};
use crate::world::World;
use reqwest::Response;
use totp_rs::Totp;
use walkbook_model::{TenantId, UserId};
use walkbook_server::store::accounts::{PasswordCode, SecondFactor};
use walkbook_server::store::audit::Deed;
use walkbook_server::store::{By, Stamp};
use walkbook_sync::{Enrolled, PasswordChosen, PasswordRequest, SignInLink, SignInRequest};
use walkbook_vault::{InvitationCode, SoftwareSigner};

const PASSWORD: &str = "correct horse battery";

async fn send(world: &World, tenant: TenantId, what: &str, message: Vec<u8>) -> Response {
    let request = world.client().post(world.home.url(&format!("/v1/tenants/{tenant}/{what}")));
    request.header("content-type", "application/walkbook").body(message).send().await.unwrap()
}

/// The link by which somebody chooses a password.
fn password_link(world: &World, name: &str) -> SignInLink {
    let (user, tenant) = (world.user(name).to_string(), world.names.north.to_string());
    SignInLink::parse(&world.home.run_for_one(&["user", "password", &user, "--tenant", &tenant])).unwrap()
}

fn choosing(link: &SignInLink, signer: &SoftwareSigner) -> Vec<u8> {
    let code = *link.code.as_ref().unwrap().expose();
    PasswordRequest::new(link.tenant, code, PASSWORD, signer).unwrap().to_bytes()
}

/// Aino has a password, and what she was told.
async fn setting() -> (World, PasswordChosen) {
    let world = World::start();
    let chosen = choose(&world, &password_link(&world, "aino")).await;
    assert_eq!(chosen.user, world.user("aino"));
    (world, chosen)
}

async fn choose(world: &World, link: &SignInLink) -> PasswordChosen {
    let answer = send(world, link.tenant, "password", choosing(link, &make_signer())).await;
    assert_eq!(answer.status(), 200);
    PasswordChosen::from_bytes(&answer.bytes().await.unwrap()).unwrap()
}

/// What her authenticator shows so many steps from now.
fn shown(chosen: &PasswordChosen, steps: i64) -> String {
    let seconds = i64::try_from(now().as_ms() / 1_000).unwrap() + 30 * steps;
    Totp::from_url(&chosen.authenticator).unwrap().generate(seconds.unsigned_abs()).to_string()
}

fn signing_in(tenant: TenantId, user: UserId, password: &str, code: Option<&str>) -> Vec<u8> {
    SignInRequest::new(tenant, user, password, code, &*make_signer()).unwrap().to_bytes()
}

/// Tries to sign in to the north as somebody.
async fn try_as(world: &World, name: &str, password: &str, code: Option<&str>) -> Response {
    let north = world.names.north;
    send(world, north, "sign-in", signing_in(north, world.user(name), password, code)).await
}

/// Nobody came in, and nothing else was written down than this.
fn nobody_came_in(world: &World, before: &crate::world::Stand, records: usize, written: &[Deed]) {
    before.is_still(&world.stand());
    assert_eq!(world.audited_since(world.names.north, records), written);
}

#[tokio::test]
async fn a_stolen_password_alone_lets_nobody_in() {
    let (world, _) = setting().await;
    let (before, records) = (world.stand(), world.audit(world.names.north).len());
    for code in [None, Some(""), Some("000000x")] {
        refused(try_as(&world, "aino", PASSWORD, code).await, 401, "sign-in-refused").await;
    }
    nobody_came_in(&world, &before, records, &[Deed::SignInRefused { user: world.user("aino") }]);
}

#[tokio::test]
async fn an_authenticators_code_alone_lets_nobody_in() {
    let (world, chosen) = setting().await;
    let (before, records) = (world.stand(), world.audit(world.names.north).len());
    for password in ["", "password", "correct horse batterY"] {
        let answer = try_as(&world, "aino", password, Some(&shown(&chosen, 0))).await;
        refused(answer, 401, "sign-in-refused").await;
    }
    nobody_came_in(&world, &before, records, &[Deed::SignInRefused { user: world.user("aino") }]);
}

#[tokio::test]
async fn a_code_that_was_used_lets_no_second_phone_in() {
    let (world, chosen) = setting().await;
    let code = shown(&chosen, 0);
    let answer = try_as(&world, "aino", PASSWORD, Some(&code)).await;
    let device = Enrolled::from_bytes(&answer.bytes().await.unwrap()).unwrap().device;
    let (user, with) = (world.user("aino"), SecondFactor::Authenticator);
    assert_eq!(world.audit(world.names.north).pop(), Some(Deed::SignedIn { user, device, with }));
    let (before, records) = (world.stand(), world.audit(world.names.north).len());
    // Neither does the one before it, which nobody has used.
    for code in [code, shown(&chosen, -1)] {
        refused(try_as(&world, "aino", PASSWORD, Some(&code)).await, 401, "sign-in-refused").await;
    }
    nobody_came_in(&world, &before, records, &[Deed::SignInRefused { user }]);
}

#[tokio::test]
async fn of_eight_phones_with_one_code_at_once_one_comes_in() {
    let (world, chosen) = setting().await;
    let code = shown(&chosen, 0);
    let all = (0..8).map(|_| try_as(&world, "aino", PASSWORD, Some(&code)));
    let answers = futures_util::future::join_all(all).await;
    assert_eq!(answers.iter().filter(|answer| answer.status() == 200).count(), 1);
    assert_eq!(world.home.store().devices_of(world.names.north, world.user("aino")).unwrap().len(), 1);
}

#[tokio::test]
async fn a_code_of_an_hour_ago_or_ahead_is_none() {
    let (world, chosen) = setting().await;
    let before = world.stand();
    for steps in [-120, 120] {
        let answer = try_as(&world, "aino", PASSWORD, Some(&shown(&chosen, steps))).await;
        refused(answer, 401, "sign-in-refused").await;
    }
    before.is_still(&world.stand());
}

#[tokio::test]
async fn a_recovery_code_is_good_once() {
    let (world, chosen) = setting().await;
    let code = &chosen.recovery_codes[0];
    assert_eq!(try_as(&world, "aino", PASSWORD, Some(code)).await.status(), 200);
    let (before, records) = (world.stand(), world.audit(world.names.north).len());
    refused(try_as(&world, "aino", PASSWORD, Some(code)).await, 401, "sign-in-refused").await;
    nobody_came_in(&world, &before, records, &[Deed::SignInRefused { user: world.user("aino") }]);
}

#[tokio::test]
async fn a_sign_in_that_was_recorded_is_not_played_again() {
    let (world, chosen) = setting().await;
    let north = world.names.north;
    let message = signing_in(north, world.user("aino"), PASSWORD, Some(&shown(&chosen, 0)));
    assert_eq!(send(&world, north, "sign-in", message.clone()).await.status(), 200);
    let before = world.stand();
    refused(send(&world, north, "sign-in", message).await, 401, "sign-in-refused").await;
    before.is_still(&world.stand());
}

#[tokio::test]
async fn who_guesses_passwords_is_made_to_wait_and_everybody_else_is_not() {
    let (world, chosen) = setting().await;
    let mut told = Vec::new();
    for number in 0..12 {
        let (status, code, _) = problem(try_as(&world, "aino", &format!("guess {number}"), None).await).await;
        told.push((status, code));
    }
    let waits = told.iter().filter(|(status, code)| (*status, code.as_str()) == (429, "too-many")).count();
    assert_eq!(told.iter().filter(|(_, code)| code == "sign-in-refused").count() + waits, 12);
    assert!(waits >= 6, "{told:?}");
    assert_eq!(world.home.store().devices_of(world.names.north, chosen.user).unwrap().len(), 0);
    let other = try_as(&world, "berta", "a guess of another", None).await;
    refused(other, 401, "sign-in-refused").await;
}

#[tokio::test]
async fn nobody_learns_by_the_answer_who_there_is() {
    let (world, chosen) = setting().await;
    let (north, code) = (world.names.north, shown(&chosen, 0));
    let nobody = UserId::from_bytes([77; 16]);
    let ghost = TenantId::from_bytes([78; 16]);
    let mut told = Vec::new();
    for (tenant, user) in [
        (north, world.user("aino")),
        (north, world.user("berta")),
        (north, nobody),
        (world.names.south, world.user("aino")),
        (ghost, nobody),
    ] {
        let answer = send(&world, tenant, "sign-in", signing_in(tenant, user, "a wrong password", Some(&code))).await;
        told.push(refused(answer, 401, "sign-in-refused").await);
    }
    assert!(told.windows(2).all(|pair| pair[0] == pair[1]), "{told:?}");
}

#[tokio::test]
async fn a_key_that_its_sender_does_not_hold_is_not_signed_in() {
    let (world, chosen) = setting().await;
    let (north, before) = (world.names.north, world.stand());
    let mut bent = signing_in(north, world.user("aino"), PASSWORD, Some(&shown(&chosen, 0)));
    *bent.last_mut().unwrap() ^= 1;
    refused(send(&world, north, "sign-in", bent).await, 401, "unproven").await;
    for message in [Vec::new(), b"{}".to_vec(), vec![0x81; 4_000]] {
        for what in ["sign-in", "password"] {
            refused(send(&world, north, what, message.clone()).await, 400, "malformed").await;
        }
    }
    refused(send(&world, north, "sign-in", vec![0; 4 * 1024 + 1]).await, 413, "too-large").await;
    before.is_still(&world.stand());
}

#[tokio::test]
async fn a_message_for_one_tenant_signs_nobody_in_at_another() {
    let (world, chosen) = setting().await;
    let before = world.stand();
    let message = signing_in(world.names.north, world.user("aino"), PASSWORD, Some(&shown(&chosen, 0)));
    refused(send(&world, world.names.south, "sign-in", message).await, 401, "sign-in-refused").await;
    let west = signing_in(world.names.west, world.user("aino"), PASSWORD, None);
    refused(send(&world, world.names.west, "sign-in", west).await, 421, "elsewhere").await;
    before.is_still(&world.stand());
}

#[tokio::test]
async fn the_link_to_choose_a_password_is_good_for_one_phone_and_the_last_one_counts() {
    let world = World::start();
    let (former, link) = (password_link(&world, "aino"), password_link(&world, "aino"));
    refused(send(&world, link.tenant, "password", choosing(&former, &make_signer())).await, 403, "invitation-unknown")
        .await;
    choose(&world, &link).await;
    let (before, records) = (world.stand(), world.audit(link.tenant).len());
    refused(send(&world, link.tenant, "password", choosing(&link, &make_signer())).await, 403, "invitation-used").await;
    let elsewhere = SignInLink { tenant: world.names.south, ..link };
    let answer = send(&world, elsewhere.tenant, "password", choosing(&elsewhere, &make_signer())).await;
    refused(answer, 403, "invitation-unknown").await;
    nobody_came_in(&world, &before, records, &[]);
}

#[tokio::test]
async fn a_link_past_its_time_and_a_weak_password_choose_nothing() {
    let world = World::start();
    let (north, code) = (world.names.north, InvitationCode::from_bytes([5; 16]));
    let stamp = Stamp::new(By::Operator, walkbook_model::Timestamp::from_ms(1_700_000_000_000));
    let kept = PasswordCode { digest: code.digest(), user: world.user("aino"), expires_at: stamp.at };
    world.home.store().put_password_code(north, &kept, stamp).unwrap();
    let late = PasswordRequest::new(north, *code.expose(), PASSWORD, &*make_signer()).unwrap();
    refused(send(&world, north, "password", late.to_bytes()).await, 403, "invitation-expired").await;
    let link = password_link(&world, "aino");
    for weak in ["", "short", &"x".repeat(257)] {
        let request = PasswordRequest::new(north, *link.code.as_ref().unwrap().expose(), weak, &*make_signer());
        refused(send(&world, north, "password", request.unwrap().to_bytes()).await, 422, "password-unfit").await;
    }
    // It is still good.
    choose(&world, &link).await;
}

#[tokio::test]
async fn who_was_shut_out_does_not_sign_in_any_more() {
    let (world, chosen) = setting().await;
    let (user, north) = (world.user("aino"), world.names.north);
    world.home.run(&["user", "shut-out", &user.to_string(), "--tenant", &north.to_string()]);
    let (before, records) = (world.stand(), world.audit(north).len());
    let answer = try_as(&world, "aino", PASSWORD, Some(&shown(&chosen, 0))).await;
    refused(answer, 401, "sign-in-refused").await;
    nobody_came_in(&world, &before, records, &[Deed::SignInRefused { user }]);
}

#[tokio::test]
async fn where_no_second_factor_is_demanded_a_password_is_enough_until_one_was_used() {
    let (world, chosen) = setting().await;
    world.home.run(&["tenant", "second-factor", &world.names.north.to_string(), "optional"]);
    assert_eq!(try_as(&world, "aino", PASSWORD, None).await.status(), 200);
    assert_eq!(try_as(&world, "aino", PASSWORD, Some(&shown(&chosen, 0))).await.status(), 200);
    refused(try_as(&world, "aino", PASSWORD, None).await, 401, "sign-in-refused").await;
}
