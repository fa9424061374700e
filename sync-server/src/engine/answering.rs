//! The answer: what became of the runs, what is new on the phone's lists, what to forget.

use super::Refused;
use super::cursor::{Cursor, Stage};
use crate::access::Sender;
use crate::reading::opened;
use crate::store::{self, Change, Held, LogPosition, Store, StoredBase, StoredEntry};
use std::collections::BTreeSet;
use walkbook_ledger::{Entry, ListBase, ListState, Subject};
use walkbook_model::{DoorId, Timestamp, WalkListId};
use walkbook_sync::{Delivered, Frame, Hello, ListCursor, ResponseWriter, Verdicts, Welcome};

/// An answer ends, with more to come, once it has about so many bytes unpacked: what an exchange takes of the server's
/// memory is a small multiple of it.
const ANSWER_BYTES: usize = 4 * 1024 * 1024;
/// Doors of a first download between two marks from which it resumes.
const DOORS: u32 = 128;
/// Changes of a list between two marks.
const CHANGES: u32 = 512;
/// Bytes of records in one frame; far below the protocol's cap.
const FRAME_BYTES: usize = 256 * 1024;

pub(super) fn answer(
    store: &dyn Store,
    sender: &Sender,
    hello: &Hello,
    verdicts: Verdicts,
    now: Timestamp,
) -> Result<Vec<u8>, Refused> {
    let device = store.device(sender.tenant, sender.device)?.ok_or(Refused::ShutOut)?;
    let in_backend_up_to = store.in_backend_up_to(sender.tenant, sender.device)?;
    let tip = device.tip.to_bytes().into();
    let mut answer = Answer { store, sender, out: ResponseWriter::new(ANSWER_BYTES) };
    answer.out.push(&Frame::Welcome(Welcome { now, last_seq: device.last_seq, tip, in_backend_up_to }));
    answer.out.push(&Frame::Verdicts(verdicts));
    let lists = current_lists(store, sender)?;
    let gone: Vec<WalkListId> = hello.lists.iter().map(|has| has.list).filter(|list| !lists.contains(list)).collect();
    if !gone.is_empty() {
        answer.out.push(&Frame::ForgetLists(gone));
    }
    let mut more = false;
    for list in lists {
        let has = hello.lists.iter().find(|has| has.list == list).map(|has| &*has.cursor);
        let cursor = has.map(|bytes| Cursor::read(store, sender.tenant, bytes)).transpose()?.flatten();
        if !answer.list(list, cursor)? {
            more = true;
            break;
        }
    }
    Ok(answer.out.finish(more))
}

fn current_lists(store: &dyn Store, sender: &Sender) -> Result<BTreeSet<WalkListId>, store::Error> {
    let assignments = store.assignments_of(sender.tenant, sender.user.id)?;
    Ok(assignments.into_iter().filter(|held| held.until.is_none()).map(|held| held.list).collect())
}

struct Answer<'a> {
    store: &'a dyn Store,
    sender: &'a Sender,
    out: ResponseWriter,
}

