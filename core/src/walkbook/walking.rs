//! Walking: where to go next, what is near, and how far a list has come.

use super::{Error, Walkbook};
use crate::store::{Document, DoorRow, Progress, View};
use walkbook_model::{DoorId, Position, WalkListId};
use walkbook_terrain::{DoorIndex, Fix, door_at};

/// A door, and how far it is.
#[derive(Debug, Clone, PartialEq)]
pub struct NearbyDoor {
    /// The door as lists show it.
    pub row: DoorRow,
    /// Metres along the ground, as the crow flies.
    pub distance_m: f64,
}

/// The door that somebody stands at, as far as a fix can tell.
#[derive(Debug, Clone, PartialEq)]
pub struct DoorHere {
    /// The door as lists show it.
    pub row: DoorRow,
    /// Metres from the fix to it.
    pub distance_m: f64,
    /// Whether no other door is as likely. The flats of one building lie at one point: then it never is.
    pub is_certain: bool,
}

impl Walkbook {
    /// Where to go next on a list: the first door behind `from` in walk order where nobody has been and nobody said no.
    /// Behind the last door it goes on at the front, and `from` itself comes last of all, so that no door that was skipped
    /// is lost. Without `from`, or where that is not on the list, from the front. Nothing, where the list is done.
    ///
    /// # Errors
    /// [`Error::NotHere`] if the phone has no such list; [`Error::Store`].
    pub fn next_door(&self, list: WalkListId, from: Option<DoorId>) -> Result<Option<DoorRow>, Error> {
        let mut inner = self.lock();
        Ok(with_list(inner.book()?, list)?.next_door(list, from)?)
    }

    /// How far a list has come.
    ///
    /// # Errors
    /// [`Error::NotHere`] if the phone has no such list; [`Error::Store`].
    pub fn progress(&self, list: WalkListId) -> Result<Progress, Error> {
        let mut inner = self.lock();
        Ok(with_list(inner.book()?, list)?.progress(list)?)
    }

    /// The doors nearest to a position, nearest first, at most `limit`. Doors that are not on the map are not among them.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn nearest_doors(&self, position: Position, limit: u32) -> Result<Vec<NearbyDoor>, Error> {
        let mut inner = self.lock();
        let view = inner.book()?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut nearest = Vec::new();
        for near in DoorIndex::new(view.places()?).nearest(position, limit) {
            nearest.extend(view.row(near.door)?.map(|row| NearbyDoor { row, distance_m: near.distance_m }));
        }
        Ok(nearest)
    }

    /// The door at which somebody stands, by the phone's fix and how far it may be off. Nothing where no door is near, or the
    /// fix is too vague to say.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn door_here(&self, fix: Fix) -> Result<Option<DoorHere>, Error> {
        let mut inner = self.lock();
        let view = inner.book()?;
        let nearest = DoorIndex::new(view.places()?).nearest(fix.position, 2);
        let Some(here) = door_at(fix.accuracy_m, &nearest) else { return Ok(None) };
        let row = view.row(here.door)?;
        Ok(row.map(|row| DoorHere { row, distance_m: here.distance_m, is_certain: here.is_certain }))
    }
}

pub(super) fn with_list(view: View<'_>, list: WalkListId) -> Result<View<'_>, Error> {
    view.base(Document::List(list))?.map(|_| view).ok_or(Error::NotHere { what: "list" })
}
