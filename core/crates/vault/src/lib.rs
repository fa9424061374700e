//! Sealing, keys and signed logs: the only crate that holds secrets.
//!
//! Everything here is a pure function of its arguments: nonces, salts and new keys come in as bytes that the caller drew.
//! The one exception is forced by `ring`, whose ECDSA takes its randomness from a [`SecureRandom`]; the caller hands that
//! in too.
//!
//! Keys are wiped from memory when dropped, never printed and never cloned. What `ring` copies of them while it works
//! (expanded AES keys, the scalar of a [`SoftwareSigner`]) it does not wipe; a phone that has secure hardware should
//! implement [`Signer`] with it.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod audit_link;
pub mod chain;
mod challenge;
mod der;
pub mod device_key;
mod digest;
mod error;
mod hex;
mod keyed_proof;
mod registration;
pub mod request;
mod rescue_code;
pub mod seal;
pub mod secret_code;
mod software_signer;
pub mod wrap;

pub use audit_link::{AuditLink, InvalidLink};
pub use chain::{ChainBroken, ChainHash, PayloadProof, Salt, SaltSeed, payload_hash, sign_tip, verify_run, verify_tip};
pub use challenge::Challenge;
pub use device_key::{PublicKey, Signature, Signer};
pub use error::{Error, Forged, SignFailed};
pub use keyed_proof::KeyedProof;
pub use registration::{RegistrationKey, RegistrationTag};
pub use request::{RequestParts, RequestProof, sign_request, verify_request};
pub use rescue_code::RescueCode;
pub use ring::rand::{SecureRandom, SystemRandom};
pub use seal::{Nonce, SealKey};
pub use secret_code::InvitationCode;
pub use software_signer::{SoftwareSigner, make_device_key};
pub use wrap::{Purpose, WrappedKey, derive_key};
