//! Whatever reads bytes from outside, as plain functions of bytes. Each holds a promise against them and panics where it
//! is broken: nothing panics, what is read is written back to the same bytes, caps hold, what a person wrote stays.
//!
//! `make fuzz` runs libFuzzer on each target in turn; `cargo test -p walkbook-fuzz` replays the committed corpus, with
//! mutations of every seed, and measures what each input makes a target hold in memory.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a broken promise is a panic"
)]

mod books;
mod corpus;
mod entries;
mod files;
mod known_key;
mod messages;
mod mutation;
mod register;
mod sign_in;
mod target;

pub use corpus::{Seed, corpus_folder, seeds};
pub use files::{RESCUE_BEGINNING, RESCUE_CODE};
pub use known_key::known_signer;
pub use messages::{DEVICE, packed, unpacked};
pub use mutation::mutations;
pub use target::{Held, TARGETS, Target};
