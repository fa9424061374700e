//! What would be cut, before anything is.

use super::within::{Near, Overlap, Within};
use super::{ListSize, Wish, place};
use crate::office::Error;
use crate::reading;
use crate::store::Store;
use std::collections::{BTreeMap, BTreeSet};
use walkbook_model::limits::DOORS_PER_LIST;
use walkbook_model::{DoorId, Invalid, TenantId};
use walkbook_terrain::{Area, Cutting, Place, Size, Work, cut_turfs_within};

/// Minutes of work that a list may be wished to hold: a week of them.
const MOST_MINUTES: u32 = 10_080;

/// What is to be cut, and what is left. Nobody is in it.
#[derive(Clone, Default, PartialEq)]
pub struct Plan {
    /// The turfs, in the order in which they are made lists.
    pub(super) turfs: Vec<Planned>,
    /// Doors in each of them.
    pub sizes: Vec<usize>,
    /// Doors that lie nowhere: they are on no list until someone places them.
    pub unplaced: u64,
    /// In which streets they are, with the city.
    pub unplaced_in: BTreeMap<String, u64>,
    /// Doors outside of all boundaries, by where they are.
    pub outside: Vec<Near>,
    /// Boundaries that overlap, with the doors in both.
    pub overlaps: Vec<Overlap>,
    /// Boundaries without a door that is free.
    pub empty: Vec<String>,
}

impl std::fmt::Debug for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Plan({} turfs, {} doors unplaced, …)", self.sizes.len(), self.unplaced)
    }
}

/// A turf that is to be a list, or several.
#[derive(Clone, PartialEq)]
pub(super) struct Planned {
    pub(super) name: String,
    /// Whether it is all of a boundary, and one list.
    pub(super) is_whole: bool,
    pub(super) places: Vec<Place>,
}

/// What [`cut`](super::cut) would cut now.
///
/// # Errors
/// [`Error::Invalid`] for a size of nothing or above a list's bound, or a name; [`Error::Unknown`] without the script;
/// [`Error::Store`].
pub fn plan_cut(store: &dyn Store, tenant: TenantId, wish: Wish<'_>) -> Result<Plan, Error> {
    check(wish.size)?;
    if let Some(script) = wish.script {
        store.script(tenant, script)?.ok_or(Error::Unknown { what: "script" })?;
    }
    let mut plan = Plan::default();
    let free = free_places(store, tenant, &mut plan)?;
    let within = Within::new(wish.boundaries, &free);
    let (places, outside) = within.part(free);
    plan.outside = outside;
    plan.overlaps.clone_from(&within.overlaps);
    let wards: Vec<Area> = wish.boundaries.iter().map(|boundary| boundary.area.clone()).collect();
    let cutting = match wish.size {
        ListSize::About(size) => Cutting { size, wards: &wards, barriers: wish.barriers },
        ListSize::AsDrawn => Cutting { size: Size::Doors(usize::MAX), wards: &wards, barriers: &[] },
    };
    let turfs = cut_turfs_within(&places, cutting);
    let places: BTreeMap<DoorId, Place> = places.into_iter().map(|place| (place.door, place)).collect();
    let mut met = BTreeSet::new();
    for turf in turfs {
        let ward = within.ward_of(&turf.doors);
        met.extend(ward);
        let boundary = ward.and_then(|ward| wish.boundaries.get(ward));
        plan.sizes.push(turf.doors.len());
        plan.turfs.push(Planned {
            name: boundary.map_or(wish.name, |boundary| &boundary.name).to_owned(),
            is_whole: boundary.is_some() && wish.size == ListSize::AsDrawn && turf.doors.len() <= DOORS_PER_LIST,
            places: turf.doors.iter().filter_map(|door| places.get(door).cloned()).collect(),
        });
    }
    let empty = wish.boundaries.iter().enumerate().filter(|(ward, _)| !met.contains(ward));
    plan.empty = empty.map(|(_, boundary)| boundary.name.clone()).collect();
    Ok(plan)
}

pub(in crate::office) fn check(size: ListSize) -> Result<(), Error> {
    let fits = match size {
        ListSize::About(Size::Doors(doors)) => (1..=DOORS_PER_LIST).contains(&doors),
        ListSize::About(Size::Work(Work { minutes, pace_m, .. })) => {
            (1..=MOST_MINUTES).contains(&minutes) && pace_m > 0
        }
        ListSize::AsDrawn => true,
    };
    let wanted = "from 1 to 5,000 doors a list, or from 1 to 10,080 minutes at some pace";
    if fits { Ok(()) } else { Err(Invalid::Malformed { what: "list.doors", wanted }.into()) }
}

/// The doors that are on no list, as the terrain sees them.
pub(in crate::office) fn free_places(
    store: &dyn Store,
    tenant: TenantId,
    plan: &mut Plan,
) -> Result<Vec<Place>, Error> {
    let mut places = Vec::new();
    for door in reading::free_doors(store, tenant) {
        let Some(state) = reading::door_state(store, tenant, door?)? else { continue };
        if let Some(place) = place(&state) {
            places.push(place);
            continue;
        }
        let address = &state.door.address;
        plan.unplaced += 1;
        *plan.unplaced_in.entry(format!("{}, {}", address.street, address.city)).or_default() += 1;
    }
    Ok(places)
}
