//! The rows that screens read, computed from a document's state.

use super::Error;
use super::states::{door_state, list_state};
use crate::store::{DoorRow, Writer};
use walkbook_ledger::{DoorState, DoorStatus};
use walkbook_model::{Class, Day, DoorId, Outcome, WalkListId};

/// Computes a door's row anew. A door that the phone does not have has none.
pub(super) fn refresh_door(writer: &Writer<'_>, door: DoorId, today: Day) -> Result<(), Error> {
    match door_state(writer.view(), door)? {
        Some(state) => writer.put_row(&row(&state, today))?,
        None => writer.remove_row(door)?,
    }
    Ok(())
}

/// Computes a list's order anew; gives the doors that have come off it.
pub(super) fn refresh_list(writer: &Writer<'_>, list: WalkListId) -> Result<Vec<DoorId>, Error> {
    let state = list_state(writer.view(), list)?.ok_or(Error::NotHere { what: "list" })?;
    Ok(writer.set_order(list, &state.list.doors)?)
}

fn row(state: &DoorState, today: Day) -> DoorRow {
    let address = &state.door.address;
    let status = state.status(today);
    DoorRow {
        door: state.door.id,
        line: address.line(),
        street: address.street.clone(),
        number: address.number.clone(),
        unit: address.unit.clone(),
        building: address.building(),
        floor: address.floor,
        position: state.door.position,
        class: class(status),
        attempts: u32::try_from(state.counting().count()).unwrap_or(u32::MAX),
        last_outcome: last_outcome(state),
        suppressed: status == DoorStatus::Suppressed,
        names: state.present().map(|contact| contact.contact.name()).filter(|name| !name.is_empty()).collect(),
        clashes: u32::try_from(state.clashes.len()).unwrap_or(u32::MAX),
        holds_until: holds_until(state, today),
    }
}

/// The day on which the next "no" ends.
fn holds_until(state: &DoorState, today: Day) -> Option<Day> {
    state.suppressions.iter().filter(|mark| mark.holds_on(today)).filter_map(|mark| mark.until_on).min()
}

/// The same colour as on the server's map.
const fn class(status: DoorStatus) -> Option<Class> {
    match status {
        DoorStatus::Untouched => None,
        DoorStatus::Attempted => Some(Class::Attempt),
        DoorStatus::Contacted => Some(Class::Contact),
        DoorStatus::DataFix => Some(Class::DataFix),
        DoorStatus::Suppressed => Some(Class::Suppress),
    }
}

fn last_outcome(state: &DoorState) -> Option<Outcome> {
    state.counting().next_back().map(|(_, interaction)| interaction.knock.outcome())
}
