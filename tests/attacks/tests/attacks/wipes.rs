//! Having another's phone emptied, and coming back as one that was.

use crate::device::{Device, knock, refused};
use crate::world::World;
use walkbook_model::DeviceId;
use walkbook_server::store::audit::Deed;
use walkbook_sync::{Frame, Hello, Request};

/// What an honest phone says once it holds nothing more.
fn says_it_is_empty(device: &Device) -> Request {
    Request { hello: Hello { wiped: Some(true), knows: Some(Frame::LAST), ..device.hello() }, runs: Vec::new() }
}

fn order(world: &World, device: DeviceId) {
    let said = world.home.attempt(&["device", "wipe", &device.to_string(), "--tenant", &world.names.north.to_string()]);
    assert_eq!(said.code, Some(0), "{}", said.to_people);
}

#[tokio::test]
async fn a_phone_does_not_say_of_another_that_it_was_wiped() {
    let world = World::start();
    let mallory = Device::enrolled(&world, "mallory").await;
    let mut aino = Device::enrolled(&world, "aino").await;
    let before = world.stand();
    refused(mallory.send(says_it_is_empty(&aino).to_bytes()).await, 401, "unproven").await;
    before.is_still(&world.stand());
    aino.is_served(world.names.river, world.doors(world.names.river)[0]).await;
}

#[tokio::test]
async fn nobody_orders_anothers_phone_to_be_wiped_but_who_may_shut_it_out() {
    let world = World::start();
    let mut aino = Device::enrolled(&world, "aino").await;
    let before = world.stand();
    let id = aino.id.to_string();
    for name in ["mallory", "berta", "leo", "anna", "sam"] {
        let said = world.home.attempt_by(world.user(name), world.names.north, &["device", "wipe", &id]);
        assert_eq!((said.code, said.results.as_str()), (Some(1), ""), "{name}");
        assert!(said.to_people.contains("this is not for"), "{name}: {}", said.to_people);
    }
    // Of a device that there is not no more is said than of another tenant's.
    let other = DeviceId::from_bytes([9; 16]).to_string();
    for (tenant, device) in [(world.names.south, &id), (world.names.north, &other)] {
        let said = world.home.attempt(&["device", "wipe", device, "--tenant", &tenant.to_string()]);
        assert_eq!(said.code, Some(1));
        assert!(said.to_people.contains("the tenant has no such device"), "{}", said.to_people);
    }
    before.is_still(&world.stand());
    aino.is_served(world.names.river, world.doors(world.names.river)[0]).await;
}

#[tokio::test]
async fn a_phone_that_is_to_be_wiped_is_given_nothing_and_brings_what_it_has() {
    let world = World::start();
    let mut mallory = Device::enrolled(&world, "mallory").await;
    let door = world.doors(world.names.river)[0];
    order(&world, mallory.id);
    mallory.write_at(door, &knock(world.names.river));
    let frames = mallory.sync().await;
    assert!(
        frames.iter().all(|frame| matches!(frame, Frame::Welcome(_) | Frame::Verdicts(_) | Frame::End(false))),
        "{frames:?}"
    );
    let knows = Hello { knows: Some(Frame::LAST), ..mallory.hello() };
    let told = mallory.sync_with(&Request { hello: knows, runs: Vec::new() }).await;
    assert!(told.iter().any(|frame| matches!(frame, Frame::Wipe(_))), "{told:?}");
    // It says that it is empty, and has kept something back: the server knows that its log went further.
    let further = Hello { last_seq: mallory.last_seq() + 1, ..says_it_is_empty(&mallory).hello };
    mallory.sync_with(&Request { hello: further, runs: Vec::new() }).await;
    let deeds = world.audit(world.names.north);
    assert!(!deeds.iter().any(|deed| matches!(deed, Deed::Wiped { .. })), "{deeds:?}");
}

#[tokio::test]
async fn a_phone_that_was_wiped_comes_no_more() {
    let world = World::start();
    let mut mallory = Device::enrolled(&world, "mallory").await;
    order(&world, mallory.id);
    mallory.sync_with(&says_it_is_empty(&mallory)).await;
    let records = world.audit(world.names.north).len();
    let before = world.stand();
    mallory.write_at(world.doors(world.names.river)[0], &knock(world.names.river));
    for request in [mallory.request(), says_it_is_empty(&mallory)] {
        refused(mallory.send(request.to_bytes()).await, 403, "forbidden").await;
    }
    before.is_still(&world.stand());
    let (user, device) = (world.user("mallory"), mallory.id);
    assert_eq!(world.audited_since(world.names.north, records), [Deed::CameShutOut { user, device }]);
}

#[tokio::test]
async fn what_a_phone_brings_that_was_shut_out_before_it_was_to_be_wiped_is_set_aside() {
    let world = World::start();
    let mut mallory = Device::enrolled(&world, "mallory").await;
    let (north, user) = (world.names.north.to_string(), world.user("mallory").to_string());
    let said = world.home.attempt(&["user", "shut-out", &user, "--tenant", &north]);
    assert_eq!(said.code, Some(0), "{}", said.to_people);
    refused(mallory.send(mallory.request().to_bytes()).await, 403, "forbidden").await;
    order(&world, mallory.id);
    let written = mallory.write_at(world.doors(world.names.river)[0], &knock(world.names.river));
    assert_eq!(mallory.became([written]).await, [crate::device::Became::SetAside]);
}
