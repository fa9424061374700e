//! Becoming a device by signing in, and choosing the password for it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod shift;

use shift::*;
use walkbook_model::{TenantId, Timestamp, UserId};
use walkbook_sync::{PasswordChosen, PasswordRequest, SignInRequest};
use walkbook_vault::Signer;

const TENANT: TenantId = TenantId::from_bytes([1; 16]);
const USER: UserId = UserId::from_bytes([2; 16]);

fn sign_in(code: Option<&str>) -> SignInRequest {
    SignInRequest::new(TENANT, USER, "correct horse", code, &*SIGNER).unwrap()
}

#[test]
fn a_key_signs_in_by_whoever_holds_it() {
    for code in [Some("123456"), Some(""), None] {
        let read = SignInRequest::from_bytes(&sign_in(code).to_bytes()).unwrap();
        assert_eq!(read.proven_key().unwrap().as_bytes(), SIGNER.public_key().as_bytes());
        assert_eq!((read.tenant(), read.user(), read.password(), read.code()), (TENANT, USER, "correct horse", code));
    }
}

#[test]
fn no_byte_of_what_was_signed_may_be_altered() {
    let is_proven = |bytes: &[u8]| SignInRequest::from_bytes(bytes).is_ok_and(|read| read.proven_key().is_ok());
    let chosen = |bytes: &[u8]| PasswordRequest::from_bytes(bytes).is_ok_and(|read| read.proven_key().is_ok());
    let password = PasswordRequest::new(TENANT, [3; 16], "correct horse", &*SIGNER).unwrap().to_bytes();
    for (bytes, taken) in
        [(sign_in(Some("123456")).to_bytes(), &is_proven as &dyn Fn(&[u8]) -> bool), (password, &chosen)]
    {
        assert!(taken(&bytes));
        for at in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[at] ^= 1;
            assert!(!taken(&altered), "byte {at} may be altered");
        }
    }
}

#[test]
fn an_answer_is_read_back_and_no_secret_is_printed() {
    let chosen = PasswordChosen {
        user: USER,
        authenticator: "otpauth://totp/x?secret=ABC".into(),
        recovery_codes: vec!["0004-1061".into()],
        now: Timestamp::from_ms(17),
    };
    assert!(PasswordChosen::from_bytes(&chosen.to_bytes()).unwrap() == chosen);
    let password = PasswordRequest::new(TENANT, [3; 16], "correct horse", &*SIGNER).unwrap();
    let printed = format!("{chosen:?} {password:?} {:?}", sign_in(None));
    assert_eq!(printed, "PasswordChosen(…) PasswordRequest(…) SignInRequest(…)");
}
