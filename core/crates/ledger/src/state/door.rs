//! The state of a door: what everybody sees of it.

use super::{DoorStatus, EntrySet, Visit, as_set, choices, edits_on, visits};
use crate::document::{DocumentContact, DoorDocument};
use crate::{DoorBase, DoorChange, Entry, Error, Payload, Standing};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use walkbook_model::{
    AnswerValue, Class, Contact, ContactId, Day, Door, DoorId, EntryId, Level, Purpose, SuppressionReason, Target, cbor,
};

/// A "no" that stands: a suppression that no lift names.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, Serialize)]
#[cbor(array)]
pub struct NoMark {
    /// The entry that holds it, and that a lift has to name.
    #[n(0)]
    pub entry: EntryId,
    /// Whom it covers.
    #[n(1)]
    pub target: Target,
    /// Why.
    #[n(2)]
    pub reason: SuppressionReason,
    /// Its last day, if it has one.
    #[n(3)]
    pub until_on: Option<Day>,
}

impl NoMark {
    /// Whether it holds on this day.
    pub fn holds_on(&self, today: Day) -> bool {
        self.until_on.is_none_or(|until| today <= until)
    }
}

/// Where a contact's permission for one purpose stands.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, Serialize)]
#[cbor(array)]
pub struct Permission {
    /// For what.
    #[n(0)]
    pub purpose: Purpose,
    /// Given, or withdrawn.
    #[n(1)]
    pub given: bool,
    /// The entries that make it so: the latest giving, or every withdrawal that no lift names.
    #[n(2)]
    pub by: Vec<EntryId>,
}

/// A contact as everybody sees it.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, Serialize)]
#[cbor(array)]
pub struct ContactState {
    /// The contact with the values that win.
    #[n(0)]
    pub contact: Contact,
    /// Whether it is to be shown.
    #[n(1)]
    pub standing: Standing,
    /// Permissions, by purpose.
    #[n(2)]
    pub permissions: Vec<Permission>,
}

/// One place that two people wrote without knowing of each other. Every choice is a change that would resolve it, made
/// on top of the door's tips; the first is the one that is shown meanwhile.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, Serialize)]
#[cbor(array)]
pub struct Clash {
    /// The edit and what it wrote, the latest first.
    #[n(0)]
    pub choices: Vec<(EntryId, DoorChange)>,
}

/// Everything that phone, server and map show of a door.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, Serialize)]
#[cbor(array)]
pub struct DoorState {
    /// Address, position and access notes; the contacts stand in `contacts`.
    #[n(0)]
    pub door: Door,
    /// The epoch of the base.
    #[n(1)]
    pub epoch: u32,
    /// Everyone here, by id, also those not to be shown.
    #[n(2)]
    pub contacts: Vec<ContactState>,
    /// Every attempt in the order they happened.
    #[n(3)]
    pub visits: Vec<Visit>,
    /// Suppressions that stand, by entry.
    #[n(4)]
    pub suppressions: Vec<NoMark>,
    /// What was written twice at once.
    #[n(5)]
    pub clashes: Vec<Clash>,
    /// The latest edits: what the next one is made on top of.
    #[n(6)]
    pub tips: Vec<EntryId>,
    /// Entries that name another which is not here yet.
    #[n(7)]
    pub waiting: Vec<EntryId>,
}

walkbook_model::redacted!(NoMark, Permission, ContactState, Clash, DoorState);

impl DoorState {
    /// The state of a door: the same for the same base and the same set of entries, in whatever order, however often.
    /// Without a base, the door is one that a canvasser added. Entries about other subjects are passed over.
    ///
    /// # Errors
    /// [`Error::Document`] if the edits cannot be applied; the door is then to be shown by its base alone.
    pub fn compute<'a>(
        id: DoorId,
        base: Option<&DoorBase>,
        entries: impl IntoIterator<Item = &'a Entry>,
    ) -> Result<Self, Error> {
        let subject = crate::Subject::Door(id);
        let entries = as_set(entries.into_iter().filter(|entry| entry.header.subject == subject));
        let (edits, mut waiting) = edits_on(base, &entries, |entry| match &entry.payload {
            Payload::Door(edit) => Some(&edit.change),
            _ => None,
        });
        let document = DoorDocument::new(id, base, edits)?;
        let (door, set_by) = document.door()?;
        let contacts = document.contacts()?;
        let (visits, orphans) = visits(&entries);
        waiting.extend(orphans);
        waiting.extend(document.waiting());
        waiting.sort_unstable();

        let lifted = lifted(&entries);
        let mut permissions = permissions(&entries, &visits, &lifted);
        Ok(Self {
            door,
            epoch: base.map_or(0, |base| base.epoch),
            suppressions: suppressions(&entries, &visits, &lifted),
            clashes: clashes(&document, &set_by, &contacts),
            contacts: contacts
                .iter()
                .map(|contact| ContactState {
                    contact: contact.shown(),
                    standing: contact.standing.value,
                    permissions: permissions.remove(&contact.id).unwrap_or_default(),
                })
                .collect(),
            visits,
            tips: document.tips(),
            waiting,
        })
    }

    /// The state's canonical bytes: equal states, equal bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// The attempts that count, in the order they happened.
    pub fn counting(&self) -> impl DoubleEndedIterator<Item = (&Visit, &walkbook_model::Interaction)> {
        self.visits.iter().filter_map(|visit| visit.counts.as_ref().map(|interaction| (visit, interaction)))
    }

    /// Whether nobody shall go to this door on this day.
    pub fn is_suppressed(&self, today: Day) -> bool {
        self.suppressions.iter().any(|mark| mark.target == Target::Door && mark.holds_on(today))
    }

    /// Whether nobody shall speak to this contact on this day: because of the contact, or because of the door.
    pub fn is_contact_suppressed(&self, contact: ContactId, today: Day) -> bool {
        let of_contact = |mark: &NoMark| mark.target == Target::Contact(contact) && mark.holds_on(today);
        self.is_suppressed(today) || self.suppressions.iter().any(of_contact)
    }

    /// The contacts that are to be shown.
    pub fn present(&self) -> impl Iterator<Item = &ContactState> {
        self.contacts.iter().filter(|contact| contact.standing == Standing::Present)
    }

    /// What the map shows. A door all of whose contacts are suppressed is suppressed.
    pub fn status(&self, today: Day) -> DoorStatus {
        let mut present = self.present().peekable();
        let nobody_left =
            present.peek().is_some() && present.all(|contact| self.is_contact_suppressed(contact.contact.id, today));
        if nobody_left || self.is_suppressed(today) {
            return DoorStatus::Suppressed;
        }
        match self.counting().next_back().map(|(_, interaction)| interaction.knock.class()) {
            None => DoorStatus::Untouched,
            Some(Class::Contact) => DoorStatus::Contacted,
            Some(Class::Attempt) => DoorStatus::Attempted,
            Some(Class::DataFix) => DoorStatus::DataFix,
            // A suppressing outcome that was lifted: someone was there.
            Some(Class::Suppress) => DoorStatus::Contacted,
        }
    }
}

