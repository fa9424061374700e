//! Asking as a device that one is not, or once more what was asked already.

use crate::device::{Device, knock, now, random, refused};
use crate::world::World;
use walkbook_model::DeviceId;
use walkbook_server::store::audit::Deed;
use walkbook_sync::Request;
use walkbook_vault::{Challenge, RequestParts, RequestProof, Signature};

/// Mallory with a knock that is not on the server yet, and the bytes that would bring it.
async fn setting() -> (World, Device, Vec<u8>) {
    let world = World::start();
    let mut mallory = Device::enrolled(&world, "mallory").await;
    let door = world.doors(world.names.river)[0];
    mallory.write_at(door, &knock(world.names.river));
    let body = mallory.request().to_bytes();
    (world, mallory, body)
}

/// Each of these proofs is none for this body, and nothing comes of it; the right one still is.
async fn none_proves(world: &World, device: &Device, body: &[u8], proofs: &[String]) {
    let before = world.stand();
    for proof in proofs {
        let body = refused(device.send_with(proof, body.to_vec()).await.unwrap(), 401, "unproven").await;
        assert!(body["now"].as_u64().unwrap().abs_diff(now().as_ms()) < 60_000, "{body}");
    }
    before.is_still(&world.stand());
    assert_eq!(device.send(body.to_vec()).await.status(), 200);
}

#[tokio::test]
async fn a_request_that_was_overheard_is_not_taken_again() {
    let (world, mallory, body) = setting().await;
    let proof = mallory.proof(&body);
    assert_eq!(mallory.send_with(&proof, body.clone()).await.unwrap().status(), 200);
    none_proves(&world, &mallory.by_another_way(), &body, &[proof]).await;
}

#[tokio::test]
async fn a_request_that_was_overheard_before_a_restart_is_not_taken_after_it() {
    let (mut world, mut mallory, body) = setting().await;
    let proof = mallory.proof(&body);
    assert_eq!(mallory.send_with(&proof, body.clone()).await.unwrap().status(), 200);
    world.home.kill();
    world.home.serve();
    mallory.follow(&world);
    none_proves(&world, &mallory, &body, &[proof]).await;
}

#[tokio::test]
async fn the_other_signature_that_verifies_makes_no_other_request_of_it() {
    let (world, mallory, body) = setting().await;
    let proof = mallory.proof_of(&Device::parts(&mallory.path(), &body));
    assert_eq!(mallory.send_with(&proof.format(), body.clone()).await.unwrap().status(), 200);
    // With (r, s) also (r, n - s) signs.
    let mut bytes = *proof.signature.as_bytes();
    negate(&mut bytes[32..]);
    let mirrored = RequestProof { signature: Signature::from_bytes(bytes), ..proof };
    none_proves(&world, &mallory, &body, &[mirrored.format()]).await;
}

/// n - s of P-256.
fn negate(s: &mut [u8]) {
    let order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    let mut borrow = false;
    for (index, byte) in s.iter_mut().enumerate().rev() {
        let of_order = u8::from_str_radix(&order[2 * index..2 * index + 2], 16).unwrap();
        let (first, under) = of_order.overflowing_sub(*byte);
        let (second, under_too) = first.overflowing_sub(u8::from(borrow));
        (*byte, borrow) = (second, under || under_too);
    }
}

#[tokio::test]
async fn a_proof_by_another_key_is_none() {
    let (world, mallory, body) = setting().await;
    let aino = Device::enrolled(&world, "aino").await;
    let parts = Device::parts("", &body);
    let path = mallory.path();
    let by_aino = aino.proof_of(&RequestParts { path: &path, ..parts });
    let in_her_name = RequestProof { device: mallory.id, ..by_aino };
    none_proves(&world, &mallory, &body, &[in_her_name.format()]).await;
}

#[tokio::test]
async fn a_proof_of_another_body_is_none() {
    let (world, mallory, body) = setting().await;
    let other = Request { hello: mallory.hello(), runs: Vec::new() }.to_bytes();
    none_proves(&world, &mallory, &body, &[mallory.proof(&other), mallory.proof(b"")]).await;
}

