//! A door as lists, maps and searches show it. Plain values of the model and the core: no conversion, but for what is near.

use walkbook_core::{Bounds, DoorRow, Progress};
use walkbook_model::{Address, BuildingId, Class, Day, DoorId, Outcome, Position};

/// Where a door is, as written on it and on letters. Empty texts are parts that the place does not use.
#[uniffi::remote(Record)]
pub struct Address {
    /// House number with its letters or range: `12`, `12B`, `287-293`.
    #[uniffi(default = "")]
    pub number: String,
    /// Street or place.
    #[uniffi(default = "")]
    pub street: String,
    /// Flat, apartment or staircase and flat: `A 14`.
    #[uniffi(default = "")]
    pub unit: String,
    /// Floor, 0 at street level.
    #[uniffi(default = None)]
    pub floor: Option<i16>,
    /// Town.
    #[uniffi(default = "")]
    pub city: String,
    /// State, county or region.
    #[uniffi(default = "")]
    pub region: String,
    /// Postcode.
    #[uniffi(default = "")]
    pub postcode: String,
}

/// A door as lists, maps and searches show it.
#[uniffi::remote(Record)]
pub struct DoorRow {
    /// The door.
    pub door: DoorId,
    /// The address in one line, as it is shown and searched.
    pub line: String,
    /// Street or place.
    pub street: String,
    /// House number.
    pub number: String,
    /// Flat.
    pub unit: String,
    /// The building: doors of one are worked together.
    pub building: BuildingId,
    /// The floor, if known.
    pub floor: Option<i16>,
    /// Where it is, if known.
    pub position: Option<Position>,
    /// The class of what happened last: the colour on the map. Nothing, where nobody has been.
    pub class: Option<Class>,
    /// How often someone has been there.
    pub attempts: u32,
    /// What happened last.
    pub last_outcome: Option<Outcome>,
    /// Whether nobody may knock.
    pub suppressed: bool,
    /// The people there, as they are shown and searched.
    pub names: Vec<String>,
    /// How many places of it two people wrote without knowing of each other.
    pub clashes: u32,
    /// The last day on which the row holds as it is: a "no" ends with it. Nothing, where only an entry can change the row.
    pub holds_until: Option<Day>,
}

/// How far a list has come. No person in it.
#[uniffi::remote(Record)]
pub struct Progress {
    /// Doors in all.
    pub doors: u64,
    /// Doors where someone has been.
    pub attempted: u64,
    /// Doors where nobody has been and someone may go.
    pub left: u64,
    /// Doors where someone was spoken to at the last attempt.
    pub contact: u64,
    /// Doors where nobody was reached at the last attempt.
    pub attempt: u64,
    /// Doors where the register is wrong.
    pub data_fix: u64,
    /// Doors where nobody shall go.
    pub suppress: u64,
}

/// A part of the map, with its edges. A part over the 180th meridian is asked for in two halves.
#[uniffi::remote(Record)]
pub struct Bounds {
    /// The corner with the lesser latitude and longitude.
    pub south_west: Position,
    /// The corner with the greater ones.
    pub north_east: Position,
}

/// A door, and how far it is.
#[derive(Clone, PartialEq, uniffi::Record)]
pub struct NearbyDoor {
    /// The door as lists show it.
    pub row: DoorRow,
    /// Metres along the ground, as the crow flies.
    pub distance_m: f64,
}

impl From<walkbook_core::NearbyDoor> for NearbyDoor {
    fn from(near: walkbook_core::NearbyDoor) -> Self {
        let walkbook_core::NearbyDoor { row, distance_m } = near;
        Self { row, distance_m }
    }
}

/// The door that somebody stands at, as far as a fix can tell.
#[derive(Clone, PartialEq, uniffi::Record)]
pub struct DoorHere {
    /// The door as lists show it.
    pub row: DoorRow,
    /// Metres from the fix to it.
    pub distance_m: f64,
    /// Whether no other door is as likely. The flats of one building lie at one point: then it never is.
    pub is_certain: bool,
}

impl From<walkbook_core::DoorHere> for DoorHere {
    fn from(here: walkbook_core::DoorHere) -> Self {
        Self { row: here.row, distance_m: here.distance_m, is_certain: here.is_certain }
    }
}
