//! The database of a store in PostgreSQL comes back from pgBackRest, as operators are told to set it up.

use crate::backups::goes_on;
use crate::erased_people::rows;
use crate::killed_servers::{come_home, hold, team};
use crate::world::World;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;
use walkbook_cluster::{Cluster, Database, Kind};

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
    let database = cluster.database();
    let mut world = World::start_in(&database, 24);
    let [pgbackrest, stop, start] = cluster.by_hand();
    let by = ["--pgbackrest", &pgbackrest];
    let mut phones = team(&world, &["Wilma", "Yrj\u{f6}"]);
    phones.iter_mut().for_each(|phone| phone.work(10).unwrap());
    come_home(&mut phones);
    let made = world.office.run_for_one(&[&["backup", "now"], &by[..]].concat());
    let list = world.office.run(&[&["backup", "list"], &by[..]].concat());
    assert_eq!((list.len(), list.last()), (2, Some(&format!("{made}\tdiff"))));
    verifies(&world, cluster, &by, &made);
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

    let restore = [&["restore", "--to", &noon], &by[..]].concat();
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
    let (programs, ran) = (systemctl(&world, &stop, &start), world.folder().join("systemctl.log"));
    let unknown = [&restore[..], &["--stop-database", "systemctl stop postgres"]].concat();
    let unknown = world.office.attempt_with_programs(&unknown, &programs);
    assert!(unknown.to_people.contains("systemctl stop postgres: exit status: 5"), "{}", unknown.to_people);
    assert!(world.office.folder().join("restore.pending").exists(), "no server starts before it is done");
    let restored = world.office.attempt_with_programs(&restore, &programs);
    assert_eq!(restored.code, Some(0), "{}", restored.to_people);
    let ran = std::fs::read_to_string(ran).unwrap();
    assert_eq!(ran.lines().collect::<Vec<_>>(), ["stop postgres", "stop postgresql", "start postgresql"]);
    assert_ne!(pen(), before, "nobody writes twice in one place");
    assert_eq!(rows(&world, contact), "0", "nobody comes back who was erased since");
    goes_on(&mut world, &mut phones, at_noon..in_the_evening);
    assert!(world.stop_server().success());
    says_whether_the_database_can_be_listened_to(&world, &database);
}

/// It has one connection left, and then two.
fn says_whether_the_database_can_be_listened_to(world: &World, database: &Database) {
    let session = database.superuser();
    session.wait_for("SELECT count(*) = 1 FROM pg_stat_activity WHERE datname = current_database()");
    let name = session.value("SELECT current_database()");
    for (limit, is_heard) in [(2, false), (3, true)] {
        session.run(&format!("ALTER DATABASE {name} CONNECTION LIMIT {limit}"));
        let said = world.office.attempt(&["status"]);
        assert_eq!(said.code, Some(0), "{}", said.to_people);
        assert_eq!(said.to_people.contains("cannot be listened to"), !is_heard, "{}", said.to_people);
    }
}

/// What is there is sound; what is too old, gone or not as it was written is said.
fn verifies(world: &World, cluster: &Cluster, by: &[&str], made: &str) {
    let verify = [&["backup", "verify"], by].concat();
    // Segments that lie one after the other, the last of them behind the backup.
    (0..2).for_each(|_| cluster.wait_until_archived());
    let line = world.office.run_for_one(&verify);
    let [backups, segments, newest] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
    assert_eq!((backups, newest), ("2", made));
    assert!(segments.parse::<u32>().unwrap() >= 4, "{line}");
    let refused = |arguments: &[&str], why: &str| {
        let said = world.office.attempt(&[&verify[..], arguments].concat());
        assert!(said.code == Some(1) && said.to_people.contains(why), "{why}: {}", said.to_people);
    };
    refused(&["--no-older-than-hours", "0"], "the newest backup is of");
    refused(&["--stanza", "another"], "pgbackrest");
    let segment = cluster.last_segment_but_one();
    let name = segment.file_name().unwrap().to_str().unwrap()[..24].to_owned();
    let aside = world.folder().join("segment");
    std::fs::rename(&segment, &aside).or_else(|_| std::fs::copy(&segment, &aside).map(drop)).unwrap();
    let _ = std::fs::remove_file(&segment);
    refused(&[], &format!("the log has a gap at {name}"));
    let sound = std::fs::read(&aside).unwrap();
    let mut damaged = sound.clone();
    damaged[sound.len() / 2] ^= 1;
    std::fs::write(&segment, damaged).unwrap();
    refused(&[], "not as they were written");
    std::fs::write(&segment, sound).unwrap();
    world.office.run(&verify);
}

/// A `systemctl` that knows one unit, and returns before what it was told is done, as Debian's does.
fn systemctl(world: &World, stop: &str, start: &str) -> PathBuf {
    let programs = world.folder().join("programs");
    std::fs::create_dir(&programs).unwrap();
    let log = world.folder().join("systemctl.log");
    let text = format!(
        "#!/bin/sh\necho \"$@\" >> {}\ncase \"$*\" in\n'stop postgresql') (sleep 2; {stop}) > /dev/null 2>&1 &;;\n\
         'start postgresql') (sleep 2; {start}) > /dev/null 2>&1 &;;\n*) exit 5;;\nesac\n",
        log.display()
    );
    let program = programs.join("systemctl");
    std::fs::write(&program, text).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    programs
}
