//! What walk order and turf cutting need to know of a door.

use crate::natural::natural_order;
use std::cmp::Ordering;
use walkbook_model::{BuildingId, DoorId, Position};

/// A door as the terrain sees it: where it is and where it comes in its building.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Place {
    /// The door.
    pub door: DoorId,
    /// The building that holds it. Doors of a building are walked and cut together.
    pub building: BuildingId,
    /// The street's key: its name in lower case.
    pub street: String,
    /// The house number, where there is one.
    pub number: Option<u32>,
    /// The floor, where it is known; the ground floor is 0.
    pub floor: Option<i16>,
    /// The dwelling's own designation, such as "B 12"; may be empty.
    pub unit: String,
    /// Where the door is.
    pub position: Position,
}

impl Place {
    /// Which of two doors of one building is knocked on first: by floor, then house number, then unit (read as people
    /// read it: 2 before 10). What is unknown comes first. Equal only if the doors are told apart by nothing at all.
    ///
    /// ```
    /// use walkbook_model::{BuildingId, DoorId, Position};
    /// use walkbook_terrain::Place;
    /// let flat = |unit: &str| Place {
    ///     door: DoorId::from_bytes([1; 16]),
    ///     building: BuildingId::from_bytes([1; 16]),
    ///     street: "mannerheimintie".into(),
    ///     number: Some(5),
    ///     floor: Some(1),
    ///     unit: unit.into(),
    ///     position: Position::from_degrees(60.17, 24.94).unwrap(),
    /// };
    /// assert!(flat("A 2").order_within_building(&flat("A 10")).is_lt());
    /// ```
    pub fn order_within_building(&self, other: &Self) -> Ordering {
        (self.floor, self.number)
            .cmp(&(other.floor, other.number))
            .then_with(|| natural_order(&self.unit, &other.unit))
            .then_with(|| self.door.cmp(&other.door))
            .then_with(|| self.position.cmp(&other.position))
            .then_with(|| self.street.cmp(&other.street))
    }
}

/// The number that a house number begins with: 12 of "12 b".
///
/// ```
/// assert_eq!(walkbook_terrain::house_number("12 b"), Some(12));
/// assert_eq!(walkbook_terrain::house_number("Rose Cottage"), None);
/// ```
pub fn house_number(text: &str) -> Option<u32> {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// An address is personal data beside a knock: a debug print shows the door's id alone.
impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Place({}, …)", self.door)
    }
}
