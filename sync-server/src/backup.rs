//! Backups of the server's own database: everything that is committed is in a folder elsewhere within moments, sealed, and
//! the server can be brought back to any moment of the last 30 days.
//!
//! A backup is made of *chains*. Each has snapshots of the whole database and, one after the other, the pages that
//! transactions changed ([`Tap`](crate::store::embedded::tap::Tap)), so that a moment is the last snapshot before it and
//! what came until then. A chain goes on for as long as nothing can have been missed, which is as long as the process
//! lives. Why so: `core/decisions/0011-backup.md`.
//!
//! ```text
//! chains/CHAIN/NUMBER-TIME.pages      what was committed until TIME (milliseconds), after NUMBER - 1
//! chains/CHAIN/NUMBER-TIME.snapshot   the blocks of the whole database, as it is after NUMBER
//! chains/CHAIN/NUMBER-TIME.files      the small files beside it: settings, keys, certificates
//! blocks/NA/NAME                      a block; its name is a keyed hash of it, so that it is stored once
//! ```

mod catalogue;
mod chest;
mod error;
mod keeping;
mod restoring;
mod shipping;
mod target;
#[cfg(test)]
mod tests;
mod uploading;
mod verifying;

pub use catalogue::Moment;
pub use error::Error;
pub use restoring::{Restored, restore};
pub use shipping::{Policy, Shipping, back_up_once};
pub use target::{Folder, Target};
pub use uploading::Standing;
pub use verifying::{Verified, moments, verify};
