//! A device key that everybody knows, so that the corpus holds signatures that verify.

use std::sync::Arc;
use walkbook_vault::{SoftwareSigner, SystemRandom};

/// The PKCS#8 of a P-256 key up to the private number, and what comes between it and the public point.
const BEFORE: &[u8] = b"\x30\x81\x87\x02\x01\x00\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x04\x6d\x30\x6b\x02\x01\x01\x04\x20";
const BETWEEN: &[u8] = b"\xa1\x44\x03\x42\x00\x04";
/// The base point of P-256 (FIPS 186-4, D.1.2.3): the public key of the private number 1.
const BASE_POINT: &str = "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

/// The signer whose private number is 1.
pub fn known_signer() -> SoftwareSigner {
    let mut one = [0; 32];
    one[31] = 1;
    let point: Vec<u8> = (0..64).map(|at| u8::from_str_radix(&BASE_POINT[at * 2..at * 2 + 2], 16).unwrap()).collect();
    let key = [BEFORE, &one, BETWEEN, &point].concat();
    SoftwareSigner::from_pkcs8(&key, Arc::new(SystemRandom::new())).unwrap()
}
