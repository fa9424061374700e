//! What screens show.

use super::states::{door_state, list_state};
use super::{Error, Walkbook};
use crate::store::{Bounds, DoorRow};
use walkbook_ledger::{DoorState, ListState};
use walkbook_model::{DoorId, WalkListId};

/// A door as its screen shows it.
pub type DoorView = DoorState;

impl Walkbook {
    /// The walk lists on this phone.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn lists(&self) -> Result<Vec<ListState>, Error> {
        let mut inner = self.lock();
        let view = inner.book()?;
        let mut lists = Vec::new();
        for (list, _) in view.cursors()? {
            lists.extend(list_state(view, list)?);
        }
        Ok(lists)
    }

    /// A list's doors in walk order.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn walk_list(&self, list: WalkListId) -> Result<Vec<DoorRow>, Error> {
        Ok(self.lock().book()?.rows_of(list)?)
    }

    /// A door with its contacts, visits and clashes.
    ///
    /// # Errors
    /// [`Error::NotHere`] if the phone does not have it; [`Error::Store`], [`Error::Document`].
    pub fn door(&self, door: DoorId) -> Result<DoorView, Error> {
        door_state(self.lock().book()?, door)?.ok_or(Error::NotHere { what: "door" })
    }

    /// Doors whose address or people match what was typed, at most `limit`.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn search(&self, typed: &str, limit: u32) -> Result<Vec<DoorRow>, Error> {
        Ok(self.lock().book()?.search(typed, limit)?)
    }

    /// Doors on this part of the map, at most `limit`.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn doors_in_view(&self, bounds: Bounds, limit: u32) -> Result<Vec<DoorRow>, Error> {
        Ok(self.lock().book()?.rows_in(bounds, limit)?)
    }
}
