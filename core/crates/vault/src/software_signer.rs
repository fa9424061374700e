use crate::{Error, PublicKey, SecureRandom, SignFailed, Signature, Signer};
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use std::sync::Arc;
use zeroize::Zeroizing;

/// Makes a device key: the PKCS#8 (RFC 5958) of a new P-256 key pair, to be stored sealed.
///
/// # Errors
///
/// [`SignFailed`] if `rng` gives no randomness.
///
/// ```
/// use walkbook_vault::{SystemRandom, make_device_key};
/// assert!(make_device_key(&SystemRandom::new()).is_ok());
/// ```
pub fn make_device_key(rng: &dyn SecureRandom) -> Result<Zeroizing<Vec<u8>>, SignFailed> {
    EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, rng)
        .map(|document| Zeroizing::new(document.as_ref().to_vec()))
        .map_err(|_| SignFailed)
}

/// A device key held in memory: the server's own pen, tests, and phones without secure hardware.
pub struct SoftwareSigner {
    key: EcdsaKeyPair,
    public_key: PublicKey,
    rng: Arc<dyn SecureRandom + Send + Sync>,
}

impl SoftwareSigner {
    /// The signer with the key that [`make_device_key`] made. `rng` blinds the signatures.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidPrivateKey`] if the bytes are no PKCS#8 of a P-256 key pair.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use walkbook_vault::{Signer, SoftwareSigner, SystemRandom, make_device_key};
    /// let rng = Arc::new(SystemRandom::new());
    /// let signer = SoftwareSigner::from_pkcs8(&make_device_key(&*rng)?, rng)?;
    /// assert!(signer.public_key().verify(b"hello", &signer.sign(b"hello")?).is_ok());
    /// # Ok::<(), walkbook_vault::Error>(())
    /// ```
    pub fn from_pkcs8(pkcs8: &[u8], rng: Arc<dyn SecureRandom + Send + Sync>) -> Result<Self, Error> {
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8, &*rng)
            .map_err(|_| Error::InvalidPrivateKey)?;
        let public_key = PublicKey::from_bytes(key.public_key().as_ref())?;
        Ok(Self { key, public_key, rng })
    }
}

impl Signer for SoftwareSigner {
    fn public_key(&self) -> PublicKey {
        self.public_key
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, SignFailed> {
        let signature = self.key.sign(&*self.rng, message).map_err(|_| SignFailed)?;
        Signature::from_slice(signature.as_ref()).map_err(|_| SignFailed)
    }
}

impl std::fmt::Debug for SoftwareSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SoftwareSigner").field("public_key", &self.public_key).finish_non_exhaustive()
    }
}

#[cfg(test)]
pub(crate) fn signer_for_tests() -> SoftwareSigner {
    let rng = Arc::new(crate::SystemRandom::new());
    SoftwareSigner::from_pkcs8(&make_device_key(&*rng).unwrap(), rng).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Forged, SystemRandom};
    use proptest::prelude::*;

    #[test]
    fn a_stored_key_signs_as_the_same_device() {
        let rng = Arc::new(SystemRandom::new());
        let stored = make_device_key(&*rng).unwrap();
        let first = SoftwareSigner::from_pkcs8(&stored, rng.clone()).unwrap();
        let second = SoftwareSigner::from_pkcs8(&stored, rng).unwrap();
        assert_eq!(first.public_key(), second.public_key());
        assert_eq!(first.public_key().verify(b"knock", &second.sign(b"knock").unwrap()), Ok(()));
    }

    #[test]
    fn a_foreign_signature_is_refused() {
        let (ours, theirs) = (signer_for_tests(), signer_for_tests());
        assert_eq!(ours.public_key().verify(b"knock", &theirs.sign(b"knock").unwrap()), Err(Forged));
    }

    #[test]
    fn a_cut_key_is_refused() {
        let rng = Arc::new(SystemRandom::new());
        let stored = make_device_key(&*rng).unwrap();
        let cut = SoftwareSigner::from_pkcs8(&stored[..stored.len() - 1], rng);
        assert_eq!(cut.unwrap_err(), Error::InvalidPrivateKey);
    }

    #[test]
    fn the_private_key_is_not_printed() {
        let signer = signer_for_tests();
        assert_eq!(format!("{signer:?}"), format!("SoftwareSigner {{ public_key: {:?}, .. }}", signer.public_key()));
    }

    proptest! {
        #[test]
        fn no_bytes_make_reading_a_key_panic(bytes: Vec<u8>) {
            prop_assert!(SoftwareSigner::from_pkcs8(&bytes, Arc::new(SystemRandom::new())).is_err());
        }
    }
}
