//! The answer: what became of the runs, what is new on the phone's lists, what to forget.

mod decisions;
mod drafts;
mod portion;
mod settings;

use super::Refused;
use super::cursor::{Cursor, Stage};
use crate::access::Sender;
use crate::reading::opened;
use crate::store::{self, Change, Held, LogPosition, Store, StoredBase};
use portion::Portion;
use std::collections::BTreeSet;
use walkbook_ledger::{Entry, ListBase, ListState, Subject};
use walkbook_model::{DoorId, EntryId, Timestamp, WalkListId};
use walkbook_sync::{Frame, Hello, ListCursor, MAX_RECORD_BYTES, ResponseWriter, Verdicts, Welcome};

/// An answer ends, with more to come, once it has about so many bytes unpacked: what an exchange takes of the server's
/// memory is a small multiple of it.
const ANSWER_BYTES: usize = 4 * 1024 * 1024;
/// Doors of a first download between two marks from which it resumes; fewer where much happened at them.
const DOORS: u32 = 128;
/// Changes of a list between two marks; fewer where they are large.
const CHANGES: u32 = 256;

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
    let out = ResponseWriter::new(ANSWER_BYTES);
    let mut answer = Answer { store, sender, out, portion: Portion::default() };
    answer.out.push(&Frame::Welcome(Welcome { now, last_seq: device.last_seq, tip, in_backend_up_to }));
    answer.out.push(&Frame::Verdicts(verdicts));
    answer.settings(hello)?;
    let mut more = answer.decisions(hello, device.last_seq)?;
    more |= answer.drafts(hello)?;
    let lists = current_lists(store, sender)?;
    let gone: Vec<WalkListId> = hello.lists.iter().map(|has| has.list).filter(|list| !lists.contains(list)).collect();
    if !gone.is_empty() {
        answer.out.push(&Frame::ForgetLists(gone));
    }
    for list in lists {
        let has = hello.lists.iter().find(|has| has.list == list).map(|has| &*has.cursor);
        let cursor = has.map(|bytes| Cursor::read(store, sender.tenant, bytes)).transpose()?.flatten();
        if answer.out.is_full() || !answer.list(list, cursor)? {
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
    /// What goes out before the next mark.
    portion: Portion,
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
            let page = self.store.doors_of(self.sender.tenant, list, rank, DOORS)?;
            if page.is_empty() {
                return Ok(true);
            }
            for (joined, door) in page {
                rank = joined;
                self.whole_door(door)?;
                if self.portion.is_large() && self.marks_the_end(list, Stage::Downloading { since, rank }) {
                    return Ok(false);
                }
            }
            if self.marks_the_end(list, Stage::Downloading { since, rank }) {
                return Ok(false);
            }
        }
    }

    /// What is new on a list; whether all of it.
    fn changes(&mut self, list: WalkListId, mut since: LogPosition) -> Result<bool, store::Error> {
        // Up to here the list's own document was sent.
        let mut list_sent = LogPosition::START;
        loop {
            // The phone has what it wrote itself.
            let reader = Some(self.sender.device);
            let page = self.store.changes_since(self.sender.tenant, list, since, reader, CHANGES)?;
            if page.next == since {
                return Ok(true);
            }
            for (at, change) in page.changes {
                since = at;
                if !concerns_list(&change) {
                    self.change(change)?;
                } else if list_sent < at {
                    list_sent = self.store.head(self.sender.tenant)?;
                    self.list_document(list)?;
                }
                if self.portion.is_large() && self.marks_the_end(list, Stage::Following(since)) {
                    return Ok(false);
                }
            }
            since = page.next;
            let full = self.marks_the_end(list, Stage::Following(since));
            if full || !page.more {
                return Ok(!page.more);
            }
        }
    }

    fn change(&mut self, change: Change) -> Result<(), store::Error> {
        match change {
            Change::Base(base) => self.portion.base(readable(base)),
            Change::Entry(entry) => self.portion.entries([entry]),
            Change::Joined(door) => self.whole_door(door)?,
            Change::Left(door) => self.portion.left(door),
            // They come with the list.
            Change::Streets => {}
        }
        Ok(())
    }

    /// A list's base with its edits, the streets around its doors, and the version of the script that is worked.
    fn list_document(&mut self, list: WalkListId) -> Result<(), store::Error> {
        let (tenant, subject) = (self.sender.tenant, Subject::List(list));
        let Some(bytes) = self.store.base_of(tenant, subject)?.and_then(readable) else { return Ok(()) };
        let base = ListBase::from_bytes(&bytes).ok();
        let mut stored = self.store.entries_of(tenant, subject)?;
        if let Some(base) = &base {
            // What is folded into the base is done with.
            stored.retain(|entry| !base.has_folded(EntryId::new(entry.device, entry.header.seq)));
        }
        let entries: Vec<Entry> = stored.iter().filter_map(opened).collect();
        let state = base.and_then(|base| ListState::compute(&base, &entries).ok());
        self.out.push(&Frame::List(bytes.into()));
        self.portion.entries(stored);
        let streets = self.store.streets_of(tenant, list)?.and_then(Held::readable);
        if let Some(streets) = streets.filter(|streets| streets.len() <= MAX_RECORD_BYTES) {
            self.out.push(&Frame::Streets(list, streets.into()));
        }
        let Some(script) = state.and_then(|state| state.list.script) else { return Ok(()) };
        match self.store.script(tenant, script) {
            // One script that cannot be read holds up nothing.
            Err(store::Error::Damaged { .. }) => {}
            script => {
                let script = script?.filter(|script| script.len() <= MAX_RECORD_BYTES);
                script.into_iter().for_each(|script| self.out.push(&Frame::Script(script.into())));
            }
        }
        Ok(())
    }

    /// A door with everything that happened at it.
    fn whole_door(&mut self, door: DoorId) -> Result<(), store::Error> {
        let subject = Subject::Door(door);
        self.portion.base(self.store.base_of(self.sender.tenant, subject)?.and_then(readable));
        self.portion.entries(self.store.entries_of(self.sender.tenant, subject)?);
        Ok(())
    }

    /// Marks how far the phone has come with a list; whether the answer ends here. It ends at marks only: what stood
    /// before might else be as large as an answer, and the next one would begin with it again.
    fn marks_the_end(&mut self, list: WalkListId, stage: Stage) -> bool {
        self.mark(list, stage);
        self.out.is_full()
    }

    fn mark(&mut self, list: WalkListId, stage: Stage) {
        std::mem::take(&mut self.portion).write(list, &mut self.out);
        let cursor = Cursor { life: self.store.life(), stage }.to_bytes().into();
        self.out.push(&Frame::Cursor(ListCursor { list, cursor }));
    }
}

const fn concerns_list(change: &Change) -> bool {
    match change {
        Change::Base(base) => matches!(base.subject, Subject::List(_)),
        Change::Entry(entry) => matches!(entry.header.subject, Subject::List(_)),
        Change::Streets => true,
        Change::Joined(_) | Change::Left(_) => false,
    }
}

fn readable(base: StoredBase) -> Option<Vec<u8>> {
    // One that is larger would make the whole answer unreadable: it stays here, everything else goes on.
    Held::readable(base.bytes).filter(|bytes| bytes.len() <= MAX_RECORD_BYTES)
}
