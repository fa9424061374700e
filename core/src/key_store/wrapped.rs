//! The wrapped key's file.

use super::KeyStore;
use crate::store::KEY_FILE;
use crate::walkbook::Error;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;
use walkbook_vault::SecureRandom;
use zeroize::Zeroizing;

/// A wrapped key has some tens or hundreds of bytes; what is larger is none.
const MAX_BYTES: u64 = 16 * 1024;

/// A database's key.
pub(crate) type Key = Zeroizing<[u8; 32]>;

/// The key of this folder's databases; nothing where there is none yet.
pub(crate) fn load(folder: &Path, key_store: &dyn KeyStore) -> Result<Option<Key>, Error> {
    let file = folder.join(KEY_FILE);
    match std::fs::metadata(&file) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(&error)),
        Ok(about) if about.len() > MAX_BYTES => return Err(Error::KeyDamaged),
        Ok(_) => {}
    }
    let wrapped = std::fs::read(&file).map_err(|error| failed(&error))?;
    let key = Zeroizing::new(key_store.unwrap(wrapped)?);
    let key = key.as_slice().try_into().map_err(|_| Error::KeyDamaged)?;
    Ok(Some(Zeroizing::new(key)))
}

/// Draws a key and keeps it wrapped. Durable when it returns: no database is ever made with a key that could be lost.
pub(crate) fn make(folder: &Path, key_store: &dyn KeyStore, random: &dyn SecureRandom) -> Result<Key, Error> {
    let mut key: Key = Zeroizing::new([0; 32]);
    random.fill(key.as_mut()).map_err(|_| Error::NoRandomness)?;
    let wrapped = key_store.wrap(key.to_vec())?;
    write(folder, &wrapped).map_err(|error| failed(&error))?;
    Ok(key)
}

fn failed(error: &std::io::Error) -> Error {
    Error::KeyFile(error.kind())
}

fn write(folder: &Path, wrapped: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let new = folder.join(format!("{KEY_FILE}.new"));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&new)?;
    file.write_all(wrapped)?;
    file.sync_all()?;
    std::fs::rename(&new, folder.join(KEY_FILE))?;
    // The name is only on the disk when the folder is.
    File::open(folder)?.sync_all()
}
