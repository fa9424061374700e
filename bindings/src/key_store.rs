//! The app's key store: its platform's keys wrap the database's.

use std::sync::Arc;
use thiserror::Error;
use walkbook_core::KeyStoreRefused;

/// What an app implements over its platform's keys (Android's Keystore, Keychain and Secure Enclave): wraps and unwraps the
/// key of the databases with one that never leaves the hardware. Asked when a walkbook is opened, mended or wiped, on the
/// thread that asks for it; however long it takes, that call waits.
#[uniffi::export(foreign)]
pub trait KeyStore: Send + Sync {
    /// Wraps a key of 32 bytes.
    fn wrap(&self, key: Vec<u8>) -> Result<Vec<u8>, KeyStoreError>;

    /// Unwraps what `wrap` gave.
    fn unwrap(&self, wrapped: Vec<u8>) -> Result<Vec<u8>, KeyStoreError>;
}

/// Why a key store does not do it. Whatever else it throws counts as failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, uniffi::Error)]
pub enum KeyStoreError {
    /// The phone is locked, or the person has not shown who they are. The app is told to ask, and to try again.
    #[error("the key store is locked")]
    Locked,
    /// The wrapping key is gone: the phone was reset, or its lock was taken off.
    #[error("the key store has lost its key")]
    Lost,
    /// Something else went wrong; trying again may help.
    #[error("the key store failed")]
    Failed,
}

/// What the app's code said is dropped: it may hold anything.
impl From<uniffi::UnexpectedUniFFICallbackError> for KeyStoreError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed
    }
}

impl From<KeyStoreError> for KeyStoreRefused {
    fn from(error: KeyStoreError) -> Self {
        match error {
            KeyStoreError::Locked => Self::Locked,
            KeyStoreError::Lost => Self::Lost,
            KeyStoreError::Failed => Self::Failed,
        }
    }
}

/// The app's key store, as the core asks it.
pub(crate) struct AppsKeyStore(pub(crate) Arc<dyn KeyStore>);

impl walkbook_core::KeyStore for AppsKeyStore {
    fn wrap(&self, key: Vec<u8>) -> Result<Vec<u8>, KeyStoreRefused> {
        Ok(self.0.wrap(key)?)
    }

    fn unwrap(&self, wrapped: Vec<u8>) -> Result<Vec<u8>, KeyStoreRefused> {
        Ok(self.0.unwrap(wrapped)?)
    }
}
