//! Teams, their members and their lists.

use super::world::*;
use crate::store::{Error, ListUpdate, Reach, Store, Team, User};
use walkbook_model::{Role, TeamId, UserId};

const EAST: TeamId = TeamId::from_bytes([61; 16]);
const WEST: TeamId = TeamId::from_bytes([62; 16]);
const LEA: UserId = UserId::from_bytes([13; 16]);

fn team(id: TeamId, label: &str) -> Team {
    Team { id, label: label.into() }
}

fn settle_in_teams(store: &dyn Store) {
    settle(store, NORTH);
    store.put_user(NORTH, &User { id: LEA, label: "Lea".into(), role: Role::TeamLead }, by_operator(0)).unwrap();
    for (id, label) in [(EAST, "East"), (WEST, "West")] {
        store.put_team(NORTH, &team(id, label), by_operator(0)).unwrap();
    }
}

/// Names can be changed; who is in is told.
pub fn a_team_and_its_members_are_found_again(store: &dyn Store) {
    assert!(!store.has_teams(NORTH).unwrap());
    settle_in_teams(store);
    store.put_team(NORTH, &team(EAST, "East side"), by_operator(0)).unwrap();
    assert_eq!(store.teams(NORTH).unwrap(), [team(EAST, "East side"), team(WEST, "West")]);
    assert!(store.has_teams(NORTH).unwrap());
    assert!(store.join_team(NORTH, EAST, LEA, by_operator(1)).unwrap());
    assert!(!store.join_team(NORTH, EAST, LEA, by_operator(2)).unwrap());
    assert!(store.join_team(NORTH, EAST, AINO, by_operator(2)).unwrap());
    assert_eq!(store.members_of(NORTH, EAST).unwrap(), [AINO, LEA]);
    assert_eq!(store.teams_of(NORTH, LEA).unwrap(), [EAST]);
    assert!(store.leave_team(NORTH, EAST, LEA, by_operator(3)).unwrap());
    assert!(!store.leave_team(NORTH, EAST, LEA, by_operator(4)).unwrap());
    assert!(store.teams_of(NORTH, LEA).unwrap().is_empty());
    assert!(matches!(
        store.join_team(NORTH, TeamId::from_bytes([9; 16]), LEA, by_operator(5)),
        Err(Error::Unknown { .. })
    ));
    assert!(matches!(
        store.join_team(NORTH, EAST, UserId::from_bytes([9; 16]), by_operator(5)),
        Err(Error::Unknown { .. })
    ));
}

/// Whoever leads one team leads no other; organisers may.
pub fn only_an_organiser_is_in_several_teams(store: &dyn Store) {
    settle_in_teams(store);
    store.join_team(NORTH, EAST, LEA, by_operator(1)).unwrap();
    assert!(matches!(store.join_team(NORTH, WEST, LEA, by_operator(2)), Err(Error::Exists { .. })));
    store.put_user(NORTH, &User { id: LEA, label: "Lea".into(), role: Role::Organiser }, by_operator(0)).unwrap();
    assert!(store.join_team(NORTH, WEST, LEA, by_operator(3)).unwrap());
    assert_eq!(store.teams_of(NORTH, LEA).unwrap(), [EAST, WEST]);
}

/// One team at a time.
pub fn a_list_is_given_to_one_team_or_none(store: &dyn Store) {
    settle_in_teams(store);
    assert_eq!(store.team_of_list(NORTH, LIST).unwrap(), None);
    assert!(store.give_list(NORTH, LIST, Some(EAST), by_operator(1)).unwrap());
    assert!(!store.give_list(NORTH, LIST, Some(EAST), by_operator(2)).unwrap());
    assert!(store.give_list(NORTH, LIST, Some(WEST), by_operator(3)).unwrap());
    assert_eq!(store.team_of_list(NORTH, LIST).unwrap(), Some(WEST));
    let unknown = store.give_list(NORTH, LIST, Some(TeamId::from_bytes([9; 16])), by_operator(4));
    assert!(matches!(unknown, Err(Error::Unknown { .. })));
    assert_eq!(store.team_of_list(NORTH, LIST).unwrap(), Some(WEST), "a failure takes it from nobody");
    assert!(store.give_list(NORTH, LIST, None, by_operator(5)).unwrap());
    assert_eq!(store.team_of_list(NORTH, LIST).unwrap(), None);
}

