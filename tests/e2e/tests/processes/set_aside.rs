//! What is set aside, and the operator who looks at it.

use crate::world::{Phone, World};
use std::collections::BTreeSet;

/// Hanna's list was given to Igor while she was out of reach; she has gone on working.
fn hanna_was_late(world: &World) -> (Phone, Phone) {
    let [hanna, igor] = ["Hanna", "Igor"].map(|name| world.add_canvasser(name));
    world.assign(std::slice::from_ref(&hanna));
    let mut late = world.ready_phone("Hanna", &hanna);
    world.assign(std::slice::from_ref(&igor));
    late.work(3).unwrap();
    assert_eq!(late.sync(), Ok(0));
    assert_eq!(late.status(), (0, 3, 3), "all of it is set aside");
    (late, world.ready_phone("Igor", &igor))
}

#[test]
fn an_operator_sees_what_is_set_aside_lets_it_count_or_refuses_it_and_everybody_hears_of_it() {
    let world = World::start(24);
    let (mut hanna, mut igor) = hanna_was_late(&world);
    let decide = |arguments: &[&str]| world.office.run(&[arguments, &["--tenant", &world.tenant]].concat());
    let list = decide(&["quarantine", "list"]);
    let entries: Vec<&str> = list.iter().map(|line| line.split('\t').next().unwrap()).collect();
    let made: BTreeSet<String> = hanna.acknowledged.knocks.keys().map(ToString::to_string).collect();
    assert_eq!(entries.iter().map(|entry| (*entry).to_owned()).collect::<BTreeSet<_>>(), made);
    assert!(list.iter().all(|line| line.ends_with("counts if released") && line.contains("\tknock: ")), "{list:?}");
    // Neither who lives there nor what was said is needed to decide, and neither is shown.
    let shown = [list.concat(), decide(&["quarantine", "show", entries[0]]).concat()].concat();
    let people = world.office.run(&["backend", "query", "SELECT DISTINCT family_name FROM contact"]);
    assert!(people.len() > 5 && people.iter().all(|name| !shown.contains(&**name)), "{shown}");

    decide(&["quarantine", "release", entries[0], entries[1]]);
    decide(&["quarantine", "refuse", entries[2], "--because", "Igor had been there"]);
    assert_eq!(hanna.sync(), Ok(1), "a refusal is at risk until it was seen");
    assert_eq!(hanna.status(), (0, 3, 1));
    igor.sync().unwrap();
    assert_eq!(igor.look().visits, 2);
    let wanted: BTreeSet<String> = entries[..2].iter().map(|entry| (*entry).to_owned()).collect();
    assert_eq!(world.interactions(), wanted);
    // Decided once, and for good; the same again is no error.
    decide(&["quarantine", "release", entries[0]]);
    let otherwise = world.office.attempt(&["quarantine", "release", entries[2], "--tenant", &world.tenant]);
    assert_eq!(otherwise.code, Some(1));
    assert!(otherwise.to_people.contains("it was decided otherwise already"), "{}", otherwise.to_people);
    assert!(decide(&["quarantine", "list"]).is_empty());
    assert_eq!(world.interactions(), wanted);
}
