//! Documents as the ledger computes them from what the book holds.

use super::Error;
use crate::store::{self, Document, HeldEntry, StoreFile, View};
use walkbook_ledger::{
    Base, DoorBase, DoorChange, DoorState, Entry, Header, ListBase, ListState, Payload, Subject, door_added_by,
};
use walkbook_model::{DeviceId, DoorId, WalkListId};

/// What the book keeps of it: nothing of a script's draft, which the office keeps.
pub(super) const fn document(subject: Subject) -> Option<Document> {
    match subject {
        Subject::Door(door) => Some(Document::Door(door)),
        Subject::List(list) => Some(Document::List(list)),
        Subject::Script(_) => None,
    }
}

/// An entry as the book keeps it, if it does.
pub(super) fn held(entry: &Entry) -> Option<HeldEntry> {
    Some(HeldEntry {
        id: entry.id(),
        about: document(entry.header.subject)?,
        bound: entry.bound,
        header: entry.header.to_bytes(),
        payload: Some(entry.payload.to_bytes()),
    })
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

fn damaged() -> store::Error {
    store::Error::Damaged { file: StoreFile::Book }
}
