//! Each list gets the map under its doors: cut out of the operator's file, and kept with the list, so that every server of the
//! region answers alike, whichever has the file.

mod cutting;
mod tiles;

pub(crate) use cutting::MAP_BYTES;
pub use cutting::MapCutter;
pub(crate) use tiles::unpack as unpack_tiles;

use super::Error;
use crate::reading;
use crate::store::{NewMap, Store};
use std::io::{Read, Seek};
use walkbook_model::{BaseMap, Position, TenantId, WalkListId, cbor};

/// What lists have got.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct GivenMaps {
    /// Lists that have a map now.
    pub lists: u64,
    /// Lists under which the file has no tile, or no door lies anywhere.
    pub without: u64,
    /// Lists whose map had to be smaller than others', to stay within its bound.
    pub reduced: u64,
    /// Bytes of all their tiles, unpacked; of a tile that several have, once for each.
    pub bytes: u64,
}

impl GivenMaps {
    /// Both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            lists: self.lists + other.lists,
            without: self.without + other.without,
            reduced: self.reduced + other.reduced,
            bytes: self.bytes + other.bytes,
        }
    }
}

/// Gives lists the map under their doors as these lie now. Doing it again changes nothing. A list under which the file has
/// no tile has none afterwards.
///
/// # Errors
/// [`Error::Map`] where the file cannot be read; [`Error::Store`]. Lists that have got theirs keep them, and doing it again
/// does the rest.
pub fn give_maps<R: Read + Seek>(
    store: &dyn Store,
    tenant: TenantId,
    lists: impl IntoIterator<Item = WalkListId>,
    cutter: &mut MapCutter<R>,
) -> Result<GivenMaps, Error> {
    let mut given = GivenMaps::default();
    for list in lists {
        let cut = cutter.cut(&positions(store, tenant, list)?)?;
        match cut.map.tiles.is_empty() {
            true => given.without += 1,
            false => given.lists += 1,
        }
        given.reduced += u64::from(cut.is_reduced);
        given.bytes += cut.bytes;
        put(store, tenant, list, &cut.map, || cutter.tiles(&cut.map))?;
    }
    Ok(given)
}

/// Takes the maps away from lists.
///
/// # Errors
/// [`Error::Store`].
pub fn take_maps_away(
    store: &dyn Store,
    tenant: TenantId,
    lists: impl IntoIterator<Item = WalkListId>,
) -> Result<(), Error> {
    lists.into_iter().try_for_each(|list| put(store, tenant, list, &BaseMap::default(), || Ok(Vec::new())))
}

/// Puts a map in the place of a list's, if it is another one. Where there was none, there is none to be told of.
fn put(
    store: &dyn Store,
    tenant: TenantId,
    list: WalkListId,
    map: &BaseMap,
    tiles: impl FnOnce() -> Result<Vec<u8>, Error>,
) -> Result<(), Error> {
    let (had, record) = (store.map_of(tenant, list)?, cbor::encode(map));
    let is_same = match had {
        None => map.tiles.is_empty(),
        Some(had) => had.readable().is_some_and(|had| had == record),
    };
    if !is_same {
        store.put_map(tenant, list, NewMap { record: &record, tiles: &tiles()? })?;
    }
    Ok(())
}

fn positions(store: &dyn Store, tenant: TenantId, list: WalkListId) -> Result<Vec<Position>, Error> {
    let Some(state) = reading::list_state(store, tenant, list)? else { return Ok(Vec::new()) };
    let mut positions = Vec::new();
    for door in state.list.doors {
        positions.extend(reading::door_state(store, tenant, door)?.and_then(|state| state.door.position));
    }
    Ok(positions)
}

#[cfg(test)]
mod tests;
