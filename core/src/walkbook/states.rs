//! Documents as the ledger computes them from what the book holds.

use super::Error;
use crate::store::{self, Document, HeldEntry, StoreFile, View};
use walkbook_ledger::{
    Base, DoorBase, DoorChange, DoorState, Entry, Header, ListBase, ListState, Payload, ScriptChange, ScriptState,
    Subject, door_added_by, script_started_by,
};
use walkbook_model::{DeviceId, DoorId, ScriptId, WalkListId};

/// What the book calls it.
pub(super) const fn document(subject: Subject) -> Document {
    match subject {
        Subject::Door(door) => Document::Door(door),
        Subject::List(list) => Document::List(list),
        Subject::Script(script) => Document::Draft(script),
    }
}

/// An entry as the book keeps it.
pub(super) fn held(entry: &Entry) -> HeldEntry {
    HeldEntry {
        id: entry.id(),
        about: document(entry.header.subject),
        bound: entry.bound,
        header: entry.header.to_bytes(),
        payload: Some(entry.payload.to_bytes()),
    }
}

/// A door; nothing, where the phone has neither its base nor the entry that added it.
pub(super) fn door_state(view: View<'_>, door: DoorId) -> Result<Option<DoorState>, Error> {
    let about = Document::Door(door);
    let record = view.base(about)?.map(|held| held.record);
    let base: Option<DoorBase> = record.as_deref().map(Base::from_bytes).transpose().map_err(|_| damaged())?;
    let entries = entries(view, about)?;
    let is_here = base.is_some() || entries.iter().any(|entry| adds(entry, door));
    Ok(is_here.then(|| DoorState::compute(door, base.as_ref(), &entries)).transpose()?)
}

pub(super) fn list_state(view: View<'_>, list: WalkListId) -> Result<Option<ListState>, Error> {
    let about = Document::List(list);
    let Some(held) = view.base(about)? else { return Ok(None) };
    let base: ListBase = Base::from_bytes(&held.record).map_err(|_| damaged())?;
    Ok(Some(ListState::compute(&base, &entries(view, about)?)?))
}

/// A script's draft; nothing, where the phone does not have the entry that started it.
pub(super) fn draft_state(view: View<'_>, script: ScriptId) -> Result<Option<ScriptState>, Error> {
    let entries = entries(view, Document::Draft(script))?;
    if !entries.iter().any(|entry| starts(entry, script)) {
        return Ok(None);
    }
    Ok(Some(ScriptState::compute(script, None, &entries)?))
}

/// What this device wrote about a document.
pub(super) fn own_entries(view: View<'_>, about: Document, device: DeviceId) -> Result<Vec<Entry>, Error> {
    Ok(entries(view, about)?.into_iter().filter(|entry| entry.device == device).collect())
}

/// The entries about a document that this version understands; others are set aside where they lie.
fn entries(view: View<'_>, about: Document) -> Result<Vec<Entry>, store::Error> {
    let held = view.entries_about(about)?;
    Ok(held.iter().filter_map(opened).collect())
}

fn opened(held: &HeldEntry) -> Option<Entry> {
    let header = Header::from_bytes(&held.header).ok()?;
    let payload = Payload::from_bytes(held.payload.as_deref()?).ok()?;
    Some(Entry { device: held.id.device, header, bound: held.bound, payload })
}

/// Whether this is the entry by which a canvasser added the door.
fn adds(entry: &Entry, door: DoorId) -> bool {
    let Payload::Door(edit) = &entry.payload else { return false };
    edit.on.is_empty() && matches!(edit.change, DoorChange::SetAddress(_)) && door == door_added_by(entry.id())
}

/// Whether this is the entry by which somebody started the draft.
fn starts(entry: &Entry, script: ScriptId) -> bool {
    let Payload::Script(edit) = &entry.payload else { return false };
    edit.on.is_empty() && matches!(edit.change, ScriptChange::SetTitle(_)) && script == script_started_by(entry.id())
}

fn damaged() -> store::Error {
    store::Error::Damaged { file: StoreFile::Book }
}
