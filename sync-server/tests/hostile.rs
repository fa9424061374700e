//! A device that was let in and sends what it likes, to the real server over the real wire. The server refuses it without
//! harm, keeps its memory within bounds, and goes on serving the others.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

#[path = "hostile/attacks.rs"]
mod attacks;
#[path = "hostile/device.rs"]
mod device;
#[path = "hostile/world.rs"]
mod world;
