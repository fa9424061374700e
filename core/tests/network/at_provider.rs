//! Somebody signs in at their tenant's own provider.

use super::world::{Phone, Server, TENANT, enrolled, ok, problem, right_clock, system_time, wait};
use walkbook_core::{ProviderSignInBegun, SyncFailed, VisitRefused};
use walkbook_model::UserId;
use walkbook_sync::{Provider, ProviderSignIn, SignInLink, provider_nonce};
use walkbook_vault::InvitationCode;

const USER: UserId = UserId::from_bytes([8; 16]);
const REDIRECT: &str = "org.example.app:/signed-in";
const ISSUER: &str = "https://id.example/";

fn link(server: &Server, code: Option<[u8; 16]>) -> String {
    let url = format!("https://localhost:{}", server.port).parse().unwrap();
    let (code, authority) = (code.map(InvitationCode::from_bytes), Some(server.authority.clone()));
    SignInLink { server: url, tenant: TENANT, user: USER, code, authority }.to_text().to_string()
}

fn provider() -> Vec<u8> {
    let told = Provider {
        issuer: ISSUER.into(),
        authorization_endpoint: "https://id.example/authorize".into(),
        client_id: "walkbook".into(),
        scope: "openid".into(),
        parameters: Vec::new(),
        now: system_time(),
    };
    told.to_bytes()
}

fn begin(server: &Server, phone: &Phone, code: Option<[u8; 16]>) -> ProviderSignInBegun {
    server.reply(|_| ok(provider()));
    let link = link(server, code);
    wait(phone.walkbook.begin_sign_in_at_provider(&link, REDIRECT)).unwrap()
}

/// A parameter that the browser was sent with.
fn sent<'a>(begun: &'a ProviderSignInBegun, name: &str) -> &'a str {
    let (_, behind) = begun.url.split_once(&format!("{name}=")).unwrap();
    behind.split('&').next().unwrap()
}

fn called_back(begun: &ProviderSignInBegun) -> String {
    format!("{REDIRECT}?code=granted&state={}", sent(begun, "state"))
}

#[test]
fn a_phone_brings_what_was_granted_and_is_a_device_of_its_user() {
    for code in [None, Some([7; 16])] {
        let (server, mut phone) = (Server::start(), Phone::new());
        let begun = begin(&server, &phone, code);
        assert_eq!(server.asked()[0].path, format!("/v1/tenants/{TENANT}/provider"));
        // The system has ended the app while the browser was in front.
        phone = phone.restarted();
        server.reply(|_| enrolled());
        let called_back = called_back(&begun);
        let ending = phone.walkbook.enrol_by_provider(&begun.visit, &called_back, right_clock());
        let identity = wait(ending).unwrap();
        assert_eq!((phone.walkbook.identity(), identity.user), (Some(identity.clone()), USER));
        let asked = &server.asked()[1];
        assert_eq!(asked.path, format!("/v1/tenants/{TENANT}/provider-sign-in"));
        let request = ProviderSignIn::from_bytes(&asked.body).unwrap();
        let key = request.proven_key().unwrap();
        let granted = request.granted();
        assert_eq!((request.user(), request.invited()), (USER, code));
        assert_eq!((&*granted.code, &*granted.redirect), ("granted", REDIRECT));
        // What the provider was told to vouch for is the key that the server hears of.
        assert_eq!(sent(&begun, "nonce"), provider_nonce(TENANT, ISSUER, &key, &granted.verifier));
    }
}

#[test]
fn what_answers_another_visit_is_not_taken_and_nobody_is_asked() {
    let (server, phone) = (Server::start(), Phone::new());
    let (first, second) = (begin(&server, &phone, None), begin(&server, &phone, None));
    let end =
        |visit: &str, called_back: &str| wait(phone.walkbook.enrol_by_provider(visit, called_back, right_clock()));
    let not_the_answer = Err(SyncFailed::ProviderVisit(VisitRefused::NotTheAnswer));
    assert_eq!(end(&first.visit, &called_back(&second)), not_the_answer);
    assert_eq!(end("rubbish", &called_back(&second)), not_the_answer);
    let declined = format!("{REDIRECT}?error=access_denied&state={}", sent(&first, "state"));
    assert_eq!(end(&first.visit, &declined), Err(SyncFailed::ProviderVisit(VisitRefused::Declined)));
    assert_eq!((server.asked().len(), phone.walkbook.identity()), (2, None));
}

#[test]
fn what_is_wrong_is_told_and_the_phone_is_no_device() {
    let (server, phone) = (Server::start(), Phone::new());
    for (status, code, wanted) in
        [(404, "no-provider", SyncFailed::NoProvider), (502, "provider-unreachable", SyncFailed::ProviderUnreachable)]
    {
        server.reply(move |_| problem(status, code, ""));
        let link = link(&server, None);
        let begun = wait(phone.walkbook.begin_sign_in_at_provider(&link, REDIRECT));
        assert_eq!(begun.err(), Some(wanted));
    }
    let begun = begin(&server, &phone, None);
    server.reply(|_| problem(401, "sign-in-refused", ""));
    let refused = wait(phone.walkbook.enrol_by_provider(&begun.visit, &called_back(&begun), right_clock()));
    assert_eq!(refused, Err(SyncFailed::SignInRefused));
    assert_eq!(phone.walkbook.identity(), None);
    assert_eq!(format!("{begun:?}"), "ProviderSignInBegun(…)");
}
