//! What the server did not take.

use super::{Consent, DoorChange, DraftChange, Interaction, Lift, Suppression};
use crate::walkbook::time_of;
use std::time::SystemTime;
use walkbook_core::{self as core, Payload, Reason, Subject};
use walkbook_model::{DoorId, EntryId, ScriptId, WalkListId};

/// What an entry is about.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum About {
    /// A door.
    Door {
        /// Which.
        door: DoorId,
    },
    /// A walk list.
    List {
        /// Which.
        list: WalkListId,
    },
    /// The draft of a script.
    Script {
        /// Which.
        script: ScriptId,
    },
}

/// Why an entry does not count.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Why {
    /// The server has refused it. Nobody but this phone has it.
    Refused {
        /// Why.
        reason: Reason,
    },
    /// It was written outside of any assignment: the server has it, and a lead decides.
    SetAside,
}

/// What was written.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Said {
    /// Someone knocked.
    Knock {
        /// What happened.
        interaction: Interaction,
    },
    /// A knock was corrected, or undone.
    Correction {
        /// The knock, or the earlier correction of it.
        replaces: EntryId,
        /// What really happened; nothing, where it was undone.
        really: Option<Interaction>,
    },
    /// Do not contact.
    Suppression {
        /// Whom, and why.
        suppression: Suppression,
    },
    /// A "no" was undone.
    Lift {
        /// Which, and why.
        lift: Lift,
    },
    /// A permission.
    Consent {
        /// Which.
        consent: Consent,
    },
    /// A door was edited.
    DoorEdit {
        /// How.
        change: DoorChange,
    },
    /// The order or the name of a list was edited.
    ListEdit,
    /// The draft of a script was edited, or published.
    ScriptEdit {
        /// How.
        change: DraftChange,
    },
}

/// An entry of this phone that the server did not take as it was, and that has been rolled back here.
#[derive(Clone, PartialEq, uniffi::Record)]
pub struct NotTaken {
    /// The entry.
    pub entry: EntryId,
    /// What it is about.
    pub about: About,
    /// Why.
    pub why: Why,
    /// When it was written, by the corrected clock.
    pub recorded_at: SystemTime,
    /// When the server said so, by its clock.
    pub told_at: SystemTime,
    /// Whether the person has seen it.
    pub seen: bool,
    /// What was written, so that nobody has to type it again; nothing, where it was erased or cannot be read.
    pub said: Option<Said>,
    /// Why it was refused, in the words of whoever decided; nothing where the server did so by itself.
    pub words: Option<String>,
}

impl From<core::NotTaken> for NotTaken {
    fn from(not_taken: core::NotTaken) -> Self {
        let core::NotTaken { entry, about, why, recorded_at, told_at, seen, said, words } = not_taken;
        Self {
            entry,
            about: match about {
                Subject::Door(door) => About::Door { door },
                Subject::List(list) => About::List { list },
                Subject::Script(script) => About::Script { script },
            },
            why: match why {
                core::Why::Refused(reason) => Why::Refused { reason },
                core::Why::SetAside => Why::SetAside,
            },
            recorded_at: time_of(recorded_at),
            told_at: time_of(told_at),
            seen,
            said: said.map(Said::from),
            words,
        }
    }
}

impl From<Payload> for Said {
    fn from(payload: Payload) -> Self {
        match payload {
            Payload::Interaction(interaction) => Self::Knock { interaction: interaction.into() },
            Payload::Correction(correction) => {
                Self::Correction { replaces: correction.replaces, really: correction.with.map(Interaction::from) }
            }
            Payload::Suppression(suppression) => Self::Suppression { suppression: suppression.into() },
            Payload::Lift(lift) => Self::Lift { lift: lift.into() },
            Payload::Consent(consent) => Self::Consent { consent: consent.into() },
            Payload::Door(edit) => Self::DoorEdit { change: edit.change.into() },
            Payload::List(_) => Self::ListEdit,
            Payload::Script(edit) => Self::ScriptEdit { change: edit.change.into() },
        }
    }
}
