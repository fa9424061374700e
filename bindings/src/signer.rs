//! The app's signing key: made in secure hardware, where the phone has it.

use crate::error::WalkbookError;
use std::sync::Arc;
use thiserror::Error;
use walkbook_core::{PublicKey, SignFailed, Signature};

/// What an app may implement over a P-256 key in secure hardware; without one the walkbook keeps a key of its own in the
/// encrypted log. Asked on whatever thread needs a signature. It must not ask the walkbook for anything.
#[uniffi::export(foreign)]
pub trait Signer: Send + Sync {
    /// The public key: 65 bytes, 4 and then x and y, as SEC 1 writes an uncompressed point. Asked once, at opening.
    fn public_key(&self) -> Result<Vec<u8>, SignerError>;

    /// Signs the SHA-256 of the message by ECDSA; the signature in DER, as Secure Enclave and Android's Keystore give it.
    fn sign(&self, message: Vec<u8>) -> Result<Vec<u8>, SignerError>;
}

/// Why a signer does not sign. Whatever else it throws counts as failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, uniffi::Error)]
pub enum SignerError {
    /// The key is locked, or is gone, or its hardware refuses.
    #[error("the signer failed")]
    Failed,
}

/// What the app's code said is dropped: it may hold anything.
impl From<uniffi::UnexpectedUniFFICallbackError> for SignerError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed
    }
}

/// The app's signer, as the core asks it.
struct AppsSigner {
    public_key: PublicKey,
    signer: Arc<dyn Signer>,
}

/// Asks the app's signer for its public key.
pub(crate) fn signer_of(signer: Arc<dyn Signer>) -> Result<Arc<dyn walkbook_core::Signer>, WalkbookError> {
    let failed = |problem: &str| WalkbookError::KeyStoreFailed { problem: problem.into() };
    let public_key = signer.public_key().map_err(|_| failed("the signer gave no public key"))?;
    let public_key =
        PublicKey::from_bytes(&public_key).map_err(|_| failed("the signer's public key is no point of P-256"))?;
    Ok(Arc::new(AppsSigner { public_key, signer }))
}

impl walkbook_core::Signer for AppsSigner {
    fn public_key(&self) -> PublicKey {
        self.public_key
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, SignFailed> {
        let signature = self.signer.sign(message.to_vec()).map_err(|_| SignFailed)?;
        let signature = Signature::from_der(&signature).map_err(|_| SignFailed)?;
        // One that is not this key's would be refused by the server, and the log with it.
        self.public_key.verify(message, &signature).map_err(|_| SignFailed)?;
        Ok(signature)
    }
}
