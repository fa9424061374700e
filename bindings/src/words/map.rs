//! The map under the doors, as it crosses.

use walkbook_core::{Bounds, OfflineMap};

/// The map that the phone has under the doors of its lists.
#[uniffi::remote(Record)]
pub struct OfflineMap {
    /// The farthest zoom of which there are tiles.
    pub min_zoom: u8,
    /// The nearest zoom of which there are tiles on every list: what is nearer is drawn out of these.
    pub max_zoom: u8,
    /// The part of the earth that it covers at the nearest zoom.
    pub bounds: Bounds,
    /// Whose data it is, as plain text: show it with the map, as its licence asks for.
    pub attribution: String,
    /// Tiles that the lists have.
    pub tiles: u64,
    /// Those among them that are here already; the others come with the next exchanges.
    pub tiles_here: u64,
}
