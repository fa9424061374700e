//! A provider that lies, or somebody in its place: what its tokens say, and what it says of itself, is not believed.

use super::hostile::{Hostile, Signed};
use super::visitor::{Visitor, asks, came_in};
use super::{Kept, is_known, signs_in_at};
use crate::device::{now, refused};
use crate::world::World;
use serde_json::{Value, json};

fn setting() -> (World, Hostile) {
    let (world, hostile) = (World::start(), Hostile::start());
    signs_in_at(&world, &hostile.issuer, &hostile.authorities(), &[]);
    is_known(&world, "aino", &["--subject", "aino"]);
    (world, hostile)
}

/// A token that is a lie lets nobody in, where the same without the lie would have.
async fn is_not_believed(signed: Signed, lie: impl FnOnce(&mut Value)) {
    let (world, hostile) = setting();
    let (phone, kept) = (Visitor::begins(&world, "aino").await, Kept::of(&world));
    hostile.gives(phone.sent("nonce"), signed, lie);
    kept.from(phone.brings(&world, phone.makes_up()).await, "aino").await;
    hostile.gives(phone.sent("nonce"), Signed::Own, |_| {});
    came_in(&world, phone.brings(&world, phone.makes_up()).await).await;
}

fn seconds() -> u64 {
    now().as_ms() / 1_000
}

#[tokio::test]
async fn a_token_that_is_not_signed_is_none() {
    is_not_believed(Signed::Not, |_| {}).await;
}

#[tokio::test]
async fn a_token_that_is_signed_with_what_everybody_can_read_is_none() {
    is_not_believed(Signed::WithThePublicKey, |_| {}).await;
}

#[tokio::test]
async fn a_token_that_is_signed_with_another_key_of_the_same_name_is_none() {
    is_not_believed(Signed::Another, |_| {}).await;
}

#[tokio::test]
async fn a_token_for_another_app_is_none_here() {
    is_not_believed(Signed::Own, |claims| claims["aud"] = "another-app".into()).await;
}

#[tokio::test]
async fn a_token_for_this_app_and_another_one_is_none_here() {
    is_not_believed(Signed::Own, |claims| claims["aud"] = json!(["walkbook", "another-app"])).await;
}

#[tokio::test]
async fn a_token_that_another_app_has_asked_for_is_none_here() {
    is_not_believed(Signed::Own, |claims| claims["azp"] = "another-app".into()).await;
}

#[tokio::test]
async fn a_token_of_another_issuer_is_none_here() {
    is_not_believed(Signed::Own, |claims| claims["iss"] = "https://id.example".into()).await;
}

#[tokio::test]
async fn a_token_for_another_sign_in_is_none_here() {
    is_not_believed(Signed::Own, |claims| claims["nonce"] = "another".into()).await;
}

#[tokio::test]
async fn a_token_that_names_no_sign_in_is_none() {
    is_not_believed(Signed::Own, |claims| drop(claims.as_object_mut().unwrap().remove("nonce"))).await;
}

#[tokio::test]
async fn a_token_that_has_expired_is_none() {
    is_not_believed(Signed::Own, |claims| claims["exp"] = (seconds() - 1).into()).await;
}

#[tokio::test]
async fn a_token_of_an_hour_ago_is_none_though_it_says_that_it_is_still_good() {
    is_not_believed(Signed::Own, |claims| claims["iat"] = (seconds() - 3_600).into()).await;
}

#[tokio::test]
async fn a_token_of_tomorrow_is_none_today() {
    is_not_believed(Signed::Own, |claims| {
        claims["iat"] = (seconds() + 86_400).into();
        claims["exp"] = (seconds() + 90_000).into();
    })
    .await;
}

#[tokio::test]
async fn a_token_of_nobody_is_none() {
    is_not_believed(Signed::Own, |claims| claims["sub"] = "".into()).await;
}

#[tokio::test]
async fn a_token_whose_claims_are_of_other_kinds_is_none() {
    for (name, value) in [("exp", json!("never")), ("iat", Value::Null), ("amr", json!("mfa")), ("aud", json!({}))] {
        let (world, hostile) = setting();
        let (phone, before) = (Visitor::begins(&world, "aino").await, world.stand());
        hostile.gives(phone.sent("nonce"), Signed::Own, |claims| claims[name] = value);
        let answer = phone.brings(&world, phone.makes_up()).await;
        assert!(matches!(answer.status().as_u16(), 401 | 502), "{name}: {}", answer.status());
        before.is_still(&world.stand());
    }
}

