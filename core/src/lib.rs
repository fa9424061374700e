//! The phone: encrypted store, outbox, courier and the Walkbook object.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod error;
pub mod store;
mod walkbook;

pub use store::{Bounds, DoorRow, Progress};
pub use walkbook::{
    Changes, DoorView, Error, Exchange, Identity, Listener, NearbyDoor, NotTaken, Status, Subscription, Walkbook, Why,
};
