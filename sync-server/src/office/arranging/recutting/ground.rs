//! What is cut again, and what that changes on each list.

use super::super::made::Made;
use super::super::{is_elsewhere, place_behind, places, states};
use super::{Recut, Rewish};
use crate::office::Error;
use crate::office::cutting::{Names, Plan, free_places};
use crate::store::{Stamp, Store};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use walkbook_ledger::{ListChange, ListState};
use walkbook_model::{DoorId, TenantId, WalkList, WalkListId};
use walkbook_terrain::{Area, Cutting, Ends, Place, Turf, Ways, cut_turfs_again, keep_walk, plan_walk};

pub(super) struct Ground {
    pub(super) lists: Vec<ListState>,
    /// The doors that may move. What lies nowhere stays where it is, and so does what is on a list beside these.
    places: BTreeMap<DoorId, Place>,
    /// The list that each door is on, by its number; of several the first. Doors that are new are on none.
    list_of: BTreeMap<DoorId, usize>,
}

impl Ground {
    pub(super) fn read(
        store: &dyn Store,
        tenant: TenantId,
        lists: &[WalkListId],
        with_new: bool,
    ) -> Result<Self, Error> {
        let lists = states(store, tenant, lists)?;
        let mut movable = BTreeMap::new();
        for (door, place) in places(store, tenant, &lists)? {
            if !is_elsewhere(store, tenant, door, &lists)? {
                movable.insert(door, place);
            }
        }
        if with_new {
            let new = free_places(store, tenant, &mut Plan::default())?;
            movable.extend(new.into_iter().map(|place| (place.door, place)));
        }
        let mut list_of = BTreeMap::new();
        for (number, door) in
            (0..).zip(&lists).flat_map(|(number, state)| state.list.doors.iter().map(move |door| (number, door)))
        {
            list_of.entry(*door).or_insert(number);
        }
        Ok(Self { lists, places: movable, list_of })
    }

    pub(super) fn cut(&self, wish: Rewish<'_>) -> Vec<Turf> {
        let wards: Vec<Area> = wish.boundaries.iter().map(|boundary| boundary.area.clone()).collect();
        let cutting = Cutting { size: wish.size, wards: &wards, barriers: wish.barriers };
        let before: Vec<Turf> =
            self.lists.iter().map(|state| Turf { doors: state.list.doors.clone(), boundary: Vec::new() }).collect();
        let places: Vec<Place> = self.places.values().cloned().collect();
        cut_turfs_again(&places, cutting, &before)
    }

    /// The doors of each list's turf, and the turfs of no list. Which is whose: those with most in common first.
    pub(super) fn owners(&self, turfs: Vec<Turf>) -> (Vec<Vec<DoorId>>, Vec<Vec<DoorId>>) {
        let mut shared: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for (turf, door) in
            turfs.iter().enumerate().flat_map(|(number, turf)| turf.doors.iter().map(move |door| (number, door)))
        {
            if let Some(list) = self.list_of.get(door) {
                *shared.entry((*list, turf)).or_default() += 1;
            }
        }
        let mut pairs: Vec<_> = shared.into_iter().collect();
        pairs.sort_by_key(|(pair, count)| (Reverse(*count), *pair));
        let mut turfs: Vec<Option<Vec<DoorId>>> = turfs.into_iter().map(|turf| Some(turf.doors)).collect();
        let mut owned: Vec<Option<Vec<DoorId>>> = vec![None; self.lists.len()];
        for ((list, turf), _) in pairs {
            if let (Some(own @ None), Some(turf)) = (owned.get_mut(list), turfs.get_mut(turf)) {
                *own = turf.take();
            }
        }
        (owned.into_iter().map(Option::unwrap_or_default).collect(), turfs.into_iter().flatten().collect())
    }

    /// What makes a list have these doors.
    pub(super) fn change(&self, state: &ListState, turf: &[DoorId], told: &mut Recut) -> Vec<ListChange> {
        let wanted: BTreeSet<DoorId> = turf.iter().copied().collect();
        let goes = |door: &&DoorId| self.places.contains_key(*door) && !wanted.contains(*door);
        let (gone, kept): (Vec<&DoorId>, Vec<&DoorId>) = state.list.doors.iter().partition(goes);
        let there: BTreeSet<DoorId> = kept.iter().map(|door| **door).collect();
        let coming: Vec<&Place> = wanted.difference(&there).filter_map(|door| self.places.get(door)).collect();
        self.count(coming.iter().map(|place| place.door), &state.list, told);
        let mut changes: Vec<ListChange> = gone.into_iter().copied().map(ListChange::Drop).collect();
        let kept: Vec<Place> = kept.into_iter().filter_map(|door| self.places.get(door).cloned()).collect();
        changes.extend(insert(kept, &coming));
        changes
    }

    /// The lists of turfs that are no list's. Each is like the list that most of its doors come from.
    pub(super) fn make(
        &self,
        store: &dyn Store,
        tenant: TenantId,
        turfs: &[Vec<DoorId>],
        stamp: Stamp,
        told: &mut Recut,
    ) -> Result<Made, Error> {
        let mut made = Made::default();
        let mut names = Names::read(store, tenant)?;
        for doors in turfs {
            let source = self.source_of(doors);
            let Some(like) = source.or(self.lists.first()) else { continue };
            let places: Vec<Place> = doors.iter().filter_map(|door| self.places.get(door).cloned()).collect();
            let doors = plan_walk(Ways::Straight, &places, Ends::ANYWHERE).order;
            let name = names.numbered(like.list.name.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' '));
            names.take(name.clone());
            let mut list = WalkList { name, doors, ..like.list.clone() };
            let mut team = store.team_of_list(tenant, like.list.id)?;
            if source.is_none() {
                // Where all is new, nobody has worked it.
                list.assigned = Vec::new();
                team = None;
            }
            self.count(list.doors.iter().copied(), &list, told);
            made.add(tenant, list, team, stamp)?;
        }
        Ok(made)
    }

    fn source_of(&self, doors: &[DoorId]) -> Option<&ListState> {
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for list in doors.iter().filter_map(|door| self.list_of.get(door)) {
            *counts.entry(*list).or_default() += 1;
        }
        let (list, _) = counts.into_iter().max_by_key(|(list, count)| (*count, Reverse(*list)))?;
        self.lists.get(list)
    }

    fn count(&self, coming: impl Iterator<Item = DoorId>, onto: &WalkList, told: &mut Recut) {
        for door in coming {
            let Some(from) = self.list_of.get(&door).and_then(|list| self.lists.get(*list)) else {
                told.new += 1;
                continue;
            };
            told.moved += 1;
            told.taken_from_people += usize::from(from.list.assigned.iter().any(|user| !onto.assigned.contains(user)));
        }
    }
}

/// Puts doors into a planned order, which stays as it is unless more come than there are.
fn insert(mut places: Vec<Place>, coming: &[&Place]) -> Vec<ListChange> {
    let planned: Vec<DoorId> = places.iter().map(|place| place.door).collect();
    places.extend(coming.iter().map(|place| (*place).clone()));
    if coming.len() > planned.len() {
        return place_behind(None, plan_walk(Ways::Straight, &places, Ends::ANYWHERE).order);
    }
    let coming: BTreeSet<DoorId> = coming.iter().map(|place| place.door).collect();
    let order = keep_walk(Ways::Straight, &planned, &places, Ends::ANYWHERE).order;
    let mut behind = None;
    let placed = order.into_iter().filter_map(|door| {
        let before = behind.replace(door);
        coming.contains(&door).then_some(ListChange::Place { door, behind: before })
    });
    placed.collect()
}
