//! Becoming a device.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod shift;

use shift::*;
use walkbook_model::TenantId;
use walkbook_sync::EnrolRequest;
use walkbook_vault::Signer;

#[test]
fn a_key_is_enrolled_by_whoever_holds_it() {
    let request = EnrolRequest::new(TenantId::from_bytes([1; 16]), [2; 16], &*SIGNER).unwrap();
    let read = EnrolRequest::from_bytes(&request.to_bytes()).unwrap();
    assert_eq!(read.proven_key().unwrap().as_bytes(), SIGNER.public_key().as_bytes());
    assert_eq!(read.code(), [2; 16]);
}

#[test]
fn another_s_key_or_another_s_invitation_cannot_be_enrolled() {
    let request = EnrolRequest::new(TenantId::from_bytes([1; 16]), [2; 16], &*SIGNER).unwrap();
    let bytes = request.to_bytes();
    for at in 0..bytes.len() {
        let mut altered = bytes.clone();
        altered[at] ^= 1;
        let taken = EnrolRequest::from_bytes(&altered).is_ok_and(|altered| altered.proven_key().is_ok());
        assert!(!taken, "byte {at} may be altered");
    }
}

#[test]
fn an_invitation_s_code_is_not_printed() {
    let request = EnrolRequest::new(TenantId::from_bytes([1; 16]), [2; 16], &*SIGNER).unwrap();
    assert_eq!(format!("{request:?}"), "EnrolRequest(…)");
}
