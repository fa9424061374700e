//! Planning what is left of a list, from where the canvasser stands.

use super::walking::with_list;
use super::{Error, Walkbook};
use crate::store::DoorRow;
use walkbook_model::{DoorId, Position, WalkListId};
use walkbook_terrain::{Ends, Place, StreetMap, Streets, WalkOrder, Ways, house_number, plan_walk};

/// What is left of a list, in a good order to walk it.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedWalk {
    /// The doors in their order, the metres between them, and what was measured along. `walk.ahead(done, pace)` is distance
    /// and time left.
    pub walk: WalkOrder,
    /// Doors that are left too, of which nobody knows where they are: in the list's own order.
    pub unplaced: Vec<DoorId>,
}

impl Walkbook {
    /// A short walk along the doors of a list where nobody has been and nobody said no: along the streets that came with the
    /// list, or by straight lines where none did, as the walk says. Both sides of a street come as their distance and the
    /// street's class make it short, buildings as a whole, floor by floor. Needs no network, and changes nothing: the list's
    /// own order stays as its lead wants it.
    ///
    /// # Errors
    /// [`Error::NotHere`] if the phone has no such list; [`Error::Store`].
    pub fn plan_walk(&self, list: WalkListId, ends: Ends<Position>) -> Result<PlannedWalk, Error> {
        let (rows, streets) = {
            let mut inner = self.lock();
            let view = with_list(inner.book()?, list)?;
            (view.rows_left(list)?, view.streets(list)?)
        };
        let unplaced = rows.iter().filter(|row| row.position.is_none()).map(|row| row.door).collect();
        let places: Vec<Place> = rows.into_iter().filter_map(place).collect();
        // Streets that cannot be read are none.
        let map = streets.and_then(|record| Streets::from_bytes(&record).ok()).map(StreetMap::new);
        let ways = map.as_ref().map_or(Ways::Straight, Ways::Streets);
        Ok(PlannedWalk { walk: plan_walk(ways, &places, ends), unplaced })
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
