//! Who asks the office is held to the table, too.

use super::world::*;
use crate::office::{Desk, Error, add_team, change_role, give_lists, join_team};
use crate::store::Teams;
use walkbook_ledger::Subject;
use walkbook_model::{Action, DoorId, Role, TeamId, TenantId, UserId, WalkListId, Whose};

/// Two teams with a list and a member each, and a list of no team.
struct Office {
    world: World,
    tenant: TenantId,
    me: UserId,
    users: [UserId; 2],
    teams: [TeamId; 2],
    lists: [WalkListId; 3],
    doors: [DoorId; 3],
}

impl Office {
    fn new(role: Role) -> Self {
        let world = World::new();
        let tenant = world.tenant("North");
        let me = world.user(tenant, "Me", role);
        let users = ["Aino", "Berta"].map(|label| world.user(tenant, label, Role::Canvasser));
        let teams = ["East", "West"]
            .map(|label| add_team(world.store(), &*world.random, tenant, label, by_operator(0)).unwrap());
        crate::office::take_register(world.store(), tenant, doors(12), |_| {}).unwrap();
        let cut = world.cut(tenant, 4).lists;
        let lists = [cut[0], cut[1], cut[2]];
        for (team, users) in [(teams[0], [me, users[0]].as_slice()), (teams[1], &users[1..])] {
            join_team(world.store(), tenant, team, users, by_operator(1)).unwrap();
        }
        for (list, team) in lists.iter().zip(teams) {
            assert_eq!(give_lists(world.store(), tenant, &[*list], Some(team), by_operator(1)).unwrap(), 1);
        }
        let first = |list| crate::reading::list_state(world.store(), tenant, list).unwrap().unwrap().list.doors[0];
        let doors = lists.map(first);
        Self { world, tenant, me, users, teams, lists, doors }
    }

    fn desk(&self) -> Desk<'_> {
        Desk::new(self.world.store(), self.tenant, Some(self.me)).unwrap()
    }
}

