//! The phone for Kotlin, Swift and Python.
//!
//! Nothing is decided here: every call is fetched, passed on to `walkbook-core` and converted. What crosses is plain: records
//! are values, ids are their short text form (a type of its own in each language), an error says what the app can do. Calls
//! that read and write the disk are synchronous and may come from any thread; what needs the network is a future that any
//! executor can drive.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod cancel;
mod error;
mod ids;
mod key_store;
mod listener;
mod progress;
mod rescue;
mod signer;
mod sync_error;
#[cfg(feature = "trials")]
mod trials;
mod walkbook;
mod words;

pub use cancel::CancelToken;
pub use error::WalkbookError;
pub use key_store::{KeyStore, KeyStoreError};
pub use listener::{Changes, Listener, ListenerError, Subscription};
pub use progress::SyncListener;
pub use rescue::{RescueContents, begin_anew, begin_without_key, read_rescue_file, wipe_walkbook};
pub use signer::{Signer, SignerError};
pub use sync_error::{EnrolAnewReason, InvitationProblem, SyncError};
pub use walkbook::{Identity, Mended, Region, SecondFactor, Status, Synced, Unreadable, Walkbook};
pub use words::*;

uniffi::setup_scaffolding!("walkbook");
