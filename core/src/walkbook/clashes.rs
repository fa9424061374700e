//! Clashes: what two people wrote at once, kept side by side until someone decides.

use super::states::door_state;
use super::writing::made_on;
use super::{Error, Walkbook};
use crate::store::DoorRow;
use walkbook_ledger::{Clash, DoorEdit, Payload};
use walkbook_model::{DoorId, EntryId, Timestamp};

impl Walkbook {
    /// The doors with a clash, by address.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn clashes(&self) -> Result<Vec<DoorRow>, Error> {
        Ok(self.lock().book()?.clashing()?)
    }

    /// The clashes of a door: for each, the edits and what they wrote, the one that is shown first.
    ///
    /// # Errors
    /// [`Error::NotHere`] if the phone does not have the door; [`Error::Store`], [`Error::Document`].
    pub fn clashes_at(&self, door: DoorId) -> Result<Vec<Clash>, Error> {
        let state = door_state(self.lock().book()?, door)?;
        Ok(state.ok_or(Error::NotHere { what: "door" })?.clashes)
    }

    /// Decides a clash for one of its choices: makes that edit again on top of everything the phone has of the door. What
    /// neither of the two wrote is decided by `edit_door`.
    ///
    /// # Errors
    /// [`Error::NotHere`] if no clash of the door has this choice, because somebody has decided it meanwhile; as
    /// [`Walkbook::record_knock`].
    pub fn resolve(&self, door: DoorId, choice: EntryId, now: Timestamp) -> Result<EntryId, Error> {
        self.lock().write_at(door, now, |state, _| {
            let mut choices = state.clashes.iter().flat_map(|clash| &clash.choices);
            let (_, change) = choices.find(|(edit, _)| *edit == choice).ok_or(Error::NotHere { what: "clash" })?;
            Ok(Payload::Door(DoorEdit { on: made_on(&state.tips), change: change.clone() }))
        })
    }
}
