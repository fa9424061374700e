//! Doors of which the phone is shown the last attempt only: with the next one, the one before is taken away again.
//!
//! What the phone has of such a door is what was shown at its mark, and nothing else has to be remembered of it: what it is told is
//! the difference to what is shown at the next.

use super::super::cursor::Stage;
use super::Answer;
use super::had::Had;
use crate::reading::opened;
use crate::store::{self, LogPosition, StoredEntry};
use std::collections::{BTreeMap, BTreeSet};
use walkbook_ledger::{Entry, Subject, is_of_attempt};
use walkbook_model::{DoorId, EntryId, WalkListId};

/// What the phone has of these doors at its last mark.
#[derive(Default)]
pub(super) struct Turned {
    doors: BTreeMap<DoorId, Has>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Has {
    /// What was shown then.
    Shown,
    /// The same, or nothing: it came onto the list since.
    ShownIfAny,
    /// What was shown then, before something in it was erased. What that was, nobody knows any more.
    Unknown,
}

impl Turned {
    pub(super) fn joined(&mut self, door: DoorId) {
        self.has(door, Has::ShownIfAny);
    }

    pub(super) fn erased(&mut self, door: DoorId) {
        self.has(door, Has::Unknown);
    }

    fn turned(&mut self, door: DoorId) {
        self.has(door, Has::Shown);
    }

    fn has(&mut self, door: DoorId, has: Has) {
        let known = self.doors.entry(door).or_insert(has);
        *known = has.max(*known);
    }
}

impl Answer<'_> {
    /// Shows what happened at a door; an attempt turns what is shown of the others.
    pub(super) fn turn_or_show(&mut self, stored: &StoredEntry) {
        let Some(entry) = opened(stored) else { return };
        match stored.header.subject {
            Subject::Door(door) if self.reader.sees_last_only() && is_of_attempt(&entry.payload) => {
                self.turned.turned(door);
            }
            _ if stored.device == self.sender.device => {}
            _ => self.portion.shown(&self.reader.entry(stored)),
        }
    }

    /// What does not count any more may have been the last attempt.
    pub(super) fn turn_after_recall(&mut self, about: Subject) {
        if let Subject::Door(door) = about
            && self.reader.sees_last_only()
        {
            self.turned.turned(door);
        }
    }

    /// Marks that the phone has come to here from its last mark; whether the answer ends here.
    pub(super) fn follows_to_the_end(
        &mut self,
        list: WalkListId,
        told: &mut LogPosition,
        since: LogPosition,
    ) -> Result<bool, store::Error> {
        for (door, has) in std::mem::take(&mut self.turned).doors {
            self.turn(door, has, *told, since)?;
        }
        *told = since;
        Ok(self.marks_the_end(list, Stage::Following(since)))
    }

    fn turn(&mut self, door: DoorId, has: Has, told: LogPosition, now: LogPosition) -> Result<(), store::Error> {
        match has {
            Has::ShownIfAny => return self.whole_door(door, now, Had::WhatWasShownAt(told)),
            Has::Unknown => return self.whole_door(door, now, Had::Anything),
            Has::Shown => {}
        }
        let entries = self.store.entries_of(self.sender.tenant, Subject::Door(door))?;
        let shown = self.reader.entries(&entries, now);
        let before = self.reader.entries(&entries, told);
        let before: BTreeMap<EntryId, &Entry> = before.iter().map(|entry| (entry.id(), entry)).collect();
        let own = self.sender.device;
        self.portion.shown(
            shown.iter().filter(|entry| entry.device != own && before.get(&entry.id()).is_none_or(|had| had != entry)),
        );
        if self.tells_recalled {
            let is_shown = |id: &EntryId| shown.iter().any(|entry| entry.id() == *id);
            let had: BTreeSet<EntryId> = before.into_keys().chain(self.back(&entries, told, now)).collect();
            self.portion.recalled(had.into_iter().filter(|id| !is_shown(id)));
        }
        Ok(())
    }
}
