//! What must hold of the table, whatever is changed in it.

use super::*;

/// Every role, action and distance, and whether it may.
fn all() -> impl Iterator<Item = (Role, Action, Whose, bool)> {
    Role::ALL.into_iter().flat_map(|role| {
        Action::ALL.iter().flat_map(move |action| {
            Whose::ALL.into_iter().map(move |whose| (role, *action, whose, role.may(*action, whose)))
        })
    })
}

#[test]
fn nobody_may_do_anything_to_another_tenants() {
    for (role, action, whose, may) in all() {
        assert!(!(may && whose == Whose::OtherTenant), "{role} {action:?}");
    }
}

#[test]
fn who_may_far_away_may_near_by() {
    for (role, action, whose, may) in all() {
        let nearer = Whose::ALL.into_iter().filter(|nearer| *nearer < whose);
        assert!(!may || nearer.into_iter().all(|nearer| role.may(action, nearer)), "{role} {action:?} {whose:?}");
    }
}

#[test]
fn each_of_the_five_may_what_the_one_below_may() {
    let five = &Role::ALL[..5];
    for pair in five.windows(2) {
        for action in Action::ALL {
            assert!(pair[0].reach(*action) >= pair[1].reach(*action), "{} {action:?}", pair[0]);
        }
        for role in Role::ALL {
            assert!(pair[0].may_give(role) || !pair[1].may_give(role), "{} {role}", pair[0]);
        }
    }
}

#[test]
fn an_analyst_sees_figures_and_does_nothing_else() {
    let may: Vec<_> = all().filter(|(role, .., may)| *role == Role::Analyst && *may).collect();
    assert!(may.iter().all(|(_, action, ..)| *action == Action::SeeBoard) && may.len() == 3, "{may:?}");
}

#[test]
fn support_may_do_nothing() {
    assert!(!all().any(|(role, .., may)| role == Role::Support && may));
}

#[test]
fn a_canvasser_reaches_nothing_but_the_own() {
    let far = all().find(|(role, _, whose, may)| *role == Role::Canvasser && *whose != Whose::Own && *may);
    assert_eq!(far, None);
    let own: Vec<_> = Action::ALL.iter().filter(|action| Role::Canvasser.may(**action, Whose::Own)).collect();
    let expected = [
        Action::Knock,
        Action::PlaceFoundDoor,
        Action::SeeDoors,
        Action::SeeBoard,
        Action::SeeUsers,
        Action::ShutOutPhone,
    ];
    assert_eq!(own, expected.iter().collect::<Vec<_>>());
}

#[test]
fn a_lead_and_an_organiser_touch_no_door_list_or_person_of_another_team() {
    let of_the_tenant_as_a_whole = [Action::CutLists, Action::WriteDraft, Action::PublishScript];
    for role in [Role::TeamLead, Role::Organiser] {
        for action in Action::ALL.iter().filter(|action| !of_the_tenant_as_a_whole.contains(action)) {
            assert!(!role.may(*action, Whose::Tenant), "{role} {action:?}");
        }
    }
}

#[test]
fn nobody_gives_more_than_is_the_own() {
    for giver in Role::ALL {
        for role in Role::ALL.into_iter().filter(|role| giver.may_give(*role)) {
            assert!(Action::ALL.iter().all(|action| giver.reach(*action) >= role.reach(*action)), "{giver} {role}");
        }
        assert!(!giver.may_give(Role::Support));
    }
}

#[test]
fn the_page_is_as_the_table_is() {
    let stale = "run `cargo run -p walkbook-model --example roles > core/crates/model/ROLES.md`";
    assert!(include_str!("../../ROLES.md") == page(), "ROLES.md is stale: {stale}");
}
