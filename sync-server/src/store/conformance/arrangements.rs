//! What the office decides about several lists at once.

use super::world::*;
use crate::store::{Arrangement, Batch, Deed, Error, ListUpdate, LogPosition, Store, Team};
use walkbook_ledger::Subject;
use walkbook_model::{TeamId, UserId, WalkListId};

const EAST: TeamId = TeamId::from_bytes([61; 16]);
const NEW: WalkListId = WalkListId::from_bytes([35; 16]);

/// Doors 1 to 4 are on the list; the last two go to a new one, of the east and Aino's.
fn settle_a_split(store: &dyn Store) -> Batch {
    settle_with_phone(store, NORTH);
    store.put_team(NORTH, &Team { id: EAST, label: "East".into() }, by_operator(0)).unwrap();
    join(store, LIST, &[1, 2, 3, 4]);
    let updates = vec![ListUpdate::Join(NEW, door(3)), ListUpdate::Join(NEW, door(4)), ListUpdate::Assign(NEW, AINO)];
    let arrangement = Arrangement {
        bases: vec![base(Subject::List(NEW), "the new list")],
        updates,
        teams: vec![(NEW, EAST)],
        deed: Deed::ListSplit { list: LIST, into: vec![NEW], doors: 2 },
        stamp: by_operator(5),
    };
    Batch {
        updates: vec![ListUpdate::Leave(LIST, door(3)), ListUpdate::Leave(LIST, door(4))],
        arrangement: Some(arrangement),
        ..first(vec![knock(1, Subject::List(LIST), "an edit")])
    }
}

fn on(store: &dyn Store, list: WalkListId) -> Vec<u8> {
    let page = store.doors_of(NORTH, list, LogPosition::START, 100).unwrap();
    page.into_iter().map(|(_, door)| door.to_bytes()[0] - 100).collect()
}

fn is_written_down(store: &dyn Store) -> bool {
    let log = store.audit(NORTH, 0, 100).unwrap();
    log.into_iter().filter_map(|record| record.act.readable()).any(|act| matches!(act.deed, Deed::ListSplit { .. }))
}

/// Entries, lists, doors, people, team and the record of it.
pub fn an_arrangement_is_made_as_a_whole(store: &dyn Store) {
    let batch = settle_a_split(store);
    // On how many lists another tenant has a door of the same name is nobody's business here.
    settle(store, SOUTH);
    let of_south = [LIST, OTHER_LIST].map(|list| ListUpdate::Join(list, door(3)));
    store.update_lists(SOUTH, &of_south, at(5)).unwrap();
    store.merge(NORTH, batch.clone(), at(6)).unwrap();
    assert_eq!([on(store, LIST), on(store, NEW)], [[1, 2], [3, 4]]);
    assert!(store.base_of(NORTH, Subject::List(NEW)).unwrap().is_some());
    assert_eq!(store.team_of_list(NORTH, NEW).unwrap(), Some(EAST));
    assert!(store.assignments_of(NORTH, AINO).unwrap().iter().any(|held| held.list == NEW && held.until.is_none()));
    assert!(is_written_down(store));
    assert!(store.merge(NORTH, batch, at(7)).unwrap().repeated, "sent again it changes nothing");
    assert_eq!([on(store, LIST), on(store, NEW)], [[1, 2], [3, 4]]);
}

/// Neither where a door is on another list by now, nor where somebody is not there.
pub fn an_arrangement_that_cannot_be_made_leaves_nothing_behind(store: &dyn Store) {
    let batch = settle_a_split(store);
    join(store, OTHER_LIST, &[4]);
    let head = store.head(NORTH).unwrap();
    assert!(matches!(store.merge(NORTH, batch.clone(), at(6)), Err(Error::Taken)));
    let mut nobodys = batch.clone();
    if let Some(arrangement) = &mut nobodys.arrangement {
        arrangement.updates = vec![ListUpdate::Assign(NEW, UserId::from_bytes([88; 16]))];
    }
    assert!(matches!(store.merge(NORTH, nobodys, at(6)), Err(Error::Unknown { what: "user" })));
    assert_eq!(store.head(NORTH).unwrap(), head);
    assert_eq!([on(store, LIST), on(store, NEW)], [vec![1, 2, 3, 4], vec![]]);
    assert!(store.base_of(NORTH, Subject::List(NEW)).unwrap().is_none() && !is_written_down(store));
    // A batch of a phone may put a door onto a second list: that is for leads to decide.
    let by_a_phone = Batch { updates: vec![ListUpdate::Join(OTHER_LIST, door(1))], arrangement: None, ..batch };
    store.merge(NORTH, by_a_phone, at(7)).unwrap();
    assert_eq!(store.lists_with(NORTH, door(1)).unwrap(), [LIST, OTHER_LIST]);
}
