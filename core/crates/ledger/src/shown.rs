//! What somebody is shown of a door from whom a part is withheld: the same base and entries, with less in them.
//!
//! Whoever computes a state from it gets the same order, the same edits, the same "no" and the same permissions as everybody:
//! edits keep their places and lose their values only, and an attempt that implies a "no" or a permission is never left out.

use crate::edit::DoorEdit;
use crate::state::{EntrySet, as_set, visits};
use crate::{Correction, DoorBase, DoorChange, Entry, Payload, Visit};
use std::collections::{BTreeMap, BTreeSet};
use walkbook_model::{Answer, AnswerValue, Class, DeviceId, EntryId, Interaction, Knock, Withheld};

/// A door's base without what is withheld.
#[must_use]
pub fn shown_base(mut base: DoorBase, withheld: &Withheld) -> DoorBase {
    for contact in &mut base.record.contacts {
        contact.fields.retain(|field, _| !withheld.fields.contains(field));
    }
    base
}

/// The entries about one door without what is withheld. What `is_own` says the reader wrote stays as it is, with all that
/// became of it.
///
/// Of two sets, of which one holds the other, it may show of the larger what it does not show of the smaller, and the other way
/// around: what was the last attempt may not be it any more.
pub fn shown_entries(entries: &[Entry], withheld: &Withheld, is_own: impl Fn(DeviceId) -> bool) -> Vec<Entry> {
    let attempts = withheld.history.then(|| Attempts::of(entries, &is_own));
    let shown = entries.iter().filter_map(|entry| {
        let share = match &attempts {
            _ if is_own(entry.device) => Share::Whole,
            Some(attempts) => attempts.share(entry),
            None => Share::Whole,
        };
        match share {
            Share::Nothing => None,
            Share::Outline => Some(outlined(entry)),
            Share::Whole => Some(entry.clone()),
        }
    });
    let without_fields = |entry: Entry| if is_own(entry.device) { entry } else { without_fields(entry, withheld) };
    shown.map(without_fields).collect()
}

/// Whether an entry is about an attempt: what is shown of others then may change with it.
pub const fn is_of_attempt(payload: &Payload) -> bool {
    matches!(payload, Payload::Interaction(_) | Payload::Correction(_))
}

/// How much of an entry is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Share {
    Nothing,
    Outline,
    Whole,
}

/// The attempts at a door, each with its corrections.
struct Attempts {
    /// The interaction that an entry records, or corrects in the end.
    of: BTreeMap<EntryId, EntryId>,
    /// Those with an entry of the reader's own.
    own: BTreeSet<EntryId>,
    /// Others of which something is shown.
    outlined: BTreeSet<EntryId>,
}

impl Attempts {
    fn of(entries: &[Entry], is_own: &impl Fn(DeviceId) -> bool) -> Self {
        let set = as_set(entries);
        let of: BTreeMap<EntryId, EntryId> =
            set.values().filter_map(|entry| Some((entry.id(), recorded_by(&set, entry)?))).collect();
        let own = of.iter().filter(|(entry, _)| is_own(entry.device)).map(|(_, attempt)| *attempt).collect();
        let (visits, _) = visits(&set);
        let last = visits.iter().rev().find(|visit| visit.counts.is_some()).map(|visit| visit.entry);
        let binding = visits.iter().filter(|visit| is_binding(visit)).map(|visit| visit.entry);
        Self { outlined: binding.chain(last).collect(), of, own }
    }

    fn share(&self, entry: &Entry) -> Share {
        if !is_of_attempt(&entry.payload) {
            return Share::Whole;
        }
        match self.of.get(&entry.id()) {
            Some(attempt) if self.own.contains(attempt) => Share::Whole,
            Some(attempt) if self.outlined.contains(attempt) => Share::Outline,
            // Also a correction whose attempt is not here yet: it comes with it.
            Some(_) | None => Share::Nothing,
        }
    }
}

/// The interaction that an entry records, or corrects in the end.
fn recorded_by(entries: &EntrySet<'_>, entry: &Entry) -> Option<EntryId> {
    let mut at = entry;
    // Two forged corrections may name each other: no entry is looked at twice.
    let mut seen = BTreeSet::new();
    loop {
        match &at.payload {
            Payload::Interaction(_) => return Some(at.id()),
            Payload::Correction(correction) if seen.insert(at.id()) => at = entries.get(&correction.replaces)?,
            _ => return None,
        }
    }
}

/// Whether it implies a "no", or a permission given or withdrawn.
fn is_binding(visit: &Visit) -> bool {
    visit.counts.as_ref().is_some_and(|counts| {
        counts.knock.class() == Class::Suppress || counts.knock.answers().iter().any(is_of_permission)
    })
}

const fn is_of_permission(answer: &Answer) -> bool {
    matches!(answer.value, AnswerValue::Consent(..))
}

/// The same attempt or correction with its outcome, whom it concerns, and permissions.
fn outlined(entry: &Entry) -> Entry {
    let payload = match &entry.payload {
        Payload::Interaction(interaction) => Payload::Interaction(outline(interaction)),
        Payload::Correction(correction) => {
            let with = correction.with.as_ref().map(outline);
            Payload::Correction(Correction { replaces: correction.replaces, with })
        }
        other => other.clone(),
    };
    Entry { payload, ..entry.clone() }
}

fn outline(interaction: &Interaction) -> Interaction {
    let knock = match &interaction.knock {
        Knock::Outcome(outcome, code) => Knock::Outcome(*outcome, code.clone()),
        Knock::Answers(script, answers) => {
            let permissions: Vec<Answer> = answers.iter().filter(|answer| is_of_permission(answer)).cloned().collect();
            let outcome = interaction.knock.outcome();
            if permissions.is_empty() { Knock::Outcome(outcome, None) } else { Knock::Answers(*script, permissions) }
        }
    };
    let Interaction { contact, list, .. } = *interaction;
    Interaction { knock, contact, list, knocked_by: None, note: None, evidence: None }
}

/// The same edit without the value of a withheld field: it keeps its place among the others.
fn without_fields(mut entry: Entry, withheld: &Withheld) -> Entry {
    if let Payload::Door(DoorEdit { change, .. }) = &mut entry.payload {
        match change {
            DoorChange::SetContactField(_, field, value) if withheld.fields.contains(field) => value.clear(),
            DoorChange::AddContact(contact) => {
                contact.fields.retain(|field, _| !withheld.fields.contains(field));
            }
            _ => {}
        }
    }
    entry
}
