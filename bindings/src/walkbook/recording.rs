//! Taking down what happened. Once a call returns an entry's id, the entry is on the disk.

use super::{Walkbook, now};
use crate::error::WalkbookError;
use crate::words::{Consent, Interaction, Knock, Lift, Suppression, Target};
use walkbook_core::Fix;
use walkbook_model::{ContactId, Day, DoorId, EntryId, Outcome, SuppressionReason, WalkListId};

#[uniffi::export]
impl Walkbook {
    /// Takes down an attempt at a door, with evidence: how far from the door the phone was by this fix, and whether that was
    /// mocked. Without a fix it says that there was none. The position itself is written down only if the tenant keeps
    /// positions.
    #[uniffi::method(default(fix = None))]
    pub fn record_knock(
        &self,
        door: DoorId,
        interaction: Interaction,
        fix: Option<Fix>,
    ) -> Result<EntryId, WalkbookError> {
        self.ask(|walkbook| walkbook.record_knock_at(door, interaction.into(), fix, now()))
    }

    /// Takes down an outcome and nothing else: the two-tap not-home, with evidence as `record_knock`. `undo` takes it back.
    #[uniffi::method(default(contact = None, note = None, fix = None))]
    pub fn record_outcome(
        &self,
        door: DoorId,
        list: WalkListId,
        outcome: Outcome,
        contact: Option<ContactId>,
        note: Option<String>,
        fix: Option<Fix>,
    ) -> Result<EntryId, WalkbookError> {
        let knock = Knock::Outcome { outcome, code: None };
        self.record_knock(door, Interaction { list, knock, contact, knocked_by: None, note, evidence: None }, fix)
    }

    /// Replaces an interaction by what really happened. The history is kept, and so is the evidence.
    pub fn correct(&self, door: DoorId, knock: EntryId, really: Interaction) -> Result<EntryId, WalkbookError> {
        self.ask(|walkbook| walkbook.correct(door, knock, really.into(), now()))
    }

    /// Takes an interaction back. The history is kept.
    pub fn undo(&self, door: DoorId, knock: EntryId) -> Result<EntryId, WalkbookError> {
        self.ask(|walkbook| walkbook.undo(door, knock, now()))
    }

    /// Do not contact: wins over everything until a lift names it, or its last day has passed.
    #[uniffi::method(default(until_on = None))]
    pub fn suppress(
        &self,
        door: DoorId,
        target: Target,
        reason: SuppressionReason,
        until_on: Option<Day>,
    ) -> Result<EntryId, WalkbookError> {
        self.ask(|walkbook| walkbook.suppress(door, Suppression { target, reason, until_on }.into(), now()))
    }

    /// Undoes the suppressions and withdrawals that it names. The server refuses it from those who may not.
    pub fn lift_suppression(
        &self,
        door: DoorId,
        names: Vec<EntryId>,
        reason: String,
    ) -> Result<EntryId, WalkbookError> {
        self.ask(|walkbook| walkbook.lift_suppression(door, Lift { names, reason }.into(), now()))
    }

    /// Takes down a permission given or withdrawn.
    pub fn record_consent(&self, door: DoorId, consent: Consent) -> Result<EntryId, WalkbookError> {
        self.ask(|walkbook| walkbook.record_consent(door, consent.into(), now()))
    }
}
