//! Beginning anew in the same folder: as a new device, or because the key is gone.

use super::rescue::{at_risk, lost_from_log};
use super::{Error, Identity, Walkbook};
use crate::key_store::{self, KeyStore, KeyStoreRefused};
use crate::store::{self, FORMER_DEVICES, Log, Store, Wiped};
use std::path::Path;
use walkbook_model::{DeviceId, TenantId};
use walkbook_vault::PublicKey;

impl Walkbook {
    /// Lets a phone that cannot go on as the device that it is begin anew, in the same folder: after [`Error::LogShort`], or
    /// where the server has said [`SyncFailed::Forked`](crate::SyncFailed::Forked),
    /// [`Forged`](crate::SyncFailed::Forged) or [`NotProven`](crate::SyncFailed::NotProven). What only the phone has goes
    /// into a [rescue file](Walkbook::rescue) first, which the server takes (`walkbook-server rescue FILE`). Then the
    /// walkbook is closed, and this moves its log aside as `log.former-N.db`, which the same key opens, and drops the book.
    /// [Opened](Walkbook::open) again, it waits for a new invitation. An app that signs with a key of its own gives it a new
    /// one then.
    ///
    /// Once it has begun there is no way back: cut off, it is finished at the next opening.
    ///
    /// # Errors
    /// [`Error::AtRisk`] if something would be left behind that is on no server and in no rescue file; [`Error::KeyStore`],
    /// [`Error::KeyGone`]; [`Error::Store`]: a walkbook that is open. They change nothing.
    pub fn begin_anew(folder: &Path, key_store: &dyn KeyStore) -> Result<(), Error> {
        match key_store::load(folder, key_store)? {
            Some(key) => Self::begin_anew_with_key(folder, &key),
            None if Store::is_there(folder) => Err(Error::KeyGone),
            None => Ok(()),
        }
    }

    /// The same with the databases' key itself.
    ///
    /// # Errors
    /// As there; a wrong key changes nothing.
    pub fn begin_anew_with_key(folder: &Path, key: &[u8; 32]) -> Result<(), Error> {
        let store = Store::open(folder, key)?;
        let entries = at_risk(&store, &lost_from_log(&store)?)?.len() as u64;
        if entries > 0 {
            return Err(Error::AtRisk { entries });
        }
        let mut former = store.log.note(FORMER_DEVICES)?.unwrap_or_default();
        if let Some(identity) = Identity::load(&store.log)? {
            former.extend(identity.device.to_bytes());
        }
        Ok(store.begin_anew(folder, key, &former)?)
    }

    /// Lets a phone begin anew whose databases' key is gone for good: [`Error::KeyGone`], [`Error::KeyDamaged`],
    /// [`KeyStoreRefused::Lost`], or a key that does not open them. Without it nobody reads what is in the folder, and
    /// nobody can tell whether something in it is nowhere else: say so to the person, and ask first. Nothing is deleted.
    /// Log, book and what is left of the key are moved aside as `….unreadable-N…`; should the key turn up, they open again
    /// in a folder of their own. [Opened](Walkbook::open) again, the walkbook has a new key and waits for an invitation, and
    /// [`Status::unreadable`](crate::Status::unreadable) names the logs; it is not wiped until they are
    /// [given up](Walkbook::give_up_unreadable). The walkbook must not be open.
    ///
    /// What the server has of the phone's work, the phone gets back with its lists.
    ///
    /// # Errors
    /// [`Error::KeyIsThere`] if the key opens a file, or there is none to open; [`Error::KeyStore`] with anything but `Lost`, [`Error::KeyFile`]: the
    /// key may be had another time; [`Error::Store`]: a file that cannot be looked at, or moved.
    pub fn begin_without_key(folder: &Path, key_store: &dyn KeyStore) -> Result<(), Error> {
        Store::finish_wiping(folder)?;
        let is_there = Store::is_there(folder);
        match key_store::load(folder, key_store) {
            Ok(None) if !is_there => return Ok(()),
            Ok(Some(key)) if !is_there || Store::is_opened_by(folder, &key)? => return Err(Error::KeyIsThere),
            Ok(_) | Err(Error::KeyDamaged | Error::KeyStore(KeyStoreRefused::Lost)) => {}
            Err(error) => return Err(error),
        }
        Ok(Store::begin_without_key(folder)?)
    }

    /// Destroys the logs that nobody can read, with what belongs to them: what in them was nowhere else is lost then, if
    /// anything was. For a person who has been told so, and said yes.
    ///
    /// # Errors
    /// [`Error::Store`]: a file that cannot be removed; the next call goes on from there.
    pub fn give_up_unreadable(&self) -> Result<Wiped, Error> {
        let mut inner = self.lock();
        let wiped = inner.store.give_up_unreadable()?;
        inner.news.status = true;
        Ok(wiped)
    }
}

/// Makes sure that the key is of no device that this phone was before: its log ended there, and would be gone on with.
pub(super) fn refuse_former(log: &Log, tenant: TenantId, key: &PublicKey) -> Result<(), Error> {
    let former = log.note(FORMER_DEVICES)?.unwrap_or_default();
    let device = DeviceId::derive(&[&tenant.to_bytes(), key.as_bytes()]).to_bytes();
    if former.chunks_exact(device.len()).any(|known| known == device) {
        return Err(Error::FormerDevice);
    }
    Ok(())
}

/// Makes sure that nothing lies in the folder that nobody can read.
pub(super) fn refuse_unreadable(store: &store::Store) -> Result<(), Error> {
    match store.unreadable().len() as u64 {
        0 => Ok(()),
        logs => Err(Error::Unreadable { logs }),
    }
}
