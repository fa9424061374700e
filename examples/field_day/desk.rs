//! A desk's stand-in for a phone's key store.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use walkbook_core::{KeyStore, KeyStoreRefused};

/// Keeps secrets in a file beside the phone's folder, as the hardware of a phone would keep them inside itself: what the
/// phone's folder gets is only a name to ask for them by.
pub(crate) struct DeskKeyStore {
    pub(crate) file: PathBuf,
}

const NAME: &[u8] = b"the database's key";

impl KeyStore for DeskKeyStore {
    fn wrap(&self, key: Vec<u8>) -> Result<Vec<u8>, KeyStoreRefused> {
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&self.file);
        let mut file = file.map_err(|_| KeyStoreRefused::Failed)?;
        file.write_all(&key).and_then(|()| file.sync_all()).map_err(|_| KeyStoreRefused::Failed)?;
        Ok(NAME.to_vec())
    }

    fn unwrap(&self, wrapped: Vec<u8>) -> Result<Vec<u8>, KeyStoreRefused> {
        if wrapped != NAME {
            return Err(KeyStoreRefused::Lost);
        }
        std::fs::read(&self.file).map_err(|error| match error.kind() {
            ErrorKind::NotFound => KeyStoreRefused::Lost,
            _ => KeyStoreRefused::Failed,
        })
    }
}
