//! The phone: encrypted store, outbox, courier and the Walkbook object.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

/// The examples of the README are compiled, and run, with the docs.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

mod courier;
mod error;
mod key_store;
pub mod store;
mod walkbook;

pub use courier::{CancelToken, SyncFailed};
pub use key_store::{KeyStore, KeyStoreRefused};
pub use store::{Bounds, DoorRow, Progress, Wiped};
pub use walkbook::{
    Changes, Clock, DoorHere, DoorView, Ended, Error, Exchange, Heard, Identity, Listener, NearbyDoor, NotTaken,
    OfflineMap, PlannedWalk, ProviderSignInBegun, Region, SecondFactor, Status, Subscription, SyncListener,
    SyncOptions, SyncPhase, SyncProgress, Synced, Walkbook, Why, read_rescue_file,
};

// What this crate's own calls take and give: an app needs no other crate but the model.
pub use walkbook_ledger::{
    Clash, ContactState, Correction, DoorChange, DoorState, Flaw, ListState, NoMark, Payload, Permission, ScriptChange,
    ScriptDraft, ScriptState, Standing, Subject, Visit,
};
pub use walkbook_sync::{LinkRefused, Loose, Reason, Rescue, RescueRefused, VisitRefused};
pub use walkbook_terrain::{Ahead, Along, End, Ends, Fix, Pace, WalkOrder};
pub use walkbook_vault::{PublicKey, SignFailed, Signature, Signer};
