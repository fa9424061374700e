//! The document of a walk list: name, script, assignment, and the order of its doors.

use super::{Edit, Edits, Orders, Replayed, mark_of, order};
use crate::edit::ListChange;
use crate::{Error, ListBase};
use automerge::ROOT;
use automerge::transaction::{Transactable, Transaction};
use walkbook_model::{DoorId, EntryId, WalkList};

const NAME: &str = "name";
const SCRIPT: &str = "script";
const ASSIGNED: &str = "assigned";

/// A walk list with its edits applied.
pub(crate) struct ListDocument<'a> {
    base: &'a WalkList,
    edits: Edits<'a, ListChange>,
    /// Nothing, where nobody has edited the list: it is its base.
    replayed: Option<Replayed>,
}

impl<'a> ListDocument<'a> {
    pub(crate) fn new(base: &'a ListBase, edits: Edits<'a, ListChange>) -> Result<Self, Error> {
        let record = &base.record;
        let replay = || {
            let doors = record.doors.iter().map(|door| door.to_bytes());
            Replayed::new(&edits, |transaction| order::lay_out(transaction, doors), mark)
        };
        let replayed = if edits.is_empty() { None } else { Some(replay()?) };
        Ok(Self { base: record, edits, replayed })
    }

    pub(crate) fn tips(&self) -> Vec<EntryId> {
        self.replayed.as_ref().map(|replayed| replayed.tips(&self.edits)).unwrap_or_default()
    }

    /// The edits that name one which is not here.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = EntryId> {
        let has = |id| self.replayed.as_ref().is_some_and(|replayed| replayed.has(id));
        self.edits.keys().copied().filter(move |id| !has(*id))
    }

    pub(crate) fn change(&self, id: EntryId) -> Option<&'a ListChange> {
        self.edits.get(&id).map(|edit| edit.change)
    }

    /// The list as it stands, and which edits set its name, script and assignment.
    pub(crate) fn list(&self) -> Result<(WalkList, [Vec<EntryId>; 3]), Error> {
        let Some(replayed) = &self.replayed else {
            return Ok((self.base.clone(), Default::default()));
        };
        let [name, script, assigned] = [NAME, SCRIPT, ASSIGNED].map(|key| replayed.marks(&ROOT, key));
        let set_by = [name?, script?, assigned?];
        let doors = order::in_order(replayed)?.into_iter().map(DoorId::from_bytes).collect();
        let mut list = WalkList { doors, ..self.base.clone() };
        for latest in set_by.iter().filter_map(|marks| marks.first()) {
            match self.change(*latest) {
                Some(ListChange::Rename(name)) => list.name.clone_from(name),
                Some(ListChange::SetScript(script)) => list.script = *script,
                Some(ListChange::Assign(users)) => list.assigned.clone_from(users),
                _ => {}
            }
        }
        Ok((list, set_by))
    }
}

fn mark(transaction: &mut Transaction<'_>, orders: &Orders, edit: &Edit<'_, ListChange>) -> Result<(), Error> {
    match edit.change {
        ListChange::Rename(_) => transaction.put(ROOT, NAME, mark_of(edit.id))?,
        ListChange::SetScript(_) => transaction.put(ROOT, SCRIPT, mark_of(edit.id))?,
        ListChange::Assign(_) => transaction.put(ROOT, ASSIGNED, mark_of(edit.id))?,
        ListChange::Drop(door) => order::take_off(transaction, door.to_bytes(), edit.id)?,
        ListChange::Place { door, behind } => {
            order::place(transaction, orders, door.to_bytes(), behind.map(DoorId::to_bytes), edit.id)?;
        }
    }
    Ok(())
}
