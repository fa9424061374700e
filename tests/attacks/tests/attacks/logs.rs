//! Logs that are not what their device wrote: forked, gapped, altered, another's.

use crate::device::{Became, Device, knock, refused, verdicts};
use crate::world::World;
use walkbook_ledger::{Payload, Subject};
use walkbook_model::{DoorId, EntryId, Lift};
use walkbook_server::store::audit::{Deed, LogFlaw};
use walkbook_sync::{Frame, Reason, Request, Run, RunEntry};
use walkbook_vault::{Salt, SaltSeed, sign_tip};

/// Mallory with three knocks that the server has.
async fn setting() -> (World, Device, DoorId) {
    let world = World::start();
    let mut mallory = Device::enrolled(&world, "mallory").await;
    let door = world.doors(world.names.river)[0];
    for _ in 0..3 {
        mallory.write_at(door, &knock(world.names.river));
    }
    mallory.sync().await;
    (world, mallory, door)
}

/// This request is refused whole, nothing of it is taken, and it is written down, once an hour, as this.
async fn nothing_is_taken(world: &World, device: &Device, request: &Request, flaw: LogFlaw) {
    let (before, records) = (world.stand(), world.audit(device.tenant).len());
    let (status, code) = match flaw {
        LogFlaw::Forked => (409, "forked"),
        LogFlaw::Forged => (422, "forged"),
    };
    for _ in 0..2 {
        refused(device.send(request.to_bytes()).await, status, code).await;
    }
    before.is_still(&world.stand());
    let deed = Deed::LogRefused { device: device.id, flaw };
    assert_eq!(world.audited_since(device.tenant, records), [deed]);
}

#[tokio::test]
async fn a_log_that_goes_on_from_a_copy_of_the_phones_files_forks() {
    let (world, mut mallory, door) = setting().await;
    mallory.set_back_to(1);
    for _ in 0..4 {
        mallory.write_at(door, &knock(world.names.river));
    }
    let request = mallory.request();
    nothing_is_taken(&world, &mallory, &request, LogFlaw::Forked).await;
}

#[tokio::test]
async fn a_log_that_was_set_back_and_is_still_shorter_forks_too() {
    let (world, mut mallory, door) = setting().await;
    mallory.set_back_to(1);
    mallory.write_at(door, &knock(world.names.river));
    let request = mallory.request();
    nothing_is_taken(&world, &mallory, &request, LogFlaw::Forked).await;
}

#[tokio::test]
async fn history_is_not_written_anew_under_the_old_numbers() {
    let (world, mut mallory, door) = setting().await;
    mallory.set_back_to(0);
    for _ in 0..3 {
        mallory.write_at(door, &knock(world.names.river));
    }
    let request = Request { hello: mallory.hello(), runs: vec![mallory.run_after(0)] };
    nothing_is_taken(&world, &mallory, &request, LogFlaw::Forked).await;
}

#[tokio::test]
async fn an_entry_that_was_altered_after_it_was_signed_spoils_its_run() {
    let (world, mut mallory, door) = setting().await;
    for _ in 0..3 {
        mallory.write_at(door, &knock(world.names.river));
    }
    let (sound, start) = (mallory.run_after(3), mallory.tip_at(3).to_bytes());
    let mut entries = mallory.entries_after(3);
    entries[1].header.subject = Subject::Door(world.doors(world.names.river)[1]);
    let run = Run::new(start, &entries, sound.signature());
    let request = Request { hello: mallory.hello(), runs: vec![run] };
    nothing_is_taken(&world, &mallory, &request, LogFlaw::Forged).await;
    mallory.sync().await;
}

#[tokio::test]
async fn an_entry_that_was_left_out_or_put_in_spoils_its_run() {
    let (world, mut mallory, door) = setting().await;
    for _ in 0..3 {
        mallory.write_at(door, &knock(world.names.river));
    }
    let (sound, start) = (mallory.run_after(3), mallory.tip_at(3).to_bytes());
    let entries = mallory.entries_after(3);
    let left_out = [&entries[..1], &entries[2..]].concat();
    let twice = [&entries[..2], &entries[1..]].concat();
    let exchanged = [&entries[..1], &entries[2..], &entries[1..2]].concat();
    for entries in [left_out, twice, exchanged] {
        let before = world.stand();
        let run = Run::new(start, &entries, sound.signature());
        let request = Request { hello: mallory.hello(), runs: vec![run] };
        refused(mallory.send(request.to_bytes()).await, 422, "forged").await;
        before.is_still(&world.stand());
    }
}

