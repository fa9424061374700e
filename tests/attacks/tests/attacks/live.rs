//! Listening as somebody that one is not, for what is not one's own, or for more than one's share.

use crate::device::{Device, problem, random, refused};
use crate::world::World;
use reqwest::Response;
use std::time::Duration;
use tokio::time::timeout;
use walkbook_model::DeviceId;
use walkbook_sync::InvitationLink;
use walkbook_vault::{RequestParts, RequestProof};

/// Nothing that is due takes so long, whatever runs beside it.
const PATIENCE: Duration = Duration::from_secs(120);

impl Device {
    fn live_path(&self) -> String {
        format!("/v1/tenants/{}/live", self.tenant)
    }

    fn live_proof(&self) -> RequestProof {
        self.proof_of(&RequestParts { method: "GET", ..Self::parts(&self.live_path(), b"") })
    }

    async fn listen(&self) -> Stream {
        let answer = self.get_with(&self.live_path(), &self.live_proof().format()).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        assert_eq!(answer.headers()["cache-control"], "no-store");
        Stream { answer, said: String::new() }
    }
}

/// One more phone of somebody who has one already.
async fn second_device(world: &World, name: &str) -> Device {
    let (user, tenant) = (world.user(name).to_string(), world.names.north.to_string());
    let link = world.home.run_for_one(&["user", "invite", &user, "--tenant", &tenant]);
    Device::enrolled_by(world, &InvitationLink::parse(&link).unwrap()).await
}

struct Stream {
    answer: Response,
    /// Everything that came, but for signs of life.
    said: String,
}

impl Stream {
    /// The next that is said; nothing at the end.
    async fn next(&mut self) -> Option<String> {
        timeout(PATIENCE, self.next_at_last()).await.expect("something is said, or it ends")
    }

    async fn next_at_last(&mut self) -> Option<String> {
        loop {
            let part = self.answer.chunk().await.ok()??;
            let text = String::from_utf8(part.to_vec()).unwrap().replace(":\n\n", "");
            if !text.is_empty() {
                self.said.push_str(&text);
                return Some(text);
            }
        }
    }

    async fn ends(&mut self) {
        while self.next().await.is_some() {}
    }
}

#[tokio::test]
async fn nobody_listens_without_a_proof_for_that() {
    let world = World::start();
    let mallory = Device::enrolled(&world, "mallory").await;
    let aino = Device::enrolled(&world, "aino").await;
    let before = world.stand();
    let path = mallory.live_path();
    let sound = mallory.live_proof();
    let proofs = [
        String::new(),
        "device_0.1.2.3".to_owned(),
        // For what one has signed to sync, nobody listens, and the other way round.
        mallory.proof(b""),
        mallory.proof_of(&Device::parts(&path, b"")).format(),
        mallory.proof_of(&RequestParts { method: "GET", ..Device::parts(&path, b"x") }).format(),
        RequestProof { device: mallory.id, ..aino.live_proof() }.format(),
        RequestProof { device: DeviceId::from_bytes(random()), ..sound }.format(),
        RequestProof { nonce: random(), ..sound }.format(),
    ];
    for proof in &proofs {
        refused(mallory.get_with(&path, proof).await, 401, "unproven").await;
    }
    refused(mallory.get(&path).send().await.unwrap(), 401, "unproven").await;
    let to_sync = mallory.send_with(&mallory.live_proof().format(), Vec::new()).await.unwrap();
    refused(to_sync, 401, "unproven").await;
    before.is_still(&world.stand());
    mallory.listen().await.next().await.unwrap();
}

#[tokio::test]
async fn a_proof_that_was_overheard_lets_nobody_listen() {
    let world = World::start();
    let mallory = Device::enrolled(&world, "mallory").await;
    let proof = mallory.live_proof().format();
    let path = mallory.live_path();
    assert_eq!(mallory.get_with(&path, &proof).await.status(), 200);
    refused(mallory.by_another_way().get_with(&path, &proof).await, 401, "unproven").await;
}

#[tokio::test]
async fn nobody_listens_at_another_tenants_and_a_tenant_that_there_is_not_is_told_apart_by_nothing() {
    let world = World::start();
    let mallory = Device::enrolled(&world, "mallory").await;
    let mut told = Vec::new();
    for tenant in [world.names.south.to_string(), walkbook_model::TenantId::from_bytes(random()).to_string()] {
        let path = format!("/v1/tenants/{tenant}/live");
        let proof = mallory.proof_of(&RequestParts { method: "GET", ..Device::parts(&path, b"") });
        let (status, code, mut body) = problem(mallory.get_with(&path, &proof.format()).await).await;
        body.as_object_mut().unwrap().remove("now");
        told.push((status, code, body));
    }
    assert_eq!(told[0], told[1]);
    assert_eq!((told[0].0, told[0].1.as_str()), (401, "unproven"));
    // Of the tenant of another region one learns where it is, as ever.
    let path = format!("/v1/tenants/{}/live", world.names.west);
    refused(mallory.get_with(&path, &mallory.live_proof().format()).await, 421, "elsewhere").await;
}

#[tokio::test]
async fn a_notice_says_that_there_is_something_and_nothing_of_it() {
    let world = World::start();
    let mut aino = Device::enrolled(&world, "aino").await;
    let mallory = Device::enrolled(&world, "mallory").await;
    let mut stream = mallory.listen().await;
    stream.next().await.unwrap();
    aino.is_served(world.names.river, world.doors(world.names.river)[0]).await;
    stream.next().await.unwrap();
    assert_eq!(stream.said, "data: news\n\ndata: news\n\n");
}

