//! What of a map file is cut out for one list.

use super::tiles::pack;
use crate::import::{MapFile, MapRefused};
use crate::office::Error;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Seek};
use std::ops::RangeInclusive;
use walkbook_model::limits::TILES_PER_LIST;
use walkbook_model::{BaseMap, ContentHash, MapTile, Position};
use walkbook_terrain::map_tiles::tiles_around;

/// Bytes of one list's tiles, unpacked: about half as many travel, and a phone with ten lists has room for them.
pub(crate) const MAP_BYTES: usize = 4 * 1024 * 1024;
/// From a quarter of a town on the screen to single houses. What is nearer, map libraries draw out of the nearest.
const ZOOMS: RangeInclusive<u8> = 12..=15;
/// Metres around each door that are on the map, the wished ones first.
const MARGINS_M: [f64; 2] = [500.0, 200.0];

/// A map file that lists' maps are cut out of. Of neighbouring lists most tiles are the same: what a tile holds is looked at
/// once.
pub struct MapCutter<R> {
    file: MapFile<R>,
    attribution: String,
    /// The hash and the length of each tile that was looked at; nothing where there is none to be had.
    seen: BTreeMap<MapTile, Option<(ContentHash, usize)>>,
    left_out: Vec<MapRefused>,
}

/// What was cut out for a list.
pub(super) struct CutMap {
    pub(super) map: BaseMap,
    /// Whether it is less than is wished for every list.
    pub(super) is_reduced: bool,
    pub(super) bytes: u64,
}

impl<R: Read + Seek> MapCutter<R> {
    /// Cuts out of this file; `attribution` says whose data it is.
    pub const fn new(file: MapFile<R>, attribution: String) -> Self {
        Self { file, attribution, seen: BTreeMap::new(), left_out: Vec::new() }
    }

    /// Why tiles were left out that lists lie on, one by one.
    pub fn left_out(&self) -> &[MapRefused] {
        &self.left_out
    }

    /// The map under doors that lie at these places.
    pub(super) fn cut(&mut self, doors: &[Position]) -> Result<CutMap, Error> {
        for (number, (zooms, margin_m)) in self.wishes().into_iter().enumerate() {
            if let Some((map, bytes)) = self.within_bounds(doors, zooms, margin_m)? {
                return Ok(CutMap { map, is_reduced: number > 0, bytes });
            }
        }
        Ok(CutMap { map: BaseMap::default(), is_reduced: true, bytes: 0 })
    }

    /// Zooms and margins, from what is wished to what is better than none: a narrower margin, then without the zooms that show
    /// more than the list, then without the nearest.
    fn wishes(&self) -> Vec<(RangeInclusive<u8>, f64)> {
        let (least, most) = self.file.zooms().into_inner();
        let nearest = most.min((*ZOOMS.end()).max(least));
        let furthest = if nearest < *ZOOMS.start() { nearest.saturating_sub(3) } else { *ZOOMS.start() }.max(least);
        let [wished_m, least_m] = MARGINS_M;
        let less = (least..=nearest).rev().flat_map(|last| (furthest.min(last)..=last).map(move |first| first..=last));
        std::iter::once((furthest..=nearest, wished_m)).chain(less.map(|zooms| (zooms, least_m))).collect()
    }

    /// The map of these zooms around the doors, and the bytes of its tiles; nothing where they are more than a list may have.
    fn within_bounds(
        &mut self,
        doors: &[Position],
        zooms: RangeInclusive<u8>,
        margin_m: f64,
    ) -> Result<Option<(BaseMap, u64)>, Error> {
        let (mut tiles, mut contents, mut bytes) = (Vec::new(), BTreeSet::new(), 0);
        for zoom in zooms {
            for at in tiles_around(doors.iter().copied(), zoom, margin_m) {
                let Some((hash, length)) = self.look(at)? else { continue };
                tiles.push((at, hash));
                bytes += if contents.insert(hash) { length } else { 0 };
                if bytes > MAP_BYTES || tiles.len() > TILES_PER_LIST {
                    return Ok(None);
                }
            }
        }
        let attribution = if tiles.is_empty() { String::new() } else { self.attribution.clone() };
        Ok(Some((BaseMap { attribution, tiles }, bytes as u64)))
    }

    /// What is at a place. A tile that cannot be had is left out, and holds up nothing.
    fn look(&mut self, at: MapTile) -> Result<Option<(ContentHash, usize)>, Error> {
        if let Some(seen) = self.seen.get(&at) {
            return Ok(*seen);
        }
        let found = match self.file.tile(at) {
            Err(refused @ MapRefused::Tile { .. }) => {
                self.left_out.push(refused);
                None
            }
            // An empty one draws nothing.
            found => found?.filter(|tile| !tile.is_empty()).map(|tile| (ContentHash::of(&tile), tile.len())),
        };
        self.seen.insert(at, found);
        Ok(found)
    }

    /// The tiles of a map, each content once, as the store keeps them.
    pub(super) fn tiles(&mut self, map: &BaseMap) -> Result<Vec<u8>, Error> {
        let (mut tiles, mut contents) = (Vec::new(), BTreeSet::new());
        for (at, hash) in &map.tiles {
            if contents.insert(*hash) {
                tiles.extend(self.file.tile(*at)?);
            }
        }
        Ok(pack(&tiles)?)
    }
}
