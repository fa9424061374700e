//! Asking what there is: what does not exist and what is not one's own are told alike.

use crate::device::{Device, enrolment, make_signer, problem, random, refused, send_enrolment};
use crate::world::World;
use serde_json::Value;
use walkbook_model::TenantId;
use walkbook_sync::InvitationLink;

fn without_time(mut body: Value) -> Value {
    body.as_object_mut().unwrap().remove("now");
    body
}

#[tokio::test]
async fn a_tenant_that_exists_and_one_that_does_not_are_told_alike_to_who_wants_to_sync() {
    let world = World::start();
    let mallory = Device::enrolled(&world, "mallory").await;
    let body = mallory.request().to_bytes();
    let mut told = Vec::new();
    for tenant in [world.names.south, TenantId::from_bytes(random())] {
        let path = format!("/v1/tenants/{tenant}/sync");
        let proof = mallory.proof_of(&Device::parts(&path, &body)).format();
        for proof in [proof.as_str(), "none"] {
            let sent = mallory.post_to(&path, body.clone()).header("walkbook-proof", proof).send().await.unwrap();
            told.push(without_time(refused(sent, 401, "unproven").await));
        }
    }
    assert!(told.windows(2).all(|pair| pair[0] == pair[1]), "{told:?}");
}

#[tokio::test]
async fn a_tenant_that_exists_and_one_that_does_not_are_told_alike_to_who_wants_to_enrol() {
    let world = World::start();
    let mut told = Vec::new();
    for tenant in [world.names.south, TenantId::from_bytes(random())] {
        let link = InvitationLink { tenant, ..world.link("aino") };
        let answer = send_enrolment(&world, tenant, enrolment(&link, &make_signer())).await;
        told.push(refused(answer, 403, "invitation-unknown").await);
    }
    assert_eq!(told[0], told[1]);
}

#[tokio::test]
async fn whatever_stands_in_the_place_of_a_tenant_is_told_alike() {
    let world = World::start();
    let mallory = Device::enrolled(&world, "mallory").await;
    let mut told = Vec::new();
    for name in ["x", "tenant_", "tenant_00000000000000000000000000x", "user_00000000000000000000000000", "%ff", "%00"]
    {
        for route in ["sync", "enrol"] {
            let path = format!("/v1/tenants/{name}/{route}");
            let sent = mallory.post_to(&path, Vec::new()).header("walkbook-proof", "none").send().await.unwrap();
            told.push(problem(sent).await);
        }
    }
    assert!(told.iter().all(|(status, code, _)| (*status, code.as_str()) == (404, "not-found")), "{told:?}");
}

#[tokio::test]
async fn a_refusal_tells_nothing_of_anybody() {
    let world = World::start();
    let mallory = Device::enrolled(&world, "mallory").await;
    let names = ["Northern", "Southern", "olga", "sofia", "Lea", "Made-up"];
    let ids = [world.names.south.to_string(), world.user("sofia").to_string(), world.names.theirs.to_string()];
    let link = InvitationLink { tenant: world.names.south, ..world.link("aino") };
    let refusals = [
        send_enrolment(&world, world.names.south, enrolment(&link, &make_signer())).await,
        mallory.send(b"WB\x01rubbish".to_vec()).await,
        mallory.send_with("none", Vec::new()).await.unwrap(),
        mallory.post_to("/v1/tenants", Vec::new()).send().await.unwrap(),
    ];
    for refusal in refusals {
        assert!(refusal.headers().get("server").is_none() && refusal.headers().get("x-powered-by").is_none());
        let text = refusal.text().await.unwrap();
        assert!(names.iter().all(|name| !text.contains(name)), "{text}");
        assert!(ids.iter().all(|id| !text.contains(id.as_str())), "{text}");
    }
}

#[tokio::test]
async fn the_log_tells_nothing_of_anybody() {
    let world = World::start();
    let mut mallory = Device::enrolled(&world, "mallory").await;
    mallory.is_served(world.names.river, world.doors(world.names.river)[0]).await;
    let evil = "/v1/tenants/Zoltan-Zebedee/sync?name=Zoltan-Zebedee";
    let sent = mallory.post_to(evil, Vec::new()).header("walkbook-proof", "Zoltan-Zebedee");
    sent.header("user-agent", "Zoltan-Zebedee").send().await.unwrap();
    let logs = world.home.logs();
    assert!(logs.contains("request"), "{logs}");
    for name in ["Zoltan", "mallory", "Northern", &mallory.id.to_string(), &world.names.north.to_string()] {
        assert!(!logs.contains(name), "{name}: {logs}");
    }
}
