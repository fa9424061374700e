//! An open phone waits until the server has something new.

use super::world::{Phone, Server, enrolled, exchanged, ok, problem, right_clock, says, system_time, wait};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{Sender, channel};
use walkbook_core::{CancelToken, Clock, Heard, SyncFailed};
use walkbook_model::ContentHash;
use walkbook_vault::{RequestParts, RequestProof, verify_request};

const NEWS: &str = "data: news\n\n";

/// What is heard, within a time in which everything is heard that there is to hear.
fn heard(phone: &Phone) -> Result<Heard, SyncFailed> {
    wait(phone.walkbook.wait_for_news(used_after(Duration::from_secs(30)), right_clock()))
}

fn used_after(time: Duration) -> CancelToken {
    let cancel = CancelToken::new();
    let used = cancel.clone();
    spawn(move || {
        sleep(time);
        used.cancel();
    });
    cancel
}

/// The server keeps a stream open to whoever asks next; what is sent is said there.
fn stream(server: &Server) -> Sender<&'static str> {
    let (says_so, said) = channel(8);
    server.reply(move |_| says(said));
    says_so
}

#[test]
fn a_phone_hears_of_what_is_new_over_one_stream_and_of_what_came_while_it_did_not_listen() {
    let server = Server::start();
    let phone = Phone::of(&server);
    let asked = server.asked().len();
    let says = stream(&server);
    says.try_send(NEWS).unwrap();
    assert_eq!(heard(&phone), Ok(Heard::News));
    server.reply(|_| ok(exchanged(0, Vec::new(), false)));
    phone.sync().unwrap();
    says.try_send(":\n\n").unwrap();
    says.try_send(NEWS).unwrap();
    assert_eq!(heard(&phone), Ok(Heard::News));
    assert_eq!(server.asked().len(), asked + 2);
}

#[test]
fn listening_is_signed_as_any_request_is() {
    let server = Server::start();
    let phone = Phone::of(&server);
    stream(&server).try_send(NEWS).unwrap();
    heard(&phone).unwrap();
    let asked = server.asked().pop().unwrap();
    let proof = RequestProof::parse(asked.proof.as_deref().unwrap()).unwrap();
    let key = walkbook_sync::EnrolRequest::from_bytes(&server.asked()[0].body).unwrap().proven_key().unwrap();
    let (path, at_ms, nonce, challenge) = (&asked.path, proof.at_ms, proof.nonce, proof.challenge);
    let parts = RequestParts { method: "GET", path, at_ms, nonce, challenge, body_hash: ContentHash::of(b"") };
    verify_request(&key, &parts, &proof.signature).unwrap();
    assert_eq!((asked.method.as_str(), asked.body.len()), ("GET", 0));
    assert!(path.ends_with("/live"), "{path}");
}

#[test]
fn a_stream_that_breaks_off_is_opened_again() {
    let server = Server::start();
    let phone = Phone::of(&server);
    drop(stream(&server));
    // No event before its end.
    stream(&server).try_send("data: ne").unwrap();
    server.reply(|_| problem(500, "internal", ""));
    let says = stream(&server);
    says.try_send(NEWS).unwrap();
    let asked = server.asked().len();
    assert_eq!(heard(&phone), Ok(Heard::News));
    assert_eq!(server.asked().len(), asked + 4);
}

#[test]
fn a_busy_server_is_left_in_peace_and_then_asked_again() {
    let server = Server::start();
    let phone = Phone::of(&server);
    server.reply(|_| ([("retry-after", "2")], problem(503, "busy", "")).into_response());
    stream(&server).try_send(NEWS).unwrap();
    let began = Instant::now();
    assert_eq!(heard(&phone), Ok(Heard::News));
    assert!(began.elapsed() >= Duration::from_secs(2), "it was asked again after {:?}", began.elapsed());
}

#[test]
fn a_server_that_lets_nobody_listen_just_now_is_synced_with_all_the_same() {
    let server = Server::start();
    let phone = Phone::of(&server);
    let asked = server.asked().len();
    server.reply(|_| ([("retry-after", "600")], problem(429, "too-many", "")).into_response());
    let (walkbook, cancel) = (Arc::clone(&phone.walkbook), CancelToken::new());
    let calls_off = cancel.clone();
    let waiting = spawn(move || wait(walkbook.wait_for_news(cancel, right_clock())));
    while server.asked().len() == asked {
        sleep(Duration::from_millis(10));
    }
    // The answer is under way.
    sleep(Duration::from_millis(300));
    phone.knock();
    server.reply(|_| ok(exchanged(1, Vec::new(), false)));
    assert_eq!(phone.sync().unwrap().status.at_risk(), 0);
    calls_off.cancel();
    assert_eq!(waiting.join().unwrap(), Ok(Heard::Cancelled));
}

