//! The answer: what became of the runs, what is new on the phone's lists, what to forget.

mod base_maps;
mod decisions;
mod drafts;
mod had;
mod portion;
mod reader;
mod settings;
mod turning;
mod wiping;

pub(super) use reader::ViewMark;

use super::cursor::{Besides, Cursor, Stage};
use super::{Answered, Refused};
use crate::access::Sender;
use crate::reading::{self, opened};
use crate::store::{self, Change, Held, LogPosition, Store, StoredBase};
use had::{Had, Mark, Marks};
use portion::Portion;
use reader::Reader;
use std::collections::BTreeSet;
use turning::Turned;
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
) -> Result<Answered, Refused> {
    let device = store.device(sender.tenant, sender.device)?.ok_or(Refused::ShutOut)?;
    let in_backend_up_to = store.in_backend_up_to(sender.tenant, sender.device)?;
    let tip = device.tip.to_bytes().into();
    let out = ResponseWriter::new(ANSWER_BYTES);
    let tells_recalled = hello.knows(Frame::FORGET_ENTRIES);
    let tells_erased = hello.knows(Frame::ERASE);
    let settings = match reading::settings(store, sender.tenant) {
        Err(store::Error::Damaged { .. }) => None,
        settings => Some(settings?),
    };
    let reader = Reader::new(store, sender, settings.as_ref())?;
    let (portion, turned) = (Portion::default(), Turned::default());
    let mut answer = Answer {
        store,
        sender,
        reader,
        out,
        portion,
        turned,
        marks: Marks::default(),
        besides: Besides::default(),
        tells_recalled,
        tells_erased,
        tells_maps: hello.knows(Frame::TILES),
        maps_of: hello.maps_of.iter().flatten().copied().collect(),
    };
    answer.out.push(&Frame::Welcome(Welcome { now, last_seq: device.last_seq, tip, in_backend_up_to }));
    answer.out.push(&Frame::Verdicts(verdicts));
    if device.wipe_ordered_at.is_some() || hello.wiped == Some(true) {
        answer.wipe(hello, &device, now)?;
        return Ok(Answered { bytes: answer.out.finish(false), challenge: device.challenges.current });
    }
    answer.settings(hello, settings.as_ref());
    if hello.knows(Frame::WITHHELD) {
        answer.out.push(&Frame::Withheld(answer.reader.withheld.clone()));
    }
    let mut more = answer.decisions(hello, device.last_seq)?;
    more |= answer.drafts(hello)?;
    let lists = current_lists(store, sender)?;
    let gone: Vec<WalkListId> = hello.lists.iter().map(|has| has.list).filter(|list| !lists.contains(list)).collect();
    if !gone.is_empty() {
        answer.out.push(&Frame::ForgetLists(gone));
    }
    answer.marks = Marks::read(store, sender.tenant, hello, &lists, answer.reader.mark)?;
    for list in lists.iter().copied() {
        let mark = answer.marks.on(list);
        if matches!(mark, Some(Mark::OfAnotherView(_))) && !tells_recalled {
            // It knows no other way to unlearn what it was shown: the list comes again with the next answer.
            answer.out.push(&Frame::ForgetLists(vec![list]));
            more = true;
            continue;
        }
        let fits = mark.and_then(Mark::fits);
        let earlier = fits.map_or(mark.is_some(), |cursor| cursor.besides.earlier);
        answer.besides = Besides { earlier, lost: answer.marks.lost, ..Besides::default() };
        if answer.out.is_full() || !answer.list(list, fits)? {
            more = true;
            break;
        }
    }
    if !more {
        answer.tiles(hello, &lists)?;
    }
    Ok(Answered { bytes: answer.out.finish(more), challenge: device.challenges.current })
}