#[tokio::test]
async fn an_answer_without_a_token_or_with_rubbish_signs_nobody_in() {
    let (world, hostile) = setting();
    let (phone, before) = (Visitor::begins(&world, "aino").await, world.stand());
    for (status, body) in [
        (200, r#"{"access_token":"x","token_type":"Bearer"}"#),
        (200, r#"{"access_token":"x","token_type":"Bearer","id_token":"x.y.z"}"#),
        (200, "rubbish"),
        (302, ""),
        (500, "<html>"),
    ] {
        hostile.answers_codes_with(status, body.to_owned());
        let answer = phone.brings(&world, phone.makes_up()).await;
        assert!(matches!(answer.status().as_u16(), 401 | 502), "{body}: {}", answer.status());
    }
    before.is_still(&world.stand());
    assert!(!hostile.asked().iter().any(|path| path == "/elsewhere"), "a redirect was followed");
}

#[tokio::test]
async fn only_a_code_that_is_not_good_is_a_wrong_try_of_somebody() {
    let (world, hostile) = setting();
    let phone = Visitor::begins(&world, "aino").await;
    let ours =
        ["invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope", "server_error", "x"];
    for error in ours {
        hostile.answers_codes_with(400, json!({ "error": error }).to_string());
        let kept = Kept::of(&world);
        refused(phone.brings(&world, phone.makes_up()).await, 502, "provider-unreachable").await;
        kept.is_whole(&[]);
    }
    for error in ["invalid_grant", "invalid_request"] {
        hostile.answers_codes_with(400, json!({ "error": error }).to_string());
        refused(phone.brings(&world, phone.makes_up()).await, 401, "sign-in-refused").await;
    }
}

/// What a provider says of itself is not believed, and nobody is sent anywhere.
async fn is_no_provider(lie: impl FnOnce(&Hostile, &mut Value)) {
    let (world, hostile) = setting();
    hostile.says(|said| lie(&hostile, said));
    refused(asks(&world, world.names.north).await, 502, "provider-unreachable").await;
}

#[tokio::test]
async fn a_provider_that_says_it_is_another_one_is_none() {
    is_no_provider(|_, said| said["issuer"] = "https://id.example".into()).await;
}

#[tokio::test]
async fn a_provider_whose_keys_lie_where_there_is_no_tls_is_none() {
    is_no_provider(|hostile, said| said["jwks_uri"] = hostile.issuer.replace("https", "http").into()).await;
}

#[tokio::test]
async fn a_provider_that_sends_phones_where_there_is_no_tls_is_none() {
    is_no_provider(|_, said| said["authorization_endpoint"] = "http://id.example/".into()).await;
}

#[tokio::test]
async fn a_provider_whose_keys_have_no_end_costs_no_memory() {
    let (world, hostile) = setting();
    let before = world.home.peak_bytes();
    hostile.says(|said| said["jwks_uri"] = format!("{}/endless", hostile.issuer).into());
    refused(asks(&world, world.names.north).await, 502, "provider-unreachable").await;
    assert!(world.home.peak_bytes() < before + 48 * 1024 * 1024);
}

#[tokio::test]
async fn a_provider_in_the_operators_own_network_is_not_called_unless_the_operator_allows_it() {
    let (world, hostile) = (World::start(), Hostile::start());
    let north = world.names.north.to_string();
    let authorities = hostile.authorities();
    for issuer in [hostile.issuer.clone(), hostile.issuer.replace("localhost", "127.0.0.1")] {
        let command =
            ["tenant", "sign-in", &north, "--issuer", &issuer, "--client-id", "x", "--authorities", &authorities];
        world.home.run(&command);
        refused(asks(&world, world.names.north).await, 502, "provider-unreachable").await;
    }
    assert_eq!(hostile.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn a_provider_whose_certificate_is_of_another_authority_is_none() {
    let (world, hostile, other) = (World::start(), Hostile::start(), Hostile::start());
    signs_in_at(&world, &hostile.issuer, &other.authorities(), &[]);
    refused(asks(&world, world.names.north).await, 502, "provider-unreachable").await;
    assert_eq!(hostile.asked(), Vec::<String>::new());
}
