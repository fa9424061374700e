//! Before and after a walkbook: reading a rescue file, beginning anew in a folder, and wiping it.

use crate::error::WalkbookError;
use crate::key_store::{AppsKeyStore, KeyStore};
use crate::walkbook::time_of;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;
use walkbook_model::{DeviceId, TenantId, UserId};

/// Whose a rescue file is, and how much is in it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RescueContents {
    /// Whose log it is of.
    pub device: DeviceId,
    /// The user to whom the device belonged.
    pub user: UserId,
    /// The tenant.
    pub tenant: TenantId,
    /// When it was written.
    pub written_at: SystemTime,
    /// How many entries are in it.
    pub entries: u64,
}

/// Opens a rescue file's bytes with the code as the person types it, and verifies that the device wrote what is in it.
#[uniffi::export]
pub fn read_rescue_file(file: Vec<u8>, code: String) -> Result<RescueContents, WalkbookError> {
    let rescue = walkbook_core::read_rescue_file(&file, &code)?;
    Ok(RescueContents {
        device: rescue.device,
        user: rescue.user,
        tenant: rescue.tenant,
        written_at: time_of(rescue.written_at),
        entries: rescue.seqs().count() as u64,
    })
}

/// Lets a phone that cannot go on as the device that it is begin anew in the same folder; the walkbook must be closed. Refused
/// while something would be left behind that is on no server and in no rescue file. The log is moved aside, and the book
/// dropped. Opened again, the walkbook waits for a new invitation; an app that signs with a key of its own gives it a new one.
#[uniffi::export]
pub fn begin_anew(folder: String, key_store: Arc<dyn KeyStore>) -> Result<(), WalkbookError> {
    Ok(walkbook_core::Walkbook::begin_anew(Path::new(&folder), &AppsKeyStore(key_store))?)
}

/// Lets a phone begin anew whose key is gone for good (`KeyLost`); the walkbook must be closed. Nobody can read what is in the
/// folder, nor tell whether something in it is nowhere else: say so to the person, and ask first. Nothing is deleted: all of
/// it is moved aside, and `status` names it from then on. Refused while the key may come back.
#[uniffi::export]
pub fn begin_without_key(folder: String, key_store: Arc<dyn KeyStore>) -> Result<(), WalkbookError> {
    Ok(walkbook_core::Walkbook::begin_without_key(Path::new(&folder), &AppsKeyStore(key_store))?)
}

/// Destroys the walkbook in this folder, which must be closed: first the key, without which nothing of it can be read, then
/// the files. Other files in the folder stay. Gives the names of what is gone. Refused while something would be lost.
#[uniffi::export]
pub fn wipe_walkbook(folder: String, key_store: Arc<dyn KeyStore>) -> Result<Vec<String>, WalkbookError> {
    Ok(walkbook_core::Walkbook::wipe(Path::new(&folder), &AppsKeyStore(key_store))?.files)
}
