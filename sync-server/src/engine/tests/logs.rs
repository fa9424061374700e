//! What a phone's log is held against before anyone looks at what an entry says.

use super::phone::{PATH, Phone, Signed, make_signer};
use super::world::{AINO, BERTA, HILL, NORTH, RIVER, World, at, door};
use crate::engine::{Exchange, Refused, Tally};
use crate::store::{Error, Log, LogPosition, Outbox, StoredEntry, Verdict};
use walkbook_ledger::{Header, Payload, Subject};
use walkbook_model::limits::PAYLOAD_BYTES;
use walkbook_model::{Interaction, Moment, Outcome};
use walkbook_sync::{MAX_REQUEST_BYTES, Reason, Run, RunEntry, SyncRefused};
use walkbook_vault::{Salt, sign_tip};

fn setting() -> (World, Phone) {
    let world = World::with_lists();
    let phone = world.phone(NORTH, AINO);
    (world, phone)
}

fn stored(world: &World, phone: &Phone) -> Vec<StoredEntry> {
    world.store.log_of(phone.tenant, phone.device, 0, 1_000).unwrap()
}

/// A shift: so many knocks at Aino's doors, one a minute.
fn work(phone: &mut Phone, knocks: u16, from: u64) {
    for knock in 0..knocks {
        phone.knock(RIVER, door(1 + knock % 4), at(from + 60 * u64::from(knock)));
    }
}

#[test]
fn a_shift_of_a_hundred_knocks_is_taken_in_one_request() {
    let (world, mut phone) = setting();
    work(&mut phone, 100, 0);
    let now = at(7_000);
    let answer = phone.send(&world, &phone.request(now), now).unwrap();
    phone.take(&answer, now).unwrap();
    assert_eq!((phone.safe_up_to, phone.refused.len(), phone.bounded.len()), (100, 0, 0));
    let log = stored(&world, &phone);
    assert!(log.len() == 100 && log.iter().all(|entry| entry.verdict == Verdict::Accepted));
    assert_eq!(world.engine.tally(), Tally { accepted: [100, 0, 0, 0, 0, 0, 0, 0], ..Tally::default() });
}

#[test]
fn an_answer_that_was_lost_costs_nothing_and_the_next_says_the_same() {
    let (world, mut phone) = setting();
    work(&mut phone, 100, 0);
    phone.skew_ms = 86_400_000;
    phone.knock(RIVER, door(1), at(6_001));
    phone.skew_ms = 0;
    phone.write_bytes(Subject::Door(door(1)), b"poison".to_vec(), at(6_002));
    phone.knock(HILL, door(5), at(6_003));
    let body = phone.request(at(7_000)).body;
    let head = |world: &World| (world.store.head(NORTH).unwrap(), world.engine.tally());
    phone.send(&world, &phone.sign(body.clone(), at(7_000)), at(7_000)).unwrap();
    let (first, before) = (stored(&world, &phone), head(&world));
    let answer = phone.send(&world, &phone.sign(body, at(7_060)), at(7_060)).unwrap();
    phone.take(&answer, at(7_060)).unwrap();
    assert_eq!((stored(&world, &phone), head(&world)), (first, before));
    assert_eq!(world.store.outbox_after(NORTH, LogPosition::START, 1_000, at(7_060)).unwrap().len(), 101);
    assert_eq!(phone.refused, [(102, Reason::Malformed), (103, Reason::NotYours)].into());
    // Bounded by the first receipt, not by the second. The entries behind it followed its clock.
    assert_eq!(phone.bounded[&101], Moment::new(at(7_000), u16::MAX));
}

