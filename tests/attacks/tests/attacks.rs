//! What somebody might try, one named test an attack: over real TLS, against a real server with two tenants, and the server
//! of another region. Each is refused with the right status and reason, leaves everything as it was, and stands in the audit
//! log where it should.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

#[path = "attacks/device.rs"]
mod device;
#[path = "attacks/raw.rs"]
mod raw;
#[path = "attacks/world.rs"]
mod world;

#[path = "attacks/commands.rs"]
mod commands;
#[path = "attacks/cursors.rs"]
mod cursors;
#[path = "attacks/enrolment.rs"]
mod enrolment;
#[path = "attacks/entries.rs"]
mod entries;
#[path = "attacks/existence.rs"]
mod existence;
#[path = "attacks/floods.rs"]
mod floods;
#[path = "attacks/http2.rs"]
mod http2;
#[path = "attacks/lists.rs"]
mod lists;
#[path = "attacks/live.rs"]
mod live;
#[path = "attacks/logs.rs"]
mod logs;
#[path = "attacks/paces.rs"]
mod paces;
#[path = "attacks/proofs.rs"]
mod proofs;
#[path = "attacks/providers.rs"]
mod providers;
#[path = "attacks/regions.rs"]
mod regions;
#[path = "attacks/registrations.rs"]
mod registrations;
#[path = "attacks/routes.rs"]
mod routes;
#[path = "attacks/sign_in.rs"]
mod sign_in;
#[path = "attacks/smuggling.rs"]
mod smuggling;
#[path = "attacks/support.rs"]
mod support;
#[path = "attacks/wipes.rs"]
mod wipes;
