//! The database of a store in PostgreSQL comes back from pgBackRest, as operators are told to set it up.

use crate::backups::goes_on;
use crate::erased_people::rows;
use crate::killed_servers::{come_home, hold, team};
use crate::world::World;
use std::thread;
use std::time::Duration;
use walkbook_cluster::{Cluster, Kind};

#[test]
fn a_field_day_goes_on_after_the_database_was_restored_to_its_middle() {
    let cluster: &'static Cluster = Box::leak(Box::new(Cluster::start(Kind::Archived)));
    cluster.back_up();
    let database = cluster.database();
    let mut world = World::start_in(&database, 24);
    let mut phones = team(&world, &["Ulla", "Veli"]);
    phones.iter_mut().for_each(|phone| phone.work(10).unwrap());
    come_home(&mut phones);
    let at_noon = world.entries();
    let noon = cluster.now();
    for _ in 0..2 {
        phones.iter_mut().for_each(|phone| phone.work(6).unwrap());
        come_home(&mut phones);
    }
    hold(&world, &mut phones);
    let in_the_evening = world.entries();
    cluster.wait_until_archived();
    world.kill_server();
    cluster.restore_to(&noon);
    goes_on(&mut world, &mut phones, at_noon..in_the_evening);
}

#[test]
fn the_commands_run_pgbackrest_and_bring_the_server_back_with_its_database() {
    let cluster: &'static Cluster = Box::leak(Box::new(Cluster::start(Kind::Archived)));
    cluster.back_up();
    let mut world = World::start_in(&cluster.database(), 24);
    let [pgbackrest, stop, start] = cluster.by_hand();
    let by = ["--pgbackrest", &pgbackrest];
    let mut phones = team(&world, &["Wilma", "Yrj\u{f6}"]);
    phones.iter_mut().for_each(|phone| phone.work(10).unwrap());
    come_home(&mut phones);
    let made = world.office.run_for_one(&[&["backup", "now"], &by[..]].concat());
    let list = world.office.run(&[&["backup", "list"], &by[..]].concat());
    assert_eq!((list.len(), list.last()), (2, Some(&format!("{made}\tdiff"))));
    let at_noon = world.entries();
    // Later than the last commit, to the millisecond.
    thread::sleep(Duration::from_millis(20));
    let noon = cluster.now().replace(' ', "T") + ":00";
    for _ in 0..2 {
        phones.iter_mut().for_each(|phone| phone.work(6).unwrap());
        come_home(&mut phones);
    }
    hold(&world, &mut phones);
    let in_the_evening = world.entries();
    let known =
        world.office.run(&["backend", "query", "SELECT contact, door FROM contact ORDER BY door, contact LIMIT 1"]);
    let (contact, door) = known[0].split_once('\t').unwrap();
    let erase = ["erase", "person", contact, "--door", door, "--tenant", &world.tenant, "--because", "request"];
    world.office.run(&erase);
    cluster.wait_until_archived();

    let with = ["--stop-database", &stop, "--start-database", &start];
    let restore = [&["restore", "--to", &noon], &by[..], &with].concat();
    let while_serving = world.office.attempt(&restore);
    assert!(while_serving.to_people.contains("stop all servers first"), "{}", while_serving.to_people);
    world.kill_server();
    let ledger = world.office.folder().join("erasures.log");
    let text = std::fs::read_to_string(&ledger).unwrap();
    std::fs::write(&ledger, text.replace("request", "unlawful")).unwrap();
    let flawed = world.office.attempt(&restore);
    assert!(flawed.to_people.contains("not as it was written"), "{}", flawed.to_people);
    assert_eq!(world.entries(), in_the_evening, "nothing is touched before the ledger is read");
    std::fs::write(&ledger, text).unwrap();
    let pen = || std::fs::read(world.office.folder().join("pen.key")).unwrap();
    let before = pen();
    world.office.run(&restore);
    assert_ne!(pen(), before, "nobody writes twice in one place");
    assert_eq!(rows(&world, contact), "0", "nobody comes back who was erased since");
    goes_on(&mut world, &mut phones, at_noon..in_the_evening);
}
