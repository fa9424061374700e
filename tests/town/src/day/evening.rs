//! What has to be true in the evening.

use super::reference::Reference;
use super::{Day, Story};
use crate::{DOORS, Fate, Phone, Server};
use walkbook_model::{EntryId, Timestamp};

pub(super) fn evening(
    phones: &mut [Phone],
    server: &mut Server,
    (reference, day): (&mut Reference, Day),
    now: Timestamp,
    story: &mut Story,
) -> Result<(), String> {
    // The first exchange may learn that the server was restored, the second refills it, the third hears of the others.
    everybody_syncs(3, phones, server, now.shifted_ms(60_000), story)?;
    if day.restores {
        release_all(server, reference, story);
        everybody_syncs(2, phones, server, now.shifted_ms(600_000), story)?;
    }
    reference.holds(phones, server, story)?;
    nothing_is_lost(phones, server, story)?;
    everybody_sees_the_same(phones, server, story)
}

fn everybody_syncs(
    rounds: i64,
    phones: &mut [Phone],
    server: &mut Server,
    now: Timestamp,
    story: &mut Story,
) -> Result<(), String> {
    for round in 0..rounds {
        for (number, phone) in phones.iter_mut().enumerate() {
            let whole = phone.sync(server, Fate::Arrives, now.shifted_ms(round * 60_000));
            story.tell(number, "syncs in the evening");
            story.holds(whole, "an undisturbed exchange did not end")?;
        }
    }
    Ok(())
}

/// What rests on another comes after it.
fn release_all(server: &mut Server, reference: &mut Reference, story: &mut Story) {
    loop {
        let before = server.set_aside();
        for id in &before {
            let decided = server.decide(*id, false);
            story.tell(0, &format!("(the office decides about {id}: {decided:?})"));
            reference.decided(*id, decided);
        }
        if server.set_aside() == before {
            return;
        }
    }
}

/// Each entry counts once, is set aside, or is refused, and its writer knows which.
fn nothing_is_lost(phones: &[Phone], server: &Server, story: &mut Story) -> Result<(), String> {
    let mut counting = 0;
    for (number, phone) in phones.iter().enumerate() {
        story.tell(number, "counts its entries");
        story.holds(phone.at_risk() == 0, "something is still at risk")?;
        for id in phone.logged() {
            let (here, there) = (stands_on(phone, id), stands_at(server, id));
            story.holds(there.is_some(), &format!("{id} was lost"))?;
            story.holds(here == there, &format!("{id} is {here:?} on its phone and {there:?} at the server"))?;
            counting += usize::from(there == Some(Stands::Counts));
        }
    }
    story.holds(server.accepted() == counting, "an entry is there twice, or was never written")
}

#[derive(Debug, PartialEq, Eq)]
enum Stands {
    Counts,
    Aside,
    Refused,
}

fn stands_on(phone: &Phone, id: EntryId) -> Option<Stands> {
    let ways = [
        (phone.counts(id), Stands::Counts),
        (phone.set_aside().contains(&id), Stands::Aside),
        (phone.refused().contains_key(&id), Stands::Refused),
    ];
    the_one(ways)
}

fn stands_at(server: &Server, id: EntryId) -> Option<Stands> {
    let ways = [
        (server.has(id), Stands::Counts),
        (server.has_aside(id), Stands::Aside),
        (server.refusal(id).is_some(), Stands::Refused),
    ];
    the_one(ways)
}

/// The way that holds, if it is the only one.
fn the_one(ways: [(bool, Stands); 3]) -> Option<Stands> {
    let mut holding = ways.into_iter().filter_map(|(holds, stands)| holds.then_some(stands));
    holding.next().filter(|_| holding.next().is_none())
}

fn everybody_sees_the_same(phones: &[Phone], server: &Server, story: &mut Story) -> Result<(), String> {
    for (number, phone) in phones.iter().enumerate() {
        story.tell(number, "compares the list");
        let same = phone.list_state().to_bytes() == server.list_state().to_bytes();
        story.holds(same, "phone and server do not show the same list")?;
        for door in 0..DOORS {
            story.tell(number, &format!("compares door {door}"));
            let same = phone.state(door) == server.state(door);
            story.holds(same, "phone and server do not show the same")?;
        }
    }
    Ok(())
}
