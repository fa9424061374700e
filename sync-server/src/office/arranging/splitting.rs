//! A list becomes several.

use super::made::Made;
use super::{give_streets, is_elsewhere, places, states};
use crate::office::cutting::{ListSize, Names, check};
use crate::office::pen::Arranged;
use crate::office::{Error, Pen};
use crate::store::{Deed, Stamp, Store};
use std::collections::BTreeSet;
use walkbook_ledger::ListChange;
use walkbook_model::{DoorId, TenantId, WalkList, WalkListId};
use walkbook_terrain::{Cutting, Place, Region, Size, cut_turfs_within};

/// What a split came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The new lists.
    pub made: Vec<WalkListId>,
    /// Doors that are on them.
    pub moved: usize,
    /// Doors that the list keeps.
    pub kept: usize,
    /// People who work all of them, as they worked the list.
    pub people: usize,
}

/// Splits a list into turfs of about this size. The list keeps the turf in which its walk begins, and the doors that lie
/// nowhere; each other turf is a new list, worked by the same people, with the same script, of the same team, and its doors
/// in the order in which they were. Where the list is no larger than that, nothing is changed.
///
/// # Errors
/// [`Error::Unknown`] without the list, [`Error::Invalid`] for a size of nothing.
pub fn split_list(
    store: &dyn Store,
    pen: &Pen,
    tenant: TenantId,
    list: WalkListId,
    size: Size,
    streets: Option<&Region>,
    stamp: Stamp,
) -> Result<Split, Error> {
    check(ListSize::About(size))?;
    let split = pen.arrange(store, tenant, || wanted(store, tenant, list, size, stamp), stamp.at)?;
    give_streets(store, tenant, streets, split.made.iter().copied().chain([list]))?;
    Ok(split)
}

fn wanted(
    store: &dyn Store,
    tenant: TenantId,
    list: WalkListId,
    size: Size,
    stamp: Stamp,
) -> Result<(Arranged, Split), Error> {
    let states = states(store, tenant, &[list])?;
    let state = states.first().ok_or(Error::Unknown { what: "list" })?;
    let places: Vec<Place> = places(store, tenant, &states)?.into_values().collect();
    let first = state.list.doors.iter().find(|door| places.iter().any(|place| place.door == **door));
    let turfs = cut_turfs_within(&places, Cutting { size, wards: &[], barriers: &[] });
    let going = turfs.iter().filter(|turf| !first.is_some_and(|first| turf.doors.contains(first)));

    let mut names = Names::read(store, tenant)?;
    let team = store.team_of_list(tenant, list)?;
    let (mut made, mut gone) = (Made::default(), Vec::new());
    for turf in going {
        let on_it: BTreeSet<DoorId> = turf.doors.iter().copied().collect();
        let mut doors: Vec<DoorId> = Vec::new();
        for door in state.list.doors.iter().filter(|door| on_it.contains(door)) {
            if !is_elsewhere(store, tenant, *door, &states)? {
                doors.push(*door);
            }
        }
        gone.extend(&doors);
        let name = names.numbered(&state.list.name);
        names.take(name.clone());
        made.add(tenant, WalkList { name, doors, ..state.list.clone() }, team, stamp)?;
    }
    let told = Split {
        made: made.lists(),
        moved: gone.len(),
        kept: state.list.doors.len() - gone.len(),
        people: state.list.assigned.len(),
    };
    let deed = Deed::ListSplit { list, into: told.made.clone(), doors: told.moved as u64 };
    let changes = vec![(state.clone(), gone.into_iter().map(ListChange::Drop).collect())];
    Ok((Arranged { changes, arrangement: made.arrangement(deed, stamp) }, told))
}
