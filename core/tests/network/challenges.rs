//! What the server gives the phone to sign with: no request counts that was signed ahead.

use super::world::{Phone, Server, exchanged, ok, problem, right_clock, says, system_time, wait};
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use tokio::sync::mpsc::channel;
use walkbook_core::{CancelToken, Clock, Ended, Heard, SyncFailed, SyncOptions};
use walkbook_vault::{Challenge, RequestProof};

const FIRST: Challenge = Challenge::from_bytes([0x1a; 16]);
const SECOND: Challenge = Challenge::from_bytes([0x2b; 16]);

/// An answer that gives this challenge.
fn giving(challenge: Challenge, answer: Response) -> Response {
    ([("walkbook-challenge", challenge.to_string())], answer).into_response()
}

fn done(last_seq: u64) -> Response {
    ok(exchanged(last_seq, Vec::new(), false))
}

/// A refusal of a request whose challenge is spent.
fn stale(challenge: Option<Challenge>) -> Response {
    let text = challenge.map_or_else(String::new, |challenge| challenge.to_string());
    problem(401, "unproven", &format!(",\"now\":{},\"challenge\":\"{text}\"", system_time().as_ms()))
}

/// What the last requests have named, the latest behind.
fn named<const N: usize>(server: &Server) -> [Option<Challenge>; N] {
    let asked = server.asked();
    let of = |index: usize| RequestProof::parse(asked[asked.len() - N + index].proof.as_deref().unwrap()).unwrap();
    std::array::from_fn(|index| of(index).challenge)
}

#[test]
fn a_phone_signs_with_what_the_last_answer_gave_also_when_the_app_was_closed_since() {
    let server = Server::start();
    let phone = Phone::of(&server);
    server.reply(|_| giving(FIRST, done(0)));
    // An answer without one, of a server that knows of none.
    server.reply(|_| done(0));
    server.reply(|_| giving(SECOND, done(0)));
    for _ in 0..3 {
        assert_eq!(phone.sync().unwrap().round_trips, 1);
    }
    assert_eq!(named(&server), [None, Some(FIRST), Some(FIRST)]);
    let phone = phone.restarted();
    server.reply(|_| done(0));
    phone.sync().unwrap();
    assert_eq!(named(&server), [Some(SECOND)]);
}

#[test]
fn an_answer_that_breaks_off_has_given_its_challenge() {
    let server = Server::start();
    let phone = Phone::of(&server);
    let mut part = exchanged(0, Vec::new(), false);
    part.truncate(part.len() - 1);
    server.reply(move |_| giving(FIRST, ok(Body::from(part))));
    assert_eq!(phone.sync().unwrap_err(), SyncFailed::NoConnection);
    server.reply(|_| done(0));
    phone.sync().unwrap();
    assert_eq!(named(&server), [None, Some(FIRST)]);
}

#[test]
fn a_phone_whose_challenge_is_spent_signs_again_at_once_and_that_is_all() {
    let server = Server::start();
    let phone = Phone::of(&server);
    phone.knock();
    for told in [Some(FIRST), None, Some(SECOND)] {
        server.reply(move |_| stale(told));
        server.reply(|_| done(1));
        let synced = phone.sync().unwrap();
        assert_eq!((synced.ended, synced.round_trips), (Ended::Complete, 2));
        assert_eq!(named::<1>(&server), [told]);
    }
    let asked = server.asked();
    assert_eq!(asked[asked.len() - 2].body, asked[asked.len() - 1].body);
}

#[test]
fn a_phone_of_2030_that_was_set_back_takes_the_clock_and_the_challenge() {
    let server = Server::start();
    let phone = Phone::of(&server);
    let in_2030: Clock = Arc::new(|| system_time().shifted_ms(110_000_000_000));
    server.reply(|_| problem(401, "unproven", &format!(",\"now\":{}", system_time().as_ms())));
    server.reply(|_| stale(Some(FIRST)));
    server.reply(|_| done(0));
    assert_eq!(wait(phone.walkbook.sync(SyncOptions::default(), in_2030)).unwrap().round_trips, 3);
    assert_eq!(named(&server), [None, None, Some(FIRST)]);
}

#[test]
fn a_server_that_takes_no_challenge_is_not_asked_for_ever() {
    let server = Server::start();
    let phone = Phone::of(&server);
    for _ in 0..4 {
        server.reply(|_| stale(Some(FIRST)));
    }
    assert_eq!(phone.sync().unwrap_err(), SyncFailed::NotProven);
}

#[test]
fn listening_names_the_challenge_and_signs_again_where_it_is_spent() {
    let server = Server::start();
    let phone = Phone::of(&server);
    server.reply(|_| stale(Some(FIRST)));
    let (says_so, said) = channel(1);
    server.reply(move |_| says(said));
    says_so.try_send("data: news\n\n").unwrap();
    let heard = wait(phone.walkbook.wait_for_news(CancelToken::new(), right_clock()));
    assert_eq!(heard, Ok(Heard::News));
    assert_eq!(named(&server), [None, Some(FIRST)]);
    server.reply(|_| done(0));
    phone.sync().unwrap();
    assert_eq!(named(&server), [Some(FIRST)]);
}
