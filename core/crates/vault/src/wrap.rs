//! Keys under keys: the region's master key wraps each tenant's, a tenant's key wraps each document's.
//!
//! Destroying a wrapped key destroys, in every backup, all that was sealed under it.

use crate::digest::first_32;
use crate::seal::SEAL_OVERHEAD_BYTES;
use crate::{Error, Nonce, SealKey};
use ring::hmac;
use zeroize::Zeroizing;

const WRAP: &[u8] = b"walkbook-wrap-1\n";
const DERIVE: &[u8] = b"walkbook-derive-1\n";
const WRAPPED_BYTES: usize = SEAL_OVERHEAD_BYTES + 32;

/// What the wrapped key is for: its level. A key wrapped for one level does not open as one of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// A region's master key, wrapped by what the operator holds. The owner is the region's name.
    Master,
    /// A tenant's key, wrapped by the region's master key. The owner is the tenant's id.
    Tenant,
    /// A document's data key, wrapped by its tenant's key. The owner is the document's id.
    Document,
}

impl Purpose {
    /// Part of what is authenticated: a number never changes its meaning.
    const fn code(self) -> u8 {
        match self {
            Self::Master => 1,
            Self::Tenant => 2,
            Self::Document => 3,
        }
    }
}

/// A key sealed under its parent, fit to be stored beside what it seals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrappedKey([u8; WRAPPED_BYTES]);

impl WrappedKey {
    /// Wraps `key` under `parent` (AES-256-GCM, associated data: purpose and owner). The nonce must be new, as for
    /// [`SealKey::seal`].
    ///
    /// # Errors
    ///
    /// None in practice: a key is never [`Error::TooLong`].
    ///
    /// ```
    /// use walkbook_vault::{Error, Nonce, Purpose, SealKey, WrappedKey};
    /// let (master, tenant) = (SealKey::from_bytes([1; 32]), SealKey::from_bytes([2; 32]));
    /// let wrapped = WrappedKey::wrap(&master, Nonce::from_bytes([3; 12]), Purpose::Tenant, b"north", &tenant)?;
    /// assert_eq!(wrapped.unwrap(&master, Purpose::Tenant, b"north")?.expose(), tenant.expose());
    /// assert!(wrapped.unwrap(&master, Purpose::Tenant, b"south").is_err());
    /// # Ok::<(), Error>(())
    /// ```
    pub fn wrap(parent: &SealKey, nonce: Nonce, purpose: Purpose, owner: &[u8], key: &SealKey) -> Result<Self, Error> {
        let sealed = parent.seal_as(WRAP, nonce, &place(purpose, owner), key.expose())?;
        Self::from_bytes(&sealed)
    }

    /// The key inside, if `parent`, `purpose` and `owner` are those it was wrapped with.
    ///
    /// # Errors
    ///
    /// [`Error::Forged`] if one of them is not, or a byte was altered; [`Error::UnknownVersion`] if wrapped by later
    /// software.
    pub fn unwrap(&self, parent: &SealKey, purpose: Purpose, owner: &[u8]) -> Result<SealKey, Error> {
        let plain = Zeroizing::new(parent.open_as(WRAP, &place(purpose, owner), &self.0)?);
        let bytes = Zeroizing::new(<[u8; 32]>::try_from(plain.as_slice()).map_err(|_| Error::Truncated)?);
        Ok(SealKey::from_bytes(*bytes))
    }

    /// The wrapped key with these stored bytes; whether they are sound shows only in [`unwrap`](Self::unwrap).
    ///
    /// # Errors
    ///
    /// [`Error::Truncated`] unless they are 61.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        bytes.try_into().map(Self).map_err(|_| Error::Truncated)
    }

    /// The bytes to store.
    pub const fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The key that this seed always gives for a label and context: HKDF-SHA256 (RFC 5869) with a fixed salt and
/// `info = len(label) as u64 be ‖ label ‖ context`. The label names the use, the context the user.
///
/// ```
/// use walkbook_vault::{SealKey, derive_key};
/// let seed = SealKey::from_bytes([1; 32]);
/// assert_eq!(derive_key(&seed, "backup", b"a").expose(), derive_key(&seed, "backup", b"a").expose());
/// assert_ne!(derive_key(&seed, "backup", b"a").expose(), derive_key(&seed, "backup", b"b").expose());
/// ```
pub fn derive_key(seed: &SealKey, label: &str, context: &[u8]) -> SealKey {
    let length = (label.len() as u64).to_be_bytes();
    SealKey::from_bytes(*hkdf_32(DERIVE, seed.expose(), &[&length, label.as_bytes(), context]))
}

