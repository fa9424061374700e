//! Phones that mean well.

use super::world::{MEDIA_TYPE, problem, start};
use crate::engine::{InvitationRefused, Refused};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use std::sync::atomic::Ordering;
use std::time::Duration;
use walkbook_model::{TenantId, Timestamp};

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_is_answered_and_the_backend_is_told_that_there_is_something_new() {
    let world = start(|body| Ok([b"answer to ", body].concat()));
    let response = world.sync(&world.phone(), "a shift").await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.version(), axum::http::Version::HTTP_2);
    assert_eq!(response.headers()[CONTENT_TYPE], MEDIA_TYPE);
    assert_eq!(response.bytes().await.unwrap().as_ref(), b"answer to a shift");
    assert_eq!(world.backlog.nudges.load(Ordering::Relaxed), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_only_speaks_http_1_is_answered_too() {
    let world = start(|_| Ok(b"answer".to_vec()));
    let phone = world.trusting(&world.authority).http1_only().build().unwrap();
    assert_eq!(world.sync(&phone, "").await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_redeems_its_invitation() {
    let world = start(|_| Ok(b"a device".to_vec()));
    let url = world.url(&format!("/v1/tenants/{}/enrol", TenantId::from_bytes([1; 16])));
    let response = world.phone().post(url).header(CONTENT_TYPE, MEDIA_TYPE).body("a code").send().await.unwrap();
    assert_eq!(response.bytes().await.unwrap().as_ref(), b"a device");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_has_a_status_and_a_code_of_its_own() {
    let unreadable = walkbook_sync::Request::read(b"rubbish").unwrap_err();
    let now = Timestamp::from_ms(1);
    let elsewhere = Refused::Elsewhere { region: "us-west-1".into(), url: Some("https://us.example".into()) };
    let cases = [
        (Refused::Unreadable(unreadable), 400, "malformed"),
        (Refused::Unproven { now }, 401, "unproven"),
        (Refused::UnknownDevice, 401, "unknown-device"),
        (Refused::ShutOut, 403, "forbidden"),
        (Refused::Invitation(InvitationRefused::Unknown), 403, "invitation-unknown"),
        (Refused::Invitation(InvitationRefused::Expired), 403, "invitation-expired"),
        (Refused::Invitation(InvitationRefused::Used), 403, "invitation-used"),
        (Refused::UnknownTenant, 404, "not-found"),
        (Refused::Forked, 409, "forked"),
        (elsewhere, 421, "elsewhere"),
        (Refused::Forged, 422, "forged"),
        (Refused::Store(crate::store::Error::Stopped), 500, "internal"),
        (Refused::Store(crate::store::Error::DiskFull), 503, "busy"),
        (Refused::Busy, 503, "busy"),
    ];
    for (refused, status, code) in cases {
        let world = start(move |_| Err(refused.clone()));
        assert_eq!(problem(world.sync(&world.phone(), "").await).await, (status, code.to_owned()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_whose_clock_is_wrong_learns_the_servers() {
    let world = start(|_| Err(Refused::Unproven { now: Timestamp::from_ms(1_795_000_000_000) }));
    let body = world.sync(&world.phone(), "").await.bytes().await.unwrap();
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["now"], 1_795_000_000_000_u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_of_another_regions_tenant_learns_where_to_go_and_nothing_else() {
    let elsewhere = Refused::Elsewhere { region: "us-west-1".into(), url: Some("https://us.example".into()) };
    let world = start(move |_| Err(elsewhere.clone()));
    let body = world.sync(&world.phone(), "").await.bytes().await.unwrap();
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let mut members: Vec<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
    members.sort_unstable();
    assert_eq!(members, ["region", "status", "title", "type", "url"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_is_to_come_again_is_told_when() {
    let world = start(|_| Err(Refused::Busy));
    assert_eq!(world.sync(&world.phone(), "").await.headers()[RETRY_AFTER], "5");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exchange_under_way_is_finished_when_the_server_stops() {
    let (began, has_begun) = std::sync::mpsc::channel();
    let (go_on, may_go_on) = std::sync::mpsc::channel::<()>();
    let gates = std::sync::Mutex::new((began, may_go_on));
    let world = start(move |_| {
        let gates = gates.lock().unwrap();
        gates.0.send(()).unwrap();
        gates.1.recv().unwrap();
        Ok(b"finished".to_vec())
    });
    let (phone, url) = (world.phone(), world.sync_url());
    let request = phone.post(url).header(CONTENT_TYPE, MEDIA_TYPE).header("walkbook-proof", "a proof").send();
    let request = tokio::spawn(request);
    tokio::task::spawn_blocking(move || has_begun.recv().unwrap()).await.unwrap();
    let stopped = tokio::spawn(world.server.stop(Duration::from_secs(30)));
    go_on.send(()).unwrap();
    assert_eq!(request.await.unwrap().unwrap().bytes().await.unwrap().as_ref(), b"finished");
    stopped.await.unwrap().unwrap();
}
