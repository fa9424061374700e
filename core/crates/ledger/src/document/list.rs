//! The document of a walk list: name, script, assignment, and the order of its doors.
//!
//! The order is a list of placements. Moving a door adds a placement and removes none; which placement of a door
//! counts is a register of its own. So two leads who move one door at once make one placement win, never two doors.

use super::{Edit, Edits, Orders, Replayed, mark_of, marks};
use crate::edit::ListChange;
use crate::{Error, ListBase};
use automerge::transaction::{Transactable, Transaction};
use automerge::{ObjId, ObjType, ROOT, ReadDoc, ScalarValue};
use walkbook_model::{DeviceId, DoorId, EntryId, WalkList};

const NAME: &str = "name";
const SCRIPT: &str = "script";
const ASSIGNED: &str = "assigned";
const ORDER: &str = "order";
const PLACED: &str = "placed";

/// A door in the order, and the edit that put it there; none where the base did.
type Placement = (DoorId, Option<EntryId>);

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
        let mark = |transaction: &mut Transaction<'_>, orders: &Orders, edit: &Edit<'_, ListChange>| {
            mark(transaction, orders, edit)
        };
        let replay = || Replayed::new(&edits, |transaction| lay_out(transaction, record), mark);
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
        let mut list = WalkList { doors: doors(replayed)?, ..self.base.clone() };
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

fn doors(replayed: &Replayed) -> Result<Vec<DoorId>, Error> {
    let doc = replayed.doc();
    let Some(placed) = container(doc, PLACED)? else { return Ok(Vec::new()) };
    let mut doors = Vec::new();
    for (door, by) in placements(doc)? {
        if replayed.marks(&placed, &door.to_string())?.first().copied() == by {
            doors.push(door);
        }
    }
    Ok(doors)
}

fn lay_out(transaction: &mut Transaction<'_>, base: &WalkList) -> Result<(), Error> {
    transaction.put_object(ROOT, PLACED, ObjType::Map)?;
    let order = transaction.put_object(ROOT, ORDER, ObjType::List)?;
    let doors = base.doors.iter().map(|door| ScalarValue::Bytes(door.to_bytes().to_vec()));
    Ok(transaction.splice(order, 0, 0, doors)?)
}

fn mark(transaction: &mut Transaction<'_>, orders: &Orders, edit: &Edit<'_, ListChange>) -> Result<(), Error> {
    match edit.change {
        ListChange::Rename(_) => transaction.put(ROOT, NAME, mark_of(edit.id))?,
        ListChange::SetScript(_) => transaction.put(ROOT, SCRIPT, mark_of(edit.id))?,
        ListChange::Assign(_) => transaction.put(ROOT, ASSIGNED, mark_of(edit.id))?,
        ListChange::Drop(door) => mark_placed(transaction, *door, edit.id)?,
        ListChange::Place { door, behind } => {
            let index = match behind {
                Some(behind) => index_behind(transaction, orders, *behind)?,
                None => 0,
            };
            if let Some(order) = container(transaction, ORDER)? {
                transaction.insert(order, index, ScalarValue::Bytes(placement_bytes(*door, edit.id)))?;
            }
            mark_placed(transaction, *door, edit.id)?;
        }
    }
    Ok(())
}

fn mark_placed(transaction: &mut Transaction<'_>, door: DoorId, by: EntryId) -> Result<(), Error> {
    if let Some(placed) = container(transaction, PLACED)? {
        transaction.put(placed, door.to_string(), mark_of(by))?;
    }
    Ok(())
}

/// The place behind a door's counting placement; the end of the list where the door is not on it.
fn index_behind(doc: &impl ReadDoc, orders: &Orders, door: DoorId) -> Result<usize, Error> {
    let counting = match container(doc, PLACED)? {
        Some(placed) => marks(doc, orders, &placed, &door.to_string())?.first().copied(),
        None => None,
    };
    let placements = placements(doc)?;
    let found = placements.iter().position(|placement| *placement == (door, counting));
    Ok(found.map_or(placements.len(), |index| index + 1))
}

fn placements(doc: &impl ReadDoc) -> Result<Vec<Placement>, Error> {
    let Some(order) = container(doc, ORDER)? else { return Ok(Vec::new()) };
    let bytes = doc.values(&order).filter_map(|(value, _)| value.as_bytes().and_then(placement_from));
    Ok(bytes.collect())
}

fn placement_bytes(door: DoorId, by: EntryId) -> Vec<u8> {
    [&door.to_bytes()[..], &by.device.to_bytes(), &by.seq.to_be_bytes()].concat()
}

fn placement_from(bytes: &[u8]) -> Option<Placement> {
    let (door, by) = bytes.split_first_chunk::<16>()?;
    let by = match by.split_first_chunk::<16>() {
        Some((device, seq)) => {
            Some(EntryId::new(DeviceId::from_bytes(*device), u64::from_be_bytes(seq.try_into().ok()?)))
        }
        None => None,
    };
    Some((DoorId::from_bytes(*door), by))
}

fn container(doc: &impl ReadDoc, key: &str) -> Result<Option<ObjId>, Error> {
    Ok(doc.get(ROOT, key)?.and_then(|(value, id)| value.is_object().then_some(id)))
}
