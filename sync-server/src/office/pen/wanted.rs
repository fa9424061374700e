//! What the pen is to write.

use super::{Error, Pen};
use crate::office::anew::Anew;
use crate::reading;
use crate::store::Store;
use walkbook_ledger::{
    DoorChange, DoorEdit, DoorState, ListChange, ListEdit, ListState, Payload, ScriptChange, ScriptEdit, ScriptState,
    Subject, script_started_by,
};
use walkbook_model::{DoorId, EntryId, Moment, ScriptId, TenantId, Timestamp, WalkListId};

/// Changes of a document, each on top of the one before, the first on top of what is there.
pub(super) struct Wanted {
    pub(super) subject: Subject,
    pub(super) epoch: u32,
    /// The latest edits that are there.
    pub(super) tips: Vec<EntryId>,
    pub(super) changes: Vec<Change>,
    /// When it was said, where that was before now.
    pub(super) moment: Option<Moment>,
}

pub(super) enum Change {
    Door(DoorChange),
    List(ListChange),
    Script(ScriptChange),
    /// As it stands.
    Whole(Payload),
}

impl Wanted {
    /// Changes of a list as it stands.
    pub(super) fn of_list(state: &ListState, changes: Vec<ListChange>) -> Self {
        let changes = changes.into_iter().map(Change::List).collect();
        let subject = Subject::List(state.list.id);
        Self { subject, epoch: state.epoch, tips: state.tips.clone(), changes, moment: None }
    }

    pub(super) const fn is_nothing(&self) -> bool {
        self.changes.is_empty()
    }
}

impl Change {
    pub(super) fn made_on(self, on: Vec<EntryId>) -> Payload {
        match self {
            Self::Door(change) => Payload::Door(DoorEdit { on, change }),
            Self::List(change) => Payload::List(ListEdit { on, change }),
            Self::Script(change) => Payload::Script(ScriptEdit { on, change }),
            Self::Whole(payload) => payload,
        }
    }
}

impl Pen {
    /// Writes a change of a door, chosen by what is there, on top of what is said with it; or nothing.
    ///
    /// # Errors
    /// [`Error::Unknown`] without the door, those of the choice; else as [`Pen::edit_list`].
    pub fn edit_door(
        &self,
        store: &dyn Store,
        tenant: TenantId,
        door: DoorId,
        change: impl Fn(&DoorState) -> Result<Option<(Vec<EntryId>, DoorChange)>, Error>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let wanted = |_| {
            let state = reading::door_state(store, tenant, door)?.ok_or(Error::Unknown { what: "door" })?;
            let (tips, changes) = match change(&state)? {
                Some((on, change)) => (on, vec![Change::Door(change)]),
                None => (Vec::new(), Vec::new()),
            };
            Ok(Wanted { subject: Subject::Door(door), epoch: state.epoch, tips, changes, moment: None })
        };
        self.write(store, tenant, now, wanted).map(drop)
    }

    /// Writes changes of a list, each on top of the one before, the first on top of what is there.
    ///
    /// # Errors
    /// [`Error::Unknown`] without the list; [`Error::Invalid`] for a change that is not within its bounds;
    /// [`Error::Refused`] with the first reason, if any is refused.
    pub fn edit_list(
        &self,
        store: &dyn Store,
        tenant: TenantId,
        list: WalkListId,
        changes: Vec<ListChange>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let wanted = |_| {
            let state = reading::list_state(store, tenant, list)?.ok_or(Error::Unknown { what: "list" })?;
            Ok(Wanted::of_list(&state, changes.clone()))
        };
        self.write(store, tenant, now, wanted).map(drop)
    }

    /// Starts a script's draft with changes that are told the entry which comes first; returns the script.
    ///
    /// # Errors
    /// As [`Pen::edit_list`].
    pub(in crate::office) fn start_draft(
        &self,
        store: &dyn Store,
        tenant: TenantId,
        changes: impl Fn(EntryId) -> Result<Vec<ScriptChange>, Error>,
        now: Timestamp,
    ) -> Result<ScriptId, Error> {
        let wanted = |first| {
            let changes = changes(first)?.into_iter().map(Change::Script).collect();
            Ok(Wanted {
                subject: Subject::Script(script_started_by(first)),
                epoch: 0,
                tips: Vec::new(),
                changes,
                moment: None,
            })
        };
        self.write(store, tenant, now, wanted).map(script_started_by)
    }

    /// Writes changes of a script's draft, which are chosen by what is there.
    ///
    /// # Errors
    /// [`Error::Unknown`] without the draft, those of the choice; else as [`Pen::edit_list`].
    pub(in crate::office) fn edit_draft(
        &self,
        store: &dyn Store,
        tenant: TenantId,
        script: ScriptId,
        changes: impl Fn(&ScriptState) -> Result<Vec<ScriptChange>, Error>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let wanted = |_| {
            let state = reading::draft_state(store, tenant, script)?.ok_or(Error::Unknown { what: "draft" })?;
            let changes = changes(&state)?.into_iter().map(Change::Script).collect();
            Ok(Wanted { subject: Subject::Script(script), epoch: state.epoch, tips: state.tips, changes, moment: None })
        };
        self.write(store, tenant, now, wanted).map(drop)
    }

    /// Writes one entry that was written before, as of the moment when it was. It is chosen by the name that it gets.
    ///
    /// # Errors
    /// As [`Pen::edit_list`], and those of the choice.
    pub(in crate::office) fn write_anew(
        &self,
        store: &dyn Store,
        tenant: TenantId,
        moment: Moment,
        entry: impl Fn(EntryId) -> Result<Anew, Error>,
        now: Timestamp,
    ) -> Result<EntryId, Error> {
        let wanted = |id| {
            let Anew { subject, epoch, payload } = entry(id)?;
            let changes = vec![Change::Whole(payload)];
            Ok(Wanted { subject, epoch, tips: Vec::new(), changes, moment: Some(moment) })
        };
        self.write(store, tenant, now, wanted)
    }
}
