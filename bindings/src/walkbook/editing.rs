//! Mending doors and contacts, and adding what the register does not know.

use super::{Walkbook, now};
use crate::error::WalkbookError;
use crate::words::{ContactDetails, ContactField, DoorChange};
use walkbook_model::{Address, ContactId, DoorId, EntryId, Position, WalkListId};

#[uniffi::export]
impl Walkbook {
    /// Changes a door on top of what the phone shows; a choice of a clash resolves it.
    pub fn edit_door(&self, door: DoorId, change: DoorChange) -> Result<EntryId, WalkbookError> {
        self.ask(|walkbook| walkbook.edit_door(door, change.into(), now()))
    }

    /// Sets a field of a contact; an empty value clears it.
    pub fn edit_contact(
        &self,
        door: DoorId,
        contact: ContactId,
        field: ContactField,
        value: String,
    ) -> Result<EntryId, WalkbookError> {
        self.ask(|walkbook| walkbook.edit_contact(door, contact, field.into(), value, now()))
    }

    /// Adds someone who lives there and whom the register does not know.
    pub fn add_contact(&self, door: DoorId, details: ContactDetails) -> Result<ContactId, WalkbookError> {
        self.ask(|walkbook| walkbook.add_contact(door, details.into_fields(), now()))
    }

    /// Adds a door that the register does not know, and puts it onto a list: behind another of its doors, or to the front.
    #[uniffi::method(default(position = None, behind = None))]
    pub fn add_door(
        &self,
        list: WalkListId,
        address: Address,
        position: Option<Position>,
        behind: Option<DoorId>,
    ) -> Result<DoorId, WalkbookError> {
        self.ask(|walkbook| walkbook.add_door(list, address, position, behind, now()))
    }

    /// Decides a clash for one of its choices. What none of them wrote is decided by `edit_door`.
    pub fn resolve(&self, door: DoorId, choice: EntryId) -> Result<EntryId, WalkbookError> {
        self.ask(|walkbook| walkbook.resolve(door, choice, now()))
    }
}