#[tokio::test]
async fn a_proof_for_another_path_is_none() {
    let (world, mallory, body) = setting().await;
    let names = &world.names;
    let paths = [
        "/v1/tenants".to_owned(),
        format!("/v1/tenants/{}/enrol", names.north),
        format!("/v1/tenants/{}/sync", names.south),
        format!("/v1/tenants/{}/sync/", names.north),
        format!("/v1/tenants/{}/sync?", names.north),
        format!("/v1/tenants/{}/Sync", names.north),
    ];
    let proofs = paths.map(|path| mallory.proof_of(&Device::parts(&path, &body)).format());
    none_proves(&world, &mallory, &body, &proofs).await;
}

#[tokio::test]
async fn a_path_that_is_written_in_another_way_than_it_was_signed_is_not_proven() {
    let (world, mallory, body) = setting().await;
    let before = world.stand();
    let proof = mallory.proof(&body);
    for path in [format!("{}?", mallory.path()), mallory.path().replace("tenant_", "tenant%5F")] {
        let answer = mallory.post_to(&path, body.clone()).header("walkbook-proof", &proof).send().await.unwrap();
        refused(answer, 401, "unproven").await;
    }
    before.is_still(&world.stand());
}

#[tokio::test]
async fn a_proof_of_another_method_is_none() {
    let (world, mallory, body) = setting().await;
    let path = mallory.path();
    let proofs = ["GET", "PUT", "post"]
        .map(|method| mallory.proof_of(&RequestParts { method, ..Device::parts(&path, &body) }).format());
    none_proves(&world, &mallory, &body, &proofs).await;
}

#[tokio::test]
async fn a_proof_from_another_time_is_none_and_the_phone_is_told_the_time() {
    let (world, mallory, body) = setting().await;
    let (path, now) = (mallory.path(), now().as_ms());
    let minutes = |count: u64| count * 60_000;
    let times = [0, 1, now - minutes(6), now + minutes(6), now + minutes(600), u64::MAX];
    let proofs = times.map(|at_ms| mallory.proof_of(&RequestParts { at_ms, ..Device::parts(&path, &body) }).format());
    none_proves(&world, &mallory, &body, &proofs).await;
}

#[tokio::test]
async fn what_was_stolen_of_a_session_without_its_key_proves_nothing_new() {
    let (world, mallory, body) = setting().await;
    let proof = mallory.proof_of(&Device::parts(&mallory.path(), &body));
    assert_eq!(mallory.send_with(&proof.format(), body.clone()).await.unwrap().status(), 200);
    let later = RequestProof { at_ms: proof.at_ms + 1, ..proof };
    let fresh = RequestProof { nonce: random(), ..proof };
    let zeros = RequestProof { nonce: random(), signature: Signature::from_bytes([0; 64]), ..proof };
    let proofs = [later, fresh, zeros].map(|proof| proof.format());
    none_proves(&world, &mallory, &body, &proofs).await;
}

/// What a proof of this device names from now on: the challenge that the server gives with this exchange.
async fn exchange(device: &Device, named: Option<Challenge>) -> Option<Challenge> {
    let body = device.request().to_bytes();
    let answer = device.send_with(&naming(device, &body, named), body).await.unwrap();
    assert_eq!(answer.status(), 200);
    Some(answer.headers()["walkbook-challenge"].to_str().unwrap().parse().unwrap())
}

/// A proof that names this challenge.
fn naming(device: &Device, body: &[u8], challenge: Option<Challenge>) -> String {
    device.proof_of(&RequestParts { challenge, ..Device::parts(&device.path(), body) }).format()
}

/// That each of these is refused for its challenge, changes nothing, and learns no more than what to sign.
async fn all_are_stale(world: &World, device: &Device, body: &[u8], proofs: &[String], current: Option<Challenge>) {
    let before = world.stand();
    for proof in proofs {
        let answer = device.send_with(proof, body.to_vec()).await.unwrap();
        assert!(answer.headers().get("walkbook-challenge").is_none());
        let told = refused(answer, 401, "unproven").await;
        assert_eq!(told["challenge"].as_str(), current.map(|current| current.to_string()).as_deref());
    }
    before.is_still(&world.stand());
}

