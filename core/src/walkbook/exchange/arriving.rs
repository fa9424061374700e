//! Which doors have come with an answer, and which are still to come: for whoever wants to know how far it is.

use crate::store::{Error, View};
use std::collections::BTreeSet;
use walkbook_model::DoorId;
use walkbook_sync::Effect;

/// The doors of an answer that comes in.
pub(super) struct Arriving {
    pub(super) come: u64,
    awaited: BTreeSet<DoorId>,
}

impl Arriving {
    /// Nothing has come yet.
    pub(super) fn begins(view: View<'_>) -> Result<Self, Error> {
        Ok(Self { come: 0, awaited: awaited_in(view)? })
    }

    pub(super) fn awaited(&self) -> u64 {
        self.awaited.len() as u64
    }

    /// Something has come, and is not in the book yet.
    pub(super) fn comes(&mut self, effect: &Effect, view: View<'_>) -> Result<(), Error> {
        match effect {
            Effect::KeepDoor(base) => {
                self.come += 1;
                self.awaited.remove(&base.record.id);
            }
            Effect::KeepList(base) => {
                for door in &base.record.doors {
                    if !view.has_row(*door)? {
                        self.awaited.insert(*door);
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// All that has come is in the book, which knows best.
    pub(super) fn is_worked_in(&mut self, view: View<'_>) -> Result<(), Error> {
        self.awaited = awaited_in(view)?;
        Ok(())
    }
}

fn awaited_in(view: View<'_>) -> Result<BTreeSet<DoorId>, Error> {
    Ok(view.doors_to_come()?.into_iter().collect())
}
