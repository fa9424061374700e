//! Working into the book what the log has already: when somebody reads, or at the opening after a crash.

use super::states::document;
use super::{Error, Inner};
use crate::store::{self, Document, HeldEntry, OwnEntry, View, Writer};
use std::collections::BTreeSet;
use walkbook_ledger::Header;
use walkbook_model::{Day, DeviceId, EntryId, Timestamp};

/// So far the book may fall behind before the next entry works it in: a screen that is opened after a long while without
/// one waits no longer than one notices.
const FAR_BEHIND: u64 = 128;
/// So much of the log is worked in by one transaction.
const PORTION_BYTES: usize = 1024 * 1024;

/// How the book stands to the log while the walkbook is open.
pub(super) struct Lag {
    /// The last own entry that the book has.
    pub(super) applied_to: u64,
    /// The documents of which the log knows more, since they were written about.
    documents: BTreeSet<Document>,
    /// The day on which that was last done.
    today: Day,
}

impl Lag {
    pub(super) const fn new(applied_to: u64, today: Day) -> Self {
        Self { applied_to, documents: BTreeSet::new(), today }
    }
}

impl Inner {
    /// The book with everything that was recorded: what screens read, while the lease lasts. On a full disk it stays as it was,
    /// and can be read.
    pub(super) fn book(&mut self) -> Result<View<'_>, Error> {
        self.check_may_show()?;
        self.catch_up_if_there_is_room()?;
        Ok(self.store.book.view())
    }

    /// The same for whoever writes about one document: where the log knows no more of it, the rest can wait.
    pub(super) fn book_to_write_on(&mut self, about: Document, now: Timestamp) -> Result<View<'_>, Error> {
        self.told_time(now)?;
        self.check_may_show()?;
        let is_far_behind = self.last_seq.saturating_sub(self.lag.applied_to) >= FAR_BEHIND;
        if is_far_behind || self.lag.documents.contains(&about) { self.book() } else { Ok(self.store.book.view()) }
    }

    /// Notes that entries about these are in the log from now on.
    pub(super) fn falls_behind(&mut self, documents: impl IntoIterator<Item = Document>, now: Timestamp) {
        self.lag.today = self.today(now);
        for about in documents {
            self.lag.documents.insert(about);
            self.news.add(about);
        }
    }

    pub(super) fn catch_up_if_there_is_room(&mut self) -> Result<(), Error> {
        match self.catch_up() {
            Err(Error::Store(store::Error::DiskFull { .. })) => Ok(()),
            done => done,
        }
    }

    /// Works in what the log has and the book has not.
    pub(super) fn catch_up(&mut self) -> Result<(), Error> {
        while self.lag.applied_to < self.last_seq {
            let device = self.identity()?.device;
            let ahead = self.store.log.from(self.lag.applied_to + 1, PORTION_BYTES)?;
            let Some(last) = ahead.last().map(|entry| entry.seq) else { return Ok(()) };
            let touched = self.change_as_it_is(self.lag.today, |writer, touched| {
                for entry in ahead.iter().filter(|entry| entry.state.counts()) {
                    touched.documents.extend(work_in_own(writer, device, entry)?);
                }
                writer.set_applied_to(last)
            })?;
            // That there is news of the rest was told when it was recorded.
            self.news.doors.extend(touched.fallen);
            self.lag.applied_to = last;
        }
        self.lag.documents.clear();
        Ok(())
    }
}

/// Adds an own entry to the book; says what it is about.
pub(super) fn work_in_own(
    writer: &Writer<'_>,
    device: DeviceId,
    own: &OwnEntry,
) -> Result<Option<Document>, store::Error> {
    let (Some(content), Ok(header)) = (&own.content, Header::from_bytes(&own.header)) else { return Ok(None) };
    let about = document(header.subject);
    let payload = Some(content.payload.clone());
    let id = EntryId::new(device, own.seq);
    writer.add_entry(&HeldEntry { id, about, bound: None, header: own.header.clone(), payload })?;
    Ok(Some(about))
}
