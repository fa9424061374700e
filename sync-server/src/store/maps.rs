//! The map under each walk list's doors: its tiles, and what says which they are.

use super::{Error, Held};
use walkbook_model::{TenantId, WalkListId};

/// A list's map, to be stored. What the bytes mean is its maker's business.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct NewMap<'a> {
    /// What says which tiles there are: a few kilobytes, which every reader is told.
    pub record: &'a [u8],
    /// The tiles themselves.
    pub tiles: &'a [u8],
}

/// The part of the store that keeps maps.
pub trait Maps {
    /// Keeps the map under a list's doors, in the place of the one there was, and tells the list's readers. The same record
    /// changes nothing; says whether it was another.
    ///
    /// # Errors
    /// [`Error::Unknown`] without the tenant, [`Error::KeyDestroyed`].
    fn put_map(&self, tenant: TenantId, list: WalkListId, map: NewMap<'_>) -> Result<bool, Error>;

    /// What says which tiles a list's map has.
    ///
    /// # Errors
    /// Those of the database.
    fn map_of(&self, tenant: TenantId, list: WalkListId) -> Result<Option<Held<Vec<u8>>>, Error>;

    /// The tiles of a list's map.
    ///
    /// # Errors
    /// Those of the database.
    fn tiles_of(&self, tenant: TenantId, list: WalkListId) -> Result<Option<Held<Vec<u8>>>, Error>;
}
