//! A shift is brought, and what is new comes, whatever the network does.

use super::world::{DOOR, Phone, Server, download, exchanged, ok, problem, right_clock, system_time, wait};
use axum::body::{Body, Bytes};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use walkbook_core::{CancelToken, Clock, Ended, SyncFailed, SyncOptions};
use walkbook_model::ContentHash;
use walkbook_sync::Request;
use walkbook_vault::RequestProof;

/// A body that sends these bytes and then stands still.
fn stands_still_after(bytes: Vec<u8>) -> Body {
    let (sender, receiver) = tokio::sync::mpsc::channel::<Result<Bytes, Infallible>>(1);
    sender.try_send(Ok(bytes.into())).unwrap();
    // Never dropped: the body never ends.
    std::mem::forget(sender);
    Body::from_stream(tokio_stream(receiver))
}

/// A body that sends these bytes and then breaks off.
fn breaks_off_after(bytes: Vec<u8>) -> Body {
    let (sender, receiver) = tokio::sync::mpsc::channel::<Result<Bytes, std::io::Error>>(2);
    sender.try_send(Ok(bytes.into())).unwrap();
    sender.try_send(Err(std::io::ErrorKind::ConnectionReset.into())).unwrap();
    Body::from_stream(tokio_stream(receiver))
}

fn tokio_stream<T>(mut receiver: tokio::sync::mpsc::Receiver<T>) -> impl futures_core::Stream<Item = T> {
    futures_util::stream::poll_fn(move |cx| receiver.poll_recv(cx))
}

#[test]
fn a_shift_is_one_round_trip_and_its_bytes_are_counted() {
    let server = Server::start();
    let phone = Phone::of(&server);
    (0..5).for_each(|_| phone.knock());
    assert_eq!(phone.at_risk(), 5);
    let answer = exchanged(5, Vec::new(), false);
    let length = answer.len() as u64;
    server.reply(|_| ok(answer));
    let synced = phone.sync().unwrap();
    let asked = server.asked().pop().unwrap();
    assert_eq!((synced.ended, synced.round_trips), (Ended::Complete, 1));
    assert_eq!((synced.sent_bytes, synced.received_bytes), (asked.body.len() as u64, length));
    assert_eq!((synced.status.at_risk(), phone.at_risk()), (0, 0));
}

#[test]
fn every_request_is_signed_over_its_path_its_time_and_its_body() {
    let server = Server::start();
    let phone = Phone::of(&server);
    phone.knock();
    server.reply(|_| ok(exchanged(1, Vec::new(), false)));
    phone.sync().unwrap();
    let asked = server.asked().pop().unwrap();
    let proof = RequestProof::parse(asked.proof.as_deref().unwrap()).unwrap();
    let public_key = walkbook_sync::EnrolRequest::from_bytes(&server.asked()[0].body).unwrap().proven_key().unwrap();
    let parts = walkbook_vault::RequestParts {
        method: "POST",
        path: &asked.path,
        at_ms: proof.at_ms,
        nonce: proof.nonce,
        challenge: proof.challenge,
        body_hash: ContentHash::of(&asked.body),
    };
    walkbook_vault::verify_request(&public_key, &parts, &proof.signature).unwrap();
    assert!(system_time().as_ms().abs_diff(proof.at_ms) < 60_000);
    assert_eq!(Request::read(&asked.body).unwrap().hello.device, proof.device);
}

#[test]
fn what_takes_several_answers_comes_in_one_exchange() {
    let server = Server::start();
    let phone = Phone::of(&server);
    server.reply(|_| ok(exchanged(0, Vec::new(), true)));
    server.reply(|_| ok(exchanged(0, Vec::new(), true)));
    server.reply(|_| ok(exchanged(0, Vec::new(), false)));
    assert_eq!(phone.sync().unwrap().round_trips, 3);
}

