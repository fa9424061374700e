//! The maps under the doors of the phone's lists: which tiles they have is told, and the tiles themselves come when the phone asks
//! for those that it lacks. So a tile of two lists travels once, and what broke off goes on.

use super::Answer;
use super::portion::chunks;
use crate::office::{MAP_BYTES, unpack_tiles};
use crate::store::{self, Held};
use std::collections::BTreeSet;
use walkbook_model::cbor::{self, Caps};
use walkbook_model::limits::TILES_PER_LIST;
use walkbook_model::{BaseMap, ContentHash, WalkListId};
use walkbook_sync::{Frame, Hello, MAX_RECORD_BYTES};

/// Tiles that are looked for at once. A phone asks for fewer.
const TILES: usize = 256;

impl Answer<'_> {
    /// Tells which tiles a list's map has, if there is one.
    pub(super) fn base_map(&mut self, list: WalkListId) -> Result<(), store::Error> {
        let map = self.map_of(list)?;
        map.into_iter().for_each(|map| self.out.push(&Frame::BaseMap(list, map.into())));
        Ok(())
    }

    /// The same to a phone that asks for it, also that there is none: so it asks once.
    pub(super) fn base_map_or_none(&mut self, list: WalkListId) -> Result<(), store::Error> {
        if self.tells_maps {
            let map = self.map_of(list)?.unwrap_or_else(|| cbor::encode(&BaseMap::default()));
            self.out.push(&Frame::BaseMap(list, map.into()));
        }
        Ok(())
    }

    fn map_of(&self, list: WalkListId) -> Result<Option<Vec<u8>>, store::Error> {
        if !self.tells_maps {
            return Ok(None);
        }
        let map = self.store.map_of(self.sender.tenant, list)?.and_then(Held::readable);
        Ok(map.filter(|map| map.len() <= MAX_RECORD_BYTES))
    }

    /// Sends the tiles that the phone asks for and that are on a map of one of its lists, as many as the answer has room for.
    pub(super) fn tiles(&mut self, hello: &Hello, lists: &BTreeSet<WalkListId>) -> Result<(), store::Error> {
        let wanted = hello.tiles.iter().filter(|_| self.tells_maps).flatten().copied();
        let mut wanted: BTreeSet<ContentHash> = wanted.take(TILES).collect();
        for list in lists {
            if wanted.is_empty() || self.out.is_full() {
                break;
            }
            let tiles = self.tiles_of(*list, &wanted)?;
            let found = tiles.into_iter().filter(|tile| wanted.remove(&ContentHash::of(tile)));
            for chunk in chunks(found.collect(), Vec::len) {
                if !self.out.is_full() {
                    self.out.push(&Frame::Tiles(chunk.into_iter().map(Into::into).collect()));
                }
            }
        }
        Ok(())
    }

    /// The tiles of a list's map, if one of those wanted is on it. A map that cannot be read has none.
    fn tiles_of(&self, list: WalkListId, wanted: &BTreeSet<ContentHash>) -> Result<Vec<Vec<u8>>, store::Error> {
        let map =
            self.map_of(list)?.and_then(|map| cbor::decode::<BaseMap>(&map, Caps::RECORD).ok()).unwrap_or_default();
        if !map.tiles.iter().any(|(_, hash)| wanted.contains(hash)) {
            return Ok(Vec::new());
        }
        let packed = self.store.tiles_of(self.sender.tenant, list)?.and_then(Held::readable);
        // Each tile has its length before it.
        let most_bytes = MAP_BYTES + TILES_PER_LIST * 4;
        Ok(packed.and_then(|packed| unpack_tiles(&packed, most_bytes)).unwrap_or_default())
    }
}