fn allowed<T>(checked: Result<T, Error>) -> bool {
    match checked {
        Ok(_) => true,
        Err(Error::NotAllowed { .. }) => false,
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn every_role_does_what_the_table_says_as_far_as_it_says() {
    for role in Role::ALL {
        let office = Office::new(role);
        let desk = office.desk();
        for action in Action::ALL.iter().copied() {
            let may = |whose| role.may(action, whose);
            assert_eq!(allowed(desk.may(action)), may(Whose::Tenant), "{role} {action:?}");
            let [ours, theirs, nobodys] = office.lists.map(|list| allowed(desk.may_to_list(action, list)));
            assert_eq!([ours, theirs, nobodys], [Whose::OwnTeam, Whose::Tenant, Whose::Tenant].map(may));
            let at_doors = office.doors.map(|door| allowed(desk.may_to(action, Subject::Door(door))));
            assert_eq!(at_doors, [ours, theirs, nobodys], "{role} {action:?}");
            let [mate, other] = office.users.map(|user| allowed(desk.may_to_user(action, user)));
            assert_eq!([mate, other], [Whose::OwnTeam, Whose::Tenant].map(may), "{role} {action:?}");
            assert_eq!(allowed(desk.may_to_user(action, office.me)), may(Whose::Own), "{role} {action:?}");
            let teams = office.teams.map(|team| allowed(desk.may_to_team(action, team)));
            assert_eq!(teams, [Whose::OwnTeam, Whose::Tenant].map(may), "{role} {action:?}");
        }
    }
}

#[test]
fn a_list_that_is_handed_out_to_somebody_is_their_own() {
    let office = Office::new(Role::Canvasser);
    let list = office.lists[1];
    assert!(!allowed(office.desk().may_to_list(Action::SeeDoors, list)));
    crate::office::assign(office.world.store(), &office.world.pen, office.tenant, list, &[office.me], at(2)).unwrap();
    assert!(allowed(office.desk().may_to_list(Action::SeeDoors, list)));
    assert!(allowed(office.desk().may_to(Action::SeeDoors, Subject::Door(office.doors[1]))));
    assert!(!allowed(office.desk().may_to_list(Action::ChangeList, list)));
}

#[test]
fn nobody_gives_a_role_above_their_own_nor_takes_one_away() {
    for role in Role::ALL {
        let office = Office::new(role);
        for given in Role::ALL {
            let may = role.may_give(given);
            let added = allowed(office.desk().may_add(given, Some(office.teams[0])));
            assert_eq!(added, may && role.may(Action::AddUser, Whose::OwnTeam), "{role} adds {given}");
            let far = allowed(office.desk().may_add(given, Some(office.teams[1])));
            assert_eq!(far, may && role.may(Action::AddUser, Whose::Tenant), "{role} adds {given}");
            assert_eq!(allowed(office.desk().may_add(given, None)), far, "{role} adds {given}");
            let changed = allowed(office.desk().may_change_role(office.users[0], given));
            assert_eq!(changed, may && role.may(Action::ChangeRole, Whose::OwnTeam), "{role} makes {given}");
            let holder = office.world.user(office.tenant, "Holder", given);
            let demoted = allowed(office.desk().may_change_role(holder, Role::Canvasser));
            assert_eq!(demoted, may && role.may(Action::ChangeRole, Whose::Tenant), "{role} unmakes {given}");
        }
    }
}

#[test]
fn nobody_gets_hold_of_a_higher_role_by_inviting_a_phone_for_whoever_has_it() {
    let office = Office::new(Role::TeamLead);
    let organiser = office.world.user(office.tenant, "Olli", Role::Organiser);
    join_team(office.world.store(), office.tenant, office.teams[0], &[organiser], by_operator(2)).unwrap();
    for action in [Action::InvitePhone, Action::ShutOutPhone] {
        let of = |user| allowed(office.desk().may_to_phones_of(action, user));
        assert_eq!(
            [of(organiser), of(office.users[0]), of(office.users[1]), of(office.me)],
            [false, true, false, true]
        );
    }
}

#[test]
fn as_long_as_a_tenant_has_no_teams_a_lead_adds_users_without_one() {
    let world = World::new();
    let tenant = world.tenant("North");
    let lead = world.user(tenant, "Lea", Role::TeamLead);
    let add = |role| allowed(Desk::new(world.store(), tenant, Some(lead)).unwrap().may_add(role, None));
    assert_eq!([add(Role::Canvasser), add(Role::TeamLead)], [true, false]);
    add_team(world.store(), &*world.random, tenant, "East", by_operator(0)).unwrap();
    assert!(!add(Role::Canvasser));
}

#[test]
fn a_user_of_another_tenant_sits_at_no_desk_here() {
    let office = Office::new(Role::Owner);
    let south = office.world.tenant("South");
    let desk = Desk::new(office.world.store(), south, Some(office.me));
    assert!(matches!(desk, Err(Error::Unknown { what: "user" })));
}

#[test]
fn the_last_owner_stays_one() {
    let office = Office::new(Role::Owner);
    let change = |user, role| change_role(office.world.store(), office.tenant, user, role, by_operator(2));
    assert!(matches!(change(office.me, Role::Manager), Err(Error::LastOwner)));
    change(office.users[0], Role::Owner).unwrap();
    change(office.me, Role::Manager).unwrap();
    assert!(matches!(change(office.users[0], Role::Canvasser), Err(Error::LastOwner)));
}

#[test]
fn whoever_stops_organising_several_teams_leaves_all_but_one_first() {
    let office = Office::new(Role::Organiser);
    join_team(office.world.store(), office.tenant, office.teams[1], &[office.me], by_operator(2)).unwrap();
    let change = || change_role(office.world.store(), office.tenant, office.me, Role::TeamLead, by_operator(2));
    assert!(matches!(change(), Err(Error::InAnotherTeam { .. })));
    office.world.store.leave_team(office.tenant, office.teams[0], office.me, by_operator(3)).unwrap();
    change().unwrap();
    let again = join_team(office.world.store(), office.tenant, office.teams[0], &[office.me], by_operator(4));
    assert!(matches!(again, Err(Error::InAnotherTeam { user }) if user == office.me));
}
