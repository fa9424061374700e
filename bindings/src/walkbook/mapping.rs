//! The map under the doors.

use super::Walkbook;
use crate::error::WalkbookError;
use walkbook_core::OfflineMap;

#[uniffi::export]
impl Walkbook {
    /// The map under the doors of the phone's lists; nothing where the server has none. It comes behind the lists, and `changes`
    /// tell where it is another or more of it is here (`map_changed`).
    pub fn base_map(&self) -> Result<Option<OfflineMap>, WalkbookError> {
        self.ask(|walkbook| walkbook.base_map())
    }

    /// A tile of the map under the doors: a vector tile (MVT), unpacked, as map libraries want it, by `z`, `x` and `y` of the usual
    /// scheme (rows from the north). Nothing where there is none, or it has not come: tell the library that it is not found.
    pub fn map_tile(&self, zoom: u8, column: u32, row: u32) -> Result<Option<Vec<u8>>, WalkbookError> {
        self.ask(|walkbook| walkbook.map_tile(zoom, column, row))
    }
}
