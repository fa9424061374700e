//! A phone with a valid login and bad intentions.

use super::dice::Dice;
use super::phone::{Became, PATH, Phone};
use super::world::{AINO, BERTA, HILL, NORTH, RIVER, World, at, door};
use crate::engine::{Exchange, Refused};
use crate::store::{Documents, Log, StoredEntry, Verdict};
use walkbook_ledger::{Header, Payload, Subject};
use walkbook_model::{ContentHash, DeviceId, EntryId, Moment, Timestamp};
use walkbook_sync::{Frame, Hello, ListCursor, Request, Run, RunEntry, SyncRefused, pack};
use walkbook_vault::{Salt, sign_tip};

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
                    assert_eq!(told, Became::Accepted);
                    assert!((1..=4).any(|number| subject == Subject::Door(door(number))), "{seq} at {subject:?}");
                    let payload = super::opened(stored.clone()).unwrap().payload;
                    assert!(!matches!(payload, Payload::Lift(_) | Payload::List(_)), "{seq}");
                    assert_eq!(stored.bound.is_some(), stored.header.moment > Moment::new(at(100), u16::MAX));
                    accepted += 1;
                }
                Verdict::Refused(reason) => {
                    let reason = walkbook_sync::Reason::of(reason.0);
                    assert_eq!(told, Became::Refused(reason));
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
