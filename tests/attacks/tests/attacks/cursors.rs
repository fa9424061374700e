//! Marks that the server never gave, or gave to somebody else.

use crate::device::Device;
use crate::world::World;
use walkbook_model::{DoorId, WalkListId};
use walkbook_sync::{Frame, ListCursor, Request};

/// The doors that an answer tells of, by their bases.
fn doors_told(frames: &[Frame]) -> usize {
    frames
        .iter()
        .map(|frame| match frame {
            Frame::Doors(doors) => doors.len(),
            _ => 0,
        })
        .sum()
}

fn cursors(frames: &[Frame]) -> Vec<ListCursor> {
    let cursor = |frame: &Frame| match frame {
        Frame::Cursor(cursor) => Some(cursor.clone()),
        _ => None,
    };
    frames.iter().filter_map(cursor).collect()
}

fn asks(device: &Device, list: WalkListId, cursor: &[u8]) -> Request {
    let mut request = device.request();
    request.hello.lists = vec![ListCursor { list, cursor: cursor.to_vec().into() }];
    request
}

/// The answer is one of the own list, whole or not, and of no other.
async fn is_told_of_the_own_list_only(world: &World, device: &Device, cursor: &[u8]) -> usize {
    let frames = device.sync_with(&asks(device, world.names.river, cursor)).await;
    let told = cursors(&frames);
    assert!(told.iter().all(|told| told.list == world.names.river));
    let own: Vec<DoorId> = world.doors(world.names.river);
    for frame in &frames {
        if let Frame::Doors(doors) = frame {
            let ids = doors.iter().map(|bytes| walkbook_ledger::DoorBase::from_bytes(bytes).unwrap().record.id);
            ids.for_each(|id| assert!(own.contains(&id), "a door of somebody else's"));
        }
    }
    doors_told(&frames)
}

#[tokio::test]
async fn a_mark_of_another_tenant_opens_nothing_of_theirs() {
    let world = World::start();
    let (mallory, sanna) = (Device::enrolled(&world, "mallory").await, Device::enrolled(&world, "sanna").await);
    let theirs = cursors(&sanna.sync_with(&sanna.request()).await);
    let before = world.stand();
    for mark in theirs {
        is_told_of_the_own_list_only(&world, &mallory, &mark.cursor).await;
        // And for their list: it is not there.
        let frames = mallory.sync_with(&asks(&mallory, world.names.theirs, &mark.cursor)).await;
        assert!(frames.contains(&Frame::ForgetLists(vec![world.names.theirs])));
    }
    before.is_still(&world.stand());
}

#[tokio::test]
async fn a_mark_of_another_life_counts_as_none() {
    let world = World::start();
    let mallory = Device::enrolled(&world, "mallory").await;
    let own = cursors(&mallory.sync_with(&mallory.request()).await).pop().unwrap();
    assert_eq!(is_told_of_the_own_list_only(&world, &mallory, &own.cursor).await, 0);
    let mut other = own.cursor.to_vec();
    other[0] ^= 1;
    assert_eq!(is_told_of_the_own_list_only(&world, &mallory, &other).await, 40);
}

#[tokio::test]
async fn marks_that_are_negative_huge_or_of_an_odd_length_count_as_none() {
    let world = World::start();
    let mallory = Device::enrolled(&world, "mallory").await;
    let own = cursors(&mallory.sync_with(&mallory.request()).await).pop().unwrap().cursor.to_vec();
    let life = &own[..8];
    let with = |since: u64, rank: u64| [life, &since.to_be_bytes()[..], &rank.to_be_bytes()].concat();
    let marks = [
        with(u64::MAX, 0),
        with(1 << 63, 0),
        with(u64::MAX, u64::MAX),
        with(1, u64::MAX),
        with(1, 1 << 63),
        own[..23].to_vec(),
        [&own[..], &[0]].concat(),
        vec![0xff; 24],
        vec![0; 24],
        vec![7; 60_000],
    ];
    for mark in marks {
        assert_eq!(is_told_of_the_own_list_only(&world, &mallory, &mark).await, 40, "{mark:?}");
    }
}

#[tokio::test]
async fn a_mark_of_decisions_that_is_none_counts_as_none() {
    let world = World::start();
    let mallory = Device::enrolled(&world, "mallory").await;
    let own = cursors(&mallory.sync_with(&mallory.request()).await).pop().unwrap().cursor.to_vec();
    let with = |since: u64, rank: u64| [&own[..8], &since.to_be_bytes()[..], &rank.to_be_bytes()].concat();
    for mark in [with(0, u64::MAX), with(0, 1 << 63), with(u64::MAX, 0), vec![1; 7], vec![0xff; 24]] {
        let mut request = mallory.request();
        request.hello.decisions = Some(mark.clone().into());
        request.hello.settings = Some(mark.into());
        let frames = mallory.sync_with(&request).await;
        assert!(frames.iter().any(|frame| matches!(frame, Frame::Decisions(_))), "{frames:?}");
    }
}

#[tokio::test]
async fn twenty_thousand_lists_that_a_phone_claims_to_have_cost_one_answer() {
    let world = World::start();
    let mut mallory = Device::enrolled(&world, "mallory").await;
    let mut request = mallory.request();
    let list = |number: u32| WalkListId::derive(&[&number.to_be_bytes()]);
    request.hello.lists = (0..20_000).map(|n| ListCursor { list: list(n), cursor: vec![0; 24].into() }).collect();
    let frames = mallory.sync_with(&request).await;
    assert_eq!(doors_told(&frames), 40);
    mallory.is_served(world.names.river, world.doors(world.names.river)[0]).await;
}

#[tokio::test]
async fn one_list_named_a_thousand_times_is_told_once() {
    let world = World::start();
    let mallory = Device::enrolled(&world, "mallory").await;
    let mut request = mallory.request();
    let named = ListCursor { list: world.names.river, cursor: Vec::new().into() };
    request.hello.lists = vec![named; 1_000];
    assert_eq!(doors_told(&mallory.sync_with(&request).await), 40);
}
