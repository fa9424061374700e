//! The shift: nobody has any signal.

use super::{PEOPLE, World, say};
use crate::error::Error;
use crate::protocol::{Order, Report};
use crate::runner::Phone;
use std::collections::BTreeSet;
use walkbook_model::{DoorId, WalkListId};

/// Doors that everybody works.
const DOORS: usize = 40;
/// By how much a clock is wrong that says 2030, in milliseconds: more than three years.
const IN_2030: i64 = 110_000_000_000;

pub(super) fn work(world: &mut World) -> Result<(), Error> {
    say("No signal. The shift");
    world.network.cut();
    let World { phones, lists, .. } = world;
    if let Some(phone) = phones.first_mut() {
        let is_cut = phone.sync()?.is_none();
        println!("    Aino tries to exchange: {}", if is_cut { "no signal" } else { "it works?" });
    }
    for ((phone, (name, place, _)), number) in phones.iter_mut().zip(PEOPLE).zip(0u64..) {
        let list = *lists.get(place).ok_or(Error::TooFew)?;
        let doors = phone.doors(list)?;
        // Where several work one list, each begins elsewhere, and they meet at many doors.
        let begin = (number as usize * 7) % (doors.len() / 2).max(1);
        let theirs: Vec<DoorId> = doors.iter().cycle().skip(begin).take(DOORS.min(doors.len())).copied().collect();
        if name == "Eeva" {
            println!("    {name}'s phone believes that it is 2030");
            phone.set_clock(IN_2030)?;
        }
        let killed_after = (name == "Dmitri").then_some(theirs.len() / 2);
        phone.work(list, &theirs, number, killed_after)?;
        if killed_after.is_some() {
            println!("    {name}'s phone is killed in the middle of the shift (SIGKILL), and starts again");
            let done: BTreeSet<DoorId> = phone.tally.knocks.iter().map(|(door, _)| *door).collect();
            let rest: Vec<DoorId> = theirs.into_iter().filter(|door| !done.contains(door)).collect();
            phone.work(list, &rest, number, None)?;
        }
        println!("    {name}: {} knocks", phone.tally.knocks.len());
    }
    meet(world)
}

/// What happens at doors that two people work at once.
fn meet(world: &mut World) -> Result<(), Error> {
    let list = *world.lists.first().ok_or(Error::TooFew)?;
    let [aino, bilal, chiara, _, eeva, _] = world.phones.as_mut_slice() else { return Err(Error::TooFew) };
    let doors = aino.doors(list)?;
    let (clash, contact) = with_people(aino, &doors)?;
    aino.must(&Order::MendPhone { door: clash, contact, number: "+1-202-555-0123".into() })?;
    bilal.must(&Order::MendPhone { door: clash, contact, number: "+1-202-555-0145".into() })?;
    println!("    Aino and Bilal both mend one person's telephone number");
    let no = *doors.iter().find(|door| **door != clash).ok_or(Error::TooFew)?;
    chiara.must(&Order::Suppress { door: no })?;
    knock_once(bilal, list, no)?;
    println!("    At one door Chiara hears \"never again\"; Bilal, who cannot know, knocks there later");
    world.seen.of_2030 = eeva.tally.knocks.first().map(|(door, _)| *door);
    world.seen.clash = Some(clash);
    world.seen.no = Some(no);
    Ok(())
}

fn knock_once(phone: &mut Phone, list: WalkListId, door: DoorId) -> Result<(), Error> {
    phone.work(list, &[door], 99, None)
}

/// A door where somebody lives, and who.
fn with_people(phone: &mut Phone, doors: &[DoorId]) -> Result<(DoorId, walkbook_model::ContactId), Error> {
    for door in doors {
        if let Report::Door { contacts, .. } = phone.must(&Order::Door { door: *door })?
            && let Some(contact) = contacts.first()
        {
            return Ok((*door, *contact));
        }
    }
    Err(Error::TooFew)
}
