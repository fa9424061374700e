//! Lists are cut from the register.

mod names;
mod plan;
mod within;

pub use plan::{Plan, plan_cut};
pub use within::{Near, Overlap};

pub(super) use names::Names;
pub(super) use plan::{check, free_places};

use super::Error;
use crate::import::Boundary;
use crate::store::{self, Store};
use walkbook_ledger::{Base, DoorState};
use walkbook_model::limits::DOORS_PER_LIST;
use walkbook_model::{ContentHash, DoorId, EffortId, Position, TenantId, Timestamp, WalkList, WalkListId};
use walkbook_terrain::{Ends, Place, Region, Size, StreetMap, Streets, Ways, house_number, plan_walk};

/// What lists are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish<'a> {
    /// The effort they belong to, by its name.
    pub effort: &'a str,
    /// What their names begin with, where there are no boundaries; a number follows.
    pub name: &'a str,
    /// How large a list is to be.
    pub size: ListSize,
    /// The version of the script that is worked.
    pub script: Option<ContentHash>,
    /// Wards that no list lies across, or turfs that somebody has drawn. Lists are called by them, and doors outside of all
    /// of them are left. Where two overlap, the first counts.
    pub boundaries: &'a [Boundary],
    /// Lines that no list lies across.
    pub barriers: &'a [Vec<Position>],
}

/// How large lists are to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListSize {
    /// About so large.
    About(Size),
    /// One list for each boundary, as it was drawn.
    AsDrawn,
}

impl<'a> Wish<'a> {
    /// Lists of about so many doors each, cut as the doors lie.
    pub const fn of_doors(effort: &'a str, name: &'a str, doors: usize) -> Self {
        let size = ListSize::About(Size::Doors(doors));
        Self { effort, name, size, script: None, boundaries: &[], barriers: &[] }
    }
}

/// What was cut.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cut {
    /// The new lists in their order.
    pub lists: Vec<WalkListId>,
    /// Doors that are on them.
    pub doors: u64,
    /// What was to be cut, and what was left.
    pub plan: Plan,
}

/// Cuts the doors that are on no list yet into turfs, and makes a list in walk order of each. Doing it again cuts what has
/// come since. Where there are streets, the order goes along them, and each list gets those around its doors; without them
/// it goes by straight lines. `progress` is told how many lists are done, of how many.
///
/// # Errors
/// As [`plan_cut`]. With [`Error::Store`] lists that were made stay, and doing it again makes the rest.
pub fn cut(
    store: &dyn Store,
    tenant: TenantId,
    wish: Wish<'_>,
    streets: Option<&Region>,
    now: Timestamp,
    mut progress: impl FnMut(u64, u64),
) -> Result<Cut, Error> {
    let mut plan = plan_cut(store, tenant, wish)?;
    let turfs = std::mem::take(&mut plan.turfs);
    let mut names = Names::read(store, tenant)?;
    let (mut lists, mut on_them) = (Vec::new(), 0);
    let all = turfs.len() as u64;
    for (done, turf) in (1..).zip(turfs) {
        let map = around(streets, &turf.places).map(StreetMap::new);
        let order = plan_walk(map.as_ref().map_or(Ways::Straight, Ways::Streets), &turf.places, Ends::ANYWHERE).order;
        // One building may hold more doors than a list may.
        for doors in order.chunks(DOORS_PER_LIST) {
            let name = names.free(&turf);
            let Some(list) = make_list(store, tenant, wish, &name, doors.to_vec(), now)? else { continue };
            names.take(name);
            // They are the same for all parts of a turf that is more than one list.
            if let Some(map) = &map {
                store.put_streets(tenant, list.id, &map.streets().to_bytes())?;
            }
            on_them += list.doors.len() as u64;
            lists.push(list.id);
        }
        progress(done, all);
    }
    Ok(Cut { lists, doors: on_them, plan })
}

/// The streets around these places, if there are any.
pub(super) fn around(streets: Option<&Region>, places: &[Place]) -> Option<Streets> {
    let positions: Vec<Position> = places.iter().map(|place| place.position).collect();
    streets?.piece(&positions)
}

/// Makes a list of these doors, or of those among them that nobody else has put on a list since they were looked at;
/// nothing where none are left.
fn make_list(
    store: &dyn Store,
    tenant: TenantId,
    wish: Wish<'_>,
    name: &str,
    mut doors: Vec<DoorId>,
    now: Timestamp,
) -> Result<Option<WalkList>, Error> {
    while !doors.is_empty() {
        let effort = EffortId::derive(&[&tenant.to_bytes(), wish.effort.as_bytes()]);
        let on_it: Vec<u8> = doors.iter().flat_map(|door| door.to_bytes()).collect();
        // Doors that have left a list are not put back onto that one.
        let cut_at = now.as_ms().to_be_bytes();
        let id = WalkListId::derive(&[&tenant.to_bytes(), &effort.to_bytes(), &cut_at, &on_it]);
        let list = WalkList { id, effort, name: name.to_owned(), script: wish.script, assigned: Vec::new(), doors };
        list.check()?;
        match store.make_list(tenant, id, &Base::first(list.clone()).to_bytes(), &list.doors) {
            Err(store::Error::Taken) => doors = still_free(store, tenant, list.doors)?,
            made => return Ok(made.map(|()| Some(list))?),
        }
    }
    Ok(None)
}

fn still_free(store: &dyn Store, tenant: TenantId, doors: Vec<DoorId>) -> Result<Vec<DoorId>, Error> {
    let mut free = Vec::with_capacity(doors.len());
    for door in doors {
        if store.lists_with(tenant, door)?.is_empty() {
            free.push(door);
        }
    }
    Ok(free)
}

/// A door as the terrain sees it; nothing where it lies nowhere.
pub(super) fn place(state: &DoorState) -> Option<Place> {
    let address = &state.door.address;
    Some(Place {
        door: state.door.id,
        building: address.building(),
        street: address.street.to_lowercase(),
        number: house_number(&address.number),
        floor: address.floor,
        unit: address.unit.clone(),
        position: state.door.position?,
    })
}
