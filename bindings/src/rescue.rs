//! Before and after a walkbook: reading a rescue file, and wiping a folder.

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

/// Destroys the walkbook in this folder, which must be closed: first the key, without which nothing of it can be read, then
/// the files. Other files in the folder stay. Gives the names of what is gone. Refused while something would be lost.
#[uniffi::export]
pub fn wipe_walkbook(folder: String, key_store: Arc<dyn KeyStore>) -> Result<Vec<String>, WalkbookError> {
    Ok(walkbook_core::Walkbook::wipe(Path::new(&folder), &AppsKeyStore(key_store))?.files)
}
