//! The phone: encrypted store, outbox, courier and the Walkbook object.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod error;
pub mod store;
mod walkbook;

pub use store::{Bounds, DoorRow, Progress, Wiped};
pub use walkbook::{
    Changes, DoorView, Error, Exchange, Identity, Listener, Loose, NearbyDoor, NotTaken, Rescue, RescueRefused, Status,
    Subscription, Walkbook, Why, read_rescue_file,
};
