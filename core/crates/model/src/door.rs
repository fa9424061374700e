//! One dwelling at an address, with who lives there.

use crate::check::{self, Invalid};
use crate::limits::{CONTACTS, LONG_TEXT_BYTES};
use crate::redact::redacted;
use crate::{Address, Contact, DoorId, Position};
use serde::{Deserialize, Serialize};

/// A door as the tenant's register knows it, or as a canvasser added it.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode, Serialize, Deserialize)]
#[cbor(array)]
pub struct Door {
    /// Which door.
    #[n(0)]
    pub id: DoorId,
    /// Where it is, in words.
    #[n(1)]
    pub address: Address,
    /// Where it is on the map, if known.
    #[n(2)]
    pub position: Option<Position>,
    /// How to get in: buzzer, gate, dog.
    #[n(3)]
    #[serde(default)]
    pub access_notes: String,
    /// Who lives there.
    #[n(4)]
    #[serde(default)]
    pub contacts: Vec<Contact>,
}

redacted!(Door);

impl Door {
    /// Holds the door and its contacts against their bounds.
    ///
    /// # Errors
    /// [`Invalid`] names the field.
    pub fn check(&self) -> Result<(), Invalid> {
        self.address.check()?;
        check::text("door.access_notes", &self.access_notes, LONG_TEXT_BYTES)?;
        check::count("door.contacts", self.contacts.len(), CONTACTS)?;
        check::holds("door.position", "on the earth", self.position.is_none_or(Position::is_valid))?;
        let mut ids: Vec<_> = self.contacts.iter().map(|contact| contact.id).collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.len() != self.contacts.len() {
            return Err(Invalid::Twice { what: "the id of a contact" });
        }
        self.contacts.iter().try_for_each(Contact::check)
    }
}
