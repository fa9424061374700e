//! What signs somebody in.

use crate::{Made, made};
use walkbook_fuzz::known_signer;
use walkbook_model::*;
use walkbook_sync::*;
use walkbook_vault::*;

const TENANT: TenantId = TenantId::from_bytes([1; 16]);
const USER: UserId = UserId::from_bytes([4; 16]);
const NOW: Timestamp = Timestamp::from_ms(1_795_000_000_000);

pub(crate) fn seeds() -> Vec<Made> {
    let signer = known_signer();
    let password = "correct horse battery";
    let sign_in = SignInRequest::new(TENANT, USER, password, Some("123456"), &signer).unwrap();
    let choice = PasswordRequest::new(TENANT, [2; 16], password, &signer).unwrap();
    let chosen = PasswordChosen {
        user: USER,
        authenticator: "otpauth://totp/Walkbook?secret=GEZDGNBV".into(),
        recovery_codes: vec!["0208-1040-G2081-040G-2081-040G2".into(); 10],
        now: NOW,
    };
    let provider = Provider {
        issuer: "https://id.example/".into(),
        authorization_endpoint: "https://id.example/authorize".into(),
        client_id: "walkbook".into(),
        scope: "openid email".into(),
        parameters: vec![("organization".into(), "org_1".into())],
        now: NOW,
    };
    let server: ServerUrl = "https://walk.example:8443".parse().unwrap();
    let code = Some(InvitationCode::from_bytes([2; 16]));
    let link = SignInLink { server, tenant: TENANT, user: USER, code, authority: Some(vec![0x30; 40]) };
    let redirect = "org.example.app:/signed-in";
    let visit = ProviderVisit::new(&link.to_text(), redirect, &provider, [7; 48]);
    let url = visit.url(&provider, TENANT, &signer.public_key());
    let state = url.split_once("state=").unwrap().1.split('&').next().unwrap();
    let called_back = |more: &str| format!("{}\n{redirect}?state={state}&{more}", visit.to_text());
    let granted = visit.granted(&format!("{redirect}?code=granted&state={state}")).unwrap();
    let by_provider = ProviderSignIn::new(TENANT, USER, granted, Some([2; 16]), &signer).unwrap();
    let regions = ['e', 'u'].map(|of| (format!("{of}-west-1"), format!("https://{of}.walk.example"))).into();
    vec![
        made("sign_in", "sign_in", sign_in.to_bytes()),
        made("sign_in", "password", choice.to_bytes()),
        made("sign_in", "chosen", chosen.to_bytes()),
        made("sign_in", "provider", provider.to_bytes()),
        made("sign_in", "by_provider", by_provider.to_bytes()),
        made("find_region", "asked", FindRegion { email: "Aino.Ärlig@Example.org".into() }.to_bytes()),
        made("find_region", "found", FoundRegions { regions }.to_bytes()),
        made("provider_visit", "granted", called_back("code=a%20c+de&iss=https%3A%2F%2Fid.example%2F#_")),
        made("provider_visit", "declined", called_back("error=access_denied")),
        made("sign_in_link", "secret", link.to_text().as_bytes()),
        made("sign_in_link", "open", SignInLink { code: None, authority: None, ..link }.to_text().as_bytes()),
    ]
}
