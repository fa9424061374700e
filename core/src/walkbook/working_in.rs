//! Working entries into the book: the rows that screens read are computed by the ledger, on the phone as on the server.

use super::rows::{refresh_door, refresh_list};
use super::{Error, Inner};
use crate::store::{self, Document, Writer};
use std::collections::BTreeSet;
use walkbook_model::{Day, DoorId, EntryId, Timestamp, WalkListId};

/// What one change of the book concerns, noted while it is made.
#[derive(Default)]
pub(super) struct Touched {
    /// Documents of which something changed: their rows are computed anew.
    pub(super) documents: BTreeSet<Document>,
    /// Doors that the server has taken off a list.
    pub(super) left: BTreeSet<(WalkListId, DoorId)>,
    /// Doors that have come off a list, and may be on no other.
    pub(super) fallen: BTreeSet<DoorId>,
    /// Lists that are gone.
    pub(super) lists: BTreeSet<WalkListId>,
    /// Whether the tenant's settings are others.
    pub(super) settings: bool,
    /// Whether the map under the doors is another.
    pub(super) map: bool,
}

impl Inner {
    /// Changes the book, once it has everything that was recorded, and computes the rows of what was touched, in one
    /// transaction.
    pub(super) fn change_book(
        &mut self,
        now: Timestamp,
        change: impl FnOnce(&Writer<'_>, &mut Touched) -> Result<(), store::Error>,
    ) -> Result<(), Error> {
        self.catch_up()?;
        let touched = self.change_as_it_is(self.today(now), change)?;
        self.tell_of(touched);
        Ok(())
    }

    /// The same for the book as it is, of which nobody is told.
    pub(super) fn change_as_it_is(
        &mut self,
        today: Day,
        change: impl FnOnce(&Writer<'_>, &mut Touched) -> Result<(), store::Error>,
    ) -> Result<Touched, store::Error> {
        self.store.book.change(|writer| {
            let mut touched = Touched::default();
            change(writer, &mut touched)?;
            compute(writer, &mut touched, today)?;
            Ok(touched)
        })
    }

    /// The same for what the server sent: what is then on none of the phone's lists is forgotten, except what this device
    /// wrote and nobody has acknowledged.
    pub(super) fn change_book_as_told(
        &mut self,
        now: Timestamp,
        change: impl FnOnce(&Writer<'_>, &mut Touched, &BTreeSet<EntryId>) -> Result<(), store::Error>,
    ) -> Result<(), Error> {
        self.catch_up()?;
        let today = self.today(now);
        let device = self.identity()?.device;
        let unsent = self.store.log.unacknowledged_seqs()?;
        let keep: BTreeSet<EntryId> = unsent.into_iter().map(|seq| EntryId::new(device, seq)).collect();
        let touched = self.store.book.change(|writer| {
            let mut touched = Touched::default();
            change(writer, &mut touched, &keep)?;
            compute(writer, &mut touched, today)?;
            touched.fallen.iter().try_for_each(|door| writer.forget_if_on_no_list(*door, &keep))?;
            Ok(touched)
        })?;
        self.tell_of(touched);
        Ok(self.store.book.leave_no_trace()?)
    }

    fn tell_of(&mut self, touched: Touched) {
        touched.documents.into_iter().for_each(|about| self.news.add(about));
        self.news.lists.extend(touched.left.into_iter().map(|(list, _)| list));
        self.news.doors.extend(touched.fallen);
        self.news.lists.extend(touched.lists);
        self.news.settings |= touched.settings;
        self.news.map |= touched.map;
    }

    /// After opening: works in what a crash has left behind, and what the day has changed. A full disk is no reason not to
    /// open: whoever reads makes it good.
    pub(super) fn bring_up_to_date(&mut self, now: Timestamp) -> Result<(), Error> {
        self.can_record = self.store.can_append()?;
        match self.catch_up().and_then(|()| self.turn_day(now)) {
            Err(Error::Store(store::Error::DiskFull { .. })) => Ok(()),
            done => done,
        }
    }

    /// Computes the rows anew that do not hold on this day any more: a "no" has ended.
    pub(super) fn turn_day(&mut self, now: Timestamp) -> Result<(), Error> {
        let ended = self.store.book.view().ended(self.today(now))?;
        if ended.is_empty() {
            return Ok(());
        }
        self.change_book(now, |_, touched| {
            touched.documents.extend(ended.into_iter().map(Document::Door));
            Ok(())
        })
    }
}

/// Computes the rows of what was touched, and finds the doors that have come off a list.
fn compute(writer: &Writer<'_>, touched: &mut Touched, today: Day) -> Result<(), store::Error> {
    for about in &touched.documents {
        match *about {
            Document::Door(door) => {
                computed(refresh_door(writer, door, today))?.unwrap_or_default();
            }
            Document::List(list) => {
                touched.fallen.extend(computed(refresh_list(writer, list))?.unwrap_or_default());
            }
            // Few people look at drafts: they are computed when somebody does.
            Document::Draft(_) => {}
        }
    }
    for (list, door) in &touched.left {
        // The list itself knows best: this phone may have put the door back meanwhile. Without the list, the server does.
        match computed(refresh_list(writer, *list))? {
            Some(doors) => touched.fallen.extend(doors),
            None => writer.take_off(*list, *door)?,
        }
        touched.fallen.insert(*door);
    }
    Ok(())
}

/// Poison never blocks: a document that cannot be computed keeps its rows as they were, and says so when it is opened.
fn computed<T>(refreshed: Result<T, Error>) -> Result<Option<T>, store::Error> {
    match refreshed {
        Ok(value) => Ok(Some(value)),
        Err(Error::Store(error)) => Err(error),
        Err(_) => Ok(None),
    }
}
