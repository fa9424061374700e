//! Knocking as fast as the phone can.

use super::{Error, say, system_time};
use crate::protocol::{Knocked, Report};
use walkbook_core::Walkbook;
use walkbook_model::{Address, DoorId, Interaction, Outcome, Position, WalkListId};

const OUTCOMES: [Outcome; 4] = [Outcome::NotHome, Outcome::LeftLiterature, Outcome::Refused, Outcome::ComeBack];
/// Of so many things, one is a door that was found on the way: several entries that belong together.
const ADDED_EVERY: u64 = 32;

/// Records so many things at the doors of the first list; says each as soon as it is acknowledged.
pub(super) fn work(walkbook: &Walkbook, from: u64, count: u64) -> Result<(), Error> {
    let list = walkbook.lists()?.into_iter().next().ok_or(Error::NoList)?.list;
    let Some(behind) = list.doors.first().copied() else { return Err(Error::NoList) };
    let doors: Vec<DoorId> = list.doors.iter().copied().take(32).collect();
    for (number, door) in (from..from.saturating_add(count)).zip(doors.iter().cycle()) {
        if number % ADDED_EVERY == 0 {
            say(&add(walkbook, list.id, behind, number)?);
        } else {
            say(&knock(walkbook, list.id, *door, number)?);
        }
    }
    Ok(())
}

fn knock(walkbook: &Walkbook, list: WalkListId, door: DoorId, number: u64) -> Result<Report, Error> {
    let outcome = usize::try_from(number).ok().and_then(|number| OUTCOMES.get(number % OUTCOMES.len()));
    let outcome = outcome.copied().unwrap_or(Outcome::NotHome);
    let knock = Interaction { note: Some(number.to_string()), ..Interaction::of_outcome(list, None, outcome) };
    let entry = walkbook.record_knock(door, knock, system_time())?;
    Ok(Report::Knocked(Knocked { entry, door, number }))
}

fn add(walkbook: &Walkbook, list: WalkListId, behind: DoorId, number: u64) -> Result<Report, Error> {
    let address = Address { street: "Found Lane".into(), number: number.to_string(), ..Address::default() };
    let position = Position::from_degrees(-40.0, -150.0).ok();
    let door = walkbook.add_door(list, address, position, Some(behind), system_time())?;
    Ok(Report::Added { door })
}
