//! The region's master key is changed while phones come.

use crate::backups::{last_moment, later_than, with_backup};
use crate::killed_servers::{come_home, hold, team};
use crate::world::World;
use walkbook_cluster::Cluster;

/// Which of the keys does what, and for how many tenants.
fn keys(world: &World) -> Vec<String> {
    let list = world.office.run(&["key", "list"]);
    list.iter().map(|line| line.split('\t').skip(1).collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn the_master_key_is_changed_under_a_running_server_and_a_backup_from_before_still_opens() {
    let (mut world, backup) = with_backup();
    let backup = backup.to_str().unwrap();
    let mut phones = team(&world, &["Raija", "Seppo"]);
    phones.iter_mut().for_each(|phone| phone.work(8).unwrap());
    come_home(&mut phones);
    assert!(world.stop_server().success());
    let before = last_moment(&world, backup).unwrap();
    world.serve();

    assert_eq!(keys(&world), ["wraps 1"]);
    let name = world.office.run_for_one(&["key", "new"]);
    let twice = world.office.attempt(&["key", "new"]);
    assert!(twice.code == Some(1) && twice.to_people.contains(&name), "{}", twice.to_people);
    assert_eq!(keys(&world), ["wraps 1", "next 0"]);
    let early = world.office.run(&["key", "retire"]);
    assert!(early.is_empty(), "the key that is to wrap is none that has wrapped");
    assert_eq!(world.office.run(&["key", "rotate"]), ["1"]);
    assert_eq!(
        (keys(&world), world.office.run(&["key", "rotate"])),
        (vec!["wraps 1".into(), "opens 0".into()], vec!["0".into()])
    );
    // The server that ran all the time goes on with it.
    phones.iter_mut().for_each(|phone| phone.work(8).unwrap());
    come_home(&mut phones);
    hold(&world, &mut phones);
    assert_eq!(world.office.run(&["key", "retire"]).len(), 1);
    assert_eq!(keys(&world), ["wraps 1"]);
    world.kill_server();
    world.serve();
    come_home(&mut phones);
    hold(&world, &mut phones);
    later_than(&world, backup, Some(&before));
    assert!(world.stop_server().success());

    world.office.run(&["restore", "--from", backup, "--to", &before]);
    world.serve();
    come_home(&mut phones);
    hold(&world, &mut phones);
    assert_eq!(keys(&world), ["wraps 1"]);
}

#[test]
fn two_servers_of_one_database_go_on_while_the_master_key_is_changed() {
    let mut world = World::start_in(&Cluster::shared().database(), 24);
    let other = world.second_server();
    let mut phones = team(&world, &["Taina", "Urho"]);
    let mut work = || {
        phones.iter_mut().for_each(|phone| phone.work(4).unwrap());
        come_home(&mut phones);
    };
    work();
    world.office.run(&["key", "new"]);
    let [from, to] = [&world.office, &other.office].map(|office| office.folder().join("master.key"));
    std::fs::copy(from, to).unwrap();
    assert_eq!(world.office.run(&["key", "rotate"]), ["1"]);
    // Neither server was told, and neither starts anew.
    work();
    world.lead_to(&other);
    work();
    assert_eq!(world.office.run(&["key", "retire"]).len(), 1);
    work();
    drop(other);
    world.kill_server();
    world.serve();
    work();
    hold(&world, &mut phones);
}