fn current_lists(store: &dyn Store, sender: &Sender) -> Result<BTreeSet<WalkListId>, store::Error> {
    let assignments = store.assignments_of(sender.tenant, sender.user.id)?;
    Ok(assignments.into_iter().filter(|held| held.until.is_none()).map(|held| held.list).collect())
}

struct Answer<'a> {
    store: &'a dyn Store,
    sender: &'a Sender,
    reader: Reader,
    out: ResponseWriter,
    /// What goes out before the next mark.
    portion: Portion,
    /// Doors of which something else is shown from the next mark on.
    turned: Turned,
    /// The marks that the phone came with.
    marks: Marks,
    /// What the phone may have of the list besides what it was sent up to its mark.
    besides: Besides,
    /// Whether the phone knows how to forget entries of others.
    tells_recalled: bool,
    /// Whether it knows how to forget what it said itself.
    tells_erased: bool,
    /// Whether it knows of maps.
    tells_maps: bool,
    /// Lists that it has and of whose maps it was never told.
    maps_of: BTreeSet<WalkListId>,
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
            Stage::Following(since) => {
                if self.maps_of.contains(&list) {
                    self.base_map_or_none(list)?;
                }
                since
            }
            Stage::Downloading { since, rank } => {
                if !self.doors(list, since, rank)? {
                    return Ok(false);
                }
                // Behind everything that people are found by.
                self.base_map(list)?;
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
        let had = if self.besides.earlier { Had::Anything } else { Had::WhatWasShown };
        loop {
            let page = self.store.doors_of(self.sender.tenant, list, rank, DOORS)?;
            if page.is_empty() {
                return Ok(true);
            }
            for (joined, door) in page {
                rank = joined;
                self.whole_door(door, since, had)?;
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
        // Up to here the list's own document was sent, and up to here what its map is.
        let (mut list_sent, mut map_sent) = (LogPosition::START, LogPosition::START);
        // The phone has what it wrote itself; but what it is shown of others may be another thing since.
        let reader = (!self.reader.sees_last_only()).then_some(self.sender.device);
        let mut told = since;
        loop {
            let page = self.store.changes_since(self.sender.tenant, list, since, reader, CHANGES)?;
            if page.next == since {
                return Ok(true);
            }
            for (at, change) in page.changes {
                since = at;
                if change == Change::Map {
                    if map_sent < at {
                        map_sent = self.store.head(self.sender.tenant)?;
                        self.base_map(list)?;
                    }
                } else if !concerns_list(&change) {
                    self.change(change)?;
                } else if list_sent < at && !self.wrote(&change) {
                    list_sent = self.store.head(self.sender.tenant)?;
                    self.list_document(list)?;
                }
                if self.portion.is_large() && self.follows_to_the_end(list, &mut told, since)? {
                    return Ok(false);
                }
            }
            since = page.next;
            let full = self.follows_to_the_end(list, &mut told, since)?;
            if full || !page.more {
                return Ok(!page.more);
            }
        }
    }

    fn change(&mut self, change: Change) -> Result<(), store::Error> {
        match change {
            Change::Base(base) => self.portion.base(self.reader.base(readable(base))),
            Change::Entry(entry) if self.reader.sees_all() => self.portion.entries([entry]),
            Change::Entry(entry) => self.turn_or_show(&entry),
            Change::Erased(entry) => match entry.header.subject {
                Subject::Door(door) if self.reader.sees_last_only() => self.turned.erased(door),
                _ => {
                    self.erased([entry.id()]);
                    // What is left of its own the phone has not, nor does anything else tell it.
                    if self.reader.sees_all() || entry.device == self.sender.device {
                        self.portion.entries([entry]);
                    } else {
                        self.portion.shown(&self.reader.entry(&entry));
                    }
                }
            },
            Change::Recalled(about, entry) => {
                self.turn_after_recall(about);
                if self.tells_recalled {
                    self.portion.recalled([entry]);
                }
            }
            Change::Joined(door) if self.reader.sees_last_only() => self.turned.joined(door),
            Change::Joined(door) => self.whole_door(door, LogPosition::LAST, Had::WhatWasShown)?,
            Change::Left(door) => self.portion.left(door),
            // They come with the list, and of themselves.
            Change::Streets | Change::Map => {}
        }
        Ok(())
    }

    /// Whether the phone wrote it itself.
    fn wrote(&self, change: &Change) -> bool {
        matches!(change, Change::Entry(entry) if entry.device == self.sender.device)
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
        self.recalled_of(subject)?;
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

    /// A door with everything that happened at it; of what is not shown as it happened, as it stood at this position. What the
    /// phone had of it and is not shown any more is to be forgotten.
    fn whole_door(&mut self, door: DoorId, at: LogPosition, had: Had) -> Result<(), store::Error> {
        let subject = Subject::Door(door);
        self.portion.base(self.reader.base(self.store.base_of(self.sender.tenant, subject)?.and_then(readable)));
        self.recalled_of(subject)?;
        self.erased(self.store.erased_entries_of(self.sender.tenant, subject)?);
        let entries = self.store.entries_of(self.sender.tenant, subject)?;
        if self.reader.sees_all() {
            self.portion.entries(entries);
            return Ok(());
        }
        let shown = self.reader.entries(&entries, at);
        if self.tells_recalled {
            let is_shown: BTreeSet<EntryId> = shown.iter().map(Entry::id).collect();
            let had = self.had(had, &entries, at);
            self.portion.recalled(had.into_iter().filter(|id| !is_shown.contains(id)));
        }
        self.portion.shown(&shown);
        Ok(())
    }

    /// What the phone may have with words that are not there any more. What is left of it comes behind.
    fn erased(&mut self, entries: impl IntoIterator<Item = EntryId>) {
        let (own, others): (Vec<_>, Vec<_>) = entries.into_iter().partition(|id| id.device == self.sender.device);
        if self.tells_recalled {
            self.portion.recalled(others);
        }
        if self.tells_erased {
            self.portion.erased(own.into_iter().map(|id| id.seq));
        }
    }

    /// What of a document phones may have as counting, and does not.
    fn recalled_of(&mut self, subject: Subject) -> Result<(), store::Error> {
        if self.tells_recalled {
            self.portion.recalled(self.store.recalled_of(self.sender.tenant, subject)?);
        }
        Ok(())
    }

    /// Marks how far the phone has come with a list; whether the answer ends here. It ends at marks only: what stood
    /// before might else be as large as an answer, and the next one would begin with it again.
    fn marks_the_end(&mut self, list: WalkListId, stage: Stage) -> bool {
        self.mark(list, stage);
        self.out.is_full()
    }

    fn mark(&mut self, list: WalkListId, stage: Stage) {
        std::mem::take(&mut self.portion).write(Some(list), &mut self.out);
        let (life, view) = (self.store.life(), self.reader.mark);
        let earlier = self.besides.earlier && matches!(stage, Stage::Downloading { .. });
        let besides = Besides { earlier, ..self.besides };
        let cursor = Cursor { life, stage, view, besides }.to_bytes().into();
        self.out.push(&Frame::Cursor(ListCursor { list, cursor }));
    }
}

const fn concerns_list(change: &Change) -> bool {
    match change {
        Change::Base(base) => matches!(base.subject, Subject::List(_)),
        Change::Entry(entry) | Change::Erased(entry) => matches!(entry.header.subject, Subject::List(_)),
        Change::Recalled(about, _) => matches!(about, Subject::List(_)),
        Change::Streets => true,
        Change::Joined(_) | Change::Left(_) | Change::Map => false,
    }
}

fn readable(base: StoredBase) -> Option<Vec<u8>> {
    // One that is larger would make the whole answer unreadable: it stays here, everything else goes on.
    Held::readable(base.bytes).filter(|bytes| bytes.len() <= MAX_RECORD_BYTES)
}
