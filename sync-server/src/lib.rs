//! The sync server of one region.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

pub mod access;
pub mod config;
pub mod engine;
pub mod import;
pub mod problem;
pub mod store;
