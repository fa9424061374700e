//! Taking down what happened. Once a call returns an entry's id, the entry is on the disk.

use super::writing::made_on;
use super::{Error, Walkbook};
use walkbook_ledger::{Correction, DoorChange, DoorEdit, DoorState, Payload, contact_added_by};
use walkbook_model::{
    Consent, Contact, ContactField, ContactId, DoorId, EntryId, Interaction, Lift, Suppression, Timestamp,
};
use walkbook_terrain::{Fix, evidence};

impl Walkbook {
    /// Takes down an attempt at a door. One call records a not-home; [`Walkbook::undo`] takes it back. A position in its
    /// evidence is left out unless the tenant keeps positions.
    ///
    /// # Errors
    /// [`Error::NotHere`], [`Error::Invalid`], [`Error::Store`]; nothing is recorded then.
    pub fn record_knock(&self, door: DoorId, interaction: Interaction, now: Timestamp) -> Result<EntryId, Error> {
        self.lock().write_at(door, now, |_, _| Ok(Payload::Interaction(interaction)))
    }

    /// Takes down an attempt at a door with evidence: how far from the door the phone's fix says that it was, and whether that
    /// was mocked. One fix a knock is all that is ever looked at. Without one, the evidence says that there was none.
    ///
    /// # Errors
    /// As [`Walkbook::record_knock`].
    pub fn record_knock_at(
        &self,
        door: DoorId,
        interaction: Interaction,
        fix: Option<Fix>,
        now: Timestamp,
    ) -> Result<EntryId, Error> {
        self.lock().write_at(door, now, |state, _| {
            let evidence = Some(evidence(state.door.position, fix));
            Ok(Payload::Interaction(Interaction { evidence, ..interaction }))
        })
    }

    /// Replaces an interaction by what really happened. The history is kept, and so is the evidence, which is of the knock
    /// and not of its correction.
    ///
    /// # Errors
    /// [`Error::NotHere`] if the door has no such interaction; as [`Walkbook::record_knock`].
    pub fn correct(&self, door: DoorId, knock: EntryId, really: Interaction, now: Timestamp) -> Result<EntryId, Error> {
        self.lock().write_at(door, now, |state, _| correction(state, knock, Some(really)))
    }

    /// Takes an interaction back. The history is kept.
    ///
    /// # Errors
    /// As [`Walkbook::correct`].
    pub fn undo(&self, door: DoorId, knock: EntryId, now: Timestamp) -> Result<EntryId, Error> {
        self.lock().write_at(door, now, |state, _| correction(state, knock, None))
    }

    /// Do not contact: wins over everything until a lift names it.
    ///
    /// # Errors
    /// As [`Walkbook::record_knock`].
    pub fn suppress(&self, door: DoorId, suppression: Suppression, now: Timestamp) -> Result<EntryId, Error> {
        self.lock().write_at(door, now, |_, _| Ok(Payload::Suppression(suppression)))
    }

    /// Undoes the suppressions and withdrawals that it names. The server refuses it from those who may not.
    ///
    /// # Errors
    /// As [`Walkbook::record_knock`].
    pub fn lift_suppression(&self, door: DoorId, lift: Lift, now: Timestamp) -> Result<EntryId, Error> {
        self.lock().write_at(door, now, |_, _| Ok(Payload::Lift(lift)))
    }

    /// Takes down a permission given or withdrawn.
    ///
    /// # Errors
    /// As [`Walkbook::record_knock`].
    pub fn record_consent(&self, door: DoorId, consent: Consent, now: Timestamp) -> Result<EntryId, Error> {
        self.lock().write_at(door, now, |_, _| Ok(Payload::Consent(consent)))
    }

    /// Changes a door on top of what the phone shows; a choice of a clash resolves it.
    ///
    /// # Errors
    /// As [`Walkbook::record_knock`].
    pub fn edit_door(&self, door: DoorId, change: DoorChange, now: Timestamp) -> Result<EntryId, Error> {
        self.lock().write_at(door, now, |state, _| Ok(edit(state, change)))
    }

    /// Sets a field of a contact; an empty value clears it.
    ///
    /// # Errors
    /// As [`Walkbook::record_knock`].
    pub fn edit_contact(
        &self,
        door: DoorId,
        contact: ContactId,
        field: ContactField,
        value: String,
        now: Timestamp,
    ) -> Result<EntryId, Error> {
        self.edit_door(door, DoorChange::SetContactField(contact, field, value), now)
    }

    /// Adds someone who lives there and whom the register does not know.
    ///
    /// # Errors
    /// As [`Walkbook::record_knock`].
    pub fn add_contact(
        &self,
        door: DoorId,
        fields: impl IntoIterator<Item = (ContactField, String)>,
        now: Timestamp,
    ) -> Result<ContactId, Error> {
        let fields = fields.into_iter().collect();
        let id = self.lock().write_at(door, now, |state, id| {
            Ok(edit(state, DoorChange::AddContact(Contact { id: contact_added_by(id), fields })))
        })?;
        Ok(contact_added_by(id))
    }
}

fn edit(state: &DoorState, change: DoorChange) -> Payload {
    Payload::Door(DoorEdit { on: made_on(&state.tips), change })
}

fn correction(state: &DoorState, knock: EntryId, with: Option<Interaction>) -> Result<Payload, Error> {
    let visit = state.visits.iter().find(|visit| visit.entry == knock).ok_or(Error::NotHere { what: "interaction" })?;
    // On top of the last correction, so that the order is told by the chain and not by clocks.
    let replaces = visit.corrected_by.last().copied().unwrap_or(knock);
    let evidence = visit.counts.as_ref().and_then(|counts| counts.evidence);
    let with = with.map(|really| Interaction { evidence, ..really });
    Ok(Payload::Correction(Correction { replaces, with }))
}
