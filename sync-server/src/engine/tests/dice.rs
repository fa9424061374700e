//! What a hostile phone might come up with.

use super::world::{AINO, BERTA, HILL, RIVER, at, door};
use std::collections::BTreeSet;
use walkbook_ledger::{Correction, DoorChange, DoorEdit, Header, ListChange, ListEdit, Payload, Subject};
use walkbook_model::{
    DeviceId, DoorId, EntryId, Interaction, Lift, Moment, Outcome, Suppression, SuppressionReason, Target, UserId,
    WalkListId,
};
use walkbook_sync::RunEntry;
use walkbook_vault::{Salt, payload_hash};

/// Numbers that look random, the same in every run.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    pub(super) fn byte(&mut self) -> u8 {
        u8::try_from(self.roll(256)).unwrap()
    }

    /// Small numbers, large ones, and those at the ends.
    pub(super) fn number(&mut self) -> u64 {
        match self.roll(5) {
            0 => self.roll(4),
            1 => u64::MAX - self.roll(4),
            2 => (1 << 63) - 2 + self.roll(4),
            3 => at(0).as_ms() << 16 | self.roll(1 << 30),
            _ => self.roll(u64::MAX),
        }
    }

    pub(super) fn bend(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.roll(4) {
            let place = usize::try_from(self.roll(bytes.len().max(1) as u64)).unwrap();
            match (self.roll(4), bytes.get_mut(place)) {
                (0, Some(_)) => bytes.truncate(place),
                (1, _) => bytes.insert(place, self.byte()),
                (2, Some(byte)) => *byte = self.byte(),
                (_, Some(byte)) => *byte ^= 1 << self.roll(8),
                (_, None) => bytes.push(self.byte()),
            }
        }
    }

    pub(super) fn entry(&mut self, devices: &[DeviceId]) -> EntryId {
        let device = devices[usize::try_from(self.roll(devices.len() as u64)).unwrap()];
        EntryId::new(device, if self.roll(2) == 0 { self.roll(40) } else { self.number() })
    }

    pub(super) fn door(&mut self) -> DoorId {
        match self.roll(12) {
            0 => DoorId::from_bytes([self.byte(); 16]),
            number @ 1..=8 => door(u16::try_from(number).unwrap()),
            _ => door(1),
        }
    }

    pub(super) fn list(&mut self) -> WalkListId {
        [RIVER, RIVER, RIVER, HILL, WalkListId::from_bytes([99; 16])][usize::try_from(self.roll(5)).unwrap()]
    }

    pub(super) fn payload(&mut self, devices: &[DeviceId]) -> Payload {
        let on: BTreeSet<_> = (0..self.roll(3)).map(|_| self.entry(devices)).collect();
        let on = on.into_iter().collect();
        let user = [AINO, BERTA, UserId::from_bytes([99; 16])][usize::try_from(self.roll(3)).unwrap()];
        let knocked_by = (self.roll(4) == 0).then_some(user);
        let interaction = Interaction { knocked_by, ..Interaction::of_outcome(self.list(), None, Outcome::Hostile) };
        match self.roll(10) {
            0 => Payload::Suppression(Suppression {
                target: Target::Door,
                reason: SuppressionReason::Safety,
                until_on: None,
            }),
            1 => Payload::Correction(Correction { replaces: self.entry(devices), with: None }),
            2 => Payload::Correction(Correction { replaces: self.entry(devices), with: Some(interaction) }),
            3 => Payload::Lift(Lift { names: vec![self.entry(devices)], reason: "why not".into() }),
            4 => Payload::List(ListEdit { on, change: ListChange::Assign(vec![user]) }),
            5 => Payload::List(ListEdit { on, change: ListChange::Place { door: self.door(), behind: None } }),
            6 => Payload::List(ListEdit { on, change: ListChange::Drop(self.door()) }),
            7 => Payload::Door(DoorEdit { on, change: DoorChange::SetAccessNotes("mine".into()) }),
            _ => Payload::Interaction(interaction),
        }
    }

    /// An entry of any kind, about anything, at any time.
    pub(super) fn run_entry(&mut self, seq: u64, devices: &[DeviceId]) -> RunEntry {
        let payload = self.payload(devices);
        let subject = match (&payload, self.roll(8)) {
            (_, 0) | (Payload::List(_), 1..) => Subject::List(self.list()),
            _ => Subject::Door(self.door()),
        };
        let mut bytes = payload.to_bytes();
        if self.roll(3) == 0 {
            self.bend(&mut bytes);
        }
        let moment = if self.roll(2) == 0 { Moment::new(at(60), 0) } else { Moment::from_bits(self.number()) };
        let epoch = if self.roll(8) == 0 { u32::try_from(self.number() >> 32).unwrap() } else { 0 };
        let header = Header { seq, moment, subject, epoch };
        let salt = Salt::from_bytes([self.byte(); 16]);
        let body = if self.roll(12) == 0 { Err(payload_hash(salt, &bytes)) } else { Ok((salt, bytes)) };
        RunEntry { header, body }
    }
}