impl Answer<'_> {
    /// Tells what the phone lacks of a list; whether all of it.
    fn list(&mut self, list: WalkListId, cursor: Option<Cursor>) -> Result<bool, store::Error> {
        let stage = match cursor.map(|cursor| cursor.stage) {
            Some(stage) => stage,
            None => {
                let since = self.store.head(self.sender.tenant)?;
                self.list_document(list)?;
                Stage::Downloading { since, rank: LogPosition::START }
            }
        };
        let since = match stage {
            Stage::Following(since) => since,
            Stage::Downloading { since, rank } => {
                if !self.doors(list, since, rank)? {
                    return Ok(false);
                }
                self.mark(list, Stage::Following(since));
                since
            }
        };
        // A mark of an earlier life is still good, and is renewed before the store forgets that life.
        if cursor.is_some_and(|cursor| cursor.life != self.store.life()) {
            self.mark(list, Stage::Following(since));
        }
        self.changes(list, since)
    }

    /// The rest of a first download: doors behind `rank` with all that happened at them; whether all.
    fn doors(&mut self, list: WalkListId, since: LogPosition, mut rank: LogPosition) -> Result<bool, store::Error> {
        loop {
            if self.out.is_full() {
                return Ok(false);
            }
            let page = self.store.doors_of(self.sender.tenant, list, rank, DOORS)?;
            let Some((last, _)) = page.last() else { return Ok(true) };
            rank = *last;
            let doors: Vec<DoorId> = page.into_iter().map(|(_, door)| door).collect();
            self.whole_doors(&doors)?;
            self.mark(list, Stage::Downloading { since, rank });
        }
    }

    /// What is new on a list; whether all of it.
    fn changes(&mut self, list: WalkListId, mut since: LogPosition) -> Result<bool, store::Error> {
        loop {
            if self.out.is_full() {
                return Ok(false);
            }
            let page = self.store.changes_since(self.sender.tenant, list, since, CHANGES)?;
            if page.next == since {
                return Ok(true);
            }
            since = page.next;
            self.page(list, page.changes.into_iter().map(|(_, change)| change))?;
            self.mark(list, Stage::Following(since));
            if !page.more {
                return Ok(true);
            }
        }
    }

    fn page(&mut self, list: WalkListId, changes: impl Iterator<Item = Change>) -> Result<(), store::Error> {
        let (mut bases, mut entries, mut joined, mut left) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut list_changed = false;
        for change in changes {
            match change {
                Change::Base(StoredBase { subject: Subject::List(_), .. }) => list_changed = true,
                Change::Base(base) => bases.extend(readable(base)),
                Change::Entry(entry) => {
                    list_changed |= matches!(entry.header.subject, Subject::List(_));
                    // The phone has its own.
                    if entry.device != self.sender.device {
                        entries.extend(opened(entry));
                    }
                }
                Change::Joined(door) => joined.push(door),
                Change::Left(door) => left.push(door),
            }
        }
        if list_changed {
            self.list_document(list)?;
        }
        self.whole_doors(&joined)?;
        self.bases(bases);
        self.entries(&entries);
        if !left.is_empty() {
            self.out.push(&Frame::ForgetDoors(list, left));
        }
        Ok(())
    }

    /// A list's base with its edits, and the version of the script that is worked.
    fn list_document(&mut self, list: WalkListId) -> Result<(), store::Error> {
        let (tenant, subject) = (self.sender.tenant, Subject::List(list));
        let Some(bytes) = self.store.base_of(tenant, subject)?.and_then(readable) else { return Ok(()) };
        let entries = self.entries_of(subject)?;
        let state = ListBase::from_bytes(&bytes).ok().and_then(|base| ListState::compute(&base, &entries).ok());
        self.out.push(&Frame::List(bytes.into()));
        self.entries(&entries);
        let script = state.and_then(|state| state.list.script);
        let script = script.map(|hash| self.store.script(tenant, hash)).transpose()?.flatten();
        script.into_iter().for_each(|script| self.out.push(&Frame::Script(script.into())));
        Ok(())
    }

    /// Doors with everything that happened at them.
    fn whole_doors(&mut self, doors: &[DoorId]) -> Result<(), store::Error> {
        let (mut bases, mut entries) = (Vec::new(), Vec::new());
        for door in doors {
            let subject = Subject::Door(*door);
            bases.extend(self.store.base_of(self.sender.tenant, subject)?.and_then(readable));
            entries.extend(self.entries_of(subject)?);
        }
        self.bases(bases);
        self.entries(&entries);
        Ok(())
    }

    fn entries_of(&self, subject: Subject) -> Result<Vec<Entry>, store::Error> {
        let stored: Vec<StoredEntry> = self.store.entries_of(self.sender.tenant, subject)?;
        Ok(stored.into_iter().filter_map(opened).collect())
    }

    fn bases(&mut self, bases: Vec<Vec<u8>>) {
        for chunk in chunks(bases, Vec::len) {
            self.out.push(&Frame::Doors(chunk.into_iter().map(Into::into).collect()));
        }
    }

    fn entries(&mut self, entries: &[Entry]) {
        let delivered: Vec<Delivered> = entries.iter().map(Delivered::from).collect();
        for chunk in chunks(delivered, Delivered::size) {
            self.out.push(&Frame::Entries(chunk));
        }
    }

    fn mark(&mut self, list: WalkListId, stage: Stage) {
        let cursor = Cursor { life: self.store.life(), stage }.to_bytes().into();
        self.out.push(&Frame::Cursor(ListCursor { list, cursor }));
    }
}

fn readable(base: StoredBase) -> Option<Vec<u8>> {
    Held::readable(base.bytes)
}

/// Items in their order, in chunks that fit into a frame.
fn chunks<T>(items: Vec<T>, size: impl Fn(&T) -> usize) -> Vec<Vec<T>> {
    let (mut chunks, mut bytes) = (Vec::<Vec<T>>::new(), usize::MAX);
    for item in items {
        let more = size(&item);
        if bytes.saturating_add(more) > FRAME_BYTES {
            chunks.push(Vec::new());
            bytes = 0;
        }
        bytes += more;
        if let Some(chunk) = chunks.last_mut() {
            chunk.push(item);
        }
    }
    chunks
}
