//! A day in the town, drawn from a seed, and what has to be true in the evening.

mod evening;
mod reference;

use crate::{DOORS, Fate, Phone, Server, door_base, door_id, list_id};
use evening::evening;
use reference::Reference;
use std::collections::BTreeMap;
use std::sync::Arc;
use walkbook_ledger::{Correction, DoorChange, ListChange, Payload};
use walkbook_model::{ContactField, Interaction, Lift, Outcome, Suppression, SuppressionReason, Target, Timestamp};
use walkbook_vault::{SoftwareSigner, SystemRandom, make_device_key};

/// What a day is made of.
#[derive(Debug, Clone, Copy)]
pub struct Day {
    /// Phones in the street.
    pub phones: u8,
    /// Things that happen.
    pub steps: usize,
    /// Whether the server is restored to an earlier state in between.
    pub restores: bool,
}

/// Numbers from a seed: xorshift64*, so that a day can be replayed.
pub struct Chance(u64);

impl Chance {
    /// The numbers of this seed.
    pub const fn of(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `below`.
    pub fn below(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % below
    }
}

/// Lives through a day and holds the evening against the promises.
///
/// # Errors
/// The story of the day up to the broken promise, a line a step.
pub fn run_day(seed: u64, day: Day) -> Result<(), String> {
    let mut story = Story { lines: vec![format!("seed {seed}, {day:?}")] };
    let mut chance = Chance::of(seed);
    let mut phones: Vec<Phone> = (0..day.phones).map(|number| Phone::new(number, make_signer())).collect();
    let keys: BTreeMap<_, _> = phones.iter().map(|phone| (phone.device, phone.signer().public_key())).collect();
    let mut server = Server::new(keys);
    let mut reference = Reference::default();
    let mut backup = (server.clone(), reference.clone());
    let mut lives = 0;
    let mut now = Timestamp::from_ms(1_795_000_000_000);
    for _ in 0..day.steps {
        now = now.shifted_ms(20_000);
        let number = chance.below(u64::from(day.phones)) as usize;
        let phone = &mut phones[number];
        let door = chance.below(u64::from(DOORS)) as u8;
        match chance.below(19) {
            0..=4 => {
                let outcome = Outcome::ALL[chance.below(Outcome::ALL.len() as u64) as usize];
                story.tell(number, &format!("{outcome} at door {door}"));
                phone.write(door, Payload::Interaction(Interaction::of_outcome(list_id(), None, outcome)), now);
            }
            5 => {
                story.tell(number, &format!("suppresses door {door}"));
                let reason = SuppressionReason::Objection;
                let suppression = Suppression { target: Target::Door, reason, until_on: None };
                phone.write(door, Payload::Suppression(suppression), now);
            }
            6 => {
                if let Some(mark) = phone.view(door).suppressions.first() {
                    story.tell(number, &format!("lifts a suppression at door {door}"));
                    let lift = Lift { names: vec![mark.entry], reason: "asked us to".into() };
                    phone.write(door, Payload::Lift(lift), now);
                }
            }
            7 => {
                if let Some(visit) = phone.view(door).visits.last() {
                    story.tell(number, &format!("undoes {} at door {door}", visit.entry));
                    let undo = Correction { replaces: visit.entry, with: None };
                    phone.write(door, Payload::Correction(undo), now);
                }
            }
            8 | 9 => {
                let name = format!("name {}", chance.below(4));
                story.tell(number, &format!("renames the contact at door {door} to {name}"));
                let contact = door_base(door).record.contacts[0].id;
                phone.edit(door, DoorChange::SetContactField(contact, ContactField::GivenName, name), now);
            }
            10 => {
                phone.skew_ms = [0, 110_000_000_000, -900_000_000, 3_600_000][chance.below(4) as usize];
                story.tell(number, &format!("clock is off by {} ms", phone.skew_ms));
            }
            11 if chance.below(4) == 0 => {
                story.tell(number, "has poison in the log");
                phone.write_poison(door, now);
            }
            12 if day.restores && chance.below(4) == 0 => {
                if chance.below(2) == 0 {
                    story.tell(number, "(the server is backed up)");
                    backup = (server.clone(), reference.clone());
                } else {
                    story.tell(number, "(the server is restored)");
                    lives += 1;
                    server = Server::restored(&backup.0, lives);
                    reference = backup.1.clone();
                }
            }
            13 | 14 => {
                let change = draw_change_of_list(&mut chance, door);
                story.tell(number, &format!("changes the list: {change:?}"));
                phone.edit_list(change, now);
            }
            15 if chance.below(3) == 0 => {
                let watched = server.watch(phone.device);
                story.tell(number, &format!("(what it brings is set aside from now on: {watched})"));
            }
            16 => {
                let aside = server.set_aside();
                if let Some(id) = aside.get(chance.below(aside.len().max(1) as u64) as usize) {
                    let decided = server.decide(*id, chance.below(2) == 0);
                    story.tell(number, &format!("(the office decides about {id}: {decided:?})"));
                    reference.decided(*id, decided);
                }
            }
            _ => {
                let fate = draw_fate(&mut chance);
                let whole = phone.sync(&mut server, fate, now);
                story.tell(number, &format!("syncs: {fate:?}, whole: {whole}, at risk {}", phone.at_risk()));
                let lost = phone.believed_safe().find(|id| whole && !server.has(*id));
                story.holds(lost.is_none(), "an entry counted as safe is not on the server")?;
            }
        }
    }
    evening(&mut phones, &mut server, (&mut reference, day), now, &mut story)
}

fn draw_change_of_list(chance: &mut Chance, door: u8) -> ListChange {
    let other = chance.below(u64::from(DOORS)) as u8;
    match chance.below(6) {
        0 | 1 => ListChange::Drop(door_id(door)),
        2..=4 => {
            let behind = (other != door && chance.below(2) == 0).then(|| door_id(other));
            ListChange::Place { door: door_id(door), behind }
        }
        _ => ListChange::Rename(format!("List {other}")),
    }
}

fn draw_fate(chance: &mut Chance) -> Fate {
    match chance.below(8) {
        0 => Fate::RequestLost,
        1 => Fate::AnswerLost,
        2 => Fate::AnswerCut(chance.below(100) as u8),
        3 => Fate::Twice,
        _ => Fate::Arrives,
    }
}

pub(crate) fn make_signer() -> SoftwareSigner {
    let random = SystemRandom::new();
    let key = make_device_key(&random).expect("the system has random numbers");
    SoftwareSigner::from_pkcs8(&key, Arc::new(random)).expect("a key just made")
}

struct Story {
    lines: Vec<String>,
}

impl Story {
    fn tell(&mut self, phone: usize, what: &str) {
        self.lines.push(format!("phone {phone} {what}"));
    }

    fn holds(&self, promise: bool, broken: &str) -> Result<(), String> {
        if promise { Ok(()) } else { Err(format!("{}\nBROKEN: {broken}", self.lines.join("\n"))) }
    }
}