/// The first 32 bytes of HKDF-SHA256. That is one block, so expanding is one HMAC: T(1) = HMAC(PRK, info ‖ 1).
fn hkdf_32(salt: &[u8], secret: &[u8], info: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let extracted = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, salt), secret);
    let mut expand = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, extracted.as_ref()));
    info.iter().for_each(|part| expand.update(part));
    expand.update(&[1]);
    Zeroizing::new(first_32(expand.sign().as_ref()))
}

fn place(purpose: Purpose, owner: &[u8]) -> Vec<u8> {
    [&[purpose.code()], owner].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hex;
    use proptest::prelude::*;

    fn key(byte: u8) -> SealKey {
        SealKey::from_bytes([byte; 32])
    }

    fn wrapped() -> WrappedKey {
        WrappedKey::wrap(&key(1), Nonce::from_bytes([2; 12]), Purpose::Tenant, b"north", &key(3)).unwrap()
    }

    #[test]
    fn known_answer_of_rfc_5869_a_1() {
        let salt: [u8; 13] = hex::decode("000102030405060708090a0b0c").unwrap();
        let info: [u8; 10] = hex::decode("f0f1f2f3f4f5f6f7f8f9").unwrap();
        assert_eq!(
            hex::encode(&*hkdf_32(&salt, &[0x0b; 22], &[&info])),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
        );
    }

    #[test]
    fn derived_keys_and_wrapped_keys_are_frozen() {
        assert_eq!(
            hex::encode(derive_key(&key(1), "backup", b"north").expose()),
            "6b93d47e3faef29a9d5336795160c95bfd7bbd64545b33bf870748b73eec085c"
        );
        assert_eq!(
            hex::encode(wrapped().as_bytes()),
            "0102020202020202020202020204d5ca4a4954c2fed0cfbfcb5fa4c1b1a1b6d2ece8b28e72de84e3f87bf8777c8d01d270cd132038a5f7d05775083d38"
        );
    }

    #[test]
    fn label_and_context_do_not_run_into_each_other() {
        assert_ne!(derive_key(&key(1), "ab", b"c").expose(), derive_key(&key(1), "a", b"bc").expose());
        assert_ne!(derive_key(&key(1), "ab", b"c").expose(), derive_key(&key(2), "ab", b"c").expose());
    }

    #[test]
    fn three_levels_open_from_the_master_key_down() {
        let (master, tenant, document) = (key(1), key(2), key(3));
        let nonce = |byte| Nonce::from_bytes([byte; 12]);
        let wrapped_tenant = WrappedKey::wrap(&master, nonce(1), Purpose::Tenant, b"t", &tenant).unwrap();
        let wrapped_document = WrappedKey::wrap(&tenant, nonce(2), Purpose::Document, b"d", &document).unwrap();
        let tenant = wrapped_tenant.unwrap(&master, Purpose::Tenant, b"t").unwrap();
        let opened = wrapped_document.unwrap(&tenant, Purpose::Document, b"d").unwrap();
        assert_eq!(opened.expose(), document.expose());
        assert_eq!(wrapped_document.unwrap(&master, Purpose::Document, b"d").unwrap_err(), Error::Forged);
    }

    #[test]
    fn another_parent_purpose_or_owner_is_refused() {
        let refused = |parent, purpose, owner: &[u8]| wrapped().unwrap(&key(parent), purpose, owner).unwrap_err();
        assert_eq!(refused(9, Purpose::Tenant, b"north"), Error::Forged);
        assert_eq!(refused(1, Purpose::Document, b"north"), Error::Forged);
        assert_eq!(refused(1, Purpose::Master, b"north"), Error::Forged);
        assert_eq!(refused(1, Purpose::Tenant, b"south"), Error::Forged);
    }

    #[test]
    fn a_wrapped_key_does_not_open_as_sealed_content() {
        let aad = place(Purpose::Tenant, b"north");
        assert_eq!(key(1).open(&aad, wrapped().as_bytes()), Err(Error::Forged));
        let content = key(1).seal(Nonce::from_bytes([5; 12]), &aad, &[6; 32]).unwrap();
        let posing = WrappedKey::from_bytes(&content).unwrap();
        assert_eq!(posing.unwrap(&key(1), Purpose::Tenant, b"north").unwrap_err(), Error::Forged);
    }

    #[test]
    fn tampering_with_any_byte_is_noticed() {
        for place in 0..WRAPPED_BYTES {
            let mut bad = wrapped();
            bad.0[place] ^= 1;
            assert!(bad.unwrap(&key(1), Purpose::Tenant, b"north").is_err(), "byte {place}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_unwrapping_panic(bytes in prop::collection::vec(any::<u8>(), 55..65)) {
            if let Ok(wrapped) = WrappedKey::from_bytes(&bytes) {
                prop_assert!(wrapped.unwrap(&key(1), Purpose::Tenant, b"north").is_err());
            }
        }
    }
}
