//! How far things have come, by turf, team, ward and hour.

use super::world::*;
use crate::import::Boundary;
use crate::office::{self, Coverage, Progress, add_team, give_lists};
use crate::reading;
use chrono::FixedOffset;
use walkbook_model::{Day, Interaction, Outcome, Position, Role, TenantId};
use walkbook_terrain::{Area, Polygon};

/// Twenty doors in two lists of two teams; five were tried, two of them twice.
fn worked() -> (World, TenantId) {
    let world = World::new();
    let tenant = world.tenant("North");
    let mut aino = world.phone(tenant, "Aino", Role::Canvasser);
    office::take_register(world.store(), tenant, doors(20), |_| {}).unwrap();
    let lists = world.cut(tenant, 10).lists;
    for (list, team) in lists.iter().zip(["East", "West"]) {
        let team = add_team(world.store(), &*world.random, tenant, team, by_operator(1)).unwrap();
        give_lists(world.store(), tenant, &[*list], Some(team), by_operator(1)).unwrap();
        office::assign(world.store(), &world.pen, tenant, *list, &[aino.user()], at(2)).unwrap();
    }
    let first = reading::list_state(world.store(), tenant, lists[0]).unwrap().unwrap().list.doors;
    let hour = 3_600;
    for (door, outcome, seconds) in [
        (0, Outcome::NotHome, 0),
        (1, Outcome::NotHome, 60),
        (2, Outcome::Refused, 120),
        (0, Outcome::Refused, hour),
        (1, Outcome::NotHome, hour + 60),
        (3, Outcome::Vacant, 5 * hour),
    ] {
        let met = Interaction { note: Some("a note on Family1".into()), ..knocked(lists[0], outcome) };
        aino.knock(first[door], met, at(100 + seconds));
    }
    aino.sync_well(world.store(), at(30_000));
    (world, tenant)
}

fn coverage<'a>(world: &'a World, tenant: TenantId) -> Coverage<'a> {
    let lists = reading::lists(world.store(), tenant).unwrap();
    Coverage::of(world.store(), tenant, lists, Day::of(at(30_000))).unwrap()
}

fn told(all: &[Progress]) -> Vec<(&str, u64, u64, u64)> {
    all.iter().map(|of| (of.name.as_str(), of.board.doors, of.board.contacted, of.board.knocks)).collect()
}

#[test]
fn each_turf_and_each_team_has_its_figures() {
    let (world, tenant) = worked();
    let coverage = coverage(&world, tenant);
    let turfs = coverage.by_turf().unwrap();
    assert_eq!(told(&turfs), [("List 1", 10, 2, 6), ("List 2", 10, 0, 0)]);
    // Two were met, and at one the register is wrong.
    assert_eq!((turfs[0].done, turfs[1].done), (Some(0.3), Some(0.0)));
    assert_eq!(told(&coverage.by_team().unwrap()), [("East", 10, 2, 6), ("West", 10, 0, 0)]);
}

#[test]
fn each_ward_has_its_figures_and_what_lies_in_none_comes_together() {
    let (world, tenant) = worked();
    let corner = |lat, lon| Position::from_degrees(lat, lon).unwrap();
    let south = vec![corner(60.0, 24.0), corner(60.0, 25.0), corner(60.171, 25.0), corner(60.171, 24.0)];
    let ward = Boundary { name: "South".into(), area: Area::new(vec![Polygon { outer: south, holes: vec![] }]) };
    let wards = coverage(&world, tenant).by_ward(&[ward]).unwrap();
    let doors: Vec<(&str, u64)> = wards.iter().map(|ward| (ward.name.as_str(), ward.board.doors)).collect();
    assert_eq!(doors, [("South", 9), ("no ward", 11)]);
    assert_eq!(wards.iter().map(|ward| ward.board.knocks).sum::<u64>(), 6);
}

#[test]
fn each_hour_has_what_happened_in_it_as_the_clocks_there_show_it() {
    let (world, tenant) = worked();
    let coverage = coverage(&world, tenant);
    for (seconds_ahead, ending) in [(0, "00+00:00"), (5 * 3_600 + 1_800, "00+05:30"), (-12 * 3_600, "00-12:00")] {
        let hours = coverage.by_hour(FixedOffset::east_opt(seconds_ahead).unwrap()).unwrap();
        let told: Vec<(u64, u64, u64)> =
            hours.iter().map(|hour| (hour.knocks, hour.contacts, hour.new_doors)).collect();
        assert_eq!(told.iter().map(|(knocks, ..)| knocks).sum::<u64>(), 6);
        assert_eq!(told.iter().map(|(.., new)| new).sum::<u64>(), 4);
        assert_eq!(told.last(), Some(&(1, 0, 1)));
        assert!(hours.iter().all(|hour| hour.from.ends_with(ending)), "{hours:?}");
        assert!(hours.is_sorted_by(|a, b| a.from < b.from));
    }
    let hours = coverage.by_hour(FixedOffset::east_opt(0).unwrap()).unwrap();
    // It starts some minutes after a full hour.
    assert_eq!(hours.iter().map(|hour| (hour.knocks, hour.contacts)).collect::<Vec<_>>(), [(3, 1), (2, 1), (1, 0)]);
}

#[test]
fn nobody_is_in_the_figures() {
    let (world, tenant) = worked();
    let coverage = coverage(&world, tenant);
    let text = serde_json::to_string(&(
        coverage.by_turf().unwrap(),
        coverage.by_team().unwrap(),
        coverage.by_hour(FixedOffset::east_opt(0).unwrap()).unwrap(),
    ));
    let text = text.unwrap();
    for secret in ["Given", "Family", "Aino", "note", "Street", "door_", "user_"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}
