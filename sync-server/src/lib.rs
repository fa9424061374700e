//! The sync server of one region.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

pub mod access;
pub mod backend;
pub mod backup;
pub mod clock;
pub mod commands;
pub mod config;
pub mod engine;
pub mod import;
pub mod live;
pub mod office;
mod outgoing;
pub mod privacy;
pub mod problem;
pub mod providers;
pub mod reading;
pub mod registration;
pub mod routes;
pub mod server;
pub mod sign_in;
mod sqlite;
pub mod store;
pub mod telemetry;
pub mod tls;
mod words;
