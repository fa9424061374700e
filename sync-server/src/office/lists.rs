//! Lists are cut from the register, and handed out.

use super::{Error, Pen};
use crate::reading;
use crate::store::{self, Store};
use std::collections::BTreeMap;
use walkbook_ledger::{Base, DoorState, ListChange};
use walkbook_model::limits::DOORS_PER_LIST;
use walkbook_model::{
    ContentHash, DoorId, EffortId, Invalid, Position, TenantId, Timestamp, UserId, WalkList, WalkListId,
};
use walkbook_terrain::{Ends, Place, Region, StreetMap, Streets, Ways, cut_turfs, house_number, plan_walk};

/// What lists are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish<'a> {
    /// The effort they belong to, by its name.
    pub effort: &'a str,
    /// What their names begin with; a number follows.
    pub name: &'a str,
    /// Doors a list, about.
    pub size: usize,
    /// The version of the script that is worked.
    pub script: Option<ContentHash>,
}

/// What was cut.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cut {
    /// The new lists in their order.
    pub lists: Vec<WalkListId>,
    /// Doors that are on them.
    pub doors: u64,
    /// Doors that lie nowhere: they are on no list until someone places them.
    pub unplaced: u64,
}

/// Cuts the doors that are on no list yet into turfs, and makes a list in walk order of each. Doing it again cuts what has
/// come since. Where there are streets, the order goes along them, and each list gets those around its doors; without them
/// it goes by straight lines. `progress` is told how many lists are done, of how many.
///
/// # Errors
/// [`Error::Invalid`] for a size of nothing or above a list's bound, or a name; [`Error::Unknown`] without the script;
/// [`Error::Store`]: lists that were made stay, and doing it again makes the rest.
pub fn cut(
    store: &dyn Store,
    tenant: TenantId,
    wish: Wish<'_>,
    streets: Option<&Region>,
    now: Timestamp,
    mut progress: impl FnMut(u64, u64),
) -> Result<Cut, Error> {
    if wish.size == 0 || wish.size > DOORS_PER_LIST {
        return Err(Invalid::Malformed { what: "list.doors", wanted: "from 1 to 5,000 doors a list" }.into());
    }
    if let Some(script) = wish.script {
        store.script(tenant, script)?.ok_or(Error::Unknown { what: "script" })?;
    }
    let mut cut = Cut::default();
    let places = free_places(store, tenant, &mut cut)?;
    let turfs = cut_turfs(&places, wish.size);
    let places: BTreeMap<DoorId, Place> = places.into_iter().map(|place| (place.door, place)).collect();
    let mut number = reading::lists(store, tenant)?.len();
    let (mut done, all) = (0, turfs.len() as u64);
    for turf in turfs {
        let of_turf: Vec<Place> = turf.doors.iter().filter_map(|door| places.get(door).cloned()).collect();
        let map = around(streets, &of_turf).map(StreetMap::new);
        let order = plan_walk(map.as_ref().map_or(Ways::Straight, Ways::Streets), &of_turf, Ends::ANYWHERE).order;
        // One building may hold more doors than a list may.
        for doors in order.chunks(DOORS_PER_LIST) {
            if let Some(list) = make_list(store, tenant, wish, number + 1, doors.to_vec(), now)? {
                number += 1;
                // They are the same for all parts of a turf that is more than one list.
                if let Some(map) = &map {
                    store.put_streets(tenant, list.id, &map.streets().to_bytes())?;
                }
                cut.doors += list.doors.len() as u64;
                cut.lists.push(list.id);
            }
        }
        done += 1;
        progress(done, all);
    }
    Ok(cut)
}

/// The streets around these places, if there are any.
fn around(streets: Option<&Region>, places: &[Place]) -> Option<Streets> {
    let positions: Vec<Position> = places.iter().map(|place| place.position).collect();
    streets?.piece(&positions)
}

/// Makes a list of these doors, or of those among them that nobody else has put on a list since they were looked at;
/// nothing where none are left.
fn make_list(
    store: &dyn Store,
    tenant: TenantId,
    wish: Wish<'_>,
    number: usize,
    mut doors: Vec<DoorId>,
    now: Timestamp,
) -> Result<Option<WalkList>, Error> {
    while !doors.is_empty() {
        let effort = EffortId::derive(&[&tenant.to_bytes(), wish.effort.as_bytes()]);
        let on_it: Vec<u8> = doors.iter().flat_map(|door| door.to_bytes()).collect();
        // Doors that have left a list are not put back onto that one.
        let cut_at = now.as_ms().to_be_bytes();
        let id = WalkListId::derive(&[&tenant.to_bytes(), &effort.to_bytes(), &cut_at, &on_it]);
        let name = format!("{} {number}", wish.name);
        let list = WalkList { id, effort, name, script: wish.script, assigned: Vec::new(), doors };
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

/// The doors that are on no list, as the terrain sees them.
fn free_places(store: &dyn Store, tenant: TenantId, cut: &mut Cut) -> Result<Vec<Place>, Error> {
    let mut places = Vec::new();
    for door in reading::free_doors(store, tenant) {
        match reading::door_state(store, tenant, door?)?.as_ref().and_then(place) {
            Some(place) => places.push(place),
            None => cut.unplaced += 1,
        }
    }
    Ok(places)
}

fn place(state: &DoorState) -> Option<Place> {
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

/// Hands a list out to these people, and to nobody else.
///
/// # Errors
/// [`Error::Unknown`] without the list or a user.
pub fn assign(
    store: &dyn Store,
    pen: &Pen,
    tenant: TenantId,
    list: WalkListId,
    users: &[UserId],
    now: Timestamp,
) -> Result<(), Error> {
    for user in users {
        store.user(tenant, *user)?.ok_or(Error::Unknown { what: "user" })?;
    }
    let mut users = users.to_vec();
    users.sort_unstable();
    users.dedup();
    pen.edit_list(store, tenant, list, vec![ListChange::Assign(users)], now)
}

/// Sets the version of the script that is worked on a list.
///
/// # Errors
/// [`Error::Unknown`] without the list or the script.
pub fn give_script(
    store: &dyn Store,
    pen: &Pen,
    tenant: TenantId,
    list: WalkListId,
    script: Option<ContentHash>,
    now: Timestamp,
) -> Result<(), Error> {
    if let Some(script) = script {
        store.script(tenant, script)?.ok_or(Error::Unknown { what: "script" })?;
    }
    pen.edit_list(store, tenant, list, vec![ListChange::SetScript(script)], now)
}

/// Gives a list another name.
///
/// # Errors
/// [`Error::Unknown`] without the list, [`Error::Invalid`] for a name that is too long.
pub fn rename(
    store: &dyn Store,
    pen: &Pen,
    tenant: TenantId,
    list: WalkListId,
    name: &str,
    now: Timestamp,
) -> Result<(), Error> {
    pen.edit_list(store, tenant, list, vec![ListChange::Rename(name.to_owned())], now)
}
