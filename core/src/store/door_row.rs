//! What screens read of a door.

use walkbook_model::{BuildingId, Class, Day, DoorId, Outcome, Position};

/// A door as lists, maps and searches show it: computed from its base and its entries, and computed anew whenever they
/// change.
#[derive(Clone, PartialEq)]
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
    /// The class of what happened last: the colour on the map. None, where nobody has been.
    pub class: Option<Class>,
    /// How often someone has been there.
    pub attempts: u32,
    /// What happened last.
    pub last_outcome: Option<Outcome>,
    /// Whether nobody may knock.
    pub suppressed: bool,
    /// The people there, as they are shown and searched. A line break in a name is stored as a space.
    pub names: Vec<String>,
    /// How many places of it two people wrote without knowing of each other.
    pub clashes: u32,
    /// The last day on which the row holds as it is: a "no" ends with it. None, where only an entry can change the row.
    pub holds_until: Option<Day>,
}

/// Names people and says what happened: prints its type and nothing else.
impl std::fmt::Debug for DoorRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DoorRow(…)")
    }
}

pub(crate) const fn class_text(class: Class) -> &'static str {
    match class {
        Class::Contact => "contact",
        Class::Attempt => "attempt",
        Class::DataFix => "data_fix",
        Class::Suppress => "suppress",
    }
}

pub(crate) fn class_of_text(text: &str) -> Option<Class> {
    [Class::Contact, Class::Attempt, Class::DataFix, Class::Suppress]
        .into_iter()
        .find(|class| class_text(*class) == text)
}
