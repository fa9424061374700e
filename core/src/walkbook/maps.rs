//! The map under the doors, without a network.

use super::{Error, Inner, Walkbook};
use crate::store::{self, Bounds};
use walkbook_model::{ContentHash, MapTile, Position, WalkListId};
use walkbook_terrain::map_tiles::corners;

/// Tiles that one request asks for: about a megabyte.
const ASKED_AT_ONCE: u32 = 64;

/// The map that the phone has under the doors of its lists.
#[derive(Debug, Clone, PartialEq)]
pub struct OfflineMap {
    /// The farthest zoom of which there are tiles.
    pub min_zoom: u8,
    /// The nearest zoom of which there are tiles on every list: what is nearer is drawn out of these.
    pub max_zoom: u8,
    /// The part of the earth that it covers at the nearest zoom.
    pub bounds: Bounds,
    /// Whose data it is, as plain text: to be shown with the map, as its licence asks for.
    pub attribution: String,
    /// Tiles that the lists have.
    pub tiles: u64,
    /// Those among them that are here already; the others come with the next exchanges.
    pub tiles_here: u64,
}

impl Walkbook {
    /// The map under the doors of the phone's lists; nothing where the server has none. It comes behind the lists, and changes
    /// of it are told by [`Changes::map_changed`](super::Changes::map_changed).
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn base_map(&self) -> Result<Option<OfflineMap>, Error> {
        let mut inner = self.lock();
        let view = inner.book()?;
        let reaches = view.map_reaches()?;
        let farthest = reaches.iter().map(|reach| reach.zooms[0]);
        let nearest = reaches.iter().map(|reach| reach.zooms[1]);
        // No list is without a zoom of its own.
        let (Some(min_zoom), Some(last_first)) = (farthest.clone().min(), farthest.max()) else { return Ok(None) };
        let max_zoom = nearest.min().unwrap_or(last_first).max(last_first);
        let edges = reaches.iter().flat_map(|reach| reach.corners).filter_map(corners).flatten();
        let Some(bounds) = around(edges) else { return Ok(None) };
        let [tiles, tiles_here] = view.tile_counts()?;
        let attribution = view.attributions()?.join(", ");
        Ok(Some(OfflineMap { min_zoom, max_zoom, bounds, attribution, tiles, tiles_here }))
    }

    /// A tile of the map under the doors: a vector tile (MVT), unpacked, as map libraries want it. The numbers are theirs:
    /// `z/x/y` of the usual scheme, rows from the north. Nothing where there is none, or it has not come: tell the library
    /// that it is not found.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn map_tile(&self, zoom: u8, column: u32, row: u32) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.lock().book()?.tile(MapTile { zoom, column, row })?)
    }
}

/// The least bounds with all of these in them.
fn around(positions: impl Iterator<Item = Position>) -> Option<Bounds> {
    let degrees = positions.map(|at| [at.lat(), at.lon(), at.lat(), at.lon()]);
    let [south, west, north, east] =
        degrees.reduce(|[s, w, n, e], [lat, lon, ..]| [s.min(lat), w.min(lon), n.max(lat), e.max(lon)])?;
    let south_west = Position::from_degrees(south, west).ok()?;
    Some(Bounds { south_west, north_east: Position::from_degrees(north, east).ok()? })
}

impl Inner {
    /// Tiles to ask for; nothing where none lacks.
    pub(super) fn tiles_to_ask_for(&self) -> Result<Option<Vec<ContentHash>>, store::Error> {
        let lacking = self.store.book.view().lacking_tiles(ASKED_AT_ONCE)?;
        Ok(Some(lacking).filter(|lacking| !lacking.is_empty()))
    }

    /// Lists of whose maps to ask: the phone had them before it knew of any.
    pub(super) fn maps_to_ask_for(&self) -> Result<Option<Vec<WalkListId>>, store::Error> {
        let view = self.store.book.view();
        let untold = if view.is_told_maps()? { Vec::new() } else { view.lists_without_map()? };
        Ok(Some(untold).filter(|untold| !untold.is_empty()))
    }

    /// Keeps the tiles that came, as far as they are on a list's map; whether one of them lacked.
    pub(super) fn take_tiles(&mut self, tiles: &[Vec<u8>]) -> Result<bool, Error> {
        let came = self
            .store
            .book
            .change(|writer| tiles.iter().try_fold(false, |came, tile| Ok(writer.put_tile(tile)? || came)))?;
        self.news.map |= came;
        Ok(came)
    }
}
