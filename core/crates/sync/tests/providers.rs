//! Signing in at the tenant's own provider: what a browser is sent with, and what is taken from what comes back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod shift;

use shift::*;
use std::collections::BTreeMap;
use walkbook_model::{TenantId, Timestamp, UserId};
use walkbook_sync::{Granted, Provider, ProviderSignIn, ProviderVisit, VisitRefused, provider_nonce};
use walkbook_vault::Signer;

const TENANT: TenantId = TenantId::from_bytes([1; 16]);
const USER: UserId = UserId::from_bytes([2; 16]);
const REDIRECT: &str = "org.example.app:/signed-in";

fn provider() -> Provider {
    Provider {
        issuer: "https://id.example/".into(),
        authorization_endpoint: "https://id.example/authorize".into(),
        client_id: "walk & book".into(),
        scope: "openid email".into(),
        parameters: vec![("organization".into(), "org_1".into()), ("nonce".into(), "weak".into())],
        now: Timestamp::from_ms(17),
    }
}

fn visit() -> ProviderVisit {
    ProviderVisit::new("walkbook://sign-in?…", REDIRECT, &provider(), [7; 48])
}

/// The parameters that the browser is sent with.
fn sent(provider: &Provider) -> BTreeMap<String, String> {
    let url = visit().url(provider, TENANT, &SIGNER.public_key());
    let query = url.strip_prefix(&provider.authorization_endpoint).unwrap();
    let parts = query[1..].split('&').map(|part| part.split_once('=').unwrap());
    let parts: Vec<_> = parts.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let by_name: BTreeMap<_, _> = parts.iter().cloned().collect();
    assert_eq!(by_name.len(), parts.len(), "a parameter is there twice: {url}");
    by_name
}

fn granted() -> Granted {
    Granted { code: "a code".into(), verifier: "v".repeat(43), redirect: REDIRECT.into() }
}

fn request(invited: Option<[u8; 16]>) -> ProviderSignIn {
    ProviderSignIn::new(TENANT, USER, granted(), invited, &*SIGNER).unwrap()
}

#[test]
fn a_browser_is_sent_with_everything_that_protects_the_visit() {
    let sent = sent(&provider());
    assert_eq!((&*sent["response_type"], &*sent["code_challenge_method"]), ("code", "S256"));
    assert_eq!((&*sent["client_id"], &*sent["scope"]), ("walk%20%26%20book", "openid%20email"));
    assert_eq!(sent["redirect_uri"], "org.example.app%3A%2Fsigned-in");
    assert_eq!(sent["organization"], "org_1");
    for secret in ["state", "nonce", "code_challenge"] {
        assert!(sent[secret].len() >= 22, "{secret}: {}", sent[secret]);
    }
}

#[test]
fn the_challenge_is_that_of_rfc_7636() {
    // The verifier of appendix B is base64url of these.
    let octets = [
        116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77, 105, 214, 191,
        240, 91, 88, 5, 88, 83, 132, 141, 121,
    ];
    let mut drawn = [0; 48];
    drawn[16..].copy_from_slice(&octets);
    let visit = ProviderVisit::new("", REDIRECT, &provider(), drawn);
    let url = visit.url(&provider(), TENANT, &SIGNER.public_key());
    assert!(url.contains("code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&"), "{url}");
    let state = "A".repeat(22);
    let granted = visit.granted(&format!("{REDIRECT}?code=x&state={state}")).unwrap();
    assert_eq!(granted.verifier, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
}

#[test]
fn an_endpoint_that_has_a_query_keeps_it() {
    let provider = Provider { authorization_endpoint: "https://id.example/a?p=1".into(), ..provider() };
    let url = visit().url(&provider, TENANT, &SIGNER.public_key());
    assert!(url.starts_with("https://id.example/a?p=1&response_type=code&"), "{url}");
}

#[test]
fn only_the_answer_to_this_visit_is_taken() {
    let state = &sent(&provider())["state"];
    let answers = |text: &str| visit().granted(text);
    let right = format!("{REDIRECT}?state={state}&code=a+c%2Fode&iss=https%3A%2F%2Fid.example%2F&later=1#_=_");
    assert_eq!(answers(&right).unwrap().code, "a c/ode");
    let not_ours = [
        String::new(),
        REDIRECT.to_owned(),
        format!("{REDIRECT}?code=x"),
        format!("{REDIRECT}?state={state}"),
        format!("{REDIRECT}?code=x&state={state}&state={state}"),
        format!("{REDIRECT}?code=x&state={}", "B".repeat(22)),
        format!("{REDIRECT}?code=x&state={state}&iss=https%3A%2F%2Fother.example"),
        format!("org.example.app:/elsewhere?code=x&state={state}"),
        // Whoever declines has to know the state as well.
        format!("{REDIRECT}?error=access_denied&state=x"),
    ];
    for text in not_ours {
        assert_eq!(answers(&text).err(), Some(VisitRefused::NotTheAnswer), "{text}");
    }
    assert_eq!(answers(&format!("{REDIRECT}?error=access_denied&state={state}")).err(), Some(VisitRefused::Declined));
}

#[test]
fn what_the_provider_vouches_for_is_this_key_at_this_tenant_and_no_other() {
    let key = SIGNER.public_key();
    let nonce = provider_nonce(TENANT, "https://id.example/", &key, "verifier");
    assert_eq!(nonce, provider_nonce(TENANT, "https://id.example/", &key, "verifier"));
    let others = [
        provider_nonce(TenantId::from_bytes([9; 16]), "https://id.example/", &key, "verifier"),
        provider_nonce(TENANT, "https://other.example/", &key, "verifier"),
        provider_nonce(TENANT, "https://id.example/", &key, "another"),
        provider_nonce(TENANT, "https://id.example/", &signer().public_key(), "verifier"),
    ];
    assert!(others.iter().all(|other| *other != nonce));
}

#[test]
fn what_an_app_keeps_is_read_back_and_rubbish_is_refused() {
    assert!(ProviderVisit::from_text(&visit().to_text()).unwrap() == visit());
    for text in ["", "?", "AAAA", &"A".repeat(40_000)] {
        assert_eq!(ProviderVisit::from_text(text).err(), Some(VisitRefused::NotTheAnswer));
    }
}

#[test]
fn no_byte_of_what_was_signed_may_be_altered() {
    let taken = |bytes: &[u8]| ProviderSignIn::from_bytes(bytes).is_ok_and(|read| read.proven_key().is_ok());
    for invited in [None, Some([3; 16])] {
        let bytes = request(invited).to_bytes();
        let read = ProviderSignIn::from_bytes(&bytes).unwrap();
        assert_eq!((read.tenant(), read.user(), read.invited()), (TENANT, USER, invited));
        assert!(taken(&bytes) && *read.granted() == granted());
        for at in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[at] ^= 1;
            assert!(!taken(&altered), "byte {at} may be altered");
        }
    }
}

#[test]
fn what_a_phone_is_told_is_read_back_and_no_secret_is_printed() {
    assert_eq!(Provider::from_bytes(&provider().to_bytes()).unwrap(), provider());
    let printed = format!("{:?} {:?} {:?}", visit(), granted(), request(None));
    assert_eq!(printed, "ProviderVisit(…) Granted(…) ProviderSignIn(…)");
}
