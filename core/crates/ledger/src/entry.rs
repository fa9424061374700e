//! Entries: the small immutable records that are the truth. Everything else is computed from them.

use crate::edit::{DoorEdit, ListEdit, ScriptEdit};
use serde::{Deserialize, Serialize};
use walkbook_model::cbor::{self, Caps, Malformed};
use walkbook_model::{
    Consent, DeviceId, DoorId, EntryId, Interaction, Invalid, Lift, Moment, ScriptId, Suppression, WalkListId,
};

/// What an entry is about: the document or the door whose state it changes.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A door, with its contacts.
    #[n(0)]
    Door(#[n(0)] DoorId),
    /// A walk list.
    #[n(1)]
    List(#[n(0)] WalkListId),
    /// The draft of a script.
    #[n(2)]
    Script(#[n(0)] ScriptId),
}

impl Subject {
    /// The door, if it is one.
    pub const fn door(self) -> Option<DoorId> {
        match self {
            Self::Door(door) => Some(door),
            Self::List(_) | Self::Script(_) => None,
        }
    }
}

/// What an entry is before one looks into it: its place in the log, its time, what it is about. Survives the erasure of
/// the payload, so that the log's chain can still be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, minicbor::Encode, minicbor::Decode, Serialize, Deserialize)]
#[cbor(array)]
pub struct Header {
    /// The place in the device's log, from 1, without gaps.
    #[n(0)]
    pub seq: u64,
    /// The device's hybrid clock when it was written.
    #[n(1)]
    pub moment: Moment,
    /// What it is about.
    #[n(2)]
    pub subject: Subject,
    /// The epoch of the base that the writer had.
    #[n(3)]
    pub epoch: u32,
}

impl Header {
    /// The bytes that go into the log's chain.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads [`Header::to_bytes`].
    ///
    /// # Errors
    /// [`Malformed`] says where the bytes are wrong.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        cbor::decode(bytes, Caps::PAYLOAD)
    }
}

/// "This interaction replaces that one", or undoes it. History is kept.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode, Serialize, Deserialize)]
#[cbor(array)]
pub struct Correction {
    /// The interaction, or the earlier correction, that is replaced.
    #[n(0)]
    pub replaces: EntryId,
    /// What really happened; nothing, where the interaction is undone.
    #[n(1)]
    pub with: Option<Interaction>,
}

/// What an entry says. Facts never change and merge by set union; edits change a document.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payload {
    /// Fact: someone knocked.
    #[n(0)]
    Interaction(#[n(0)] Interaction),
    /// Fact: an interaction is replaced or undone.
    #[n(1)]
    Correction(#[n(0)] Correction),
    /// Fact: do not contact.
    #[n(2)]
    Suppression(#[n(0)] Suppression),
    /// Fact: suppressions or withdrawals are undone.
    #[n(3)]
    Lift(#[n(0)] Lift),
    /// Fact: a permission is given or withdrawn.
    #[n(4)]
    Consent(#[n(0)] Consent),
    /// Edit of a door.
    #[n(5)]
    Door(#[n(0)] DoorEdit),
    /// Edit of a walk list.
    #[n(6)]
    List(#[n(0)] ListEdit),
    /// Edit of a script's draft.
    #[n(7)]
    Script(#[n(0)] ScriptEdit),
}

/// What a payload says may name a person or a view: not even a debug print shows it.
impl std::fmt::Debug for Payload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Payload::{}(…)", self.kind())
    }
}

impl Payload {
    /// The bytes that are salted, hashed, sealed and sent.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads [`Payload::to_bytes`].
    ///
    /// # Errors
    /// [`Malformed`] says where the bytes are wrong or over a cap.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        cbor::decode(bytes, Caps::PAYLOAD)
    }

    /// The kind's name, for counters and logs.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Interaction(_) => "interaction",
            Self::Correction(_) => "correction",
            Self::Suppression(_) => "suppression",
            Self::Lift(_) => "lift",
            Self::Consent(_) => "consent",
            Self::Door(_) => "door_edit",
            Self::List(_) => "list_edit",
            Self::Script(_) => "script_edit",
        }
    }

    /// The edits that this one was made on top of; nothing for facts.
    pub fn made_on(&self) -> &[EntryId] {
        match self {
            Self::Door(edit) => &edit.on,
            Self::List(edit) => &edit.on,
            Self::Script(edit) => &edit.on,
            _ => &[],
        }
    }
}

/// A signed, immutable record in a device's log, as it has been checked and opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Whose log.
    pub device: DeviceId,
    /// Place, time and subject.
    pub header: Header,
    /// The server's time of receipt, where the device's clock had run ahead of it.
    pub bound: Option<Moment>,
    /// What it says.
    pub payload: Payload,
}

impl Entry {
    /// The entry's identity.
    pub const fn id(&self) -> EntryId {
        EntryId::new(self.device, self.header.seq)
    }

    /// When it happened, as every replica orders it: the device's clock, bounded by the server's time of receipt.
    pub fn moment(&self) -> Moment {
        self.bound.map_or(self.header.moment, |bound| bound.min(self.header.moment))
    }

    /// The order that people are shown and by which the latest wins: by moment, ties by device and sequence number.
    pub fn order(&self) -> (Moment, EntryId) {
        (self.moment(), self.id())
    }

    /// Holds the entry against every bound that can be told without looking at anything else.
    ///
    /// # Errors
    /// [`Invalid`] names what is wrong.
    pub fn check(&self) -> Result<(), Invalid> {
        let id = self.id();
        let fits = match self.payload {
            Payload::List(_) => matches!(self.header.subject, Subject::List(_)),
            Payload::Script(_) => matches!(self.header.subject, Subject::Script(_)),
            _ => matches!(self.header.subject, Subject::Door(_)),
        };
        if !fits {
            return Err(Invalid::Malformed { what: "entry.subject", wanted: "what this kind of entry is about" });
        }
        match &self.payload {
            Payload::Interaction(interaction) => interaction.check(),
            Payload::Correction(correction) if correction.replaces == id => {
                Err(Invalid::Malformed { what: "correction.replaces", wanted: "another entry" })
            }
            Payload::Correction(correction) => correction.with.as_ref().map_or(Ok(()), Interaction::check),
            Payload::Suppression(_) => Ok(()),
            Payload::Lift(lift) => lift.check(),
            Payload::Consent(consent) => consent.check(),
            Payload::Door(edit) => edit.check(id),
            Payload::List(edit) => edit.check(id),
            Payload::Script(edit) => edit.check(id),
        }
    }
}
