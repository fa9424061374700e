//! Lists are merged, split and cut again while people work them.
//!
//! What was done at a door is the door's, and goes with it. Whoever worked the door goes on working it as far as lists are
//! merged or split. Where doors change lists that others work, what was recorded at them up to now counts whenever it comes,
//! and what is recorded afterwards by whoever does not know yet is set aside.

mod made;
mod merging;
mod recutting;
mod splitting;

pub use merging::{Merge, merge_lists};
pub use recutting::{Recut, Rewish, recut_lists};
pub use splitting::{Split, split_list};

use super::Error;
use super::cutting::{around, place};
use crate::reading;
use crate::store::Store;
use std::collections::{BTreeMap, BTreeSet};
use walkbook_ledger::{ListChange, ListState};
use walkbook_model::{DoorId, TenantId, WalkListId};
use walkbook_terrain::{Place, Region};

/// The lists as they stand, each once.
fn states(store: &dyn Store, tenant: TenantId, lists: &[WalkListId]) -> Result<Vec<ListState>, Error> {
    let mut seen = BTreeSet::new();
    let each = lists.iter().filter(|list| seen.insert(**list));
    each.map(|list| reading::list_state(store, tenant, *list)?.ok_or(Error::Unknown { what: "list" })).collect()
}

/// Where the doors of these lists are; those that lie nowhere are not in it.
fn places(store: &dyn Store, tenant: TenantId, lists: &[ListState]) -> Result<BTreeMap<DoorId, Place>, Error> {
    let mut places = BTreeMap::new();
    for door in lists.iter().flat_map(|state| &state.list.doors) {
        let state = reading::door_state(store, tenant, *door)?;
        places.extend(state.as_ref().and_then(place).map(|place| (*door, place)));
    }
    Ok(places)
}

/// Whether a door is on a list beside these. Then it stays there, and comes onto no other.
fn is_elsewhere(store: &dyn Store, tenant: TenantId, door: DoorId, lists: &[ListState]) -> Result<bool, Error> {
    let on = store.lists_with(tenant, door)?;
    Ok(on.iter().any(|list| !lists.iter().any(|state| state.list.id == *list)))
}

/// Puts doors onto a list one behind the other, the first behind this one or to the front.
fn place_behind(mut behind: Option<DoorId>, doors: impl IntoIterator<Item = DoorId>) -> Vec<ListChange> {
    let placed = doors.into_iter().map(|door| ListChange::Place { door, behind: behind.replace(door) });
    placed.collect()
}

/// Gives lists the streets around their doors as they are now.
fn give_streets(
    store: &dyn Store,
    tenant: TenantId,
    streets: Option<&Region>,
    lists: impl IntoIterator<Item = WalkListId>,
) -> Result<(), Error> {
    if streets.is_none() {
        return Ok(());
    }
    for list in lists {
        let Some(state) = reading::list_state(store, tenant, list)? else { continue };
        let places: Vec<Place> = places(store, tenant, &[state])?.into_values().collect();
        if let Some(piece) = around(streets, &places) {
            store.put_streets(tenant, list, &piece.to_bytes())?;
        }
    }
    Ok(())
}