#[test]
fn an_exchange_that_failed_is_tried_again_though_nothing_else_is_new() {
    let server = Server::start();
    let phone = Phone::of(&server);
    let says = stream(&server);
    says.try_send(NEWS).unwrap();
    heard(&phone).unwrap();
    for reply in [problem(500, "internal", ""), problem(503, "busy", "")] {
        server.reply(|_| reply);
        phone.sync().unwrap_err();
        stream(&server).try_send(NEWS).unwrap();
        assert_eq!(heard(&phone), Ok(Heard::News));
    }
    drop(says);
}

#[test]
fn an_exchange_that_fails_is_tried_again_by_whoever_waits_meanwhile() {
    let server = Server::start();
    let phone = Phone::of(&server);
    let says = stream(&server);
    says.try_send(NEWS).unwrap();
    heard(&phone).unwrap();
    let walkbook = Arc::clone(&phone.walkbook);
    let cancel = used_after(Duration::from_secs(30));
    let waiting = spawn(move || wait(walkbook.wait_for_news(cancel, right_clock())));
    sleep(Duration::from_millis(100));
    server.reply(|_| problem(500, "internal", ""));
    stream(&server).try_send(NEWS).unwrap();
    phone.sync().unwrap_err();
    assert_eq!(waiting.join().unwrap(), Ok(Heard::News));
    drop(says);
}

#[test]
fn a_phone_that_goes_to_another_server_and_comes_back_listens_anew() {
    let (server, other) = (Server::start(), Server::start());
    let phone = Phone::of(&server);
    let says = stream(&server);
    says.try_send(NEWS).unwrap();
    heard(&phone).unwrap();
    for server in [&other, &server] {
        server.reply(|_| enrolled());
        wait(phone.walkbook.enrol(&server.link(), right_clock())).unwrap();
    }
    stream(&server).try_send(NEWS).unwrap();
    assert_eq!(heard(&phone), Ok(Heard::News));
    drop(says);
}

#[test]
fn a_phone_of_2030_listens_by_the_servers_clock() {
    let server = Server::start();
    let phone = Phone::of(&server);
    let in_2030: Clock = Arc::new(|| system_time().shifted_ms(110_000_000_000));
    let unproven = || -> Response { problem(401, "unproven", &format!(",\"now\":{}", system_time().as_ms())) };
    server.reply(move |_| unproven());
    stream(&server).try_send(NEWS).unwrap();
    assert_eq!(wait(phone.walkbook.wait_for_news(CancelToken::new(), Arc::clone(&in_2030))), Ok(Heard::News));
    let proof = RequestProof::parse(server.asked().pop().unwrap().proof.as_deref().unwrap()).unwrap();
    assert!(system_time().as_ms().abs_diff(proof.at_ms) < 60_000, "not signed by the server's clock");
}

#[test]
fn what_waiting_does_not_help_is_told() {
    let server = Server::start();
    let phone = Phone::of(&server);
    server.reply(|_| problem(403, "forbidden", ""));
    assert_eq!(heard(&phone), Err(SyncFailed::ShutOut));
    server.reply(|_| problem(421, "elsewhere", ",\"region\":\"us-west-1\""));
    assert!(matches!(heard(&phone), Err(SyncFailed::Elsewhere { .. })));
    server.reply(|_| "some portal's page".into_response());
    assert_eq!(heard(&phone), Err(SyncFailed::NotUnderstood));
}

#[test]
fn a_server_that_tells_nothing_is_no_error_and_waiting_is_called_off() {
    let server = Server::start();
    let phone = Phone::of(&server);
    let asked = server.asked().len();
    server.reply(|_| problem(404, "not-found", ""));
    let cancel = used_after(Duration::from_millis(500));
    assert_eq!(wait(phone.walkbook.wait_for_news(cancel, right_clock())), Ok(Heard::Cancelled));
    assert_eq!(server.asked().len(), asked + 1);
}

#[test]
fn waiting_that_was_dropped_goes_on_over_the_same_stream() {
    let server = Server::start();
    let phone = Phone::of(&server);
    let says = stream(&server);
    says.try_send(NEWS).unwrap();
    heard(&phone).unwrap();
    let asked = server.asked().len();
    let mut waiting = Box::pin(phone.walkbook.wait_for_news(CancelToken::new(), right_clock()));
    assert!(matches!(waiting.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Pending));
    // It listens by then.
    sleep(Duration::from_millis(100));
    drop(waiting);
    says.try_send(NEWS).unwrap();
    assert_eq!(heard(&phone), Ok(Heard::News));
    assert_eq!(server.asked().len(), asked);
}

#[test]
fn a_phone_that_is_no_device_has_nobody_to_listen_to() {
    let told = heard(&Phone::new());
    assert_eq!(told, Err(SyncFailed::Phone(walkbook_core::Error::NotEnrolled)));
}
