//! Phones that are open hear of what is new, wherever it was written.

use crate::killed_servers::team;
use crate::world::World;
use walkbook_cluster::Cluster;
use walkbook_e2e::protocol::{Order, Report};

#[test]
fn what_comes_to_one_server_wakes_a_phone_at_the_other() {
    let mut world = World::start_in(&Cluster::shared().database(), 24);
    let other = world.second_server();
    let users = ["Aino", "Bilal"].map(|name| world.add_canvasser(name));
    world.assign(&users);
    let mut bilal = world.ready_phone("Bilal", &users[1]);
    bilal.hears();
    assert_eq!(bilal.sync(), Ok(0));
    // From now on whoever comes meets the other server; Bilal's phone stays where it is.
    world.lead_to(&other);
    let mut aino = world.ready_phone("Aino", &users[0]);
    bilal.begin(&Order::Listen);
    aino.work(5).unwrap();
    assert_eq!(aino.sync(), Ok(0));
    assert!(matches!(bilal.hear(), Some(Report::Heard)));
    assert_eq!(bilal.sync(), Ok(0));
    assert_eq!(bilal.hold().visits, aino.acknowledged.knocks.len() as u64);
    // Where its server dies, it finds the other one by itself, and has a look.
    bilal.begin(&Order::Listen);
    world.kill_server();
    assert!(matches!(bilal.hear(), Some(Report::Heard)));
    assert_eq!(bilal.sync(), Ok(0));
    drop(other);
}

#[test]
fn a_list_that_is_handed_out_by_a_command_wakes_the_phone_that_gets_it_and_a_server_that_stops_lets_go() {
    let mut world = World::start(24);
    let mut phones = team(&world, &["Aino", "Bilal"]);
    let late = world.add_canvasser("Chiara");
    let mut chiara = world.ready_phone("Chiara", &late);
    chiara.hears();
    assert_eq!(chiara.hold().doors.len(), 0);
    chiara.begin(&Order::Listen);
    world.assign(&[late]);
    assert!(matches!(chiara.hear(), Some(Report::Heard)));
    assert_eq!(chiara.sync(), Ok(0));
    assert!(!chiara.hold().doors.is_empty());
    chiara.begin(&Order::Listen);
    assert!(world.stop_server().success());
    world.serve();
    assert!(matches!(chiara.hear(), Some(Report::Heard)));
    phones.iter_mut().for_each(|phone| assert_eq!(phone.sync(), Ok(0)));
}
