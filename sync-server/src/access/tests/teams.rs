//! Teams come and go, and lists move between them.

use super::*;
use crate::engine::tests::world::{HILL, RIVER, door};
use crate::store::{Team, Teams as _};
use walkbook_model::{Role, TeamId};

pub(super) struct Teams {
    pub(super) mine: TeamId,
    pub(super) theirs: TeamId,
}

/// Two teams in the north: Aino's, with `me` in it, and Berta's.
pub(super) fn put_teams(world: &World, me: UserId) -> Teams {
    let [mine, theirs] = [61, 62].map(|number| TeamId::from_bytes([number; 16]));
    for (id, label) in [(mine, "East"), (theirs, "West")] {
        world.store.put_team(NORTH, &Team { id, label: label.into() }, by_operator(0)).unwrap();
    }
    for (team, user) in [(mine, me), (mine, AINO), (theirs, BERTA)] {
        world.store.join_team(NORTH, team, user, by_operator(0)).unwrap();
    }
    Teams { mine, theirs }
}

/// The field, with Aino's list in Lea's team and Berta's in another one.
pub(super) fn in_teams() -> (Field, Teams) {
    let field = Field::new();
    let teams = put_teams(&field.world, LEA);
    for (list, team) in [(RIVER, teams.mine), (HILL, teams.theirs)] {
        assert!(field.world.store.give_list(NORTH, list, Some(team), by_operator(0)).unwrap());
    }
    (field, teams)
}

#[test]
fn as_long_as_a_tenant_has_no_teams_a_lead_leads_everybody() {
    let mut field = Field::new();
    let ids = [1, 5].map(|number| field.lea.knock(RIVER, door(number), at(1)));
    field.sync(2);
    assert_eq!(ids.map(|id| field.lea.became(id)), [Became::Accepted; 2]);
    put_teams(&field.world, AINO);
    let ids = [1, 5].map(|number| field.lea.knock(RIVER, door(number), at(3)));
    field.sync(4);
    assert_eq!(ids.map(|id| field.lea.became(id)), [NOT_YOURS; 2], "she is in none of the teams");
}

#[test]
fn a_list_of_no_team_is_the_managers() {
    let (mut field, _) = in_teams();
    field.world.store.give_list(NORTH, RIVER, None, by_operator(1)).unwrap();
    let led = field.lea.knock(RIVER, door(1), at(2));
    let managed = WalkListId::from_bytes([33; 16]);
    field.world.put_list(NORTH, managed, [9], &[]);
    let other = field.lea.knock(managed, door(9), at(2));
    field.sync(3);
    assert_eq!([led, other].map(|id| field.lea.became(id)), [Became::SetAside, NOT_YOURS]);
    field.world.set_role(NORTH, LEA, Role::Manager);
    let ids = [field.lea.knock(RIVER, door(1), at(4)), field.lea.knock(managed, door(9), at(4))];
    field.sync(5);
    assert_eq!(ids.map(|id| field.lea.became(id)), [Became::Accepted; 2]);
}

#[test]
fn what_a_lead_recorded_before_a_list_went_to_another_team_counts_and_what_comes_after_is_set_aside() {
    let (mut field, teams) = in_teams();
    let before = field.lea.knock(RIVER, door(1), at(10));
    field.world.store.give_list(NORTH, RIVER, Some(teams.theirs), by_operator(20)).unwrap();
    let after = field.lea.knock(RIVER, door(1), at(30));
    field.sync(40);
    assert_eq!([before, after].map(|id| field.lea.became(id)), [Became::Accepted, Became::SetAside]);
}

#[test]
fn what_a_lead_recorded_before_leaving_the_team_counts_and_what_comes_after_is_set_aside() {
    let (mut field, teams) = in_teams();
    let before = field.lea.knock(RIVER, door(1), at(10));
    assert!(field.world.store.leave_team(NORTH, teams.mine, LEA, by_operator(20)).unwrap());
    let after = field.lea.knock(RIVER, door(1), at(30));
    field.sync(40);
    assert_eq!([before, after].map(|id| field.lea.became(id)), [Became::Accepted, Became::SetAside]);
}

#[test]
fn a_door_that_a_canvasser_found_is_the_teams_and_not_anothers() {
    let (mut field, teams) = in_teams();
    let found = walkbook_ledger::door_added_by(EntryId::new(field.aino.device, field.aino.last_seq() + 1));
    let address = walkbook_model::Address { street: "Back Lane".into(), ..walkbook_model::Address::default() };
    let change = walkbook_ledger::DoorChange::SetAddress(address);
    field.aino.write_at(found, Payload::Door(walkbook_ledger::DoorEdit { on: Vec::new(), change }), at(1));
    field.sync(2);
    let led = field.lea.knock(RIVER, found, at(3));
    field.sync(4);
    assert_eq!(field.lea.became(led), Became::Accepted);
    field.world.store.leave_team(NORTH, teams.mine, LEA, by_operator(5)).unwrap();
    field.world.store.join_team(NORTH, teams.theirs, LEA, by_operator(5)).unwrap();
    let led = field.lea.knock(HILL, found, at(6));
    field.sync(7);
    assert_eq!(field.lea.became(led), NOT_YOURS);
}

#[test]
fn canvassers_reach_their_own_lists_whatever_team_they_are_in() {
    let (mut field, teams) = in_teams();
    field.world.store.leave_team(NORTH, teams.mine, AINO, by_operator(1)).unwrap();
    let ids = [1, 5].map(|number| field.aino.knock(RIVER, door(number), at(2)));
    field.sync(3);
    assert_eq!(ids.map(|id| field.aino.became(id)), [Became::Accepted, NOT_YOURS]);
}
