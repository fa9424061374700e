//! The phone's way to the server, over real TLS: what a bad network, a stranger and a server in trouble do to an exchange.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "network/at_provider.rs"]
mod at_provider;
#[path = "network/challenges.rs"]
mod challenges;
#[path = "network/enrolling.rs"]
mod enrolling;
#[path = "network/exchanging.rs"]
mod exchanging;
#[path = "network/finding.rs"]
mod finding;
#[path = "network/listening.rs"]
mod listening;
#[path = "network/restored.rs"]
mod restored;
#[path = "network/signing_in.rs"]
mod signing_in;
#[path = "network/strangers.rs"]
mod strangers;
#[path = "network/watching.rs"]
mod watching;
#[path = "network/world.rs"]
mod world;
