//! A server that does not know the phone any more: it was restored to a moment before the phone enrolled.

use super::world::{Phone, Server, enrolled, exchanged, ok, problem, right_clock, system_time, wait};
use axum::response::Response;
use walkbook_core::SyncFailed;
use walkbook_vault::{KeyedProof, RequestProof};

fn unproven() -> Response {
    problem(401, "unproven", &format!(",\"now\":{}", system_time().as_ms()))
}

#[test]
fn a_phone_that_the_server_does_not_know_shows_its_key_and_is_told_so() {
    let server = Server::start();
    let phone = Phone::of(&server);
    phone.knock();
    let before = server.asked().len();
    for reply in [unproven(), unproven(), problem(401, "unknown-device", "")] {
        server.reply(|_| reply);
    }
    assert_eq!(phone.sync().unwrap_err(), SyncFailed::UnknownDevice);
    assert_eq!(phone.at_risk(), 1);
    let asked = server.asked().split_off(before);
    let proofs: Vec<&str> = asked.iter().filter_map(|asked| asked.proof.as_deref()).collect();
    assert!(proofs[..2].iter().all(|proof| RequestProof::parse(proof).is_ok()), "the key is shown unasked");
    assert!(KeyedProof::parse(proofs[2]).is_ok() && asked[2].body.is_empty());
}

#[test]
fn a_new_invitation_makes_it_the_same_device_again_wherever_the_server_is_now() {
    let (server, moved) = (Server::start(), Server::start());
    let phone = Phone::of(&server);
    phone.knock();
    let before = phone.walkbook.identity().unwrap();
    moved.reply(|_| enrolled());
    wait(phone.walkbook.enrol(&moved.link(), right_clock())).unwrap();
    let now = phone.walkbook.identity().unwrap();
    assert_eq!((now.device, now.clock_offset_ms), (before.device, before.clock_offset_ms));
    assert!(now.server.unwrap().ends_with(&format!(":{}", moved.port)));
    moved.reply(|_| ok(exchanged(1, Vec::new(), false)));
    phone.sync().unwrap();
    assert_eq!(phone.at_risk(), 0);
    let folder = phone.folder;
    drop(phone.walkbook);
    let again = walkbook_core::Walkbook::open(folder.path(), &super::world::Open, None, system_time()).unwrap();
    assert!(again.identity().unwrap().server.unwrap().ends_with(&format!(":{}", moved.port)));
}