#[tokio::test]
async fn who_is_shut_out_hears_the_end_and_comes_in_no_more() {
    let world = World::start();
    let mallory = Device::enrolled(&world, "mallory").await;
    let aino = Device::enrolled(&world, "aino").await;
    let mut other = second_device(&world, "aino").await;
    let (mut ends, mut stays) = (mallory.listen().await, aino.listen().await);
    ends.next().await.unwrap();
    stays.next().await.unwrap();
    let (user, tenant) = (world.user("mallory").to_string(), world.names.north.to_string());
    world.home.run(&["user", "shut-out", &user, "--tenant", &tenant]);
    ends.ends().await;
    let again = mallory.get_with(&mallory.live_path(), &mallory.live_proof().format()).await;
    refused(again, 403, "forbidden").await;
    other.is_served(world.names.river, world.doors(world.names.river)[0]).await;
    stays.next().await.unwrap();
}

#[tokio::test]
async fn who_is_to_be_wiped_is_told_and_hears_nothing_after_that() {
    let world = World::start();
    let mallory = Device::enrolled(&world, "mallory").await;
    let mut aino = Device::enrolled(&world, "aino").await;
    let mut stream = mallory.listen().await;
    stream.next().await.unwrap();
    world.home.run(&["device", "wipe", &mallory.id.to_string(), "--tenant", &world.names.north.to_string()]);
    stream.ends().await;
    assert_eq!(stream.said, "data: news\n\ndata: news\n\n");
    // It does not obey, and comes again: what it is told is that it should ask.
    for round in 0..3 {
        let mut again = mallory.listen().await;
        again.ends().await;
        assert_eq!(again.said, "data: news\n\n");
        aino.is_served(world.names.river, world.doors(world.names.river)[round]).await;
    }
}

#[tokio::test]
async fn who_is_something_else_now_is_judged_anew() {
    let world = World::start();
    let lea = Device::enrolled(&world, "lea").await;
    let mut stream = lea.listen().await;
    stream.next().await.unwrap();
    let (user, tenant) = (world.user("lea").to_string(), world.names.north.to_string());
    world.home.run(&["user", "role", &user, "analyst", "--tenant", &tenant]);
    stream.ends().await;
    refused(lea.get_with(&lea.live_path(), &lea.live_proof().format()).await, 403, "forbidden").await;
}

#[tokio::test]
async fn a_device_that_listens_everywhere_listens_at_one_place() {
    let world = World::start();
    let mut aino = Device::enrolled(&world, "aino").await;
    let mallory = Device::enrolled(&world, "mallory").await;
    let mut streams = Vec::new();
    for _ in 0..40 {
        streams.push(mallory.by_another_way().listen().await);
    }
    let mut last = streams.pop().unwrap();
    for mut stream in streams {
        stream.ends().await;
    }
    last.next().await.unwrap();
    aino.is_served(world.names.river, world.doors(world.names.river)[0]).await;
    last.next().await.unwrap();
}

#[tokio::test]
async fn a_users_devices_take_nobody_elses_places() {
    let world = World::start();
    let aino = Device::enrolled(&world, "aino").await;
    let mut streams = Vec::new();
    let refusal = loop {
        let device = second_device(&world, "mallory").await;
        let answer = device.get_with(&device.live_path(), &device.live_proof().format()).await;
        if answer.status() != 200 {
            break answer;
        }
        streams.push(answer);
        assert!(streams.len() <= 64, "one user has taken {} places", streams.len());
    };
    assert!(refusal.headers().contains_key("retry-after"));
    refused(refusal, 429, "too-many").await;
    aino.listen().await.next().await.unwrap();
}

#[tokio::test]
async fn who_listens_and_never_reads_holds_up_nobody() {
    let world = World::start();
    let aino = Device::enrolled(&world, "aino").await;
    let mut other = second_device(&world, "aino").await;
    let mut deaf = Vec::new();
    for _ in 0..8 {
        // Not a byte of what is said is taken in: the second event is stuck at the server, until it cuts them off.
        let device = second_device(&world, "mallory").await.who_takes_nothing_in();
        deaf.push(device.listen().await);
    }
    let mut stream = aino.listen().await;
    stream.next().await.unwrap();
    let door = world.doors(world.names.river)[0];
    // Waiting for each of them would take four minutes, each time.
    for _ in 0..3 {
        other.is_served(world.names.river, door).await;
        stream.next().await.unwrap();
    }
}

#[tokio::test]
async fn those_who_listen_leave_connections_for_those_who_sync() {
    let mut world = World::at_rest();
    world.home.with_option("--connections", "12");
    world.home.serve();
    let mut listening = Vec::new();
    for name in ["olga", "mika", "lea", "leo", "aino", "berta"] {
        listening.push(Device::enrolled(&world, name).await.listen().await);
    }
    let mut mallory = Device::enrolled(&world, "mallory").await;
    let answer = mallory.get_with(&mallory.live_path(), &mallory.live_proof().format()).await;
    assert_eq!(answer.headers()["retry-after"], "60");
    refused(answer, 503, "busy").await;
    mallory.is_served(world.names.river, world.doors(world.names.river)[0]).await;
    // Another tenant's find places yet.
    Device::enrolled(&world, "sanna").await.listen().await.next().await.unwrap();
}
