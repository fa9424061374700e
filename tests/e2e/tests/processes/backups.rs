//! Backups that a running server makes, and servers that come back from them.

use super::killed_servers::{come_home, hold, team};
use crate::world::{Draw, Phone, World};
use std::ops::Range;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

const KILLS: u64 = 50;
const SAFE_WITHIN: Duration = Duration::from_secs(60);

pub(super) fn with_backup() -> (World, PathBuf) {
    let mut world = World::start(24);
    let backup = world.folder().join("backup");
    assert!(world.stop_server().success());
    world.office.back_up_to(backup.clone());
    world.serve();
    (world, backup)
}

/// The last moment that can be restored.
pub(super) fn last_moment(world: &World, backup: &str) -> Option<String> {
    let moments = world.office.run(&["backup", "list", "--from", backup]);
    moments.last().map(|line| line.split_once('\t').unwrap().1.to_owned())
}

/// Waits until more was backed up than by then.
pub(super) fn later_than(world: &World, backup: &str, then: Option<&String>) -> String {
    let started = Instant::now();
    loop {
        match last_moment(world, backup) {
            Some(moment) if Some(&moment) > then => return moment,
            _ => assert!(started.elapsed() < SAFE_WITHIN, "nothing is backed up: {}", world.office.logs()),
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// The day goes on on a server that was set back to its middle: from so many entries, up to as many as there were.
pub(super) fn goes_on(world: &mut World, phones: &mut [Phone], entries: Range<u64>) {
    let restored = world.entries();
    assert!(entries.contains(&restored), "{restored} of {entries:?}");
    world.serve();
    // What rests on a door that another phone has yet to bring again would be set aside until then: first all come back.
    come_home(phones);
    assert_eq!(world.entries(), entries.end);
    phones[1].work(5).unwrap();
    come_home(phones);
    assert_eq!(world.entries(), entries.end + 5);
    hold(world, phones);
}

#[test]
fn a_field_day_goes_on_after_a_restore_to_its_middle_as_if_there_had_been_none() {
    let (mut world, backup) = with_backup();
    let backup = backup.to_str().unwrap();
    let mut phones = team(&world, &["Jaana", "Karim", "Leila"]);
    phones.iter_mut().for_each(|phone| phone.work(12).unwrap());
    come_home(&mut phones);
    let at_noon = world.entries();
    // All of the morning, and nothing of the afternoon.
    thread::sleep(Duration::from_millis(2_500));
    let noon = later_than(&world, backup, None);
    for _ in 0..3 {
        phones.iter_mut().for_each(|phone| phone.work(8).unwrap());
        come_home(&mut phones);
    }
    hold(&world, &mut phones);
    let in_the_evening = world.entries();
    later_than(&world, backup, Some(&noon));
    let while_serving = world.office.attempt(&["restore", "--from", backup, "--to", &noon]);
    assert!(while_serving.to_people.contains("stop it first"), "{}", while_serving.to_people);
    world.kill_server();

    world.office.run(&["backup", "verify", "--from", backup]);
    assert_eq!(world.office.run(&["restore", "--from", backup, "--to", &noon]), std::slice::from_ref(&noon));
    goes_on(&mut world, &mut phones, at_noon..in_the_evening);
    // The new life is backed up as the old one was.
    later_than(&world, backup, Some(&noon));
    assert!(world.stop_server().success());
    world.office.run(&["backup", "verify", "--from", backup]);
}

#[test]
fn a_server_on_a_new_machine_comes_back_from_the_backup_and_one_key() {
    let (mut world, backup) = with_backup();
    let backup = backup.to_str().unwrap();
    let mut phones = team(&world, &["Mirja"]);
    phones[0].work(12).unwrap();
    come_home(&mut phones);
    assert!(world.stop_server().success());
    let entries = world.entries();
    let (folder, key) = (world.office.folder().to_owned(), world.folder().join("backup.key"));
    std::fs::copy(folder.join("backup.key"), &key).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    world.office.run(&["restore", "--from", backup, "--key", key.to_str().unwrap()]);
    assert_eq!(world.entries(), entries);
    std::fs::copy(&key, folder.join("backup.key")).unwrap();
    world.serve();
    phones[0].work(3).unwrap();
    come_home(&mut phones);
    hold(&world, &mut phones);
    // The office can write again, with a new pen.
    let user = world.add_canvasser("Nadia");
    world.assign(&[user]);
}

#[test]
fn a_server_killed_while_it_backs_up_leaves_a_backup_that_can_be_restored() {
    let (mut world, backup) = with_backup();
    let backup = backup.to_str().unwrap();
    let mut draw = Draw::from_seed("a server, killed 50 times while it backs up");
    let mut phones = team(&world, &["Olavi"]);
    let mut last = later_than(&world, backup, None);
    for round in 0..KILLS {
        phones[0].work(1 + draw.below(4)).unwrap();
        assert_eq!(phones[0].sync(), Ok(0));
        thread::sleep(draw.within(Duration::from_millis(1_500)));
        world.kill_server();
        let now = last_moment(&world, backup).unwrap();
        assert!(now >= last, "what could be restored cannot be any more");
        last = now;
        if round % 10 == 9 {
            world.office.run(&["backup", "verify", "--from", backup]);
        }
        world.serve();
    }
    let last = later_than(&world, backup, Some(&last));
    come_home(&mut phones);
    world.kill_server();
    world.office.run(&["restore", "--from", backup, "--to", &last]);
    world.serve();
    come_home(&mut phones);
    hold(&world, &mut phones);
}
