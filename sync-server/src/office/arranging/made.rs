//! Lists that the office makes out of others.

use crate::office::Error;
use crate::store::{Arrangement, Deed, ListUpdate, NewBase, Stamp};
use walkbook_ledger::{Base, Subject};
use walkbook_model::{TeamId, TenantId, WalkList, WalkListId};

/// New lists, with who works them and whose they are.
#[derive(Default)]
pub(super) struct Made {
    bases: Vec<NewBase>,
    updates: Vec<ListUpdate>,
    teams: Vec<(WalkListId, TeamId)>,
    lists: Vec<WalkListId>,
}

impl Made {
    /// Adds a list of this one's making, under an id of its own.
    pub(super) fn add(
        &mut self,
        tenant: TenantId,
        from: WalkList,
        team: Option<TeamId>,
        stamp: Stamp,
    ) -> Result<(), Error> {
        let on_it: Vec<u8> = from.doors.iter().flat_map(|door| door.to_bytes()).collect();
        let made_at = stamp.at.as_ms().to_be_bytes();
        let id = WalkListId::derive(&[&tenant.to_bytes(), &from.id.to_bytes(), &made_at, &on_it]);
        let list = WalkList { id, ..from };
        list.check()?;
        self.updates.extend(list.doors.iter().map(|door| ListUpdate::Join(id, *door)));
        self.updates.extend(list.assigned.iter().map(|user| ListUpdate::Assign(id, *user)));
        self.teams.extend(team.map(|team| (id, team)));
        self.bases.push(NewBase { subject: Subject::List(id), bytes: Base::first(list).to_bytes() });
        self.lists.push(id);
        Ok(())
    }

    pub(super) fn lists(&self) -> Vec<WalkListId> {
        self.lists.clone()
    }

    pub(super) fn arrangement(self, deed: Deed, stamp: Stamp) -> Arrangement {
        let Self { bases, updates, teams, .. } = self;
        Arrangement { bases, updates, teams, deed, stamp }
    }
}