#[tokio::test]
async fn a_run_under_another_devices_signature_is_forged() {
    let (world, mut mallory, door) = setting().await;
    let aino = Device::enrolled(&world, "aino").await;
    mallory.write_at(door, &knock(world.names.river));
    let signature = sign_tip(&*aino.signer, mallory.id, 4, mallory.tip_at(4)).unwrap();
    let run = Run::new(mallory.tip_at(3).to_bytes(), &mallory.entries_after(3), *signature.as_bytes());
    let request = Request { hello: mallory.hello(), runs: vec![run] };
    nothing_is_taken(&world, &mallory, &request, LogFlaw::Forged).await;
}

#[tokio::test]
async fn a_log_of_another_device_is_not_brought_as_ones_own() {
    let (world, mallory, door) = setting().await;
    let mut aino = Device::enrolled(&world, "aino").await;
    aino.write_at(door, &knock(world.names.river));
    let request = Request { hello: mallory.hello(), runs: vec![aino.run_after(0)] };
    let before = world.stand();
    let answer = mallory.send(request.to_bytes()).await;
    assert!([409, 422].contains(&answer.status().as_u16()), "{}", answer.status());
    before.is_still(&world.stand());
    aino.sync().await;
}

#[tokio::test]
async fn an_end_that_was_signed_for_another_place_in_the_log_signs_nothing_here() {
    let (world, mut mallory, door) = setting().await;
    let earlier = mallory.run_after(0).signature();
    mallory.write_at(door, &knock(world.names.river));
    let run = Run::new(mallory.tip_at(3).to_bytes(), &mallory.entries_after(3), earlier);
    let request = Request { hello: mallory.hello(), runs: vec![run] };
    nothing_is_taken(&world, &mallory, &request, LogFlaw::Forged).await;
}

#[tokio::test]
async fn a_run_behind_a_gap_is_not_taken_and_the_phone_is_told_from_where_to_send() {
    let (world, mut mallory, door) = setting().await;
    for _ in 0..3 {
        mallory.write_at(door, &knock(world.names.river));
    }
    let before = world.stand();
    let request = Request { hello: mallory.hello(), runs: vec![mallory.run_after(5)] };
    let frames = mallory.sync_with(&request).await;
    let Some(Frame::Welcome(welcome)) = frames.first() else { panic!("{frames:?}") };
    assert_eq!(welcome.last_seq, 3);
    before.is_still(&world.stand());
}

#[tokio::test]
async fn numbers_that_run_over_the_end_are_refused() {
    let (world, mallory, door) = setting().await;
    let before = world.stand();
    for first in [0, u64::MAX - 1, u64::MAX, 1 << 63] {
        let mut entries = mallory.entries_after(0);
        for (index, entry) in entries.iter_mut().enumerate() {
            entry.header.seq = first.wrapping_add(index as u64);
            entry.header.subject = Subject::Door(door);
        }
        let run = Run::new(mallory.tip_at(3).to_bytes(), &entries, [7; 64]);
        let request = Request { hello: mallory.hello(), runs: vec![run] };
        let status = mallory.send(request.to_bytes()).await.status().as_u16();
        assert!([200, 409, 422].contains(&status), "{first}: {status}");
    }
    before.is_still(&world.stand());
}

#[tokio::test]
async fn a_run_without_entries_is_refused() {
    let (world, mallory, _) = setting().await;
    let run = Run::new(mallory.tip_at(3).to_bytes(), &[], [7; 64]);
    let request = Request { hello: mallory.hello(), runs: vec![run] };
    nothing_is_taken(&world, &mallory, &request, LogFlaw::Forged).await;
}