#[tokio::test]
async fn what_was_signed_ahead_is_worth_nothing_once_the_phone_has_exchanged_twice() {
    let (world, mallory, body) = setting().await;
    let held = exchange(&mallory, None).await;
    // Whoever has the phone in hand signs for later, and for all that there is to ask.
    let ahead: Vec<String> = (0..5).map(|_| naming(&mallory, &body, held)).collect();
    let live = format!("/v1/tenants/{}/live", mallory.tenant);
    let parts = RequestParts { method: "GET", challenge: held, ..Device::parts(&live, b"") };
    let to_listen = mallory.proof_of(&parts).format();
    let second = exchange(&mallory, held).await;
    let third = exchange(&mallory, second).await;
    let thief = mallory.by_another_way();
    all_are_stale(&world, &thief, &body, &ahead, third).await;
    let told = refused(thief.get_with(&live, &to_listen).await, 401, "unproven").await;
    assert_eq!(told["challenge"].as_str(), third.map(|third| third.to_string()).as_deref());
    // What he is told so he cannot sign: in the place of the old one it makes no proof.
    let (old, new) = (held.unwrap().to_string(), third.unwrap().to_string());
    for proof in &ahead {
        let refused =
            refused(thief.send_with(&proof.replace(&old, &new), body.clone()).await.unwrap(), 401, "unproven");
        assert!(refused.await.get("challenge").is_none());
    }
    assert!(exchange(&mallory, third).await.is_some());
}

#[tokio::test]
async fn a_challenge_of_another_device_none_and_a_guess_let_nobody_in() {
    let (world, mallory, body) = setting().await;
    let aino = Device::enrolled(&world, "aino").await;
    let (of_aino, mut own) = (exchange(&aino, None).await, None);
    for _ in 0..3 {
        own = exchange(&mallory, own).await;
    }
    let guesses = [None, of_aino, Some(Challenge::from_bytes([0; 16])), Some(Challenge::from_bytes(random()))];
    let proofs = guesses.map(|guess| naming(&mallory, &body, guess));
    all_are_stale(&world, &mallory, &body, &proofs, own).await;
}

#[tokio::test]
async fn a_challenge_is_told_to_nobody_without_the_key() {
    let (world, mallory, body) = setting().await;
    let aino = Device::enrolled(&world, "aino").await;
    let mut current = None;
    for _ in 0..3 {
        current = exchange(&aino, current).await;
    }
    let before = world.stand();
    for challenge in [None, current, Some(Challenge::from_bytes(random()))] {
        let (path, by_mallory) = (mallory.path(), RequestParts { challenge, ..Device::parts("", &body) });
        let proof = mallory.proof_of(&RequestParts { path: &path, ..by_mallory });
        let in_her_name = RequestProof { device: aino.id, ..proof };
        let answer = mallory.send_with(&in_her_name.format(), body.clone()).await.unwrap();
        assert!(answer.headers().get("walkbook-challenge").is_none());
        assert!(refused(answer, 401, "unproven").await.get("challenge").is_none());
    }
    before.is_still(&world.stand());
}

#[tokio::test]
async fn what_is_no_proof_is_none() {
    let (world, mallory, body) = setting().await;
    let sound = mallory.proof(&body);
    let proofs = [
        String::new(),
        "device_0.1.2.3".into(),
        "device_0.1.2.3.4".into(),
        "x".repeat(8_000),
        format!("{sound}.{sound}"),
        sound.replace("device_", "user_"),
        sound.to_uppercase(),
        format!("Bearer {sound}"),
    ];
    none_proves(&world, &mallory, &body, &proofs).await;
}

#[tokio::test]
async fn of_two_proofs_in_one_request_neither_counts() {
    let (world, mallory, body) = setting().await;
    let before = world.stand();
    for proofs in [[mallory.proof(&body), "none".into()], ["none".into(), mallory.proof(&body)]] {
        let request = mallory.post_to(&mallory.path(), body.clone());
        let request = proofs.iter().fold(request, |request, proof| request.header("walkbook-proof", proof));
        refused(request.send().await.unwrap(), 401, "unproven").await;
    }
    before.is_still(&world.stand());
}

