//! The database's key: drawn once, kept wrapped by the phone's own key store, never in clear.

mod wrapped;

pub(crate) use wrapped::{load, make};

use thiserror::Error;

/// What an app implements over its platform's keys (Keychain and Secure Enclave, Android Keystore): wraps and unwraps the
/// database's key with one that never leaves the hardware.
///
/// ```
/// use walkbook_core::{KeyStore, KeyStoreRefused};
///
/// /// For trials on a desk only: nothing is wrapped.
/// struct Desk;
///
/// impl KeyStore for Desk {
///     fn wrap(&self, key: Vec<u8>) -> Result<Vec<u8>, KeyStoreRefused> {
///         Ok(key)
///     }
///
///     fn unwrap(&self, wrapped: Vec<u8>) -> Result<Vec<u8>, KeyStoreRefused> {
///         Ok(wrapped)
///     }
/// }
/// ```
pub trait KeyStore: Send + Sync {
    /// Wraps a key of 32 bytes.
    ///
    /// # Errors
    /// [`KeyStoreRefused`]; nothing was stored then.
    fn wrap(&self, key: Vec<u8>) -> Result<Vec<u8>, KeyStoreRefused>;

    /// Unwraps what [`wrap`](Self::wrap) gave.
    ///
    /// # Errors
    /// [`KeyStoreRefused`].
    fn unwrap(&self, wrapped: Vec<u8>) -> Result<Vec<u8>, KeyStoreRefused>;
}

/// Why a key store does not do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeyStoreRefused {
    /// The phone is locked, or the person has not shown who they are. Ask, and try again.
    #[error("the key store is locked")]
    Locked,
    /// The wrapping key is gone: the phone was reset, or its lock was taken off. What only this phone had cannot be read
    /// any more: let the walkbook [begin without it](crate::Walkbook::begin_without_key), and enrol anew.
    #[error("the key store has lost its key")]
    Lost,
    /// Something else went wrong. Try again.
    #[error("the key store failed")]
    Failed,
}
