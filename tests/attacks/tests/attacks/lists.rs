//! Getting hold of lists, and of the doors on them.

use crate::device::{Became, Device, random};
use crate::world::World;
use walkbook_ledger::{ListChange, ListEdit, Payload, Subject};
use walkbook_model::{ContentHash, DoorId, UserId, WalkListId};
use walkbook_sync::{Frame, Reason};

fn edit(change: ListChange) -> Payload {
    Payload::List(ListEdit { on: Vec::new(), change })
}

fn place(door: DoorId) -> Payload {
    edit(ListChange::Place { door, behind: None })
}

/// Every list there is, and one there is not.
fn every_list(world: &World) -> [WalkListId; 5] {
    let names = &world.names;
    [names.river, names.hill, names.spare, names.theirs, WalkListId::from_bytes(random())]
}

#[tokio::test]
async fn who_walks_a_list_does_not_change_it_nor_any_other() {
    let world = World::start();
    let mut mallory = Device::enrolled(&world, "mallory").await;
    let changes = [
        ListChange::Rename("Mine".into()),
        ListChange::SetScript(None),
        ListChange::SetScript(Some(world.names.script)),
        ListChange::Drop(world.doors(world.names.river)[0]),
    ];
    let tries = every_list(&world)
        .into_iter()
        .flat_map(|list| changes.iter().map(move |change| (Subject::List(list), edit(change.clone()))));
    mallory.is_refused(&world, Reason::NotAllowed, tries.collect()).await;
}

#[tokio::test]
async fn nobody_hands_himself_a_list() {
    let world = World::start();
    let mut mallory = Device::enrolled(&world, "mallory").await;
    let own = edit(ListChange::Assign(vec![world.user("mallory")]));
    let tries = every_list(&world).map(|list| (Subject::List(list), own.clone()));
    mallory.is_refused(&world, Reason::NotAllowed, tries.to_vec()).await;
}

#[tokio::test]
async fn nobody_pulls_a_door_onto_his_list_by_naming_it() {
    let world = World::start();
    let mut mallory = Device::enrolled(&world, "mallory").await;
    let names = &world.names;
    let theirs = world.doors(names.theirs).into_iter().find(|door| !world.doors(names.river).contains(door));
    let doors =
        [world.doors(names.hill)[0], world.doors(names.spare)[0], theirs.unwrap(), DoorId::from_bytes(random())];
    let tries = doors.map(|door| (Subject::List(names.river), place(door)));
    mallory.is_refused(&world, Reason::NotAllowed, tries.to_vec()).await;
}

#[tokio::test]
async fn a_lead_pulls_no_door_of_another_team_or_tenant_onto_the_own_list() {
    let world = World::start();
    let mut lea = Device::enrolled(&world, "lea").await;
    let names = &world.names;
    let theirs = world.doors(names.theirs).into_iter().find(|door| !world.doors(names.river).contains(door));
    let doors =
        [world.doors(names.hill)[0], world.doors(names.spare)[0], theirs.unwrap(), DoorId::from_bytes(random())];
    let tries = doors.map(|door| (Subject::List(names.river), place(door)));
    lea.is_refused(&world, Reason::NotYours, tries.to_vec()).await;
}

#[tokio::test]
async fn a_lead_changes_no_list_of_another_team_or_tenant() {
    let world = World::start();
    let mut lea = Device::enrolled(&world, "lea").await;
    let [_, others @ ..] = every_list(&world);
    let changes = [ListChange::Rename("Mine".into()), ListChange::Assign(vec![world.user("lea")])];
    let tries =
        others.iter().flat_map(|list| changes.iter().map(|change| (Subject::List(*list), edit(change.clone()))));
    lea.is_refused(&world, Reason::NotAllowed, tries.collect()).await;
}

#[tokio::test]
async fn a_lead_hands_a_list_to_nobody_of_another_team_or_tenant() {
    let world = World::start();
    let mut lea = Device::enrolled(&world, "lea").await;
    let users = [world.user("berta"), world.user("leo"), world.user("sanna"), UserId::from_bytes(random())];
    let tries = users.map(|user| (Subject::List(world.names.river), edit(ListChange::Assign(vec![user]))));
    lea.is_refused(&world, Reason::NotYours, tries.to_vec()).await;
}

#[tokio::test]
async fn a_script_of_another_tenant_is_given_to_no_list() {
    let world = World::start();
    let mut lea = Device::enrolled(&world, "lea").await;
    let scripts = [world.names.their_script, ContentHash::from_bytes(random())];
    let tries = scripts.map(|hash| (Subject::List(world.names.river), edit(ListChange::SetScript(Some(hash)))));
    lea.is_refused(&world, Reason::NotYours, tries.to_vec()).await;
}

#[tokio::test]
async fn an_owner_owns_nothing_of_another_tenant() {
    let world = World::start();
    let mut olga = Device::enrolled(&world, "olga").await;
    let lists = [world.names.theirs, WalkListId::from_bytes(random())];
    let changes = [ListChange::Rename("Mine".into()), ListChange::Assign(vec![world.user("olga")])];
    let tries = lists.iter().flat_map(|list| changes.iter().map(|change| (Subject::List(*list), edit(change.clone()))));
    olga.is_refused(&world, Reason::NotYours, tries.collect()).await;
    let strangers = [world.user("sanna"), world.user("sofia")];
    let tries = strangers.map(|user| (Subject::List(world.names.river), edit(ListChange::Assign(vec![user]))));
    olga.is_refused(&world, Reason::NotYours, tries.to_vec()).await;
}

#[tokio::test]
async fn a_list_is_not_driven_into_an_epoch_that_never_was() {
    let world = World::start();
    let mut lea = Device::enrolled(&world, "lea").await;
    let river = Subject::List(world.names.river);
    let before = world.stand();
    let rename = edit(ListChange::Rename("Mine".into())).to_bytes();
    let ids = [100_000, u32::MAX].map(|epoch| lea.write_bytes(river, epoch, rename.clone()));
    assert_eq!(lea.became(ids).await, [Became::Refused(Reason::Malformed); 2]);
    before.counts_as(&world.stand());
    // It goes on being edited as before.
    let sound = lea.write(river, &edit(ListChange::Rename("River".into())));
    assert_eq!(lea.became([sound]).await, [Became::Accepted]);
}

#[tokio::test]
async fn a_list_that_a_phone_says_it_has_is_not_told_to_it() {
    let world = World::start();
    let mallory = Device::enrolled(&world, "mallory").await;
    let mut request = mallory.request();
    let named = every_list(&world)[1..].to_vec();
    request.hello.lists =
        named.iter().map(|list| walkbook_sync::ListCursor { list: *list, cursor: Vec::new().into() }).collect();
    let frames = mallory.sync_with(&request).await;
    // All are to be forgotten, whether they exist or not; and nothing but the own list is told of.
    let forget: Vec<WalkListId> = frames.iter().flat_map(forgotten).collect();
    assert_eq!(forget, named);
    let marks: Vec<WalkListId> = frames.iter().filter_map(marked).collect();
    assert!(!marks.is_empty() && marks.iter().all(|list| *list == world.names.river));
}

fn forgotten(frame: &Frame) -> Vec<WalkListId> {
    match frame {
        Frame::ForgetLists(lists) => lists.clone(),
        _ => Vec::new(),
    }
}

fn marked(frame: &Frame) -> Option<WalkListId> {
    match frame {
        Frame::Cursor(cursor) => Some(cursor.list),
        _ => None,
    }
}
