//! A phone with a valid login and bad intentions.

use super::phone::{PATH, Phone};
use super::world::{AINO, BERTA, HILL, NORTH, RIVER, World, at, door};
use crate::engine::{Exchange, Refused};
use crate::store::{Documents, Log, StoredEntry, Verdict};
use walkbook_ledger::{Correction, DoorChange, DoorEdit, Header, ListChange, ListEdit, Payload, Subject};
use walkbook_model::{
    ContentHash, DeviceId, DoorId, EntryId, Interaction, Lift, Moment, Outcome, Suppression, SuppressionReason, Target,
    Timestamp, UserId, WalkListId,
};
use walkbook_sync::{Frame, Hello, ListCursor, Request, Run, RunEntry, SyncRefused, pack};
use walkbook_vault::{Salt, payload_hash, sign_tip};

/// Numbers that look random, the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.roll(256)).unwrap()
    }

    /// Small numbers, large ones, and those at the ends.
    fn number(&mut self) -> u64 {
        match self.roll(5) {
            0 => self.roll(4),
            1 => u64::MAX - self.roll(4),
            2 => (1 << 63) - 2 + self.roll(4),
            3 => at(0).as_ms() << 16 | self.roll(1 << 30),
            _ => self.roll(u64::MAX),
        }
    }

    fn bend(&mut self, bytes: &mut Vec<u8>) {
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

    fn entry(&mut self, devices: &[DeviceId]) -> EntryId {
        let device = devices[usize::try_from(self.roll(devices.len() as u64)).unwrap()];
        EntryId::new(device, if self.roll(2) == 0 { self.roll(40) } else { self.number() })
    }

    fn door(&mut self) -> DoorId {
        match self.roll(12) {
            0 => DoorId::from_bytes([self.byte(); 16]),
            number @ 1..=8 => door(u16::try_from(number).unwrap()),
            _ => door(1),
        }
    }

    fn list(&mut self) -> WalkListId {
        [RIVER, RIVER, RIVER, HILL, WalkListId::from_bytes([99; 16])][usize::try_from(self.roll(5)).unwrap()]
    }

    fn payload(&mut self, devices: &[DeviceId]) -> Payload {
        let on: std::collections::BTreeSet<_> = (0..self.roll(3)).map(|_| self.entry(devices)).collect();
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
    fn run_entry(&mut self, seq: u64, devices: &[DeviceId]) -> RunEntry {
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
        let epoch = u32::try_from(self.number() >> 32).unwrap();
        let header = Header { seq, moment, subject, epoch };
        let salt = Salt::from_bytes([self.byte(); 16]);
        let body = if self.roll(12) == 0 { Err(payload_hash(salt, &bytes)) } else { Ok((salt, bytes)) };
        RunEntry { header, body }
    }
}

fn log(world: &World, device: DeviceId, after: u64) -> Vec<StoredEntry> {
    world.store.log_of(NORTH, device, after, 100_000).unwrap()
}

/// Refusals are for the phone's doing, never for the server's failing.
fn assert_no_failure(result: &Result<Vec<u8>, Refused>) {
    assert!(!matches!(result, Err(Refused::Store(_) | Refused::Busy | Refused::UnknownTenant)), "{result:?}");
}

#[test]
fn a_thousand_signed_runs_of_anything_are_judged_entry_by_entry() {
    let world = World::with_lists();
    let (mut mallory, mut berta) = (world.phone(NORTH, AINO), world.phone(NORTH, BERTA));
    for number in 5..=8 {
        berta.knock(HILL, door(number), at(1));
    }
    berta.sync(&world, at(2)).unwrap();
    let untouched = |world: &World| {
        let doors = (5..=8).map(|number| world.store.entries_of(NORTH, Subject::Door(door(number))).unwrap());
        let lists = [RIVER, HILL].map(|list| world.store.entries_of(NORTH, Subject::List(list)).unwrap());
        (doors.collect::<Vec<_>>(), lists, world.store.assignments_of(NORTH, AINO).unwrap())
    };
    let before = untouched(&world);
    let devices = [mallory.device, berta.device, DeviceId::from_bytes([99; 16])];
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut accepted = 0;
    for round in 0..1_000 {
        let known = mallory.last_seq();
        for _ in 0..=dice.roll(3) {
            let entry = dice.run_entry(mallory.last_seq() + 1, &devices);
            mallory.append(entry);
        }
        let answer = mallory.send(&world, &mallory.request(at(100)), at(100)).unwrap();
        mallory.take(&answer, at(100)).unwrap();
        assert_eq!(mallory.safe_up_to, mallory.last_seq(), "round {round}");
        for stored in log(&world, mallory.device, known) {
            let told = mallory.became(EntryId::new(mallory.device, stored.header.seq));
            let (seq, subject) = (stored.header.seq, stored.header.subject);
            match stored.verdict {
                Verdict::Accepted => {
                    assert_eq!(told, super::phone::Became::Accepted);
                    assert!((1..=4).any(|number| subject == Subject::Door(door(number))), "{seq} at {subject:?}");
                    let payload = super::opened(stored.clone()).unwrap().payload;
                    assert!(!matches!(payload, Payload::Lift(_) | Payload::List(_)), "{seq}");
                    assert_eq!(stored.bound.is_some(), stored.header.moment > Moment::new(at(100), u16::MAX));
                    accepted += 1;
                }
                Verdict::Refused(reason) => {
                    let reason = walkbook_sync::Reason::of(reason.0);
                    assert_eq!(told, super::phone::Became::Refused(reason));
                }
                Verdict::Quarantined => panic!("{seq} is set aside"),
            }
        }
    }
    assert!(accepted > 100, "only {accepted} accepted: the dice are loaded");
    assert_eq!(untouched(&world), before);
    // Nobody else is harmed.
    let mut aino = world.phone(NORTH, AINO);
    aino.sync(&world, at(101)).unwrap();
    assert_eq!(aino.book.doors.len(), 4);
    super::agreement::assert_all_agree(&world, &[aino]);
}

#[test]
fn a_thousand_bent_requests_change_nothing_that_was_not_signed() {
    let world = World::with_lists();
    let mut phone = world.phone(NORTH, AINO);
    for second in 0..20 {
        phone.knock(RIVER, door(1), at(second));
    }
    phone.sync(&world, at(30)).unwrap();
    for second in 40..45 {
        phone.knock(RIVER, door(2), at(second));
    }
    let (good, mut dice) = (phone.request(at(50)).body, Dice(0x2545_f491_4f6c_dd1d));
    let before = log(&world, phone.device, 0);
    let mut unreadable = 0;
    for _ in 0..1_000 {
        let body = match dice.roll(3) {
            // The packed bytes.
            0 => {
                let mut body = good.clone();
                dice.bend(&mut body);
                body
            }
            _ => bent_frames(&phone, &mut dice),
        };
        if body == good {
            continue;
        }
        let result = phone.send(&world, &phone.sign(body, at(50)), at(50));
        assert_no_failure(&result);
        unreadable += u32::from(matches!(result, Err(Refused::Unreadable(_))));
        let after = log(&world, phone.device, 0);
        // Only the run itself can have come, as it was signed.
        assert!(after.len() == 20 || after.len() == 25);
        assert_eq!(after[..20], before);
    }
    assert!((100..900).contains(&unreadable), "{unreadable} unreadable: the dice are loaded");
    phone.sync(&world, at(60)).unwrap();
    assert!(phone.refused.is_empty());
    assert_eq!(log(&world, phone.device, 0).len(), 25);
}

/// A request that reads, with something in it that should not be.
fn bent_frames(phone: &Phone, dice: &mut Dice) -> Vec<u8> {
    let mut hello: Hello = phone.hello(at(50));
    let mut entries = phone.entries(20, 25);
    let (mut start, mut signature) = (phone.tip_at(20).to_bytes(), phone.run(20, 25).signature());
    let mut also = Vec::new();
    match dice.roll(10) {
        0 => hello.now = Timestamp::from_ms(dice.number()),
        1 => hello.last_seq = dice.number(),
        2 => {
            let cursor = (0..dice.roll(60)).map(|_| dice.byte()).collect::<Vec<_>>().into();
            hello.lists.push(ListCursor { list: dice.list(), cursor });
        }
        3 => start[usize::try_from(dice.roll(32)).unwrap()] ^= 1 << dice.roll(8),
        4 => signature[usize::try_from(dice.roll(64)).unwrap()] ^= 1 << dice.roll(8),
        5 => entries.truncate(usize::try_from(dice.roll(5)).unwrap()),
        6 => {
            let first = dice.number();
            (0..).zip(&mut entries).for_each(|(index, entry)| entry.header.seq = first.wrapping_add(index));
        }
        7 => {
            let at = usize::try_from(dice.roll(5)).unwrap();
            entries[at] = dice.run_entry(21 + at as u64, &[phone.device]);
        }
        8 => entries.swap(0, 1 + usize::try_from(dice.roll(4)).unwrap()),
        _ => also = vec![Frame::End(true), Frame::Hello(hello.clone()), Frame::Run(phone.run(0, 20))],
    }
    let run = Run::new(start, &entries, signature);
    let mut frames = vec![Frame::Hello(hello), Frame::Run(run), Frame::End(false)];
    for frame in also.into_iter().take(usize::try_from(dice.roll(3)).unwrap()) {
        frames.insert(usize::try_from(dice.roll(4)).unwrap(), frame);
    }
    pack(frames)
}

#[test]
fn what_promises_more_than_is_allowed_is_refused_by_its_promise() {
    let world = World::with_lists();
    let phone = world.phone(NORTH, AINO);
    let send = |body: Vec<u8>| phone.send(&world, &phone.sign(body, at(1)), at(1));
    // A frame of zstd that wants a window of 4 GiB: magic number, single segment, its size in 4 bytes, an empty block.
    let window = b"WB\x01\x28\xb5\x2f\xfd\xa0\xff\xff\xff\xff\x01\x00\x00".to_vec();
    assert!(matches!(send(window), Err(Refused::Unreadable(SyncRefused::Damaged))));
    // A block that says "128 KiB of this byte" in four bytes, a thousand times.
    let repeated = |byte: u8| {
        let block = |last: u32| [(last | 1 << 1 | (128 * 1024) << 3).to_le_bytes()[..3].to_vec(), vec![byte]].concat();
        let blocks: Vec<u8> = (0..1_000).flat_map(|_| block(0)).chain(block(1)).collect();
        // No single segment: a window of 1 MiB.
        [b"WB\x01\x28\xb5\x2f\xfd\x00\x50".to_vec(), blocks].concat()
    };
    assert!(matches!(send(repeated(0)), Err(Refused::Unreadable(SyncRefused::Frame { frame: 0, .. }))));
    assert!(matches!(send(repeated(1)), Err(Refused::Unreadable(SyncRefused::TooLarge { .. }))));
    // More entries than a request may have, each so small that they pack into nothing.
    let header = Header { seq: 1, moment: Moment::new(at(1), 0), subject: Subject::Door(door(1)), epoch: 0 };
    let small = vec![RunEntry { header, body: Ok((Salt::from_bytes([0; 16]), Vec::new())) }; 8_000];
    let many = vec![Run::new([0; 32], &small, [0; 64]); 5];
    let refused = phone.send(&world, &phone.request_with(many, at(1)), at(1));
    assert!(matches!(refused, Err(Refused::Unreadable(SyncRefused::TooMany { .. }))), "{refused:?}");
    assert!(log(&world, phone.device, 0).is_empty());
}

#[test]
fn a_full_request_of_rubbish_is_stored_by_its_places_only() {
    let world = World::with_lists();
    let mut phone = world.phone(NORTH, AINO);
    for _ in 0..8_000 {
        phone.write_bytes(Subject::Door(door(1)), vec![0xff; 8], at(1));
    }
    phone.sync(&world, at(2)).unwrap();
    assert_eq!(phone.refused.len(), 8_000);
    let stored = log(&world, phone.device, 0);
    assert!(stored.iter().all(|entry| entry.position.is_none() && entry.content.clone().readable().is_none()));
}

#[test]
fn a_run_that_is_sent_to_another_tenants_server_is_nobodys() {
    let world = World::with_lists();
    let mut phone = world.phone(NORTH, AINO);
    phone.knock(RIVER, door(1), at(1));
    let body = phone.request(at(2)).body;
    let sent = phone.sign(body.clone(), at(2));
    let refused = world.engine.sync(super::world::SOUTH, &sent.proof, PATH, &sent.body, at(2));
    assert!(matches!(refused, Err(Refused::Unproven { .. })));
    // Nor does another's signature over the same end of the log help.
    let berta = world.phone(NORTH, BERTA);
    let signature = sign_tip(&berta.signer, phone.device, 1, phone.tip_at(1)).unwrap();
    let run = Run::new(phone.tip_at(0).to_bytes(), &phone.entries(0, 1), *signature.as_bytes());
    let request = Request { hello: phone.hello(at(3)), runs: vec![run] };
    let refused = phone.send(&world, &phone.sign(request.to_bytes(), at(3)), at(3));
    assert!(matches!(refused, Err(Refused::Forged)));
    assert_ne!(ContentHash::of(&body), ContentHash::of(&request.to_bytes()));
}
