//! Edits: what they were made on top of, and who may change a list.

use super::known::{Kept, Named, Sort};
use super::{Judge, Stop, require};
use crate::store::{Reach, Verdict};
use walkbook_ledger::{DoorChange, DoorEdit, Entry, ListChange, Payload, Subject};
use walkbook_model::limits::DOORS_PER_LIST;
use walkbook_model::{Action, EntryId, WalkListId};
use walkbook_sync::Reason;

impl Judge<'_> {
    /// Nobody clears what they are not shown: their phone has it empty, and would take away what others know.
    pub(super) fn weigh_door_edit(&mut self, entry: &Entry, edit: &DoorEdit) -> Result<Verdict, Stop> {
        if let DoorChange::SetContactField(_, field, value) = &edit.change
            && value.is_empty()
        {
            require(!self.is_withheld(field)?, Reason::Withheld)?;
        }
        self.weigh_made_on(entry, &edit.on)
    }

    /// An edit on top of one that is refused would hang in the air for ever: the phone makes it again on what it then
    /// has. One on top of an edit that another phone still has to bring waits for it; one on top of what is set aside
    /// is set aside too.
    pub(super) fn weigh_made_on(&mut self, entry: &Entry, on: &[EntryId]) -> Result<Verdict, Stop> {
        let mut made = Verdict::Accepted;
        for named in on {
            match self.named(*named)? {
                Named::Coming => {}
                Named::Here(here) => {
                    require(here.is(Sort::Edit, entry.header.subject), Reason::Malformed)?;
                    if here.verdict == Verdict::Quarantined {
                        made = here.verdict;
                    }
                }
                Named::Refused | Named::Nobody => return Err(Reason::Rebase.into()),
            }
        }
        Ok(made)
    }

    pub(super) fn weigh_on_list(&mut self, entry: &Entry, list: WalkListId) -> Result<Verdict, Stop> {
        let Payload::List(edit) = &entry.payload else { return Err(Reason::Malformed.into()) };
        let changes = self.may_to_list(Action::ChangeList, list)?;
        if !changes {
            // Who walks it may only add what was found on the way.
            let ListChange::Place { door, .. } = edit.change else { return Err(Reason::NotAllowed.into()) };
            require(self.may_to_list(Action::PlaceFoundDoor, list)?, Reason::NotYours)?;
            require(!self.members(list)?.contains(&door), Reason::NotAllowed)?;
            require(self.is_own_new_door(door)?, Reason::NotAllowed)?;
        }
        require(self.store.base_of(self.sender.tenant, Subject::List(list))?.is_some(), Reason::NotYours)?;
        match &edit.change {
            ListChange::Place { door, .. } => {
                // Nobody gets hold of a door by putting it onto an own list.
                let placed = if changes { Action::ChangeList } else { Action::PlaceFoundDoor };
                require(self.reach_for(placed, *door)? == Reach::Now, Reason::NotYours)?;
                let doors = self.members(list)?;
                require(doors.contains(door) || doors.len() < DOORS_PER_LIST, Reason::NotAllowed)?;
            }
            ListChange::Assign(users) => {
                require(self.may_to_list(Action::HandOutList, list)?, Reason::NotAllowed)?;
                for user in users {
                    require(self.is_user(*user)?, Reason::NotYours)?;
                    require(self.may_to_user(Action::HandOutList, *user)?, Reason::NotYours)?;
                }
            }
            ListChange::SetScript(Some(script)) => {
                require(matches!(self.script(*script)?, Kept::Sound(_)), Reason::NotYours)?;
            }
            ListChange::Rename(_) | ListChange::SetScript(None) | ListChange::Drop(_) => {}
        }
        let verdict = self.weigh_made_on(entry, &edit.on)?;
        match &edit.change {
            ListChange::Place { door, .. } if verdict == Verdict::Accepted => {
                self.members(list)?.insert(*door);
            }
            ListChange::Drop(door) if verdict == Verdict::Accepted => {
                self.members(list)?.remove(door);
            }
            _ => {}
        }
        Ok(verdict)
    }
}
