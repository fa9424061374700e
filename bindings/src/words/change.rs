//! Changes of a door, and where two people changed one place at once.

use super::{Contact, ContactField, all};
use walkbook_core as core;
use walkbook_model::{Address, ContactId, EntryId, Position};

/// Whether a contact is to be shown at its door. Nothing is ever deleted: what others wrote at the same time stays.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Standing {
    /// Lives there.
    Present,
    /// Does not live there.
    Gone,
    /// Is the same person as another contact of this door. Setting it back to present undoes the merge.
    SameAs {
        /// The other contact.
        contact: ContactId,
    },
}

/// A change of a door.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
pub enum DoorChange {
    /// Mends the address.
    SetAddress {
        /// The address as it is.
        address: Address,
    },
    /// Puts the door on the map, or takes it off.
    SetPosition {
        /// Where it is; nothing takes it off.
        position: Option<Position>,
    },
    /// How to get in: buzzer, gate, dog.
    SetAccessNotes {
        /// The notes.
        notes: String,
    },
    /// Someone lives there whom the register does not know. Seen in clashes; to add someone, call `add_contact`.
    AddContact {
        /// Who.
        contact: Contact,
    },
    /// Sets a field of a contact.
    SetContactField {
        /// Whose.
        contact: ContactId,
        /// Which.
        field: ContactField,
        /// The value; an empty one clears the field.
        value: String,
    },
    /// Says whether a contact is to be shown.
    SetStanding {
        /// Whom.
        contact: ContactId,
        /// Whether.
        standing: Standing,
    },
}

/// One way to decide a clash.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct ClashChoice {
    /// The edit that wrote it: what `resolve` takes.
    pub entry: EntryId,
    /// What it wrote.
    pub change: DoorChange,
}

/// One place that two people wrote without knowing of each other.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct Clash {
    /// What there is to choose from, the latest first: that one is shown meanwhile.
    pub choices: Vec<ClashChoice>,
}

impl From<core::Clash> for Clash {
    fn from(clash: core::Clash) -> Self {
        let core::Clash { choices } = clash;
        Self { choices: all(choices) }
    }
}

impl From<(EntryId, core::DoorChange)> for ClashChoice {
    fn from((entry, change): (EntryId, core::DoorChange)) -> Self {
        Self { entry, change: change.into() }
    }
}

impl From<Standing> for core::Standing {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Present => Self::Present,
            Standing::Gone => Self::Gone,
            Standing::SameAs { contact } => Self::SameAs(contact),
        }
    }
}

impl From<core::Standing> for Standing {
    fn from(standing: core::Standing) -> Self {
        match standing {
            core::Standing::Present => Self::Present,
            core::Standing::Gone => Self::Gone,
            core::Standing::SameAs(contact) => Self::SameAs { contact },
        }
    }
}

impl From<DoorChange> for core::DoorChange {
    fn from(change: DoorChange) -> Self {
        match change {
            DoorChange::SetAddress { address } => Self::SetAddress(address),
            DoorChange::SetPosition { position } => Self::SetPosition(position),
            DoorChange::SetAccessNotes { notes } => Self::SetAccessNotes(notes),
            DoorChange::AddContact { contact } => Self::AddContact(contact.into()),
            DoorChange::SetContactField { contact, field, value } => {
                Self::SetContactField(contact, field.into(), value)
            }
            DoorChange::SetStanding { contact, standing } => Self::SetStanding(contact, standing.into()),
        }
    }
}

impl From<core::DoorChange> for DoorChange {
    fn from(change: core::DoorChange) -> Self {
        match change {
            core::DoorChange::SetAddress(address) => Self::SetAddress { address },
            core::DoorChange::SetPosition(position) => Self::SetPosition { position },
            core::DoorChange::SetAccessNotes(notes) => Self::SetAccessNotes { notes },
            core::DoorChange::AddContact(contact) => Self::AddContact { contact: contact.into() },
            core::DoorChange::SetContactField(contact, field, value) => {
                Self::SetContactField { contact, field: field.into(), value }
            }
            core::DoorChange::SetStanding(contact, standing) => {
                Self::SetStanding { contact, standing: standing.into() }
            }
        }
    }
}
