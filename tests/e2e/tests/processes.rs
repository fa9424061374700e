//! Whole processes: what was acknowledged is there, whoever is killed where he stands; what is wrong is said clearly.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail loudly"
)]

#[path = "processes/world.rs"]
mod world;

#[path = "processes/backups.rs"]
mod backups;
#[path = "processes/bad_input.rs"]
mod bad_input;
#[path = "processes/cut_at_once.rs"]
mod cut_at_once;
#[path = "processes/drafted_scripts.rs"]
mod drafted_scripts;
#[path = "processes/emptied_phones.rs"]
mod emptied_phones;
#[path = "processes/erased_people.rs"]
mod erased_people;
#[path = "processes/found_regions.rs"]
mod found_regions;
#[path = "processes/full_disks.rs"]
mod full_disks;
#[path = "processes/killed_phones.rs"]
mod killed_phones;
#[path = "processes/killed_servers.rs"]
mod killed_servers;
#[path = "processes/killed_wipes.rs"]
mod killed_wipes;
#[path = "processes/left_tenants.rs"]
mod left_tenants;
#[path = "processes/many_servers.rs"]
mod many_servers;
#[path = "processes/offline_maps.rs"]
mod offline_maps;
#[path = "processes/open_phones.rs"]
mod open_phones;
#[path = "processes/registers.rs"]
mod registers;
#[path = "processes/rescued_phones.rs"]
mod rescued_phones;
#[path = "processes/restored_databases.rs"]
mod restored_databases;
#[path = "processes/rotated_keys.rs"]
mod rotated_keys;
#[path = "processes/set_aside.rs"]
mod set_aside;
#[path = "processes/terminal.rs"]
mod terminal;
