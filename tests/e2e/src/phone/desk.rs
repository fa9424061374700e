//! A desk's stand-in for a phone's key store.

use walkbook_core::{KeyStore, KeyStoreRefused};

/// Keeps nothing to itself: the wrapped key is the key, so that the files can be looked into.
pub(super) struct OpenDesk;

impl KeyStore for OpenDesk {
    fn wrap(&self, key: Vec<u8>) -> Result<Vec<u8>, KeyStoreRefused> {
        Ok(key)
    }

    fn unwrap(&self, wrapped: Vec<u8>) -> Result<Vec<u8>, KeyStoreRefused> {
        Ok(wrapped)
    }
}