/// The tie lasts while all three last: the person in the team, the list of the team, the door on the list.
pub fn a_team_reaches_the_doors_of_its_lists_while_all_ties_last(store: &dyn Store) {
    settle_in_teams(store);
    join(store, LIST, &[1, 2]);
    let reach = |number| store.team_reach(NORTH, LEA, door(number)).unwrap();
    let list_reach = || store.team_reach_of_list(NORTH, LEA, LIST).unwrap();
    assert_eq!((reach(1), list_reach()), (Reach::Never, Reach::Never));
    store.join_team(NORTH, EAST, LEA, by_operator(1)).unwrap();
    store.give_list(NORTH, LIST, Some(EAST), by_operator(2)).unwrap();
    assert_eq!((reach(1), reach(3), list_reach()), (Reach::Now, Reach::Never, Reach::Now));
    store.update_lists(NORTH, &[ListUpdate::Leave(LIST, door(1))], at(10)).unwrap();
    assert_eq!((reach(1), reach(2)), (Reach::Until(at(10)), Reach::Now));
    store.give_list(NORTH, LIST, Some(WEST), by_operator(20)).unwrap();
    assert_eq!((reach(1), reach(2), list_reach()), (Reach::Until(at(10)), Reach::Until(at(20)), Reach::Until(at(20))));
    // It comes back once more, and she goes.
    store.give_list(NORTH, LIST, Some(EAST), by_operator(30)).unwrap();
    store.leave_team(NORTH, EAST, LEA, by_operator(40)).unwrap();
    assert_eq!((reach(2), list_reach()), (Reach::Until(at(40)), Reach::Until(at(40))));
    // What the list went through afterwards, or had before, was never hers.
    store.update_lists(NORTH, &[ListUpdate::Join(LIST, door(3))], at(50)).unwrap();
    store.give_list(NORTH, OTHER_LIST, Some(EAST), by_operator(50)).unwrap();
    join(store, OTHER_LIST, &[4]);
    assert_eq!(reach(4), Reach::Never);
}

/// Ids are no secret.
pub fn teams_of_another_tenant_do_not_exist(store: &dyn Store) {
    settle_in_teams(store);
    store.join_team(NORTH, EAST, LEA, by_operator(1)).unwrap();
    store.give_list(NORTH, LIST, Some(EAST), by_operator(1)).unwrap();
    join(store, LIST, &[1]);
    settle(store, SOUTH);
    store.put_user(SOUTH, &User { id: LEA, label: "another".into(), role: Role::TeamLead }, by_operator(0)).unwrap();
    assert!(store.teams(SOUTH).unwrap().is_empty() && !store.has_teams(SOUTH).unwrap());
    assert!(store.teams_of(SOUTH, LEA).unwrap().is_empty() && store.members_of(SOUTH, EAST).unwrap().is_empty());
    assert_eq!(store.team_of_list(SOUTH, LIST).unwrap(), None);
    assert_eq!(store.team_reach(SOUTH, LEA, door(1)).unwrap(), Reach::Never);
    assert_eq!(store.team_reach_of_list(SOUTH, LEA, LIST).unwrap(), Reach::Never);
    assert!(matches!(store.join_team(SOUTH, EAST, LEA, by_operator(2)), Err(Error::Unknown { .. })));
    assert!(matches!(store.give_list(SOUTH, LIST, Some(EAST), by_operator(2)), Err(Error::Unknown { .. })));
    assert!(!store.leave_team(SOUTH, EAST, LEA, by_operator(2)).unwrap());
    assert_eq!(store.members_of(NORTH, EAST).unwrap(), [LEA]);
}
