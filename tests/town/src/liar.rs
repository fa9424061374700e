//! A phone with a valid login that lies: among honest phones it sends, in any order, what it may write, what it may not, and
//! what no device has signed. The server is the real one, on a real store, and is held against what should count.

mod forgeries;
mod lies;
mod street;

use crate::{Chance, DOORS, Fate, door_base, door_id, list_id};
use forgeries::Forgery;
use lies::Lie;
use std::collections::BTreeMap;
use street::Street;
use walkbook_ledger::{Correction, DoorChange, DoorState, Entry, Payload};
use walkbook_model::{
    ContactField, EntryId, Interaction, Lift, Outcome, Suppression, SuppressionReason, Target, Timestamp,
};

pub use street::Region;

/// Lives through a day of so many steps with a liar in it.
///
/// # Errors
/// The story of the day up to the broken promise, a line a step.
pub fn run_lying_day(region: &Region, seed: u64, steps: usize) -> Result<(), String> {
    let now = Timestamp::from_ms(1_795_000_000_000);
    let mut day = LyingDay {
        story: vec![format!("seed {seed}")],
        chance: Chance::of(seed),
        street: Street::of(region, seed, now),
        wanted: BTreeMap::new(),
        now,
    };
    for _ in 0..steps {
        day.step()?;
    }
    day.evening()
}

struct LyingDay<'a> {
    story: Vec<String>,
    chance: Chance,
    street: Street<'a>,
    /// What should count: what the honest wrote, and of the liar what it may write.
    wanted: BTreeMap<EntryId, Entry>,
    now: Timestamp,
}

impl LyingDay<'_> {
    fn step(&mut self) -> Result<(), String> {
        self.now = self.now.shifted_ms(20_000);
        let door = self.chance.below(u64::from(DOORS)) as u8;
        match self.chance.below(10) {
            0..=4 => self.somebody_works(door),
            5 | 6 => self.somebody_syncs(),
            7 => return self.the_liar_works(door),
            8 => return self.the_liar_lies(door),
            _ => return self.the_liar_forges(),
        }
        Ok(())
    }

    /// The first of the honest leads, and may lift and correct.
    fn somebody_works(&mut self, door: u8) {
        let number = self.chance.below(self.street.honest.len() as u64) as usize;
        let phone = &mut self.street.honest[number];
        let view = phone.view(door);
        let drawn = if number == 0 { self.chance.below(6) } else { 2 + self.chance.below(4) };
        let payload = match (drawn, view.suppressions.first(), view.visits.last()) {
            (0, Some(mark), _) => Payload::Lift(Lift { names: vec![mark.entry], reason: "asked us to".into() }),
            (1, _, Some(visit)) => Payload::Correction(Correction { replaces: visit.entry, with: None }),
            (2, ..) => no(),
            (3, ..) => {
                let (contact, name) = (door_base(door).record.contacts[0].id, self.chance.below(4).to_string());
                phone.edit_of(door, DoorChange::SetContactField(contact, ContactField::GivenName, name))
            }
            _ => not_home(),
        };
        self.story.push(format!("phone {number} writes {payload:?} at door {door}"));
        let id = phone.write(door, payload, self.now);
        self.wanted.insert(id, phone.entry(id));
    }

    fn somebody_syncs(&mut self) {
        let number = self.chance.below(self.street.honest.len() as u64) as usize;
        let fates = [Fate::Arrives, Fate::Arrives, Fate::AnswerLost, Fate::RequestLost, Fate::Twice];
        let fate = fates[self.chance.below(5) as usize];
        self.story.push(format!("phone {number} syncs: {fate:?}"));
        self.street.sync(number, fate, self.now);
    }

    /// What it may write counts, like anybody's.
    fn the_liar_works(&mut self, door: u8) -> Result<(), String> {
        let payload = if self.chance.below(3) == 0 { no() } else { not_home() };
        self.story.push(format!("the liar writes {payload:?} at door {door}"));
        let entry = self.street.liar.write(door_id(door), payload, self.now);
        let id = entry.id();
        self.wanted.insert(id, entry);
        let refused = self.street.the_liar_syncs(self.now);
        self.holds(refused == Some(Vec::new()), "the liar is not let do what it may")
    }

    fn the_liar_lies(&mut self, door: u8) -> Result<(), String> {
        let mut lies = Vec::new();
        for _ in 0..=self.chance.below(3) {
            let lie = Lie::drawn(&mut self.chance, door, &self.wanted, &self.street);
            self.story.push(format!("the liar writes {}", lie.what));
            lies.push(self.street.liar.append(lie, self.now).seq);
        }
        let refused = self.street.the_liar_syncs(self.now);
        self.holds(refused == Some(lies), "a lie was taken")
    }

    fn the_liar_forges(&mut self) -> Result<(), String> {
        let forgery = Forgery::drawn(&mut self.chance, &self.street, self.now);
        self.story.push(format!("the liar sends {}", forgery.what));
        let taken = self.street.is_taken(&forgery, self.now);
        self.holds(!taken, "a forgery was taken")
    }

    /// Everybody meets the server, twice: the second time they hear of what the others brought.
    fn evening(&mut self) -> Result<(), String> {
        for round in 1..=2 {
            for number in 0..self.street.honest.len() {
                self.street.sync(number, Fate::Arrives, self.now.shifted_ms(round * 60_000));
            }
        }
        for phone in &self.street.honest {
            self.holds(phone.at_risk() == 0, "something is at risk")?;
            self.holds(phone.refused().is_empty(), "something honest was refused")?;
        }
        for door in 0..DOORS {
            self.story.push(format!("door {door} is compared"));
            let wanted = DoorState::compute(door_id(door), Some(&door_base(door)), self.wanted.values());
            let wanted = wanted.expect("sound").to_bytes();
            self.holds(self.street.state(door) == wanted, "the server does not show what should count")?;
            for phone in &self.street.honest {
                self.holds(phone.state(door) == wanted, "a phone does not show what should count")?;
            }
        }
        self.holds(self.street.lists_are_as_they_were(), "a list has changed")
    }

    fn holds(&self, promise: bool, broken: &str) -> Result<(), String> {
        if promise { Ok(()) } else { Err(format!("{}\nBROKEN: {broken}", self.story.join("\n"))) }
    }
}

fn not_home() -> Payload {
    Payload::Interaction(Interaction::of_outcome(list_id(), None, Outcome::NotHome))
}

fn no() -> Payload {
    let reason = SuppressionReason::Objection;
    Payload::Suppression(Suppression { target: Target::Door, reason, until_on: None })
}
