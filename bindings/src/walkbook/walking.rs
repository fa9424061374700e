//! Walking: what is near, where one stands, and which way to go.

use super::Walkbook;
use crate::error::WalkbookError;
use crate::words::{DoorHere, NearbyDoor, PlannedWalk, WalkEnd, all, ends};
use walkbook_core::{Bounds, DoorRow, Fix, Pace, Progress};
use walkbook_model::{DoorId, Position, WalkListId};

#[uniffi::export]
impl Walkbook {
    /// Where to go next on a list: the first door behind `behind` in walk order where nobody has been and nobody said no.
    /// Behind the last door it goes on at the front. Nothing, where the list is done.
    #[uniffi::method(default(behind = None))]
    pub fn next_door(&self, list: WalkListId, behind: Option<DoorId>) -> Result<Option<DoorRow>, WalkbookError> {
        self.ask(|walkbook| walkbook.next_door(list, behind))
    }

    /// A short walk along the doors of a list where nobody has been and nobody said no, from where one stands: along the
    /// streets that came with the list, or by straight lines where none did, as it says. Buildings come as a whole, floor by
    /// floor. The list's own order stays.
    #[uniffi::method(default(start = None, pace = None))]
    pub fn plan_walk(
        &self,
        list: WalkListId,
        end: WalkEnd,
        start: Option<Position>,
        pace: Option<Pace>,
    ) -> Result<PlannedWalk, WalkbookError> {
        self.ask(|walkbook| Ok(PlannedWalk::of(walkbook.plan_walk(list, ends(start, end))?, pace)))
    }

    /// A planned walk as it stands now: doors that are done or gone since are left out, and doors that have come are put
    /// where the detour is least; everything else keeps its order. The first door is the next one.
    #[uniffi::method(default(start = None, pace = None))]
    pub fn keep_walk(
        &self,
        list: WalkListId,
        planned: Vec<DoorId>,
        end: WalkEnd,
        start: Option<Position>,
        pace: Option<Pace>,
    ) -> Result<PlannedWalk, WalkbookError> {
        self.ask(|walkbook| Ok(PlannedWalk::of(walkbook.keep_walk(list, &planned, ends(start, end))?, pace)))
    }

    /// The way from where somebody stands to a door, along the streets that came with the list, as a line for a map: from the one
    /// to the other, with every corner in between. Nothing where no streets came, no way is known, or nobody knows where the
    /// door is: a map shows the straight line then, or none.
    pub fn way_to(
        &self,
        list: WalkListId,
        door: DoorId,
        start: Position,
    ) -> Result<Option<Vec<Position>>, WalkbookError> {
        self.ask(|walkbook| walkbook.way_to(list, door, start))
    }

    /// How far a list has come.
    pub fn progress(&self, list: WalkListId) -> Result<Progress, WalkbookError> {
        self.ask(|walkbook| walkbook.progress(list))
    }

    /// The doors nearest to a position, nearest first. Doors that are not on the map are not among them.
    #[uniffi::method(default(limit = 20))]
    pub fn nearest_doors(&self, position: Position, limit: u32) -> Result<Vec<NearbyDoor>, WalkbookError> {
        self.ask(|walkbook| Ok(all(walkbook.nearest_doors(position, limit)?)))
    }

    /// Doors on this part of the map.
    #[uniffi::method(default(limit = 1000))]
    pub fn doors_in_view(&self, bounds: Bounds, limit: u32) -> Result<Vec<DoorRow>, WalkbookError> {
        self.ask(|walkbook| walkbook.doors_in_view(bounds, limit))
    }

    /// The door at which somebody stands, by the phone's fix and how far it may be off. Nothing where no door is near, or the
    /// fix is too vague to say.
    pub fn door_here(&self, fix: Fix) -> Result<Option<DoorHere>, WalkbookError> {
        self.ask(|walkbook| Ok(walkbook.door_here(fix)?.map(DoorHere::from)))
    }
}
