//! A desk's stand-in for a phone's key store, for examples and trials.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use walkbook_core::{KeyStore, KeyStoreRefused};

/// Keeps the database's key in a file that its owner alone may read (0600), beside the phone's folder. **That is for trials
/// on a desk**: whoever has both has everything. On a phone, an app puts the platform's own key store here, whose key never
/// leaves the hardware.
#[derive(Debug, Clone)]
pub struct DeskKeyStore {
    file: PathBuf,
}

/// What the phone's folder gets in place of the key: only a name to ask for it by.
const NAME: &[u8] = b"in the desk's key file";

impl DeskKeyStore {
    /// The key store of the phone in this folder.
    pub fn beside(folder: &Path) -> Self {
        Self { file: folder.with_added_extension("key") }
    }

    /// The file, for people to know where it is.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Destroys the key: what a wipe ends with.
    ///
    /// # Errors
    /// The file is there and cannot be removed.
    pub fn destroy(&self) -> std::io::Result<()> {
        match std::fs::remove_file(&self.file) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

impl KeyStore for DeskKeyStore {
    fn wrap(&self, key: Vec<u8>) -> Result<Vec<u8>, KeyStoreRefused> {
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&self.file);
        let written = file.and_then(|mut file| file.write_all(&key).and_then(|()| file.sync_all()));
        written.map(|()| NAME.to_vec()).map_err(|_| KeyStoreRefused::Failed)
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