#[test]
fn an_answer_that_breaks_off_costs_only_what_had_not_come() {
    let server = Server::start();
    let phone = Phone::new();
    server.reply(|_| super::world::enrolled());
    wait(phone.walkbook.enrol(&server.link(), right_clock())).unwrap();
    // Everything but the end.
    let mut answer = exchanged(0, download(), false);
    answer.truncate(answer.len() - 1);
    server.reply(|_| ok(breaks_off_after(answer)));
    assert_eq!(phone.sync().unwrap_err(), SyncFailed::NoConnection);
    server.reply(|_| ok(exchanged(0, download(), false)));
    phone.sync().unwrap();
    assert_eq!(phone.walkbook.door(DOOR).unwrap().visits.len(), 0);
}

#[test]
fn a_lost_answer_is_harmless_and_nothing_counts_as_safe_before_it_comes() {
    let server = Server::start();
    let phone = Phone::of(&server);
    phone.knock();
    server.reply(|_| ok(breaks_off_after(Vec::new())));
    assert_eq!(phone.sync().unwrap_err(), SyncFailed::NoConnection);
    assert_eq!(phone.at_risk(), 1);
    server.reply(|_| ok(exchanged(1, Vec::new(), false)));
    phone.sync().unwrap();
    let brought: Vec<_> =
        server.asked().iter().skip(2).map(|asked| Request::read(&asked.body).unwrap().runs[0].entries()).collect();
    assert!(brought[0] == brought[1], "not the same shift again");
    assert_eq!(phone.at_risk(), 0);
}

#[test]
fn a_phone_of_2030_is_told_the_time_and_exchanges() {
    let server = Server::start();
    let phone = Phone::of(&server);
    phone.knock();
    let in_2030: Clock = Arc::new(|| system_time().shifted_ms(110_000_000_000));
    let unproven = || problem(401, "unproven", &format!(",\"now\":{}", system_time().as_ms()));
    server.reply(move |_| unproven());
    server.reply(|_| ok(exchanged(1, Vec::new(), false)));
    let synced = wait(phone.walkbook.sync(SyncOptions::default(), Arc::clone(&in_2030))).unwrap();
    assert_eq!((synced.round_trips, phone.at_risk()), (2, 0));
    let proof = RequestProof::parse(server.asked().pop().unwrap().proof.as_deref().unwrap()).unwrap();
    assert!(system_time().as_ms().abs_diff(proof.at_ms) < 60_000, "not signed by the server's clock");
    // It is told once, not for ever.
    for _ in 0..3 {
        server.reply(move |_| unproven());
    }
    let refused = wait(phone.walkbook.sync(SyncOptions::default(), in_2030));
    assert_eq!(refused.unwrap_err(), SyncFailed::NotProven);
}

#[test]
fn the_budget_ends_an_exchange_with_a_server_that_stands_still() {
    let server = Server::start();
    let phone = Phone::of(&server);
    phone.knock();
    server.reply(|_| ok(stands_still_after(Vec::new())));
    let synced = phone.sync_within(Duration::from_millis(100)).unwrap();
    assert_eq!((synced.ended, synced.status.at_risk()), (Ended::OutOfTime, 1));
    server.reply(|_| ok(exchanged(1, Vec::new(), false)));
    assert_eq!(phone.sync().unwrap().ended, Ended::Complete);
}

#[test]
fn an_exchange_is_called_off_from_another_thread() {
    let server = Server::start();
    let phone = Phone::of(&server);
    let cancel = CancelToken::new();
    let calls_off = cancel.clone();
    server.reply(move |_| {
        calls_off.cancel();
        ok(stands_still_after(Vec::new()))
    });
    let options = SyncOptions { cancel, ..SyncOptions::default() };
    let synced = wait(phone.walkbook.sync(options, right_clock())).unwrap();
    assert_eq!(synced.ended, Ended::Cancelled);
}

