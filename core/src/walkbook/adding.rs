//! Adding a door that was found on the way.

use super::states::list_state;
use super::writing::Draft;
use super::writing::made_on;
use super::{Error, Walkbook};
use crate::store::Document;
use walkbook_ledger::{DoorChange, DoorEdit, ListChange, ListEdit, Payload, Subject, door_added_by};
use walkbook_model::limits::DOORS_PER_LIST;
use walkbook_model::{Address, DoorId, EntryId, Invalid, Position, Timestamp, WalkListId};

impl Walkbook {
    /// Adds a door that the register does not know, and puts it onto a list: behind another of its doors, or to the front.
    /// It is on the list when this returns. All of it goes into the log together.
    ///
    /// # Errors
    /// [`Error::NotHere`] if the phone has no such list, or the other door is not on it; [`Error::Invalid`] for an empty
    /// address or a full list, [`Error::Store`]; nothing is added then.
    pub fn add_door(
        &self,
        list: WalkListId,
        address: Address,
        position: Option<Position>,
        behind: Option<DoorId>,
        now: Timestamp,
    ) -> Result<DoorId, Error> {
        let mut inner = self.lock();
        let state = list_state(inner.book_to_write_on(Document::List(list), now)?, list)?
            .ok_or(Error::NotHere { what: "list" })?;
        if behind.is_some_and(|behind| !state.list.doors.contains(&behind)) {
            return Err(Error::NotHere { what: "door" });
        }
        if state.list.doors.len() >= DOORS_PER_LIST {
            return Err(Invalid::TooMany { what: "list.doors", limit: DOORS_PER_LIST }.into());
        }
        let first = inner.next_id()?;
        let door = door_added_by(first);
        let mut drafts = door_drafts(door, first, address, position);
        let change = ListChange::Place { door, behind };
        let payload = Payload::List(ListEdit { on: made_on(&state.tips), change });
        drafts.push(Draft { subject: Subject::List(list), epoch: state.epoch, payload });
        inner.write_all(drafts, None, now)?;
        Ok(door)
    }
}

fn door_drafts(door: DoorId, first: EntryId, address: Address, position: Option<Position>) -> Vec<Draft> {
    let edit =
        |on, change| Draft { subject: Subject::Door(door), epoch: 0, payload: Payload::Door(DoorEdit { on, change }) };
    let mut drafts = vec![edit(Vec::new(), DoorChange::SetAddress(address))];
    drafts.extend(position.map(|position| edit(vec![first], DoorChange::SetPosition(Some(position)))));
    drafts
}
