//! The device's key: ECDSA over P-256 with SHA-256 (FIPS 186-5), made in the phone's secure hardware where it has one.

use crate::{Error, Forged, SignFailed, der, hex};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

/// Something that signs with a device's private key. A phone implements it with the Secure Enclave or Android's Keystore
/// (see [`Signature::from_der`]); everything else uses [`SoftwareSigner`](crate::SoftwareSigner).
pub trait Signer: Send + Sync {
    /// The public half, by which others verify.
    fn public_key(&self) -> PublicKey;

    /// Signs the SHA-256 of the message.
    ///
    /// # Errors
    ///
    /// [`SignFailed`] if the key is locked or its hardware refuses.
    fn sign(&self, message: &[u8]) -> Result<Signature, SignFailed>;
}

/// A P-256 public key: `4 ‖ x ‖ y`, the uncompressed point of SEC 1, section 2.3.3.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey([u8; 65]);

impl PublicKey {
    /// The key with these bytes. Whether they are a point of the curve shows in [`verify`](Self::verify), which refuses
    /// everything if they are not.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidPublicKey`] unless they are 65 and start with 4.
    ///
    /// ```
    /// use walkbook_vault::{Error, PublicKey};
    /// assert_eq!(PublicKey::from_bytes(&[3; 33]), Err(Error::InvalidPublicKey));
    /// ```
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        match <[u8; 65]>::try_from(bytes) {
            Ok(point) if bytes.first() == Some(&4) => Ok(Self(point)),
            _ => Err(Error::InvalidPublicKey),
        }
    }

    /// The key's bytes.
    pub const fn as_bytes(&self) -> &[u8; 65] {
        &self.0
    }

    /// Whether this key's holder signed this message.
    ///
    /// # Errors
    ///
    /// [`Forged`] if not.
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), Forged> {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &self.0).verify(message, &signature.0).map_err(|_| Forged)
    }
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PublicKey({})", hex::encode(&self.0))
    }
}

/// An ECDSA signature: `r ‖ s`, 32 bytes each, as in JWS (RFC 7518, section 3.4). With every signature (r, s) another,
/// (r, −s), is valid too: never use a signature as an identity.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Signature([u8; 64]);

impl Signature {
    /// The signature with these bytes.
    pub const fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// The signature in a slice that should hold one.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidSignature`] unless the slice has 64 bytes.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, Error> {
        bytes.try_into().map(Self).map_err(|_| Error::InvalidSignature)
    }

    /// The signature in the DER form (RFC 3279, section 2.2.3) that the Secure Enclave and Android's Keystore give.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidSignature`] unless it is the one DER form of two positive integers of at most 32 bytes, with
    /// nothing after it.
    ///
    /// ```
    /// use walkbook_vault::Signature;
    /// let signature = Signature::from_der(&[0x30, 6, 2, 1, 5, 2, 1, 9])?;
    /// assert_eq!((signature.as_bytes()[31], signature.as_bytes()[63]), (5, 9));
    /// # Ok::<(), walkbook_vault::Error>(())
    /// ```
    pub fn from_der(bytes: &[u8]) -> Result<Self, Error> {
        der::read_signature(bytes).map(Self).ok_or(Error::InvalidSignature)
    }

    /// The signature's bytes.
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

impl std::fmt::Debug for Signature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signature({})", hex::encode(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// RFC 6979, appendix A.2.5: P-256, SHA-256, message "sample".
    fn sample() -> (PublicKey, Signature) {
        let point: [u8; 65] = hex::decode(concat!(
            "04",
            "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
            "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
        ))
        .unwrap();
        let signature = hex::decode(concat!(
            "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
            "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
        ))
        .unwrap();
        (PublicKey::from_bytes(&point).unwrap(), Signature::from_bytes(signature))
    }

    #[test]
    fn known_answer_of_rfc_6979() {
        let (key, signature) = sample();
        assert_eq!(key.verify(b"sample", &signature), Ok(()));
        assert_eq!(key.verify(b"simple", &signature), Err(Forged));
    }

    #[test]
    fn tampering_with_any_byte_of_the_signature_or_key_is_noticed() {
        let (key, signature) = sample();
        for place in 0..64 {
            let mut bad = signature;
            bad.0[place] ^= 1;
            assert_eq!(key.verify(b"sample", &bad), Err(Forged), "byte {place}");
        }
        for place in 0..65 {
            let mut bad = key;
            bad.0[place] ^= 1;
            assert_eq!(bad.verify(b"sample", &signature), Err(Forged), "byte {place}");
        }
    }

    #[test]
    fn keys_of_other_lengths_or_forms_are_refused() {
        let (key, _) = sample();
        assert_eq!(PublicKey::from_bytes(key.as_bytes()), Ok(key));
        for first in (0..=255).filter(|first| *first != 4) {
            let mut bytes = *key.as_bytes();
            bytes[0] = first;
            assert_eq!(PublicKey::from_bytes(&bytes), Err(Error::InvalidPublicKey));
        }
        for length in [0, 1, 33, 64, 66] {
            assert_eq!(PublicKey::from_bytes(&vec![4; length]), Err(Error::InvalidPublicKey));
        }
    }

    #[test]
    fn signatures_of_zeros_are_refused() {
        assert_eq!(sample().0.verify(b"sample", &Signature::from_bytes([0; 64])), Err(Forged));
    }

    proptest! {
        #[test]
        fn no_key_or_signature_makes_verifying_panic(point: [u8; 32], signature: [u8; 32], message: Vec<u8>) {
            let key = PublicKey::from_bytes(&[&[4], point.as_slice(), &point].concat()).unwrap();
            let signature = Signature::from_slice(&[signature, signature].concat()).unwrap();
            prop_assert_eq!(key.verify(&message, &signature), Err(Forged));
        }
    }
}
