//! Sealing: AES-256-GCM (NIST SP 800-38D) with a version byte and associated data.
//!
//! Sealed bytes are `1 ‖ nonce (12) ‖ ciphertext ‖ tag (16)`. The associated data is the version byte, a label that says
//! what the sealed bytes are for, and what the caller adds: where the bytes belong, so that they cannot be moved.

use crate::Error;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, UnboundKey};
use zeroize::{Zeroize, Zeroizing};

const VERSION: u8 = 1;
const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;
/// By how much sealed bytes are longer than what they seal.
pub const SEAL_OVERHEAD_BYTES: usize = 1 + NONCE_BYTES + TAG_BYTES;
const CONTENT: &[u8] = b"walkbook-seal-1\n";

/// The number used once. **Never seal twice under one key with the same nonce**: that gives away both texts and lets
/// anybody forge. Twelve random bytes are safe for 2³² seals of one key (SP 800-38D, section 8.3); hence no `Clone`.
pub struct Nonce([u8; NONCE_BYTES]);

impl Nonce {
    /// The nonce with these bytes, which the caller drew at random for this one seal.
    pub const fn from_bytes(bytes: [u8; NONCE_BYTES]) -> Self {
        Self(bytes)
    }
}

/// A 256-bit key for sealing, wrapping or deriving. Wiped when dropped.
pub struct SealKey(Box<Zeroizing<[u8; 32]>>);

impl SealKey {
    /// The key with these bytes, which are random or derived. The caller wipes its own copy.
    pub fn from_bytes(mut bytes: [u8; 32]) -> Self {
        let key = Self(Box::new(Zeroizing::new(bytes)));
        bytes.zeroize();
        key
    }

    /// The key's bytes, for a keystore or SQLCipher. Do not copy them where nobody wipes them.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// Seals `plain`, bound to `aad`: what it is and where it belongs, for instance a tenant's and a door's id.
    ///
    /// # Errors
    ///
    /// [`Error::TooLong`] above AES-GCM's limit of 2³⁶ − 32 bytes; nothing else can fail.
    ///
    /// ```
    /// use walkbook_vault::{Error, Nonce, SealKey};
    /// let key = SealKey::from_bytes([7; 32]);
    /// let sealed = key.seal(Nonce::from_bytes([1; 12]), b"door 4", b"dog, friendly")?;
    /// assert_eq!(key.open(b"door 4", &sealed)?, b"dog, friendly");
    /// assert_eq!(key.open(b"door 5", &sealed), Err(Error::Forged));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn seal(&self, nonce: Nonce, aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, Error> {
        self.seal_as(CONTENT, nonce, aad, plain)
    }

    /// Opens what [`seal`](Self::seal) gave for the same `aad`.
    ///
    /// # Errors
    ///
    /// [`Error::Truncated`] if too short, [`Error::UnknownVersion`] if sealed by later software, [`Error::Forged`] if a
    /// byte, the key or the associated data is another.
    pub fn open(&self, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Error> {
        self.open_as(CONTENT, aad, sealed)
    }

    pub(crate) fn seal_as(&self, label: &[u8], nonce: Nonce, aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, Error> {
        let mut sealed = Vec::with_capacity(plain.len().saturating_add(SEAL_OVERHEAD_BYTES));
        sealed.push(VERSION);
        sealed.extend_from_slice(&nonce.0);
        sealed.extend_from_slice(plain);
        let aad = [&[VERSION], label, aad].concat();
        let (_, text) = sealed.split_at_mut_checked(1 + NONCE_BYTES).ok_or(Error::TooLong)?;
        let Some(tag) = encrypt(&self.0, nonce, &aad, text) else {
            sealed.zeroize();
            return Err(Error::TooLong);
        };
        sealed.extend_from_slice(&tag);
        Ok(sealed)
    }

    pub(crate) fn open_as(&self, label: &[u8], aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Error> {
        let (version, rest) = sealed.split_first().ok_or(Error::Truncated)?;
        if *version != VERSION {
            return Err(Error::UnknownVersion(*version));
        }
        let (nonce, text) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(Error::Truncated)?;
        if text.len() < TAG_BYTES {
            return Err(Error::Truncated);
        }
        let aad = [&[VERSION], label, aad].concat();
        let mut text = text.to_vec();
        let key = gcm(&self.0).ok_or(Error::Forged)?;
        let nonce = ring::aead::Nonce::assume_unique_for_key(*nonce);
        let plain_bytes = key.open_in_place(nonce, Aad::from(aad), &mut text).map_err(|_| Error::Forged)?.len();
        text.truncate(plain_bytes);
        Ok(text)
    }
}

impl std::fmt::Debug for SealKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealKey(..)")
    }
}

fn gcm(key: &[u8; 32]) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, key).ok().map(LessSafeKey::new)
}

fn encrypt(key: &[u8; 32], nonce: Nonce, aad: &[u8], text: &mut [u8]) -> Option<[u8; TAG_BYTES]> {
    let nonce = ring::aead::Nonce::assume_unique_for_key(nonce.0);
    let tag = gcm(key)?.seal_in_place_separate_tag(nonce, Aad::from(aad), text).ok()?;
    tag.as_ref().try_into().ok()
}

#[cfg(test)]
mod tests;