#[tokio::test]
async fn a_device_that_nobody_enrolled_is_told_no_more_than_a_wrong_key() {
    let (world, mallory, body) = setting().await;
    let parts_path = mallory.path();
    let proof = mallory.proof_of(&Device::parts(&parts_path, &body));
    let unknown = RequestProof { device: DeviceId::from_bytes(random()), ..proof };
    let forged = RequestProof { nonce: random(), ..proof };
    let mut told = Vec::new();
    for proof in [unknown, forged] {
        let answer = mallory.send_with(&proof.format(), body.clone()).await.unwrap();
        let mut body = refused(answer, 401, "unproven").await;
        body.as_object_mut().unwrap().remove("now");
        told.push(body);
    }
    assert_eq!(told[0], told[1]);
    none_proves(&world, &mallory, &body, &[unknown.format()]).await;
}

#[tokio::test]
async fn a_device_that_was_shut_out_is_stopped_at_its_next_request() {
    let (world, mallory, body) = setting().await;
    let (user, tenant) = (world.user("mallory"), world.names.north);
    world.home.run(&["user", "shut-out", &user.to_string(), "--tenant", &tenant.to_string()]);
    let (before, records) = (world.stand(), world.audit(tenant).len());
    for _ in 0..3 {
        refused(mallory.send(body.clone()).await, 403, "forbidden").await;
    }
    before.is_still(&world.stand());
    let came = Deed::CameShutOut { user, device: mallory.id };
    assert_eq!(world.audited_since(tenant, records), [came]);
}

#[tokio::test]
async fn a_device_of_another_tenant_is_nobody_here() {
    let (world, mallory, body) = setting().await;
    let sanna = Device::enrolled(&world, "sanna").await;
    let before = world.stand();
    // Their path, their proof, our body; our path, their proof.
    let theirs = sanna.path();
    let by_mallory = mallory.proof_of(&Device::parts(&theirs, &body)).format();
    let answer = mallory.post_to(&theirs, body.clone()).header("walkbook-proof", by_mallory).send().await.unwrap();
    refused(answer, 401, "unproven").await;
    let ours = mallory.path();
    let by_sanna = sanna.proof_of(&Device::parts(&ours, &body)).format();
    refused(mallory.send_with(&by_sanna, body.clone()).await.unwrap(), 401, "unproven").await;
    before.is_still(&world.stand());
}

#[tokio::test]
async fn a_device_does_not_speak_for_another() {
    let (world, mallory, _) = setting().await;
    let aino = Device::enrolled(&world, "aino").await;
    let before = world.stand();
    let in_her_name = Request { hello: aino.hello(), runs: Vec::new() }.to_bytes();
    refused(mallory.send(in_her_name).await, 401, "unproven").await;
    before.is_still(&world.stand());
}

#[tokio::test]
async fn a_proof_for_one_server_is_none_for_another() {
    let (mut world, mallory, body) = setting().await;
    world.away.serve();
    let proof = mallory.proof(&body);
    let there = world.away_client().post(world.away.url(&mallory.path()));
    let there = there.header("content-type", "application/walkbook").header("walkbook-proof", &proof);
    refused(there.body(body.clone()).send().await.unwrap(), 401, "unproven").await;
    assert_eq!(mallory.send_with(&proof, body).await.unwrap().status(), 200);
}

#[tokio::test]
async fn analysts_and_the_operators_staff_have_no_phones_to_sync() {
    let world = World::start();
    for name in ["anna", "sam"] {
        let mut device = Device::enrolled(&world, name).await;
        device.write_at(world.doors(world.names.river)[0], &knock(world.names.river));
        let before = world.stand();
        refused(device.send(device.request().to_bytes()).await, 403, "forbidden").await;
        before.is_still(&world.stand());
    }
}

#[tokio::test]
async fn who_was_demoted_is_what_he_is_now_with_his_next_request() {
    let world = World::start();
    let lea = Device::enrolled(&world, "lea").await;
    assert_eq!(lea.send(lea.request().to_bytes()).await.status(), 200);
    let user = world.user("lea").to_string();
    world.home.run(&["user", "role", &user, "analyst", "--tenant", &world.names.north.to_string()]);
    refused(lea.send(lea.request().to_bytes()).await, 403, "forbidden").await;
}
