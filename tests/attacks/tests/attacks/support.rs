//! The operator's staff, who want to see more, or longer, than the tenant lets them.

use crate::device::now;
use crate::world::{Said, World};
use walkbook_model::Action;
use walkbook_server::store::audit::Deed;
use walkbook_server::store::{By, Stamp};

/// A command that one of the staff gives.
fn by_sam(world: &World, command: &[&str]) -> Said {
    world.home.attempt_by(world.user("sam"), world.names.north, command)
}

#[track_caller]
fn refused(said: &Said) {
    assert_eq!((said.code, said.results.as_str()), (Some(1), ""), "{}", said.to_people);
    assert!(said.to_people.contains("this is not for the role support"), "{}", said.to_people);
}

/// What somebody of the tenant grants them.
fn grant(world: &World, name: &str) -> Said {
    let sam = world.user("sam").to_string();
    let command = ["support", "grant", &sam, "--hours", "2", "--reason", "the map stays empty"];
    world.home.attempt_by(world.user(name), world.names.north, &command)
}

#[test]
fn staff_see_nothing_before_somebody_who_answers_for_the_tenant_grants_it() {
    let world = World::at_rest();
    let list = world.names.hill.to_string();
    refused(&by_sam(&world, &["list", "show", &list]));
    for name in ["lea", "aino", "anna", "sam"] {
        let said = grant(&world, name);
        assert_eq!(said.code, Some(1), "{name} granted it");
    }
    // Neither does the operator in the tenant's place.
    let (sam, north) = (world.user("sam").to_string(), world.names.north.to_string());
    let own = ["support", "grant", &sam, "--hours", "2", "--reason", "why", "--tenant", &north];
    assert!(world.home.attempt(&own).to_people.contains("the tenant grants that"));
    refused(&by_sam(&world, &["list", "show", &list]));
}

#[test]
fn a_look_is_written_down_where_the_tenant_sees_it_and_nothing_is_touched() {
    let world = World::at_rest();
    let (north, sam, list) = (world.names.north, world.user("sam"), world.names.hill.to_string());
    assert_eq!(grant(&world, "olga").code, Some(0));
    let records = world.audit(north).len();
    let said = by_sam(&world, &["list", "show", &list]);
    assert_eq!(said.code, Some(0), "{}", said.to_people);
    assert!(said.results.contains("door_"));
    assert_eq!(world.audited_since(north, records)[0], Deed::SupportLooked { action: Action::SeeDoors });
    let records = world.audit(north).len();
    let said = by_sam(&world, &["audit", "list"]);
    assert!(said.code == Some(0) && said.results.contains("support_looked"), "{}", said.to_people);
    assert_eq!(world.audited_since(north, records), [Deed::SupportLooked { action: Action::ReadAudit }]);
    let before = world.stand();
    let aino = world.user("aino").to_string();
    for command in [
        &["list", "rename", &list, "Mine"][..],
        &["list", "assign", &list, &aino],
        &["user", "invite", &aino],
        &["user", "password", &aino],
        &["user", "add", "Friend"],
        &["audit", "export"],
        &["support", "grant", &sam.to_string(), "--hours", "168", "--reason", "more"],
    ] {
        refused(&by_sam(&world, command));
    }
    before.is_still(&world.stand());
    let granted = world.home.attempt_by(world.user("mika"), north, &["support", "list"]);
    assert!(granted.results.contains("good\tthe map stays empty"), "{}", granted.results);
}

#[test]
fn a_look_after_the_end_is_refused_whether_it_came_by_itself_or_was_made() {
    let world = World::at_rest();
    let (north, sam, list) = (world.names.north, world.user("sam"), world.names.hill.to_string());
    let hour_ago = now().shifted_ms(-3_600_000);
    let stamp = Stamp::new(By::User(world.user("olga")), hour_ago.shifted_ms(-1_000));
    world.home.store().grant_support(north, sam, "an hour ago", hour_ago, stamp).unwrap();
    refused(&by_sam(&world, &["list", "show", &list]));
    assert_eq!(grant(&world, "mika").code, Some(0));
    assert_eq!(by_sam(&world, &["list", "show", &list]).code, Some(0));
    let records = world.audit(north).len();
    let ended = world.home.attempt_by(world.user("olga"), north, &["support", "end", &sam.to_string()]);
    assert_eq!(ended.code, Some(0), "{}", ended.to_people);
    refused(&by_sam(&world, &["list", "show", &list]));
    let written = [Deed::SupportEnded { user: sam }, Deed::CommandRefused { action: Some(Action::SeeDoors) }];
    assert_eq!(world.audited_since(north, records), written);
}

#[test]
fn what_one_tenant_grants_opens_no_other_and_nobody_else() {
    let world = World::at_rest();
    assert_eq!(grant(&world, "olga").code, Some(0));
    let theirs = world.names.theirs.to_string();
    let said = world.home.attempt_by(world.user("sam"), world.names.south, &["list", "show", &theirs]);
    assert!(said.to_people.contains("no such user"), "{}", said.to_people);
    let aino = world.user("aino").to_string();
    let to_her = ["support", "grant", &aino, "--hours", "2", "--reason", "why"];
    let said = world.home.attempt_by(world.user("olga"), world.names.north, &to_her);
    assert!(said.to_people.contains("no such user with the role support"), "{}", said.to_people);
}
