//! Wiping the phone: only when nothing is lost with it.

use super::beginning::refuse_unreadable;
use super::rescue::{at_risk, lost_from_log};
use super::{Error, Walkbook};
use crate::key_store::{self, KeyStore};
use crate::store::{Store, Wiped};
use std::path::Path;

impl Walkbook {
    /// Destroys the walkbook in this folder, which must not be open: the key file, without which nothing of it can be read,
    /// then both files and whatever a damage has left of them. Other files in the folder stay. An app that keeps the key
    /// itself has to destroy it afterwards.
    ///
    /// Once it has begun there is no way back: cut off, it is finished at the next opening.
    ///
    /// # Errors
    /// [`Error::AtRisk`] if it would lose something, [`Error::Unreadable`] if nobody can tell; [`Error::Store`]: a wrong key, a walkbook that is open, which change
    /// nothing, or a file that cannot be removed.
    pub fn wipe_with_key(folder: &Path, key: &[u8; 32]) -> Result<Wiped, Error> {
        let store = Store::open(folder, key)?;
        let entries = at_risk(&store, &lost_from_log(&store)?)?.len() as u64;
        if entries > 0 {
            return Err(Error::AtRisk { entries });
        }
        refuse_unreadable(&store)?;
        Ok(store.wipe(folder)?)
    }

    /// Destroys everything that [`Walkbook::open`] has made in this folder, as [`Walkbook::wipe_with_key`] does.
    ///
    /// # Errors
    /// As there; [`Error::KeyStore`], [`Error::KeyGone`], which change nothing.
    pub fn wipe(folder: &Path, key_store: &dyn KeyStore) -> Result<Wiped, Error> {
        if let Some(wiped) = Store::finish_wiping(folder)? {
            return Ok(wiped);
        }
        match key_store::load(folder, key_store)? {
            Some(key) => Self::wipe_with_key(folder, &key),
            None if Store::is_there(folder) => Err(Error::KeyGone),
            None => Ok(Wiped::default()),
        }
    }
}
