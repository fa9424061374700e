//! Interactions and what became of them: corrections and undo keep history.

use super::EntrySet;
use crate::{Entry, Payload};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use walkbook_model::{EntryId, Interaction, Moment};

/// One attempt at a door, as it counts now.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, Serialize)]
#[cbor(array)]
pub struct Visit {
    /// The entry that recorded it.
    #[n(0)]
    pub entry: EntryId,
    /// When it happened.
    #[n(1)]
    pub moment: Moment,
    /// What counts now; nothing, where it was undone.
    #[n(2)]
    pub counts: Option<Interaction>,
    /// The corrections that led there, the first first.
    #[n(3)]
    pub corrected_by: Vec<EntryId>,
}

impl std::fmt::Debug for Visit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Visit({}, …)", self.entry)
    }
}

/// Every attempt, in the order they happened, and the corrections whose interaction is not here.
pub(crate) fn visits(entries: &EntrySet<'_>) -> (Vec<Visit>, Vec<EntryId>) {
    // For each entry, the latest correction of it.
    let mut latest: BTreeMap<EntryId, &Entry> = BTreeMap::new();
    for entry in entries.values().map(Cow::as_ref) {
        if let Payload::Correction(correction) = &entry.payload {
            let slot = latest.entry(correction.replaces).or_insert(entry);
            if slot.order() < entry.order() {
                *slot = entry;
            }
        }
    }
    let mut visits: Vec<Visit> = entries.values().filter_map(|entry| visit(entry, &latest)).collect();
    visits.sort_unstable_by_key(|visit| (visit.moment, visit.entry));
    let waiting =
        latest.iter().filter(|(replaced, _)| !is_visit(entries.get(replaced).map(Cow::as_ref))).map(|(_, by)| by.id());
    (visits, waiting.collect())
}

fn is_visit(entry: Option<&Entry>) -> bool {
    entry.is_some_and(|entry| matches!(entry.payload, Payload::Interaction(_) | Payload::Correction(_)))
}

fn visit(entry: &Entry, latest: &BTreeMap<EntryId, &Entry>) -> Option<Visit> {
    let Payload::Interaction(interaction) = &entry.payload else { return None };
    let mut counts = Some(interaction);
    let mut corrected_by = Vec::new();
    // Two forged corrections may name each other: no correction is followed twice.
    let mut seen = BTreeSet::from([entry.id()]);
    let mut at = entry.id();
    while let Some(correction) = latest.get(&at).filter(|correction| seen.insert(correction.id())) {
        if let Payload::Correction(correction) = &correction.payload {
            counts = correction.with.as_ref();
        }
        at = correction.id();
        corrected_by.push(at);
    }
    Some(Visit { entry: entry.id(), moment: entry.moment(), counts: counts.cloned(), corrected_by })
}
