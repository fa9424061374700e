//! The geography of canvassing: door index, walk order, turf cutting, coverage, map tiles.
//!
//! Every function is pure and deterministic: the same doors, in whatever order they come, give the same answer on every
//! phone and server. Distances are metres on a sphere; nothing here trips over the 180th meridian or the poles.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

pub mod area;
pub mod cut;
pub mod index;
pub mod map_tiles;
pub mod place;
pub mod presence;
pub mod projection;
pub mod streets;
pub mod turf;
pub mod walk_order;

mod natural;
mod sphere;
mod stop;

#[cfg(test)]
mod village;

pub use area::{Area, Polygon};
pub use cut::{Cutting, Size, Turf, Work, cut_turfs, cut_turfs_again, cut_turfs_within};
pub use index::{DoorIndex, NearDoor, View};
pub use place::{Place, house_number};
pub use presence::{AtDoor, Fix, Witness, door_at, evidence, is_impossible};
pub use projection::{Offset, Projection};
pub use streets::{Region, StreetClass, StreetMap, Streets, StreetsBuilder};
pub use walk_order::{
    Ahead, Along, DETOUR, End, Ends, Ground, Matrix, NoMatrix, Pace, UnknownStop, WalkOrder, Ways, keep_walk,
    plan_walk, shortest_walk, walk_order,
};
