//! A door as its screen shows it.

use super::{Clash, ContactDetails, Interaction, Standing, Target, Withheld, all};
use crate::walkbook::time_of;
use std::time::SystemTime;
use walkbook_core as core;
use walkbook_model::{self as model, Address, ContactId, Day, DoorId, EntryId, Position, Purpose, SuppressionReason};

/// A door with everything that its screen shows.
#[derive(Clone, PartialEq, uniffi::Record)]
pub struct DoorView {
    /// The door.
    pub id: DoorId,
    /// Where it is, in words.
    pub address: Address,
    /// Where it is on the map, if known.
    pub position: Option<Position>,
    /// How to get in: buzzer, gate, dog.
    pub access_notes: String,
    /// Whether nobody may knock today.
    pub suppressed: bool,
    /// Everyone here, by id, also those not to be shown.
    pub contacts: Vec<ContactView>,
    /// Every attempt, in the order they happened.
    pub visits: Vec<Visit>,
    /// Every "no" that stands.
    pub suppressions: Vec<NoMark>,
    /// What was written twice at once.
    pub clashes: Vec<Clash>,
    /// What of all this is not shown to this phone's user.
    pub withheld: Withheld,
}

/// A contact as everybody sees it.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct ContactView {
    /// Which.
    pub id: ContactId,
    /// The name in one line; empty where nobody knows it.
    pub name: String,
    /// What is known of the person.
    pub details: ContactDetails,
    /// Whether it is to be shown.
    pub standing: Standing,
    /// Whether nobody may speak to this person today.
    pub suppressed: bool,
    /// Permissions, by purpose.
    pub permissions: Vec<Permission>,
}

/// Where a contact's permission for one purpose stands.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Permission {
    /// For what.
    pub purpose: Purpose,
    /// Given, or withdrawn.
    pub given: bool,
    /// The entries that make it so: a withdrawal's are what a lift has to name.
    pub by: Vec<EntryId>,
}

/// One attempt at a door, as it counts now.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct Visit {
    /// The entry that recorded it: what `correct` and `undo` take.
    pub entry: EntryId,
    /// When it happened.
    pub at: SystemTime,
    /// What counts now; nothing, where it was undone.
    pub counts: Option<Interaction>,
    /// The corrections that led there, the first first.
    pub corrected_by: Vec<EntryId>,
}

/// A "no" that stands.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct NoMark {
    /// The entry that holds it: what a lift has to name.
    pub entry: EntryId,
    /// Whom it covers.
    pub target: Target,
    /// Why.
    pub reason: SuppressionReason,
    /// Its last day, if it has one.
    pub until_on: Option<Day>,
}

impl DoorView {
    /// The door as it stands on this day.
    pub(crate) fn on(state: core::DoorState, withheld: model::Withheld, today: Day) -> Self {
        let suppressed = state.is_suppressed(today);
        let no: Vec<bool> =
            state.contacts.iter().map(|contact| state.is_contact_suppressed(contact.contact.id, today)).collect();
        let core::DoorState { door, contacts, visits, suppressions, clashes, epoch: _, tips: _, waiting: _ } = state;
        // Who lives there stands in the state, as everybody's edits have left it.
        let model::Door { id, address, position, access_notes, contacts: _ } = door;
        let contacts = contacts.into_iter().zip(no);
        Self {
            id,
            address,
            position,
            access_notes,
            suppressed,
            contacts: contacts.map(|(contact, suppressed)| ContactView::of(contact, suppressed)).collect(),
            visits: all(visits),
            suppressions: all(suppressions),
            clashes: all(clashes),
            withheld: withheld.into(),
        }
    }
}

impl ContactView {
    fn of(state: core::ContactState, suppressed: bool) -> Self {
        let core::ContactState { contact, standing, permissions } = state;
        Self {
            id: contact.id,
            name: contact.name(),
            details: contact.into(),
            standing: standing.into(),
            suppressed,
            permissions: all(permissions),
        }
    }
}

impl From<core::Permission> for Permission {
    fn from(permission: core::Permission) -> Self {
        let core::Permission { purpose, given, by } = permission;
        Self { purpose, given, by }
    }
}

impl From<core::Visit> for Visit {
    fn from(visit: core::Visit) -> Self {
        let core::Visit { entry, moment, counts, corrected_by } = visit;
        Self { entry, at: time_of(moment.at()), counts: counts.map(Interaction::from), corrected_by }
    }
}

impl From<core::NoMark> for NoMark {
    fn from(mark: core::NoMark) -> Self {
        let core::NoMark { entry, target, reason, until_on } = mark;
        Self { entry, target: target.into(), reason, until_on }
    }
}
