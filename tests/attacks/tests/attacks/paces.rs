//! Coming more often than anybody needs to. Whoever does is told when to come again; nobody else is.

use crate::device::{Device, enrolment, knock, make_signer, problem, refused, send_enrolment};
use crate::world::World;
use futures_util::future::join_all;
use reqwest::Response;

/// A server that keeps this pace.
fn keeping(option: &'static str, pace: &'static str) -> World {
    let mut world = World::at_rest();
    world.home.with_option(option, pace);
    world.home.serve();
    world
}

/// How many of these were let in; the others were told to come later, and when.
async fn let_in(answers: Vec<Response>) -> usize {
    let mut count = 0;
    for answer in answers {
        if answer.status() == 200 {
            count += 1;
            continue;
        }
        let wait: u64 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
        let (status, code, _) = problem(answer).await;
        assert_eq!((status, code.as_str()), (429, "too-many"));
    }
    count
}

async fn syncs(device: &Device, times: usize) -> Vec<Response> {
    let mut answers = Vec::new();
    for _ in 0..times {
        answers.push(device.send(device.request().to_bytes()).await);
    }
    answers
}

#[tokio::test]
async fn a_device_that_asks_without_end_is_told_to_come_later_and_others_are_not() {
    let world = keeping("--pace-of-device", "5/1");
    let (mallory, aino) = (Device::enrolled(&world, "mallory").await, Device::enrolled(&world, "aino").await);
    assert_eq!(let_in(syncs(&mallory, 20).await).await, 5);
    assert_eq!(let_in(syncs(&aino, 5).await).await, 5);
}

#[tokio::test]
async fn many_devices_of_one_user_are_one_user() {
    let world = keeping("--pace-of-user", "6/1");
    let first = Device::enrolled(&world, "mallory").await;
    let mut devices = vec![first];
    let (user, tenant) = (world.user("mallory").to_string(), world.names.north.to_string());
    for _ in 0..3 {
        let link = world.home.run_for_one(&["user", "invite", &user, "--tenant", &tenant]);
        devices.push(Device::enrolled_by(&world, &walkbook_sync::InvitationLink::parse(&link).unwrap()).await);
    }
    let mut let_in_in_all = 0;
    for device in &devices {
        let_in_in_all += let_in(syncs(device, 4).await).await;
    }
    assert_eq!(let_in_in_all, 6);
    assert_eq!(let_in(syncs(&Device::enrolled(&world, "aino").await, 4).await).await, 4);
}

#[tokio::test]
async fn a_tenant_that_takes_everything_leaves_the_others_theirs() {
    let world = keeping("--pace-of-tenant", "6/1");
    let [mallory, aino] = [Device::enrolled(&world, "mallory").await, Device::enrolled(&world, "aino").await];
    let (sanna, answers) = (Device::enrolled(&world, "sanna").await, [syncs(&mallory, 5).await, syncs(&aino, 5).await]);
    assert_eq!(let_in(answers.into_iter().flatten().collect()).await, 6);
    assert_eq!(let_in(syncs(&sanna, 6).await).await, 6);
}

#[tokio::test]
async fn an_address_from_which_invitations_are_guessed_is_told_to_come_later() {
    let world = keeping("--pace-of-address", "10/1");
    let link = world.link("aino");
    let other = walkbook_sync::InvitationLink {
        code: walkbook_vault::InvitationCode::from_bytes([9; 16]),
        ..world.link("aino")
    };
    let before = world.stand();
    let mut told = Vec::new();
    for _ in 0..15 {
        let answer = send_enrolment(&world, link.tenant, enrolment(&other, &make_signer())).await;
        told.push(answer.status().as_u16());
    }
    assert_eq!(told, [vec![403; 10], vec![429; 5]].concat());
    before.is_still(&world.stand());
}

#[tokio::test]
async fn nobody_uses_up_what_is_anothers_by_saying_to_be_him() {
    let world = keeping("--pace-of-device", "5/1");
    let (mallory, aino) = (Device::enrolled(&world, "mallory").await, Device::enrolled(&world, "aino").await);
    let body = aino.request().to_bytes();
    for _ in 0..20 {
        let path = aino.path();
        let forged = mallory.proof_of(&Device::parts(&path, &body));
        let forged = walkbook_vault::RequestProof { device: aino.id, ..forged };
        refused(mallory.send_with(&forged.format(), body.clone()).await.unwrap(), 401, "unproven").await;
    }
    assert_eq!(let_in(syncs(&aino, 5).await).await, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_asks_many_times_at_once_is_worked_on_once_at_a_time() {
    let world = World::start();
    let mut mallory = Device::enrolled(&world, "mallory").await;
    let mut aino = Device::enrolled(&world, "aino").await;
    let river = world.names.river;
    for _ in 0..400 {
        mallory.write_at(world.doors(river)[0], &knock(river));
    }
    let body = mallory.request().to_bytes();
    let ways: Vec<Device> = (0..40).map(|_| mallory.by_another_way()).collect();
    let answers = join_all(ways.iter().map(|way| way.send(body.clone()))).await;
    assert!(let_in(answers).await >= 1);
    aino.is_served(river, world.doors(river)[0]).await;
}

#[tokio::test]
async fn what_was_told_to_come_later_is_taken_when_it_comes_and_nothing_is_lost() {
    let world = keeping("--pace-of-device", "2/60");
    let mut mallory = Device::enrolled(&world, "mallory").await;
    let (river, door) = (world.names.river, world.doors(world.names.river)[0]);
    mallory.write_at(door, &knock(river));
    let body = mallory.request().to_bytes();
    let mut waited = 0;
    // Two go through at once; the third comes when it was told to.
    for _ in 0..3 {
        loop {
            let answer = mallory.send(body.clone()).await;
            if answer.status() == 200 {
                break;
            }
            let wait = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
            tokio::time::sleep(std::time::Duration::from_secs(wait)).await;
            waited += 1;
        }
    }
    assert!(waited >= 1);
    assert_eq!(world.home.store().entries_of(mallory.tenant, walkbook_ledger::Subject::Door(door)).unwrap().len(), 1);
}
