//! A PostgreSQL for tests: made in a temporary folder, run by an unprivileged user, reached over TLS with a certificate of
//! its own authority, and gone with the process that started it, however that ends.
//!
//! Nothing is skipped where PostgreSQL is not there: the tests fail and say what to install.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test without its database has failed")]

mod archive;
mod authority;
mod binaries;
mod cluster;
mod session;

pub use authority::Authority;
pub use cluster::{Cluster, Database, Kind};
pub use session::Session;
