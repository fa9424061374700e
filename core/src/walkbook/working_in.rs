//! Working entries into the book: the rows that screens read are computed by the ledger, on the phone as on the server.

use super::{Error, Inner};
use crate::store::{self, Document, DoorRow, HeldEntry, OwnEntry, StoreFile, View, Writer};
use std::collections::BTreeSet;
use walkbook_ledger::{Base, DoorBase, DoorState, Entry, Header, ListBase, ListState, Payload, Subject};
use walkbook_model::{Class, Day, DoorId, EntryId, Timestamp, WalkListId};

pub(super) const fn document(subject: Subject) -> Document {
    match subject {
        Subject::Door(door) => Document::Door(door),
        Subject::List(list) => Document::List(list),
    }
}

fn damaged() -> store::Error {
    store::Error::Damaged { file: StoreFile::Book }
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

pub(super) fn held(entry: &Entry) -> HeldEntry {
    HeldEntry {
        id: entry.id(),
        about: document(entry.header.subject),
        bound: entry.bound,
        header: entry.header.to_bytes(),
        payload: Some(entry.payload.to_bytes()),
    }
}

pub(super) fn door_state(view: View<'_>, door: DoorId) -> Result<Option<DoorState>, Error> {
    let about = Document::Door(door);
    let record = view.base(about)?.map(|held| held.record);
    let base: Option<DoorBase> = record.as_deref().map(Base::from_bytes).transpose().map_err(|_| damaged())?;
    let entries = entries(view, about)?;
    if base.is_none() && entries.is_empty() {
        return Ok(None);
    }
    Ok(Some(DoorState::compute(door, base.as_ref(), &entries)?))
}

pub(super) fn list_state(view: View<'_>, list: WalkListId) -> Result<Option<ListState>, Error> {
    let about = Document::List(list);
    let Some(held) = view.base(about)? else { return Ok(None) };
    let base: ListBase = Base::from_bytes(&held.record).map_err(|_| damaged())?;
    Ok(Some(ListState::compute(&base, &entries(view, about)?)?))
}

/// Computes a document's rows anew.
pub(super) fn refresh(writer: &Writer<'_>, about: Document, today: Day) -> Result<(), Error> {
    match about {
        Document::Door(door) => {
            if let Some(state) = door_state(writer.view(), door)? {
                writer.put_row(&row(&state, today))?;
            }
        }
        Document::List(list) => {
            if let Some(state) = list_state(writer.view(), list)? {
                writer.set_order(list, &state.list.doors)?;
            }
        }
    }
    Ok(())
}

fn row(state: &DoorState, today: Day) -> DoorRow {
    let address = &state.door.address;
    let last = state.counting().next_back().map(|(_, interaction)| interaction.knock.outcome());
    let suppressed = state.status(today) == walkbook_ledger::DoorStatus::Suppressed;
    DoorRow {
        door: state.door.id,
        line: address.line(),
        street: address.street.clone(),
        number: address.number.clone(),
        unit: address.unit.clone(),
        position: state.door.position,
        class: if suppressed { Some(Class::Suppress) } else { last.map(walkbook_model::Outcome::class) },
        attempts: u32::try_from(state.counting().count()).unwrap_or(u32::MAX),
        last_outcome: last,
        suppressed,
        names: state.present().map(|contact| contact.contact.name()).filter(|name| !name.is_empty()).collect(),
    }
}

impl Inner {
    /// Changes the book and computes the rows of what was touched, in one transaction.
    pub(super) fn change_book(
        &mut self,
        now: Timestamp,
        change: impl FnOnce(&Writer<'_>, &mut BTreeSet<Document>) -> Result<(), store::Error>,
    ) -> Result<(), Error> {
        let today = self.today(now);
        let mut wrong = None;
        let changed = self.store.book.change(|writer| {
            let mut touched = BTreeSet::new();
            change(writer, &mut touched)?;
            for about in touched {
                match refresh(writer, about, today) {
                    Ok(()) => {}
                    Err(Error::Store(error)) => return Err(error),
                    // Poison never blocks: the row stays as it was, everything else goes on.
                    Err(error) => wrong = Some(error),
                }
            }
            Ok(())
        });
        changed?;
        wrong.map_or(Ok(()), Err)
    }

    /// Works in what the log has and the book has not: a crash came between.
    pub(super) fn catch_up(&mut self, applied_to: u64, tail: u64, now: Timestamp) -> Result<(), Error> {
        let device = self.identity()?.device;
        let mut next = applied_to + 1;
        while next <= tail {
            let behind = self.store.log.from(next, 1024 * 1024)?;
            let Some(last) = behind.last().map(|entry| entry.seq) else { return Err(Error::LogShort) };
            self.change_book(now, |writer, touched| {
                for entry in &behind {
                    touched.extend(work_in_own(writer, device, entry)?);
                }
                writer.set_applied_to(last)
            })?;
            next = last + 1;
        }
        Ok(())
    }
}

fn work_in_own(
    writer: &Writer<'_>,
    device: walkbook_model::DeviceId,
    own: &OwnEntry,
) -> Result<Option<Document>, store::Error> {
    let refused = matches!(own.state, crate::store::EntryState::Refused { .. });
    let (Some(content), Ok(header), false) = (&own.content, Header::from_bytes(&own.header), refused) else {
        return Ok(None);
    };
    let about = document(header.subject);
    let payload = Some(content.payload.clone());
    let id = EntryId::new(device, own.seq);
    writer.add_entry(&HeldEntry { id, about, bound: None, header: own.header.clone(), payload })?;
    Ok(Some(about))
}
