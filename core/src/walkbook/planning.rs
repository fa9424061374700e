//! Planning what is left of a list, from where the canvasser stands.

use super::walking::with_list;
use super::{Error, Walkbook};
use crate::store::DoorRow;
use std::sync::{Arc, Mutex, PoisonError};
use walkbook_model::{DoorId, Position, WalkListId};
use walkbook_terrain::{Ends, Place, StreetMap, Streets, WalkOrder, Ways, house_number, keep_walk, plan_walk};

/// What is left of a list, in a good order to walk it.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedWalk {
    /// The doors in their order, the metres between them, and what was measured along. `walk.ahead(done, pace)` is distance
    /// and time left.
    pub walk: WalkOrder,
    /// Doors that are left too, of which nobody knows where they are: in the list's own order.
    pub unplaced: Vec<DoorId>,
}

/// The streets of the list that was planned last, as they came and made ready for planning.
#[derive(Default)]
pub(super) struct KeptStreets(Mutex<Option<(Vec<u8>, Arc<StreetMap>)>>);

impl KeptStreets {
    /// The map of these streets. Ones that cannot be read are none.
    fn map_of(&self, record: Vec<u8>) -> Option<Arc<StreetMap>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, map)) = &*kept
            && *of == record
        {
            return Some(Arc::clone(map));
        }
        let map = Arc::new(StreetMap::new(Streets::from_bytes(&record).ok()?));
        *kept = Some((record, Arc::clone(&map)));
        Some(map)
    }
}

impl Walkbook {
    /// A short walk along the doors of a list where nobody has been and nobody said no: along the streets that came with the
    /// list, or by straight lines where none did, as the walk says. Both sides of a street come as their distance and the
    /// street's class make it short, buildings as a whole, floor by floor. Needs no network, and changes nothing: the list's
    /// own order stays as its lead wants it. What was measured along the streets is kept, so that planning again from where
    /// one stands takes a blink.
    ///
    /// # Errors
    /// [`Error::NotHere`] if the phone has no such list; [`Error::Store`].
    pub fn plan_walk(&self, list: WalkListId, ends: Ends<Position>) -> Result<PlannedWalk, Error> {
        self.plan(list, |ways, places| plan_walk(ways, places, ends))
    }

    /// A planned walk as it stands now: doors that are done or gone since are left out, and doors that have come are put
    /// where the detour is least; everything else keeps its order. The first door is the next one, its leg how far that is
    /// from where the walk begins, and `walk.ahead(0, pace)` what is left.
    ///
    /// # Errors
    /// As [`Walkbook::plan_walk`].
    pub fn keep_walk(&self, list: WalkListId, planned: &[DoorId], ends: Ends<Position>) -> Result<PlannedWalk, Error> {
        self.plan(list, |ways, places| keep_walk(ways, planned, places, ends))
    }

    /// The way from where somebody stands to a door, along the streets that came with the list, as a line for a map: from the one
    /// to the other, with every corner in between. Nothing where no streets came, no way is known, or nobody knows where the
    /// door is: a map shows the straight line then, or none.
    ///
    /// # Errors
    /// [`Error::NotHere`] if the phone has no such list or door; [`Error::Store`].
    pub fn way_to(&self, list: WalkListId, door: DoorId, start: Position) -> Result<Option<Vec<Position>>, Error> {
        let (row, streets) = {
            let mut inner = self.lock();
            let view = with_list(inner.book()?, list)?;
            (view.row(door)?.ok_or(Error::NotHere { what: "door" })?, view.streets(list)?)
        };
        let map = streets.and_then(|record| self.streets.map_of(record));
        Ok(map.zip(row.position).and_then(|(map, to)| map.way(start, to)))
    }

    fn plan(
        &self,
        list: WalkListId,
        order: impl FnOnce(Ways<'_>, &[Place]) -> WalkOrder,
    ) -> Result<PlannedWalk, Error> {
        let (rows, streets) = {
            let mut inner = self.lock();
            let view = with_list(inner.book()?, list)?;
            (view.rows_left(list)?, view.streets(list)?)
        };
        let unplaced = rows.iter().filter(|row| row.position.is_none()).map(|row| row.door).collect();
        let places: Vec<Place> = rows.into_iter().filter_map(place).collect();
        let map = streets.and_then(|record| self.streets.map_of(record));
        Ok(PlannedWalk { walk: order(map.as_deref().map_or(Ways::Straight, Ways::Streets), &places), unplaced })
    }
}

fn place(row: DoorRow) -> Option<Place> {
    Some(Place {
        door: row.door,
        building: row.building,
        street: row.street.to_lowercase(),
        number: house_number(&row.number),
        floor: row.floor,
        unit: row.unit,
        position: row.position?,
    })
}
