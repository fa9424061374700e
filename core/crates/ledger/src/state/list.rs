//! The state of a walk list.

use super::{as_set, choices, edits_on};
use crate::document::ListDocument;
use crate::{Entry, Error, ListBase, ListChange, Payload, Subject};
use serde::Serialize;
use walkbook_model::{EntryId, WalkList, cbor};

/// Everything that phone and server show of a walk list, but for its doors' own states.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, Serialize)]
#[cbor(array)]
pub struct ListState {
    /// The list with the values that win, its doors in walk order.
    #[n(0)]
    pub list: WalkList,
    /// The epoch of the base.
    #[n(1)]
    pub epoch: u32,
    /// What was written twice at once: the edit and what it wrote, the latest, which is shown, first.
    #[n(2)]
    pub clashes: Vec<Vec<(EntryId, ListChange)>>,
    /// The latest edits: what the next one is made on top of.
    #[n(3)]
    pub tips: Vec<EntryId>,
    /// Edits that name another which is not here yet.
    #[n(4)]
    pub waiting: Vec<EntryId>,
}

impl std::fmt::Debug for ListState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ListState({}, {} doors)", self.list.id, self.list.doors.len())
    }
}

impl ListState {
    /// The state of a walk list: the same for the same base and the same set of entries, in whatever order, however
    /// often. Entries about other subjects are passed over.
    ///
    /// # Errors
    /// [`Error::Document`] if the edits cannot be applied; the list is then to be shown by its base alone.
    pub fn compute<'a>(base: &ListBase, entries: impl IntoIterator<Item = &'a Entry>) -> Result<Self, Error> {
        let subject = Subject::List(base.record.id);
        let entries = as_set(entries.into_iter().filter(|entry| entry.header.subject == subject));
        let (edits, mut waiting) = edits_on(Some(base), &entries, |entry| match &entry.payload {
            Payload::List(edit) => Some(&edit.change),
            _ => None,
        });
        let document = ListDocument::new(base, edits)?;
        let (list, set_by) = document.list()?;
        waiting.extend(document.waiting());
        waiting.sort_unstable();
        let clashes = set_by.iter().filter_map(|marks| choices(marks, |id| document.change(id).cloned())).collect();
        Ok(Self { list, epoch: base.epoch, clashes, tips: document.tips(), waiting })
    }

    /// The state's canonical bytes: equal states, equal bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(self)
    }
}
