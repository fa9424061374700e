//! A request that was signed ahead counts no more once the phone has exchanged twice.

use super::phone::{PATH, Phone, Signed, make_signer};
use super::world::{AINO, NORTH, RIVER, World, at, door};
use crate::engine::{Asked, Exchange, Refused};
use crate::store::Directory;
use walkbook_model::Timestamp;
use walkbook_sync::Request;
use walkbook_vault::Challenge;

fn setting() -> (World, Phone) {
    let world = World::with_lists();
    let phone = world.phone(NORTH, AINO);
    (world, phone)
}

/// The challenge that this request is answered with.
fn answered(world: &World, phone: &Phone, sent: &Signed, at: Timestamp) -> Result<Option<Challenge>, Refused> {
    let asked = Asked { method: "POST", path: PATH, proof: &sent.proof, body: &sent.body };
    let sender = world.engine.admit(phone.tenant, &asked, at)?;
    Ok(world.engine.exchange(&sender, &sent.body, at)?.challenge)
}

/// An exchange whose answer comes.
fn exchange(world: &World, phone: &Phone, at: Timestamp) -> Challenge {
    let challenge = answered(world, phone, &phone.request(at), at).unwrap();
    phone.challenge.set(challenge);
    challenge.unwrap()
}

/// That this is refused, and with which challenge the phone is to sign again.
#[track_caller]
fn assert_stale(world: &World, phone: &Phone, sent: &Signed, now: Timestamp) -> Option<Challenge> {
    match answered(world, phone, sent, now) {
        Err(Refused::Stale { now: told, challenge }) => {
            assert_eq!(told, now);
            challenge
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_was_signed_ahead_counts_no_more_once_the_phone_has_exchanged_twice() {
    let (world, phone) = setting();
    exchange(&world, &phone, at(1));
    let ahead = [100, 200, 201].map(|second| phone.request(at(second)));
    exchange(&world, &phone, at(2));
    answered(&world, &phone, &ahead[0], at(100)).unwrap();
    let current = exchange(&world, &phone, at(150));
    for sent in [&ahead[1], &ahead[2], &ahead[1]] {
        assert_eq!(assert_stale(&world, &phone, sent, at(200)), Some(current));
    }
    // The phone itself goes on.
    exchange(&world, &phone, at(201));
}

#[test]
fn whatever_answers_are_lost_the_phones_challenge_stands() {
    let (world, phone) = setting();
    for _ in 0..3 {
        let now = exchange(&world, &phone, at(1));
        let next = answered(&world, &phone, &phone.request(at(2)), at(2)).unwrap();
        assert_ne!(next, Some(now));
        for second in 3..9 {
            assert_eq!(answered(&world, &phone, &phone.request(at(second)), at(second)).unwrap(), next);
        }
    }
}

#[test]
fn an_exchange_that_brings_entries_renews_the_challenge_once_and_one_that_repeats_them_too() {
    let (world, mut phone) = setting();
    let first = exchange(&world, &phone, at(1));
    phone.knock(RIVER, door(1), at(2));
    phone.knock(RIVER, door(2), at(2));
    let runs = vec![phone.run(0, 1), phone.run(1, 2)];
    let sent = phone.request_with(runs.clone(), at(3));
    let second = answered(&world, &phone, &sent, at(3)).unwrap();
    let stored = || world.store.device(NORTH, phone.device).unwrap().unwrap();
    assert_eq!((stored().challenges.current, stored().challenges.previous), (second, Some(first)));
    assert_eq!(stored().last_seq, 2);
    phone.challenge.set(second);
    let third = answered(&world, &phone, &phone.request_with(runs, at(4)), at(4)).unwrap();
    assert_eq!((stored().challenges.current, stored().challenges.previous), (third, second));
    assert!(third != second && second != Some(first));
}

#[test]
fn a_device_that_was_given_none_needs_none_and_one_that_was_given_some_does() {
    let (world, phone) = setting();
    let early = [2, 3, 4].map(|second| phone.request(at(second)));
    let given = exchange(&world, &phone, at(1));
    assert_eq!(answered(&world, &phone, &early[0], at(2)).unwrap(), Some(given));
    let current = exchange(&world, &phone, at(3));
    assert_eq!(assert_stale(&world, &phone, &early[1], at(3)), Some(current));
    phone.challenge.set(None);
    assert_eq!(assert_stale(&world, &phone, &phone.request(at(4)), at(4)), Some(current));
}

#[test]
fn another_devices_challenge_and_one_that_was_guessed_are_none() {
    let (world, phone) = setting();
    let other = world.phone(NORTH, AINO);
    let theirs = [1, 2].map(|second| exchange(&world, &other, at(second)));
    let own = [1, 2].map(|second| exchange(&world, &phone, at(second)));
    assert!(!own.iter().any(|own| theirs.contains(own)));
    for wrong in [theirs[0], theirs[1], Challenge::from_bytes([0; 16])] {
        phone.challenge.set(Some(wrong));
        assert_eq!(assert_stale(&world, &phone, &phone.request(at(3)), at(3)), Some(own[1]));
    }
}

#[test]
fn whoever_has_not_got_the_key_is_not_told_the_challenge() {
    let (world, phone) = setting();
    exchange(&world, &phone, at(1));
    let posing = Phone::of(NORTH, AINO, phone.device, make_signer());
    for named in [None, phone.challenge.get(), Some(Challenge::from_bytes([7; 16]))] {
        posing.challenge.set(named);
        let refused = answered(&world, &posing, &posing.request(at(2)), at(2));
        assert!(matches!(refused, Err(Refused::Unproven { .. })), "{refused:?}");
    }
}

#[test]
fn what_only_asks_to_be_let_in_spends_nothing() {
    let (world, phone) = setting();
    let given = exchange(&world, &phone, at(1));
    for second in 2..5 {
        let proof = phone.proof("GET", PATH, b"", at(second)).format();
        let asked = Asked { method: "GET", path: PATH, proof: &proof, body: b"" };
        world.engine.admit(NORTH, &asked, at(second)).unwrap();
    }
    assert_eq!(world.store.device(NORTH, phone.device).unwrap().unwrap().challenges.current, Some(given));
    // It has to name one that stands all the same.
    phone.challenge.set(Some(Challenge::from_bytes([7; 16])));
    let proof = phone.proof("GET", PATH, b"", at(5)).format();
    let asked = Asked { method: "GET", path: PATH, proof: &proof, body: b"" };
    assert!(matches!(world.engine.admit(NORTH, &asked, at(5)), Err(Refused::Stale { .. })));
}

#[test]
fn an_exchange_that_is_refused_spends_nothing() {
    let (world, phone) = setting();
    let given = exchange(&world, &phone, at(1));
    let other = world.phone(NORTH, AINO);
    let body = Request { hello: other.hello(at(2)), runs: Vec::new() }.to_bytes();
    answered(&world, &phone, &phone.sign(body, at(2)), at(2)).unwrap_err();
    assert_eq!(world.store.device(NORTH, phone.device).unwrap().unwrap().challenges.current, Some(given));
}

#[test]
fn a_phone_that_the_server_has_given_nothing_by_what_it_remembers_signs_without_one() {
    let (world, phone) = setting();
    // What it was given before the server was restored.
    phone.challenge.set(Some(Challenge::from_bytes([7; 16])));
    let told = assert_stale(&world, &phone, &phone.request(at(1)), at(1));
    assert_eq!(told, None);
    phone.challenge.set(told);
    exchange(&world, &phone, at(2));
}
