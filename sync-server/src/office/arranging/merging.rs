//! Several lists become one.

use super::{give_streets, is_elsewhere, place_behind, states};
use crate::office::pen::Arranged;
use crate::office::{Error, Pen};
use crate::store::{Arrangement, Deed, Stamp, Store};
use std::collections::BTreeSet;
use walkbook_ledger::ListChange;
use walkbook_model::{DoorId, Invalid, TenantId, UserId, WalkList, WalkListId};
use walkbook_terrain::Region;

/// What a merger came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merge {
    /// Doors that came onto the list.
    pub joined: usize,
    /// Doors on it now.
    pub doors: usize,
    /// People who work it now.
    pub people: usize,
}

/// Merges lists into the first. Their doors come behind its own, in their order, and whoever worked one of them works it. The
/// others stay, without a door and nobody's: they are what their history hangs on.
///
/// # Errors
/// [`Error::Unknown`] without one of the lists; [`Error::Invalid`] where it would be only one list, or one that is too long:
/// then nothing was changed.
pub fn merge_lists(
    store: &dyn Store,
    pen: &Pen,
    tenant: TenantId,
    lists: &[WalkListId],
    streets: Option<&Region>,
    stamp: Stamp,
) -> Result<Merge, Error> {
    let merge = pen.arrange(store, tenant, || wanted(store, tenant, lists, stamp), stamp.at)?;
    give_streets(store, tenant, streets, lists.first().copied())?;
    Ok(merge)
}

fn wanted(store: &dyn Store, tenant: TenantId, lists: &[WalkListId], stamp: Stamp) -> Result<(Arranged, Merge), Error> {
    let states = states(store, tenant, lists)?;
    let Some((into, others)) = states.split_first().filter(|(_, others)| !others.is_empty()) else {
        return Err(Invalid::Malformed { what: "lists", wanted: "at least two" }.into());
    };
    let mut there: BTreeSet<DoorId> = into.list.doors.iter().copied().collect();
    let mut joining = Vec::new();
    for door in others.iter().flat_map(|state| &state.list.doors) {
        if there.insert(*door) && !is_elsewhere(store, tenant, *door, &states)? {
            joining.push(*door);
        }
    }
    let people: BTreeSet<UserId> = states.iter().flat_map(|state| state.list.assigned.iter().copied()).collect();
    let doors = into.list.doors.iter().chain(&joining).copied().collect();
    let merged = WalkList { doors, assigned: people.into_iter().collect(), ..into.list.clone() };
    merged.check()?;

    let empty = others.iter().map(|state| {
        let mut changes: Vec<ListChange> = state.list.doors.iter().copied().map(ListChange::Drop).collect();
        if !state.list.assigned.is_empty() {
            changes.push(ListChange::Assign(Vec::new()));
        }
        (state.clone(), changes)
    });
    let mut changes: Vec<_> = empty.collect();
    let told = Merge { joined: joining.len(), doors: merged.doors.len(), people: merged.assigned.len() };
    let mut filling = place_behind(into.list.doors.last().copied(), joining);
    if told.people != into.list.assigned.len() {
        filling.push(ListChange::Assign(merged.assigned));
    }
    changes.push((into.clone(), filling));
    let deed = Deed::ListsMerged {
        into: into.list.id,
        lists: others.iter().map(|state| state.list.id).collect(),
        doors: told.doors as u64,
    };
    let arrangement = Arrangement { bases: Vec::new(), updates: Vec::new(), teams: Vec::new(), deed, stamp };
    Ok((Arranged { changes, arrangement }, told))
}
