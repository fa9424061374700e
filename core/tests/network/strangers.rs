//! Whoever answers is not always the server.

use super::world::{Phone, Server, enrolled, ok, right_clock, wait};
use axum::response::IntoResponse;
use std::io::{Read, Write};
use walkbook_core::SyncFailed;
use walkbook_sync::SyncRefused;

fn refusal(server: &Server, link: &str) -> SyncFailed {
    let phone = Phone::new();
    let refused = wait(phone.walkbook.enrol(link, right_clock())).unwrap_err();
    assert!(server.asked().is_empty(), "it was asked");
    refused
}

#[test]
fn a_server_of_another_authority_is_not_spoken_to() {
    let (server, other) = (Server::start(), Server::start());
    let link = server.link_trusting(Some(other.authority.clone()));
    assert_eq!(refusal(&server, &link), SyncFailed::NotTrusted);
}

#[test]
fn a_private_server_is_not_spoken_to_by_who_trusts_the_public_authorities() {
    let server = Server::start();
    assert_eq!(refusal(&server, &server.link_trusting(None)), SyncFailed::NotTrusted);
}

#[test]
fn a_server_whose_certificate_has_expired_is_not_spoken_to() {
    let server = Server::start_until(2021);
    assert_eq!(refusal(&server, &server.link()), SyncFailed::NotTrusted);
}

#[test]
fn a_server_of_another_name_is_not_spoken_to() {
    let server = Server::start();
    assert_eq!(refusal(&server, &server.link().replace("localhost", "127.0.0.1")), SyncFailed::NotTrusted);
}

#[test]
fn an_authority_that_is_none_is_not_trusted() {
    let server = Server::start();
    assert_eq!(refusal(&server, &server.link_trusting(Some(vec![1, 2, 3]))), SyncFailed::NotTrusted);
}

#[test]
fn whoever_speaks_plain_http_hears_nothing_of_the_invitation() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut bytes = [0; 64 * 1024];
        let count = stream.read(&mut bytes).unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
        bytes[..count].to_vec()
    });
    let server = Server::start();
    let link = server.link().replace(&format!("%3A{}", server.port), &format!("%3A{port}"));
    let refused = wait(Phone::new().walkbook.enrol(&link, right_clock())).unwrap_err();
    assert_eq!(refused, SyncFailed::NoConnection);
    // A TLS handshake, and nothing else.
    assert_eq!(heard.join().unwrap()[0], 22);
}

#[test]
fn a_redirect_is_not_followed() {
    let (server, other) = (Server::start(), Server::start());
    let location = format!("https://localhost:{}/", other.port);
    server.reply(move |_| axum::response::Redirect::temporary(&location).into_response());
    let refused = wait(Phone::new().walkbook.enrol(&server.link(), right_clock())).unwrap_err();
    assert_eq!(refused, SyncFailed::ServerFailed { status: 307 });
    assert!(other.asked().is_empty());
}

#[test]
fn a_page_that_is_no_answer_is_not_taken_for_one() {
    let server = Server::start();
    server.reply(|_| axum::response::Html("<h1>Welcome to the hotel</h1>").into_response());
    let refused = wait(Phone::new().walkbook.enrol(&server.link(), right_clock())).unwrap_err();
    assert_eq!(refused, SyncFailed::NotUnderstood);
}

#[test]
fn a_problem_without_end_is_not_read_to_its_end() {
    let server = Server::start();
    server.reply(|_| (axum::http::StatusCode::FORBIDDEN, vec![b'x'; 32 * 1024 * 1024]).into_response());
    let refused = wait(Phone::new().walkbook.enrol(&server.link(), right_clock())).unwrap_err();
    assert_eq!(refused, SyncFailed::ServerFailed { status: 403 });
}

#[test]
fn a_server_of_a_newer_version_is_told_apart_and_nothing_is_lost() {
    let server = Server::start();
    let phone = Phone::of(&server);
    phone.knock();
    server.reply(|_| {
        let mut answer = super::world::exchanged(1, Vec::new(), false);
        let version = answer.iter().position(|byte| *byte == walkbook_sync::VERSION).unwrap();
        answer[version] = 99;
        ok(answer)
    });
    let newer = SyncRefused::Version { found: 99, known: walkbook_sync::VERSION };
    assert_eq!(phone.sync().unwrap_err(), SyncFailed::Phone(newer.into()));
    assert_eq!(phone.at_risk(), 1);
    server.reply(|_| enrolled());
    wait(phone.walkbook.enrol(&server.link(), right_clock())).unwrap();
}