#[test]
fn a_run_that_comes_many_times_at_once_is_taken_once() {
    let (world, mut phone) = setting();
    for round in 1..=10_u64 {
        work(&mut phone, 20, 2_000 * round);
        let now = at(2_000 * round + 1_900);
        let body = phone.request(now).body;
        let sent: Vec<_> = (0..6).map(|_| phone.sign(body.clone(), now)).collect();
        let answers: Vec<_> = std::thread::scope(|scope| {
            let send = |sent: &Signed| world.engine.sync(NORTH, &sent.proof, PATH, &sent.body, now).unwrap();
            let threads: Vec<_> = sent.iter().map(|sent| scope.spawn(move || send(sent))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        phone.take(&answers[0], now).unwrap();
        assert_eq!(phone.safe_up_to, 20 * round);
        assert_eq!(world.engine.tally().all_accepted(), 20 * round);
    }
    assert_eq!(stored(&world, &phone).len(), 200);
}

#[test]
fn a_hole_in_the_stored_log_is_found_and_not_searched_for_ever() {
    let (world, mut phone) = setting();
    work(&mut phone, 10, 0);
    phone.sync(&world, at(700)).unwrap();
    let world = world.behind_its_back(|connection| {
        connection.execute("DELETE FROM entries WHERE seq = 3", []).unwrap();
    });
    let sent = phone.request_with(vec![phone.run(5, 8)], at(701));
    let failed = phone.send(&world, &sent, at(701));
    assert!(matches!(failed, Err(Refused::Store(Error::Damaged { what: "log" }))), "{failed:?}");
    // What comes new is taken all the same.
    work(&mut phone, 1, 800);
    phone.sync(&world, at(801)).unwrap();
    assert_eq!(phone.safe_up_to, 11);
}

#[test]
fn a_run_that_begins_behind_what_the_server_has_is_asked_for_again() {
    let (world, mut phone) = setting();
    work(&mut phone, 10, 0);
    phone.safe_up_to = 4;
    let answer = phone.send(&world, &phone.request(at(700)), at(700)).unwrap();
    assert!(stored(&world, &phone).is_empty());
    phone.take(&answer, at(700)).unwrap();
    assert_eq!(phone.safe_up_to, 0);
    phone.sync(&world, at(701)).unwrap();
    assert_eq!((phone.safe_up_to, stored(&world, &phone).len()), (10, 10));
}

#[test]
fn a_run_from_the_end_of_all_numbers_is_answered_like_any_gap() {
    let (world, mut phone) = setting();
    work(&mut phone, 1, 0);
    for seq in [u64::MAX, u64::MAX - 1, 1 << 63, (1 << 63) + 1] {
        let header =
            Header { seq, moment: Moment::from_bits(u64::MAX), subject: Subject::Door(door(1)), epoch: u32::MAX };
        let entry = RunEntry { header, body: Ok((Salt::from_bytes([0; 16]), Vec::new())) };
        let run = Run::new([0; 32], &[entry], [0; 64]);
        let answer = phone.send(&world, &phone.request_with(vec![run], at(70)), at(70)).unwrap();
        phone.take(&answer, at(70)).unwrap();
        assert_eq!((phone.safe_up_to, stored(&world, &phone).len()), (0, 0));
    }
}

#[test]
fn a_log_that_was_set_back_and_went_another_way_is_a_fork_wherever_it_ends() {
    let (world, mut phone) = setting();
    work(&mut phone, 20, 0);
    phone.sync(&world, at(1_300)).unwrap();
    let before = stored(&world, &phone);
    for (length, what) in [(11, "shorter than"), (20, "as long as"), (21, "longer than")] {
        phone.set_back_to(10);
        work(&mut phone, length - 10, 2_000);
        let refused = phone.send(&world, &phone.request(at(3_500)), at(3_500));
        assert!(matches!(refused, Err(Refused::Forked)), "a log {what} the known one: {refused:?}");
    }
    // From its beginning on.
    phone.set_back_to(0);
    work(&mut phone, 5, 2_000);
    assert!(matches!(phone.send(&world, &phone.request(at(3_500)), at(3_500)), Err(Refused::Forked)));
    assert_eq!(stored(&world, &phone), before);
}

#[test]
fn a_part_of_the_log_that_is_known_is_no_fork() {
    let (world, mut phone) = setting();
    work(&mut phone, 5, 0);
    phone.sync(&world, at(700)).unwrap();
    work(&mut phone, 15, 800);
    phone.sync(&world, at(1_700)).unwrap();
    for (after, to) in [(0, 20), (0, 5), (3, 5), (5, 20), (4, 6), (0, 1), (7, 13), (19, 20)] {
        let sent = phone.request_with(vec![phone.run(after, to)], at(1_800));
        phone.send(&world, &sent, at(1_800)).unwrap_or_else(|refused| panic!("{after} to {to}: {refused}"));
    }
    assert_eq!(stored(&world, &phone).len(), 20);
}

#[test]
fn a_log_that_another_key_signed_is_forged() {
    let (world, mut phone) = setting();
    work(&mut phone, 3, 0);
    let foreign = sign_tip(&make_signer(), phone.device, 3, phone.tip_at(3)).unwrap();
    let run = |start: [u8; 32], entries: &[RunEntry], signature: [u8; 64]| Run::new(start, entries, signature);
    let entries = phone.entries(0, 3);
    let start = phone.tip_at(0).to_bytes();
    let own = *sign_tip(&phone.signer, phone.device, 3, phone.tip_at(3)).unwrap().as_bytes();
    let mut swapped = entries.clone();
    swapped.swap(0, 1);
    (swapped[0].header.seq, swapped[1].header.seq) = (1, 2);
    let mut altered = entries.clone();
    altered[1].body = Ok((Salt::from_bytes([0; 16]), b"altered".to_vec()));
    let mut moved = entries.clone();
    moved[2].header.subject = Subject::Door(door(2));
    for (what, bad) in [
        ("a foreign signature", run(start, &entries, *foreign.as_bytes())),
        ("no signature", run(start, &entries, [0; 64])),
        ("entries out of order", run(start, &swapped, own)),
        ("an altered payload", run(start, &altered, own)),
        ("another door", run(start, &moved, own)),
        ("one entry less", run(start, &entries[..2], own)),
        ("no entries", run(start, &[], own)),
    ] {
        let refused = phone.send(&world, &phone.request_with(vec![bad], at(300)), at(300));
        assert!(matches!(refused, Err(Refused::Forged)), "{what}: {refused:?}");
    }
    assert!(stored(&world, &phone).is_empty());
    phone.sync(&world, at(300)).unwrap();
}

#[test]
fn the_log_of_another_device_does_not_become_ones_own() {
    let world = World::with_lists();
    let (mut aino, berta) = (world.phone(NORTH, AINO), world.phone(NORTH, BERTA));
    work(&mut aino, 3, 0);
    let sent = berta.request_with(vec![aino.run(0, 3)], at(300));
    assert!(matches!(berta.send(&world, &sent, at(300)), Err(Refused::Forked)));
    assert!(stored(&world, &berta).is_empty() && stored(&world, &aino).is_empty());
}

#[test]
fn what_is_cut_off_takes_no_effect() {
    let (world, mut phone) = setting();
    work(&mut phone, 50, 0);
    let body = phone.request(at(3_500)).body;
    for length in (0..body.len()).step_by(7).chain([body.len() - 1]) {
        let refused = phone.send(&world, &phone.sign(body[..length].to_vec(), at(3_500)), at(3_500));
        assert!(matches!(refused, Err(Refused::Unreadable(_))), "{length} bytes");
    }
    assert!(stored(&world, &phone).is_empty());
    phone.send(&world, &phone.sign(body, at(3_501)), at(3_501)).unwrap();
    assert_eq!(stored(&world, &phone).len(), 50);
}

#[test]
fn a_payload_over_the_cap_is_refused_by_itself_and_a_request_over_it_unread() {
    let (world, mut phone) = setting();
    work(&mut phone, 1, 0);
    phone.write_bytes(Subject::Door(door(1)), vec![0; PAYLOAD_BYTES + 1], at(60));
    let note = "x".repeat(5_000);
    let wordy = Interaction { note: Some(note), ..Interaction::of_outcome(RIVER, None, Outcome::NotHome) };
    phone.write_at(door(1), Payload::Interaction(wordy), at(61));
    phone.knock(RIVER, door(1), at(62));
    phone.sync(&world, at(100)).unwrap();
    assert_eq!(phone.refused, [(2, Reason::Malformed), (3, Reason::Malformed)].into());
    assert_eq!((phone.safe_up_to, stored(&world, &phone)[3].verdict), (4, Verdict::Accepted));

    let sent = phone.sign(vec![0; MAX_REQUEST_BYTES + 1], at(101));
    let refused = phone.send(&world, &sent, at(101));
    assert!(matches!(refused, Err(Refused::Unreadable(SyncRefused::TooLarge { limit: MAX_REQUEST_BYTES }))));
}
