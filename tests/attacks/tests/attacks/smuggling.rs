//! Requests that two readers could cut apart at two places. Nothing stands before this server that could; still each is
//! either refused or read as one, and what hides behind it is never answered as a request of its own.

use crate::raw::{Answer, exchange};
use crate::world::World;

/// What hides behind another request: it would be answered with 405.
const HIDDEN: &str = "PUT /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";

fn head(world: &World) -> String {
    let tenant = world.names.north;
    format!(
        "POST /v1/tenants/{tenant}/sync HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/walkbook\r\n\
         walkbook-proof: none\r\n"
    )
}

#[track_caller]
fn nothing_was_smuggled(answers: &[Answer], shape: &str) {
    assert!(answers.iter().all(|answer| answer.status != 405), "{shape:?}: {answers:?}");
    assert!(
        answers.iter().all(|answer| [400, 401, 404, 408, 413, 415, 431, 501].contains(&answer.status)),
        "{answers:?}"
    );
}

#[test]
fn a_body_of_two_lengths_is_one_request() {
    let world = World::start();
    let length = HIDDEN.len();
    for shape in [
        format!("content-length: {length}\r\ncontent-length: 0\r\n\r\n{HIDDEN}"),
        format!("content-length: 0\r\ncontent-length: {length}\r\n\r\n{HIDDEN}"),
        format!("content-length: {length}, 0\r\n\r\n{HIDDEN}"),
        format!("content-length: +{length}\r\n\r\n{HIDDEN}"),
        format!("content-length: -1\r\n\r\n{HIDDEN}"),
        format!("content-length: 0x10\r\n\r\n{HIDDEN}"),
        format!("content-length: 18446744073709551616\r\n\r\n{HIDDEN}"),
        format!("content-length : {length}\r\n\r\n{HIDDEN}"),
        format!("content-length: \r\n\r\n{HIDDEN}"),
    ] {
        nothing_was_smuggled(&exchange(&world, (head(&world) + &shape).as_bytes()), &shape);
    }
}

#[test]
fn behind_a_body_in_chunks_nothing_is_read() {
    let world = World::start();
    let chunks = format!("0\r\n\r\n{HIDDEN}");
    for shape in [
        format!("content-length: {}\r\ntransfer-encoding: chunked\r\n\r\n{chunks}", chunks.len()),
        format!("transfer-encoding: chunked\r\ncontent-length: {}\r\n\r\n{chunks}", chunks.len()),
        format!("transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n{chunks}"),
    ] {
        let answers = exchange(&world, (head(&world) + &shape).as_bytes());
        nothing_was_smuggled(&answers, &shape);
        assert_eq!(answers.len(), 1, "{answers:?}");
    }
}

#[test]
fn chunks_by_another_name_are_no_chunks() {
    let world = World::start();
    let chunks = format!("{:x}\r\n{HIDDEN}\r\n0\r\n\r\n", HIDDEN.len());
    for name in [
        "transfer-encoding: xchunked",
        "transfer-encoding: chunked, identity",
        "transfer-encoding: identity",
        "transfer-encoding : chunked",
        "transfer-encoding: gzip, chunked, x",
        " transfer-encoding: chunked",
        "x: y\ntransfer-encoding: chunked\ncontent-length: 0",
        "transfer-encoding\t: chunked",
    ] {
        let shape = format!("{name}\r\n\r\n{chunks}");
        nothing_was_smuggled(&exchange(&world, (head(&world) + &shape).as_bytes()), &shape);
    }
}

#[test]
fn chunks_of_a_size_that_is_none_are_refused() {
    let world = World::start();
    for size in ["-1", "10000000000000000", "ffffffffffffffff", "0x5", "5 5", "", "g", "5;x=\n"] {
        let shape = format!("transfer-encoding: chunked\r\n\r\n{size}\r\n{HIDDEN}");
        nothing_was_smuggled(&exchange(&world, (head(&world) + &shape).as_bytes()), &shape);
    }
    // Extensions without end are no way to make the server read for nothing.
    let shape = format!("transfer-encoding: chunked\r\n\r\n5;{}\r\nhello\r\n0\r\n\r\n", "x".repeat(200_000));
    nothing_was_smuggled(&exchange(&world, (head(&world) + &shape).as_bytes()), "extensions");
}

#[test]
fn lines_that_end_or_go_on_in_another_way_hide_no_header() {
    let world = World::start();
    for shape in [
        format!("x-a: b\r\n content-length: 4\r\ncontent-length: 0\r\n\r\n{HIDDEN}"),
        format!("x-a: b\rcontent-length: {}\r\ncontent-length: 0\r\n\r\n{HIDDEN}", HIDDEN.len()),
        format!("x-a: b\0content-length: 4\r\ncontent-length: 0\r\n\r\n{HIDDEN}"),
        format!("x-a b\r\ncontent-length: 0\r\n\r\n{HIDDEN}"),
        format!(": x\r\ncontent-length: 0\r\n\r\n{HIDDEN}"),
    ] {
        let answers = exchange(&world, (head(&world) + &shape).as_bytes());
        assert_eq!(answers[0].status, 400, "{shape:?}: {answers:?}");
        nothing_was_smuggled(&answers, &shape);
    }
}