#[tokio::test]
async fn a_seed_from_which_the_salts_do_not_follow_spoils_the_run() {
    let (world, mut mallory, door) = setting().await;
    let seed = SaltSeed::from_bytes([3; 16]);
    for seq in 4..=6 {
        let mut entry = mallory.entries_after(2).remove(0);
        entry.header.seq = seq;
        entry.header.subject = Subject::Door(door);
        entry.body = entry.body.map(|(_, payload)| (seed.salt(seq), payload));
        mallory.append(entry);
    }
    let sound = mallory.run_after(3).with_seed(seed);
    let mut entries: Vec<RunEntry> = mallory.entries_after(3);
    let other = SaltSeed::from_bytes([4; 16]);
    for entry in &mut entries {
        let seq = entry.header.seq;
        entry.body = entry.body.clone().map(|(_, payload): (Salt, Vec<u8>)| (other.salt(seq), payload));
    }
    let run = Run::new(mallory.tip_at(3).to_bytes(), &entries, sound.signature()).with_seed(other);
    let request = Request { hello: mallory.hello(), runs: vec![run] };
    nothing_is_taken(&world, &mallory, &request, LogFlaw::Forged).await;
}

#[tokio::test]
async fn the_same_run_sixty_times_in_one_request_counts_once() {
    let (world, mut mallory, door) = setting().await;
    let id = mallory.write_at(door, &knock(world.names.river));
    let request = Request { hello: mallory.hello(), runs: vec![mallory.run_after(3); 60] };
    mallory.sync_with(&request).await;
    let entries = world.home.store().entries_of(mallory.tenant, Subject::Door(door)).unwrap();
    assert_eq!(entries.iter().filter(|entry| EntryId::new(entry.device, entry.header.seq) == id).count(), 1);
    assert_eq!(entries.len(), 4);
}

#[tokio::test]
async fn who_says_falsely_that_the_server_was_restored_gets_nothing_through_by_it() {
    let (world, mut mallory, door) = setting().await;
    let mut aino = Device::enrolled(&world, "aino").await;
    let no = walkbook_model::Suppression {
        target: walkbook_model::Target::Door,
        reason: walkbook_model::SuppressionReason::Objection,
        until_on: None,
    };
    let hers = aino.write_at(door, &Payload::Suppression(no));
    aino.sync().await;
    // As if the server had lost what it never had: what is not allowed waits for somebody to look at it, and counts for
    // nothing until then.
    let lift = Payload::Lift(Lift { names: vec![hers], reason: "lost".into() });
    let tried = mallory.write_at(door, &lift);
    let mut hello = mallory.hello();
    hello.last_seq = 1_000;
    let ahead = Request { hello, runs: vec![mallory.run_after(3)] };
    let claims = Request { hello: walkbook_sync::Hello { last_seq: 1_000, ..mallory.hello() }, runs: Vec::new() };
    mallory.sync_with(&claims).await;
    let told = verdicts(&mallory.sync_with(&ahead).await);
    assert!(told.quarantined.contains(&tried.seq) || told.refused.iter().any(|no| no.seq == tried.seq), "{told:?}");
    let board = world.home.run(&["list", "board", "--tenant", &mallory.tenant.to_string()]);
    let river = board.iter().find(|line| line.starts_with(&world.names.river.to_string())).unwrap();
    assert_eq!(river.split('\t').nth(8), Some("1"), "{river}");
}

#[tokio::test]
async fn a_refused_entry_sent_again_is_refused_again() {
    let (world, mut mallory, _) = setting().await;
    let elsewhere = world.doors(world.names.hill)[0];
    let tried = mallory.write_at(elsewhere, &knock(world.names.hill));
    assert_eq!(mallory.became([tried]).await, [Became::Refused(Reason::NotYours)]);
    let before = world.stand();
    let again = Request { hello: mallory.hello(), runs: vec![mallory.run_after(3)] };
    let told = verdicts(&mallory.sync_with(&again).await);
    assert_eq!(told.refused.iter().map(|refusal| refusal.seq).collect::<Vec<_>>(), [tried.seq]);
    before.is_still(&world.stand());
}
