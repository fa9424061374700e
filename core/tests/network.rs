//! The phone's way to the server, over real TLS: what a bad network, a stranger and a server in trouble do to an exchange.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "network/enrolling.rs"]
mod enrolling;
#[path = "network/exchanging.rs"]
mod exchanging;
#[path = "network/restored.rs"]
mod restored;
#[path = "network/strangers.rs"]
mod strangers;
#[path = "network/world.rs"]
mod world;
