//! An honest provider, and somebody who has taken what it granted to another.

use super::honest::Honest;
use super::visitor::{Visitor, came_in, sends};
use super::{Kept, aino, is_known, signs_in_at, with};
use crate::device::{Device, refused};
use crate::world::World;
use walkbook_sync::{Granted, ProviderSignIn};

fn setting() -> (World, Honest) {
    let (world, honest) = (World::start(), Honest::start());
    signs_in_at(&world, &honest.issuer, &honest.authorities(), &[]);
    is_known(&world, "aino", &["--subject", "aino"]);
    (world, honest)
}

#[tokio::test]
async fn a_code_that_was_redeemed_is_redeemed_by_nobody_again() {
    let (world, honest) = setting();
    let phone = Visitor::begins(&world, "aino").await;
    let granted = phone.is_granted(&honest, &aino()).await;
    came_in(&world, phone.brings(&world, granted.clone()).await).await;
    let kept = Kept::of(&world);
    kept.from(phone.brings(&world, granted).await, "aino").await;
}

#[tokio::test]
async fn a_code_and_its_verifier_are_worth_nothing_with_another_phones_key() {
    let (world, honest) = setting();
    let phone = Visitor::begins(&world, "aino").await;
    let granted = phone.is_granted(&honest, &aino()).await;
    let (thief, kept) = (Visitor::begins(&world, "aino").await, Kept::of(&world));
    kept.from(thief.brings(&world, granted).await, "aino").await;
}

#[tokio::test]
async fn without_its_verifier_a_code_is_worth_nothing() {
    let (world, honest) = setting();
    for verifier in [String::new(), "short".into(), "v".repeat(43)] {
        let phone = Visitor::begins(&world, "aino").await;
        let granted = phone.is_granted(&honest, &aino()).await;
        let before = world.stand();
        refused(phone.brings(&world, Granted { verifier, ..granted }).await, 401, "sign-in-refused").await;
        before.is_still(&world.stand());
    }
}

#[tokio::test]
async fn a_code_of_another_app_is_not_redeemed_here() {
    let (world, honest) = setting();
    let mut phone = Visitor::begins(&world, "aino").await;
    phone.url = phone.url.replace("client_id=walkbook", "client_id=another-app");
    let (granted, kept) = (phone.is_granted(&honest, &aino()).await, Kept::of(&world));
    kept.from(phone.brings(&world, granted).await, "aino").await;
}

#[tokio::test]
async fn a_code_of_one_sign_in_ends_no_other() {
    let (world, honest) = setting();
    let (hers, mallorys) = (Visitor::begins(&world, "aino").await, Visitor::begins(&world, "aino").await);
    // Mallory has her app called back with a code of his own sign-in.
    let injected = mallorys.is_granted(&honest, &with(aino(), "sub", "mallory".into())).await;
    let own = hers.makes_up();
    let kept = Kept::of(&world);
    kept.from(hers.brings(&world, Granted { code: injected.code, ..own }).await, "aino").await;
}

#[tokio::test]
async fn a_message_that_was_bent_or_is_for_another_tenant_signs_nobody_in() {
    let (world, honest) = setting();
    let phone = Visitor::begins(&world, "aino").await;
    let granted = phone.is_granted(&honest, &aino()).await;
    let message = ProviderSignIn::new(phone.tenant, phone.user, granted, None, &*phone.signer).unwrap().to_bytes();
    let before = world.stand();
    let mut bent = message.clone();
    *bent.last_mut().unwrap() ^= 1;
    refused(sends(&world, phone.tenant, bent).await, 401, "unproven").await;
    refused(sends(&world, world.names.south, message.clone()).await, 401, "sign-in-refused").await;
    refused(sends(&world, world.names.west, message.clone()).await, 421, "elsewhere").await;
    for rubbish in [Vec::new(), b"{}".to_vec(), vec![0x81; 4_000]] {
        refused(sends(&world, phone.tenant, rubbish).await, 400, "malformed").await;
    }
    refused(sends(&world, phone.tenant, vec![0; 4 * 1024 + 1]).await, 413, "too-large").await;
    before.is_still(&world.stand());
    came_in(&world, sends(&world, phone.tenant, message).await).await;
}

#[tokio::test]
async fn a_provider_that_is_gone_keeps_nobody_waiting_who_is_in() {
    let (world, mut honest) = setting();
    let mut mallory = Device::enrolled(&world, "mallory").await;
    let phone = Visitor::begins(&world, "aino").await;
    let (granted, before) = (phone.is_granted(&honest, &aino()).await, world.stand());
    honest.stops();
    refused(phone.brings(&world, granted).await, 502, "provider-unreachable").await;
    before.is_still(&world.stand());
    mallory.is_served(world.names.river, world.doors(world.names.river)[0]).await;
}
