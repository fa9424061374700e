//! Phones that are wiped before they could bring what they have: it comes in a file.

use crate::world::{World, begin_to_wipe};
use std::collections::BTreeSet;

#[test]
fn what_a_wiped_phone_had_is_in_the_tables_once_the_server_has_taken_its_rescue_file() {
    let world = World::start(24);
    let jaana = world.add_canvasser("Jaana");
    world.assign(std::slice::from_ref(&jaana));
    let mut phone = world.ready_phone("Jaana", &jaana);
    phone.work(5).unwrap();
    assert_eq!(phone.sync(), Ok(0));
    phone.work(7).unwrap();
    let refused = begin_to_wipe(&world.phone_folder("Jaana")).wait_with_output().unwrap();
    assert!(!refused.status.success(), "seven knocks would be lost");
    let file = world.folder().join("jaana.rescue");
    let code = phone.rescue(&file);
    let made: BTreeSet<String> = phone.acknowledged.knocks.keys().map(ToString::to_string).collect();
    phone.close();
    assert!(begin_to_wipe(&world.phone_folder("Jaana")).wait_with_output().unwrap().status.success());

    let file = file.to_str().unwrap();
    let take = |line: &str| world.office.attempt_with(&["rescue", file, "--tenant", &world.tenant], line);
    let wrong = take("XXXX-XXXX-XXXXX-XXXX-XXXX-XXXXX");
    assert_eq!(wrong.code, Some(1), "{wrong:?}");
    let taken = take(&code);
    assert_eq!((taken.code, taken.results.as_str()), (Some(0), "7\t0\t0\t0\n"), "{}", taken.to_people);
    assert_eq!(take(&code).results, "0\t7\t0\t0\n", "twice changes nothing");
    assert_eq!(world.interactions(), made);
    // Neither the file nor the output gives the code away, and a file that is none is said to be none.
    assert!(!taken.to_people.contains(&code));
    let none = world.office.attempt_with(&["rescue", crate::world::TOWN, "--tenant", &world.tenant], &code);
    assert!(none.code == Some(1) && none.to_people.contains("not a rescue file"), "{}", none.to_people);
}
