//! What a phone may have of a door that it is sent as a whole, and is not shown any more: it is to be forgotten.
//!
//! A door comes whole with its list, or onto one that the phone follows. The phone may have it already, by another list, or because
//! it has been on this one before; then it has what was shown at the mark of that list.

use super::super::cursor::Cursor;
use super::Answer;
use super::reader::ViewMark;
use crate::store::{Error, LogPosition, Store, StoredEntry};
use std::collections::{BTreeMap, BTreeSet};
use walkbook_ledger::Entry;
use walkbook_model::{EntryId, TenantId, WalkListId};
use walkbook_sync::Hello;

/// What a phone may have of a door.
#[derive(Clone, Copy)]
pub(super) enum Had {
    /// No more than was shown at one of the marks that it came with. Naming more would tell how often somebody was there.
    WhatWasShown,
    /// The same, or at this one, to which it has come since.
    WhatWasShownAt(LogPosition),
    /// Whatever ever happened there.
    Anything,
}

/// A phone's mark on a list.
#[derive(Clone, Copy)]
pub(super) enum Mark {
    /// What was shown up to there is what would be shown now.
    Fits(Cursor),
    /// Of another view than the one that holds now.
    OfAnotherView(Cursor),
    /// The store does not stand by it: it is of what a restored server has lost.
    Lost,
}

/// The marks of a phone on the lists that are its own.
#[derive(Default)]
pub(super) struct Marks {
    of: BTreeMap<WalkListId, Mark>,
    /// Where something was shown to it; nothing where nobody knows any more what that was.
    at: Option<BTreeSet<LogPosition>>,
    /// Whether it may have entries that the server had before it was restored, and may be brought again.
    pub(super) lost: bool,
}

impl Marks {
    pub(super) fn read(
        store: &dyn Store,
        tenant: TenantId,
        hello: &Hello,
        lists: &BTreeSet<WalkListId>,
        view: ViewMark,
    ) -> Result<Self, Error> {
        let mut of = BTreeMap::new();
        for has in hello.lists.iter().filter(|has| lists.contains(&has.list) && !has.cursor.is_empty()) {
            let mark = match Cursor::read(store, tenant, &has.cursor)? {
                Some(cursor) if cursor.view == view => Mark::Fits(cursor),
                Some(cursor) => Mark::OfAnotherView(cursor),
                None => Mark::Lost,
            };
            of.entry(has.list).or_insert(mark);
        }
        let (at, lost) = (of.values().map(Mark::shows).collect(), of.values().any(Mark::is_of_lost));
        Ok(Self { of, at, lost })
    }

    pub(super) fn on(&self, list: WalkListId) -> Option<Mark> {
        self.of.get(&list).copied()
    }
}

impl Mark {
    /// The cursor, where the phone goes on from it.
    pub(super) const fn fits(self) -> Option<Cursor> {
        match self {
            Self::Fits(cursor) => Some(cursor),
            Self::OfAnotherView(_) | Self::Lost => None,
        }
    }

    /// Up to where something was shown to the phone, if it has nothing besides.
    fn shows(&self) -> Option<LogPosition> {
        self.fits().filter(|cursor| !cursor.besides.earlier).map(Cursor::position)
    }

    const fn is_of_lost(&self) -> bool {
        match self {
            Self::Fits(cursor) | Self::OfAnotherView(cursor) => cursor.besides.lost,
            Self::Lost => true,
        }
    }
}

impl Answer<'_> {
    /// What the phone may have of a door with these entries.
    pub(super) fn had(&self, had: Had, entries: &[StoredEntry], now: LogPosition) -> BTreeSet<EntryId> {
        let told = match had {
            Had::Anything => None,
            Had::WhatWasShown => self.marks.at.clone(),
            Had::WhatWasShownAt(told) => self.marks.at.clone().map(|marks| marks.into_iter().chain([told]).collect()),
        };
        let Some(told) = told else { return entries.iter().map(StoredEntry::id).collect() };
        let back = told.first().into_iter().flat_map(|first| self.back(entries, *first, now));
        // Marks between which nothing happened here show the same.
        let by_count: BTreeMap<usize, LogPosition> = told
            .iter()
            .map(|mark| (entries.iter().filter(|entry| entry.position <= Some(*mark)).count(), *mark))
            .collect();
        let shown = by_count.into_values().flat_map(|mark| self.reader.entries(entries, mark));
        shown.map(|entry: Entry| entry.id()).chain(back).collect()
    }

    /// What came between two marks and the phone may have had all the while: it was lost, and is brought again.
    pub(super) fn back(
        &self,
        entries: &[StoredEntry],
        told: LogPosition,
        now: LogPosition,
    ) -> impl Iterator<Item = EntryId> {
        let may_be_back = move |entry: &&StoredEntry| {
            self.marks.lost && entry.position.is_some_and(|position| told < position && position <= now)
        };
        entries.iter().filter(may_be_back).map(StoredEntry::id)
    }
}