fn lifted(entries: &EntrySet<'_>) -> BTreeSet<EntryId> {
    let lifts = entries.values().filter_map(|entry| match &entry.payload {
        Payload::Lift(lift) => Some(&lift.names),
        _ => None,
    });
    lifts.flatten().copied().collect()
}

fn suppressions(entries: &EntrySet<'_>, visits: &[Visit], lifted: &BTreeSet<EntryId>) -> Vec<NoMark> {
    let said = entries.values().filter_map(|entry| match &entry.payload {
        Payload::Suppression(suppression) => Some(NoMark {
            entry: entry.id(),
            target: suppression.target,
            reason: suppression.reason,
            until_on: suppression.until_on,
        }),
        _ => None,
    });
    let mut marks: Vec<NoMark> =
        said.chain(visits.iter().filter_map(implied)).filter(|mark| !lifted.contains(&mark.entry)).collect();
    marks.sort_unstable_by_key(|mark| mark.entry);
    marks
}

/// The suppression that a counting outcome of class suppress implies.
fn implied(visit: &Visit) -> Option<NoMark> {
    let interaction = visit.counts.as_ref()?;
    let outcome = interaction.knock.outcome();
    if outcome.class() != Class::Suppress {
        return None;
    }
    let (target, reason) = match (outcome.level(), interaction.contact) {
        (Level::Contact, Some(contact)) => (Target::Contact(contact), SuppressionReason::Deceased),
        // Nobody said who has died: better nobody rings than the widow is asked for her husband.
        (Level::Contact, None) => (Target::Door, SuppressionReason::Deceased),
        (Level::Door | Level::Building, _) => (Target::Door, SuppressionReason::Safety),
    };
    Some(NoMark { entry: visit.entry, target, reason, until_on: None })
}

fn permissions(
    entries: &EntrySet<'_>,
    visits: &[Visit],
    lifted: &BTreeSet<EntryId>,
) -> BTreeMap<ContactId, Vec<Permission>> {
    let recorded = entries.values().filter_map(|entry| match &entry.payload {
        Payload::Consent(consent) => Some((consent.contact, consent.purpose, consent.given, entry.order())),
        _ => None,
    });
    // What was answered to a script's question counts like a permission recorded by itself.
    let answered =
        visits.iter().filter_map(|visit| Some((visit, visit.counts.as_ref()?))).flat_map(|(visit, counts)| {
            counts.knock.answers().iter().filter_map(|answer| match answer.value {
                AnswerValue::Consent(purpose, given) => {
                    Some((counts.contact?, purpose, given, (visit.moment, visit.entry)))
                }
                _ => None,
            })
        });
    let mut said: Vec<_> = recorded.chain(answered).filter(|(.., (_, id))| !lifted.contains(id)).collect();
    said.sort_unstable_by_key(|(.., order)| *order);
    let mut by_purpose: BTreeMap<(ContactId, Purpose), Permission> = BTreeMap::new();
    for (contact, purpose, given, (_, id)) in said {
        let permission = by_purpose.entry((contact, purpose)).or_insert(Permission { purpose, given, by: Vec::new() });
        match (permission.given, given) {
            // A withdrawal wins over givings before and after it; several stand side by side.
            (true, false) => (permission.given, permission.by) = (false, vec![id]),
            (false, false) => permission.by.push(id),
            (true, true) => permission.by = vec![id],
            (false, true) => {}
        }
    }
    let mut by_contact: BTreeMap<ContactId, Vec<Permission>> = BTreeMap::new();
    for ((contact, _), mut permission) in by_purpose {
        permission.by.sort_unstable();
        permission.by.dedup();
        by_contact.entry(contact).or_default().push(permission);
    }
    by_contact
}

fn clashes(document: &DoorDocument<'_>, set_by: &[Vec<EntryId>; 3], contacts: &[DocumentContact]) -> Vec<Clash> {
    let of_contacts = contacts
        .iter()
        .flat_map(|contact| contact.fields.iter().map(|(_, field)| &field.set_by).chain([&contact.standing.set_by]));
    let marks = set_by.iter().chain(of_contacts);
    marks.filter_map(|marks| Some(Clash { choices: choices(marks, |id| document.change(id).cloned())? })).collect()
}
