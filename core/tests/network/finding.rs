//! A phone finds out where somebody is.

use super::world::{Phone, Server, ok, problem, wait};
use axum::response::IntoResponse;
use walkbook_core::{Error, Region, SyncFailed};
use walkbook_sync::{FindRegion, FoundRegions};

fn found(server: &Server, email: &str) -> Result<Vec<Region>, SyncFailed> {
    let phone = Phone::new();
    let url = format!("https://localhost:{}", server.port);
    wait(phone.walkbook.find_regions(&url, Some(&server.authority), email))
}

#[test]
fn a_phone_that_is_no_device_yet_is_told_in_which_order_to_look() {
    let server = Server::start();
    let names = ["us-west-1", "eu-west-1"];
    let answer = FoundRegions { regions: names.map(|name| (name.into(), format!("https://{name}.example"))).into() };
    server.reply(move |_| ok(answer.to_bytes()));
    let regions = found(&server, " Aino@Example.org ").unwrap();
    assert!(regions.iter().map(|region| region.name.as_str()).eq(names));
    assert_eq!(regions[0].server, "https://us-west-1.example");
    let asked = &server.asked()[0];
    assert_eq!((asked.path.as_str(), &asked.proof), ("/v1/find-region", &None));
    assert_eq!(FindRegion::from_bytes(&asked.body).unwrap().email, "aino@example.org");
}

#[test]
fn a_server_without_a_directory_tells_nothing_and_one_that_is_busy_says_so() {
    let server = Server::start();
    server.reply(|_| problem(404, "not-found", ""));
    assert_eq!(found(&server, "aino@example.org"), Ok(Vec::new()));
    server.reply(|_| ([("retry-after", "7")], problem(429, "too-many", "")).into_response());
    let failed = found(&server, "aino@example.org");
    assert!(matches!(failed, Err(SyncFailed::Busy { retry_after }) if retry_after.as_secs() == 7), "{failed:?}");
    server.reply(|_| ok(b"rubbish".to_vec()));
    assert_eq!(found(&server, "aino@example.org"), Err(SyncFailed::NotUnderstood));
}

#[test]
fn what_is_no_address_is_asked_of_nobody() {
    let server = Server::start();
    let is_invalid = |failed| matches!(failed, Err(SyncFailed::Phone(Error::Invalid(_))));
    assert!(is_invalid(found(&server, "aino")));
    let phone = Phone::new();
    assert!(is_invalid(wait(phone.walkbook.find_regions("http://localhost", None, "aino@example.org"))));
    assert!(server.asked().is_empty());
}
