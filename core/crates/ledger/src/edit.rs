//! Edits: typed changes of a document, each naming the edits it was made on top of.

mod script;

pub use script::{ScriptChange, ScriptEdit, question_added_by, script_started_by};

use serde::{Deserialize, Serialize};
use walkbook_model::limits::{LONG_TEXT_BYTES, NAMED_ENTRIES, SHORT_TEXT_BYTES};
use walkbook_model::{
    Address, Contact, ContactField, ContactId, ContentHash, DoorId, EntryId, Invalid, Position, UserId,
};

/// Whether a contact is to be shown at its door. Nothing is ever deleted: what others wrote at the same time stays.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Lives there.
    #[n(0)]
    Present,
    /// Does not live there.
    #[n(1)]
    Gone,
    /// Is the same person as another contact of this door. Setting it back to present undoes the merge.
    #[n(2)]
    SameAs(#[n(0)] ContactId),
}

/// A change of a door.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DoorChange {
    /// Mends the address; the first edit of a door that a canvasser adds.
    #[n(0)]
    SetAddress(#[n(0)] Address),
    /// Puts the door on the map, or takes it off.
    #[n(1)]
    SetPosition(#[n(0)] Option<Position>),
    /// How to get in.
    #[n(2)]
    SetAccessNotes(#[n(0)] String),
    /// Someone lives there whom the register does not know. The id is [`contact_added_by`] the entry.
    #[n(3)]
    AddContact(#[n(0)] Contact),
    /// Sets a field of a contact; an empty value clears it.
    #[n(4)]
    SetContactField(#[n(0)] ContactId, #[n(1)] ContactField, #[n(2)] String),
    /// Says whether a contact is to be shown.
    #[n(5)]
    SetStanding(#[n(0)] ContactId, #[n(1)] Standing),
}

/// A change of a walk list.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListChange {
    /// What people call it.
    #[n(0)]
    Rename(#[n(0)] String),
    /// The version of the script that is worked.
    #[n(1)]
    SetScript(#[n(0)] Option<ContentHash>),
    /// Who works it.
    #[n(2)]
    Assign(#[n(0)] Vec<UserId>),
    /// Moves or adds a door behind another one, or to the front.
    #[n(3)]
    Place {
        /// The door that is moved or added.
        #[n(0)]
        door: DoorId,
        /// The door it comes behind; none for the front.
        #[n(1)]
        behind: Option<DoorId>,
    },
    /// Takes a door off the list.
    #[n(4)]
    Drop(#[n(0)] DoorId),
}

/// A change of a door and what it was made on top of.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode, Serialize, Deserialize)]
#[cbor(array)]
pub struct DoorEdit {
    /// The latest edits the writer saw; none, where it saw the bare base.
    #[n(0)]
    pub on: Vec<EntryId>,
    /// The change.
    #[n(1)]
    pub change: DoorChange,
}

/// A change of a walk list and what it was made on top of.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode, Serialize, Deserialize)]
#[cbor(array)]
pub struct ListEdit {
    /// The latest edits the writer saw; none, where it saw the bare base.
    #[n(0)]
    pub on: Vec<EntryId>,
    /// The change.
    #[n(1)]
    pub change: ListChange,
}

walkbook_model::redacted!(DoorChange, ListChange, DoorEdit, ListEdit);

/// The id of the contact that this entry adds: derived from the entry, so that no two phones can add one contact
/// twice and hide each other's data.
pub fn contact_added_by(entry: EntryId) -> ContactId {
    ContactId::derive(&[&entry.device.to_bytes(), &entry.seq.to_be_bytes()])
}

/// The id of the door that a canvasser adds with this entry as its first edit.
pub fn door_added_by(entry: EntryId) -> DoorId {
    DoorId::derive(&[&entry.device.to_bytes(), &entry.seq.to_be_bytes()])
}

impl DoorEdit {
    pub(crate) fn check(&self, id: EntryId) -> Result<(), Invalid> {
        check_made_on(&self.on, id)?;
        match &self.change {
            DoorChange::SetAddress(address) => address.check(),
            DoorChange::SetPosition(position) => {
                holds("door.position", "on the earth", position.is_none_or(Position::is_valid))
            }
            DoorChange::SetAccessNotes(notes) => short_enough("door.access_notes", notes, LONG_TEXT_BYTES),
            DoorChange::AddContact(contact) => {
                holds("contact.id", "the one derived from its entry", contact.id == contact_added_by(id))?;
                contact.check()
            }
            DoorChange::SetContactField(_, field, value) => field.check(value),
            DoorChange::SetStanding(contact, Standing::SameAs(other)) => {
                holds("contact.same_as", "another contact", contact != other)
            }
            DoorChange::SetStanding(..) => Ok(()),
        }
    }
}

impl ListEdit {
    pub(crate) fn check(&self, id: EntryId) -> Result<(), Invalid> {
        check_made_on(&self.on, id)?;
        match &self.change {
            ListChange::Rename(name) => short_enough("list.name", name, SHORT_TEXT_BYTES),
            ListChange::Assign(users) if users.len() > NAMED_ENTRIES => {
                Err(Invalid::TooMany { what: "list.assigned", limit: NAMED_ENTRIES })
            }
            ListChange::Place { door, behind } => {
                holds("list.behind", "another door", behind.is_none_or(|other| other != *door))
            }
            ListChange::SetScript(_) | ListChange::Assign(_) | ListChange::Drop(_) => Ok(()),
        }
    }
}

/// The named edits are few, in rising order, each once, and not the entry itself.
fn check_made_on(on: &[EntryId], id: EntryId) -> Result<(), Invalid> {
    if on.len() > NAMED_ENTRIES {
        return Err(Invalid::TooMany { what: "edit.on", limit: NAMED_ENTRIES });
    }
    holds("edit.on", "in rising order, each once", on.is_sorted_by(|before, after| before < after))?;
    let own_later = on.iter().any(|named| named.device == id.device && named.seq >= id.seq);
    holds("edit.on", "made before this edit", !own_later)
}

fn holds(what: &'static str, wanted: &'static str, condition: bool) -> Result<(), Invalid> {
    if condition { Ok(()) } else { Err(Invalid::Malformed { what, wanted }) }
}

fn short_enough(what: &'static str, value: &str, limit: usize) -> Result<(), Invalid> {
    if value.len() > limit { Err(Invalid::TooLong { what, limit }) } else { Ok(()) }
}