#[test]
fn a_knock_is_recorded_while_an_exchange_waits_for_the_server() {
    let server = Server::start();
    let phone = Phone::of(&server);
    let cancel = CancelToken::new();
    let (walkbook, calls_off) = (Arc::clone(&phone.walkbook), cancel.clone());
    server.reply(move |_| {
        let not_home =
            walkbook_model::Interaction::of_outcome(super::world::LIST, None, walkbook_model::Outcome::NotHome);
        walkbook.record_knock(DOOR, not_home, system_time()).unwrap();
        calls_off.cancel();
        ok(stands_still_after(Vec::new()))
    });
    let options = SyncOptions { cancel, ..SyncOptions::default() };
    wait(phone.walkbook.sync(options, right_clock())).unwrap();
    assert_eq!(phone.at_risk(), 1);
}

#[test]
fn a_server_in_trouble_is_told_apart_from_one_that_refuses() {
    let server = Server::start();
    let phone = Phone::of(&server);
    for (reply, wanted) in [
        (problem(403, "forbidden", ""), SyncFailed::ShutOut),
        (problem(409, "forked", ""), SyncFailed::Forked),
        (problem(422, "forged", ""), SyncFailed::Forged),
        (problem(400, "malformed", ""), SyncFailed::NotUnderstood),
        (problem(500, "internal", ""), SyncFailed::ServerFailed { status: 500 }),
        (
            problem(421, "elsewhere", ",\"region\":\"us-west-1\""),
            SyncFailed::Elsewhere { region: "us-west-1".into(), url: None },
        ),
        (problem(503, "busy", ""), SyncFailed::Busy { retry_after: Duration::from_secs(5) }),
    ] {
        server.reply(|_| reply);
        assert_eq!(phone.sync().unwrap_err(), wanted);
    }
}

/// Too much was asked; try again after so many seconds.
fn too_many(seconds: u64) -> axum::response::Response {
    let mut answer = problem(429, "too-many", "");
    answer.headers_mut().insert("retry-after", seconds.into());
    answer
}

#[test]
fn a_server_that_is_busy_for_a_moment_is_asked_again_within_the_exchange() {
    let server = Server::start();
    let phone = Phone::of(&server);
    phone.knock();
    server.reply(|_| too_many(1));
    server.reply(|_| ok(exchanged(1, Vec::new(), false)));
    assert_eq!(phone.sync().unwrap().round_trips, 2);
    assert_eq!(phone.at_risk(), 0);
}

#[test]
fn a_server_that_wants_to_be_left_in_peace_is_and_nothing_is_lost_meanwhile() {
    let server = Server::start();
    let phone = Phone::of(&server);
    phone.knock();
    server.reply(|_| too_many(600));
    assert_eq!(phone.sync().unwrap_err(), SyncFailed::Busy { retry_after: Duration::from_secs(600) });
    let asked = server.asked().len();
    for _ in 0..5 {
        let SyncFailed::Busy { retry_after } = phone.sync().unwrap_err() else { panic!("not busy") };
        assert!(retry_after <= Duration::from_secs(600) && retry_after > Duration::from_secs(500), "{retry_after:?}");
    }
    assert_eq!(server.asked().len(), asked, "it was asked all the same");
    assert_eq!(phone.at_risk(), 1);
    // Another server has not asked for that.
    let other = Server::start();
    other.reply(|_| super::world::enrolled());
    wait(phone.walkbook.enrol(&other.link(), right_clock())).unwrap();
    other.reply(|_| ok(exchanged(1, Vec::new(), false)));
    assert_eq!(phone.sync().unwrap().status.at_risk(), 0);
}

#[test]
fn a_server_that_is_down_is_no_connection() {
    let server = Server::start();
    let phone = Phone::of(&server);
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = nobody.local_addr().unwrap().port();
    drop(nobody);
    let elsewhere = Phone::new();
    let link = server.link().replace(&format!("%3A{}", server.port), &format!("%3A{port}"));
    let refused = wait(elsewhere.walkbook.enrol(&link, right_clock())).unwrap_err();
    assert_eq!(refused, SyncFailed::NoConnection);
    drop(phone);
}
