//! The reading side: what phone, server and map show, computed by one function each from a base and entries.

mod board;
mod door;
mod list;
mod script;
mod visits;

pub use board::{Board, DoorStatus};
pub use door::{Clash, ContactState, DoorState, NoMark, Permission};
pub use list::ListState;
pub use script::ScriptState;
pub use visits::Visit;
pub(crate) use visits::visits;

use crate::document::{Edit, Edits};
use crate::{Base, Entry};
use std::borrow::Cow;
use std::collections::BTreeMap;
use walkbook_model::{EntryId, Moment};

/// Entries by identity. What is as it came is borrowed: a door with years of visits is computed at every knock.
pub(crate) type EntrySet<'a> = BTreeMap<EntryId, Cow<'a, Entry>>;

/// A set of entries: duplicates count once. Where one identity comes twice with different content (which the server
/// refuses, so that no replica should meet it), the same one counts everywhere.
pub(crate) fn as_set<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> EntrySet<'a> {
    let mut set = EntrySet::new();
    for entry in entries {
        match set.get_mut(&entry.id()) {
            None => {
                set.insert(entry.id(), Cow::Borrowed(entry));
            }
            Some(known) => {
                let bound: Option<Moment> = known.bound.into_iter().chain(entry.bound).min();
                let rank = |entry: &Entry| (entry.header.to_bytes(), entry.payload.to_bytes());
                if known.as_ref() != entry && rank(entry) < rank(known) {
                    *known = Cow::Borrowed(entry);
                }
                if known.bound != bound {
                    known.to_mut().bound = bound;
                }
            }
        }
    }
    set
}

/// The edits of one document that count on this base: those folded into it are done with, what an edit names of the
/// folded is taken as seen, and edits to an epoch that has not arrived wait.
pub(crate) fn edits_on<'a, T, C>(
    base: Option<&Base<T>>,
    entries: &'a EntrySet<'_>,
    change: impl Fn(&'a Entry) -> Option<&'a C>,
) -> (Edits<'a, C>, Vec<EntryId>) {
    let folded = |id: &EntryId| base.is_some_and(|base| base.has_folded(*id));
    let epoch = base.map_or(0, |base| base.epoch);
    let mut edits = Edits::new();
    let mut early = Vec::new();
    for entry in entries.values().map(Cow::as_ref) {
        let Some(change) = change(entry) else { continue };
        let id = entry.id();
        if entry.header.epoch > epoch {
            early.push(id);
        } else if !folded(&id) {
            let on = entry.payload.made_on().iter().copied().filter(|on| !folded(on)).collect();
            edits.insert(id, Edit { id, order: entry.order(), on, change });
        }
    }
    (edits, early)
}

/// What people may choose from where edits stand side by side: the edit and what it wrote. Nothing where all wrote the
/// same.
pub(crate) fn choices<C: PartialEq>(
    marks: &[EntryId],
    change: impl Fn(EntryId) -> Option<C>,
) -> Option<Vec<(EntryId, C)>> {
    if marks.len() < 2 {
        return None;
    }
    let mut choices: Vec<(EntryId, C)> = Vec::new();
    for id in marks {
        let change = change(*id)?;
        if choices.iter().all(|(_, chosen)| *chosen != change) {
            choices.push((*id, change));
        }
    }
    (choices.len() > 1).then_some(choices)
}
