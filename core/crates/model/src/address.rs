//! Addresses: building, unit, door.

use crate::BuildingId;
use crate::check::{self, Invalid};
use crate::limits::SHORT_TEXT_BYTES;
use crate::redact::redacted;
use serde::{Deserialize, Serialize};

/// Where a door is, as written on it and on letters. Empty texts are parts that the place does not use.
#[derive(
    Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode, Serialize, Deserialize,
)]
#[serde(default)]
#[cbor(array)]
pub struct Address {
    /// House number with its letters or range: `12`, `12B`, `287-293`.
    #[n(0)]
    pub number: String,
    /// Street or place.
    #[n(1)]
    pub street: String,
    /// Flat, apartment or staircase and flat: `A 14`.
    #[n(2)]
    pub unit: String,
    /// Floor, 0 at street level.
    #[n(3)]
    pub floor: Option<i16>,
    /// Town.
    #[n(4)]
    pub city: String,
    /// State, county or region.
    #[n(5)]
    pub region: String,
    /// Postcode.
    #[n(6)]
    pub postcode: String,
}

redacted!(Address);

impl Address {
    /// The building's line: street and number.
    pub fn building_line(&self) -> String {
        join([&self.street, &self.number], " ")
    }

    /// The door's line: street, number and unit.
    ///
    /// ```
    /// use walkbook_model::Address;
    /// let address = Address {
    ///     street: "Aleksanterinkatu".into(), number: "12".into(), unit: "A 3".into(), ..Address::default()
    /// };
    /// assert_eq!(address.line(), "Aleksanterinkatu 12, A 3");
    /// ```
    pub fn line(&self) -> String {
        join([&self.building_line(), &self.unit], ", ")
    }

    /// The building that this address names: the same for every unit and every spelling of case and spaces.
    pub fn building(&self) -> BuildingId {
        let folded = [&self.postcode, &self.city, &self.street, &self.number].map(|part| fold(part));
        let parts: Vec<&[u8]> = folded.iter().map(String::as_bytes).collect();
        BuildingId::derive(&parts)
    }

    /// What makes two rows one door: every part folded to lower case and single spaces.
    pub fn key(&self) -> String {
        [&self.postcode, &self.city, &self.street, &self.number, &self.unit].map(|part| fold(part)).join("\u{1f}")
    }

    /// Holds every part against its bound.
    ///
    /// # Errors
    /// [`Invalid`] names the part.
    pub fn check(&self) -> Result<(), Invalid> {
        check::present("address.street and address.number", self.street.is_empty() && self.number.is_empty())?;
        for (what, value) in [
            ("address.number", &self.number),
            ("address.street", &self.street),
            ("address.unit", &self.unit),
            ("address.city", &self.city),
            ("address.region", &self.region),
            ("address.postcode", &self.postcode),
        ] {
            check::text(what, value, SHORT_TEXT_BYTES)?;
        }
        Ok(())
    }
}

fn join(parts: [&String; 2], separator: &str) -> String {
    let [first, second] = parts;
    if first.is_empty() || second.is_empty() {
        format!("{first}{second}")
    } else {
        format!("{first}{separator}{second}")
    }
}

fn fold(text: &str) -> String {
    text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_share_a_building_and_spelling_does_not_make_another() {
        let one = Address { street: "Main St".into(), number: "4".into(), unit: "1".into(), ..Address::default() };
        let two = Address { street: " main  st ".into(), unit: "2".into(), ..one.clone() };
        assert_eq!(one.building(), two.building());
        assert_ne!(one.key(), two.key());
    }

    #[test]
    fn an_address_with_neither_street_nor_number_is_refused() {
        assert!(matches!(Address::default().check(), Err(Invalid::Empty { .. })));
    }
}
