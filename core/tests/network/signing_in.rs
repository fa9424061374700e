//! Somebody signs in instead of redeeming an invitation.

use super::world::{Phone, Server, TENANT, enrolled, ok, problem, right_clock, system_time, wait};
use std::time::Duration;
use walkbook_core::{LinkRefused, SyncFailed};
use walkbook_model::UserId;
use walkbook_sync::{PasswordChosen, PasswordRequest, SignInLink, SignInRequest};
use walkbook_vault::InvitationCode;

const USER: UserId = UserId::from_bytes([8; 16]);

fn link(server: &Server, code: Option<[u8; 16]>) -> String {
    let url = format!("https://localhost:{}", server.port).parse().unwrap();
    let (code, authority) = (code.map(InvitationCode::from_bytes), Some(server.authority.clone()));
    SignInLink { server: url, tenant: TENANT, user: USER, code, authority }.to_text().to_string()
}

#[test]
fn a_phone_signs_in_and_is_a_device_of_its_user() {
    let (server, phone) = (Server::start(), Phone::new());
    server.reply(|_| enrolled());
    let link = link(&server, None);
    let signing_in = phone.walkbook.enrol_by_sign_in(&link, "secret", Some(" 123456 "), right_clock());
    let identity = wait(signing_in).unwrap();
    assert_eq!((phone.walkbook.identity(), identity.user), (Some(identity.clone()), USER));
    let asked = &server.asked()[0];
    assert_eq!(asked.path, format!("/v1/tenants/{TENANT}/sign-in"));
    let request = SignInRequest::from_bytes(&asked.body).unwrap();
    assert!(request.proven_key().is_ok());
    assert_eq!((request.user(), request.password(), request.code()), (USER, "secret", Some("123456")));
}

#[test]
fn a_password_is_chosen_with_the_links_code_and_what_is_told_is_told_on() {
    let (server, phone) = (Server::start(), Phone::new());
    let told = |authenticator: &str| PasswordChosen {
        user: USER,
        authenticator: authenticator.into(),
        recovery_codes: vec!["0004-1061".into()],
        now: system_time(),
    };
    let answer = told("otpauth://totp/x").to_bytes();
    server.reply(move |_| ok(answer));
    let chosen = wait(phone.walkbook.choose_password(&link(&server, Some([7; 16])), "a long password")).unwrap();
    assert_eq!((chosen.authenticator.as_str(), chosen.recovery_codes.len()), ("otpauth://totp/x", 1));
    let asked = &server.asked()[0];
    assert_eq!(asked.path, format!("/v1/tenants/{TENANT}/password"));
    let request = PasswordRequest::from_bytes(&asked.body).unwrap();
    assert!(request.proven_key().is_ok());
    assert_eq!((request.code(), request.password()), ([7; 16], "a long password"));
    assert_eq!(phone.walkbook.identity(), None, "that alone makes no device");
}

#[test]
fn what_is_wrong_is_told_and_the_phone_is_no_device() {
    let (server, phone) = (Server::start(), Phone::new());
    let with_code = link(&server, Some([7; 16]));
    for (status, code, wanted) in [
        (401, "sign-in-refused", SyncFailed::SignInRefused),
        (429, "too-many", SyncFailed::Busy { retry_after: Duration::from_secs(5) }),
    ] {
        server.reply(move |_| problem(status, code, ""));
        let refused = wait(phone.walkbook.enrol_by_sign_in(&with_code, "secret", Some(""), right_clock()));
        assert_eq!(refused.unwrap_err(), wanted);
    }
    assert_eq!(SignInRequest::from_bytes(&server.asked()[0].body).unwrap().code(), None, "an empty field is no code");
    server.reply(|_| problem(422, "password-unfit", ""));
    assert_eq!(wait(phone.walkbook.choose_password(&with_code, "short")).err(), Some(SyncFailed::PasswordUnfit));
    let without = wait(phone.walkbook.choose_password(&link(&server, None), "a long password"));
    assert_eq!(without.err(), Some(SyncFailed::Link(LinkRefused::Missing { part: "code" })));
    assert_eq!(phone.walkbook.identity(), None);
}
