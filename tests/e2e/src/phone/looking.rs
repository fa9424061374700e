//! Looking into the phone's files: the log by itself, the book beside it, and the screens beside both.

use super::Error;
use crate::protocol::{Knocked, Looked};
use std::collections::BTreeMap;
use std::path::Path;
use walkbook_core::store::{Document, OwnEntry, Standing, Store};
use walkbook_core::{Error as WalkbookError, Walkbook};
use walkbook_ledger::{Header, ListBase, Subject};
use walkbook_model::{DeviceId, DoorId, EntryId};

/// What the files hold, and what is wrong with them.
pub(super) fn look(folder: &Path, walkbook: &Walkbook) -> Result<Looked, Error> {
    let key = std::fs::read(folder.join("key.wrapped"))?;
    let key = key.as_slice().try_into().map_err(|_| WalkbookError::KeyDamaged)?;
    if walkbook.identity().is_some() {
        // Whoever reads brings the book level with the log.
        walkbook.lists()?;
    }
    let store = Store::open(folder, key)?;
    let log = store.log.from(1, usize::MAX)?;
    let mut looked = Looked { entries: log.len() as u64, ..Looked::default() };
    if store.standing()? != Standing::Level {
        looked.faults.push("the book has not worked in the log".into());
    }
    let gap = log.iter().zip(1_u64..).find(|(own, wanted)| own.seq != *wanted);
    looked.faults.extend(gap.map(|(_, wanted)| format!("the log has no entry {wanted}")));
    looked.doors = doors(&store)?;
    if let Some(identity) = walkbook.identity() {
        compare(&store, identity.device, &log, &mut looked)?;
        show(walkbook, identity.device, &mut looked)?;
    }
    Ok(looked)
}

fn doors(store: &Store) -> Result<Vec<DoorId>, Error> {
    let view = store.book.view();
    let mut doors = Vec::new();
    for (list, _) in view.cursors()? {
        doors.extend(view.doors_of(list)?);
    }
    Ok(doors)
}

/// The book has exactly the log's entries, to the byte, but for edits of a list that are folded into its base.
fn compare(store: &Store, device: DeviceId, log: &[OwnEntry], looked: &mut Looked) -> Result<(), Error> {
    let view = store.book.view();
    let lists = view.cursors()?.into_iter().map(|(list, _)| Document::List(list));
    let bases = list_bases(store)?;
    let mut held = BTreeMap::new();
    for document in lists.chain(looked.doors.iter().copied().map(Document::Door)) {
        let own = view.entries_about(document)?.into_iter().filter(|entry| entry.id.device == device);
        held.extend(own.map(|entry| (entry.id.seq, (entry.header, entry.payload))));
    }
    for own in log {
        let wanted = (own.header.clone(), own.content.as_ref().map(|content| content.payload.clone()));
        if held.remove(&own.seq) != Some(wanted) && !is_folded(&bases, EntryId::new(device, own.seq), &own.header) {
            looked.faults.push(format!("the book does not have entry {} as the log has it", own.seq));
        }
    }
    looked.faults.extend(held.keys().map(|seq| format!("the book has entry {seq} and the log does not")));
    Ok(())
}

fn list_bases(store: &Store) -> Result<Vec<ListBase>, Error> {
    let view = store.book.view();
    let mut bases = Vec::new();
    for (list, _) in view.cursors()? {
        bases.extend(view.base(Document::List(list))?.and_then(|held| ListBase::from_bytes(&held.record).ok()));
    }
    Ok(bases)
}

fn is_folded(bases: &[ListBase], edit: EntryId, header: &[u8]) -> bool {
    let subject = Header::from_bytes(header).map(|header| header.subject);
    bases.iter().any(|base| subject == Ok(Subject::List(base.record.id)) && base.has_folded(edit))
}

/// The screens show what the entries say.
fn show(walkbook: &Walkbook, device: DeviceId, looked: &mut Looked) -> Result<(), Error> {
    for state in walkbook.lists()? {
        for row in walkbook.walk_list(state.list.id)? {
            let door = walkbook.door(row.door)?;
            if u64::from(row.attempts) != door.visits.len() as u64 {
                looked.faults.push(format!("list and door disagree about {}", row.door));
            }
            looked.visits += door.visits.len() as u64;
            let own = door.visits.iter().filter(|visit| visit.entry.device == device);
            looked.knocks.extend(own.filter_map(|visit| {
                let number = visit.counts.as_ref()?.note.as_ref()?.parse().ok()?;
                Some(Knocked { entry: visit.entry, door: row.door, number })
            }));
        }
        if state.list.doors.len() != walkbook.walk_list(state.list.id)?.len() {
            looked.faults.push("a list has doors that it does not show".into());
        }
    }
    Ok(())
}
