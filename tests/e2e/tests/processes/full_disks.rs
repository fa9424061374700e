//! Disks that are full: said clearly, nothing lost, and it goes on once there is room.

use crate::world::{Draw, Office, Phone, SmallDisk, TOWN, World, dump, office_at};
use std::time::{Duration, Instant};

const FULL: &str = "the device has no room left";

#[test]
fn a_phone_on_a_full_disk_says_so_loses_nothing_and_goes_on_once_there_is_room() {
    let Some(disk) = SmallDisk::mount(32 * 1024) else { return };
    let mut draw = Draw::from_seed("a phone on a full disk");
    let world = World::start(24);
    let user = world.add_canvasser("Hilla");
    world.assign(std::slice::from_ref(&user));
    let mut phone = Phone::start(&disk.path().join("phone"));
    phone.enrol(&world.invite(&user));
    phone.sync().unwrap();
    for round in 0..24 {
        // The log's write-ahead log, the book's and their indexes each come to their end in some round.
        disk.fill_all_but(draw.below(160) * 1024);
        let (mut refused, mut opened) = (0, true);
        while refused < 3 {
            refused += u32::from(phone.work(200).is_err_and(|why| {
                assert!(why.starts_with(FULL), "{why}");
                true
            }));
        }
        match round % 4 {
            0 => {}
            1 => {
                let said = phone.sync();
                assert!(said.as_ref().is_ok_and(|at_risk| *at_risk == 0) || said.is_err_and(|why| why.contains(FULL)));
            }
            end => {
                if end == 3 {
                    // Closed in good order, it has to make its files' indexes anew.
                    disk.make_room();
                    phone.close();
                    disk.fill();
                } else {
                    phone.kill();
                }
                phone.begin_again();
                opened = phone.opens().inspect_err(|why| assert!(why.starts_with(FULL), "{why}")).is_ok();
            }
        }
        disk.make_room();
        if !opened {
            phone.start_again();
        }
        phone.work(3).unwrap();
        phone.hold();
    }
    assert_eq!(phone.sync(), Ok(0));
    let looked = phone.hold();
    assert_eq!(world.interactions().len(), looked.knocks.len());
}

#[test]
fn a_server_on_a_full_disk_says_so_takes_nothing_and_goes_on_once_there_is_room() {
    let Some(disk) = SmallDisk::mount(32 * 1024) else { return };
    let mut world = World::start_at(tempfile::tempdir().unwrap(), disk.path().join("server"), 24);
    let user = world.add_canvasser("Iida");
    world.assign(std::slice::from_ref(&user));
    let mut phone = world.ready_phone("iida", &user);
    disk.fill();
    let mut sent = Ok(0);
    // What the write-ahead log still has room for is taken.
    for _ in 0..1_000 {
        phone.work(20).unwrap();
        sent = phone.sync();
        if sent.is_err() {
            break;
        }
    }
    assert_eq!(sent, Err("the server is busy".into()));
    let (saved, ..) = phone.status();
    assert!(saved > 0);
    let logs = world.office.logs();
    let told = logs.lines().any(|line| line.contains("ERROR") && line.contains("the disk is full"));
    assert!(told, "the operator is not told: {logs}");
    disk.make_room();
    // For as long as a busy server has asked for, the phone leaves it in peace.
    let began = Instant::now();
    while let Err(why) = phone.sync() {
        assert_eq!(why, "the server is busy");
        assert!(began.elapsed() < Duration::from_secs(60), "the server stays busy");
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(phone.status().0, 0);
    let looked = phone.hold();
    assert_eq!(world.interactions().len(), looked.knocks.len());
    assert!(world.stop_server().success());
}

#[test]
fn a_command_on_a_full_disk_says_so_and_is_completed_by_doing_it_again() {
    let Some(disk) = SmallDisk::mount(16 * 1024) else { return };
    let (office, tenant) = office_at(disk.path().join("server"));
    let import = ["import", TOWN, "--made-up-contacts", "1", "--tenant", &tenant];
    let cut = ["list", "cut", "--effort", "Trial", "--size", "20", "--tenant", &tenant];
    for command in [&import[..], &cut] {
        let before = dump(&office, &tenant);
        disk.fill();
        assert!(refused_for_want_of_room(&office, command), "it is not refused");
        disk.make_room();
        assert!(dump(&office, &tenant) == before, "{command:?} has changed something");
        let mut free_kib = 8;
        while refused_with_so_much_room(&disk, &office, command, free_kib) {
            free_kib += 24;
        }
        assert!(free_kib > 8, "it was never refused");
        office.run(command);
    }
    let doors: Vec<String> = office.run(&["backend", "query", "SELECT door FROM list_door ORDER BY door"]);
    let every: Vec<String> = office.run(&["backend", "query", "SELECT door FROM door ORDER BY door"]);
    assert!(doors == every && doors.len() == 224, "of {} doors {} are on lists", every.len(), doors.len());
}

fn refused_with_so_much_room(disk: &SmallDisk, office: &Office, command: &[&str], free_kib: u64) -> bool {
    disk.fill_all_but(free_kib * 1024);
    let is_refused = refused_for_want_of_room(office, command);
    disk.make_room();
    is_refused
}

/// Whether the command was refused, which it then says in full. What a command needs is not the same each time: a
/// backend that is fuller by what an earlier one left there may have all the room that it needs.
fn refused_for_want_of_room(office: &Office, command: &[&str]) -> bool {
    let said = office.attempt(command);
    if said.code == Some(0) {
        return false;
    }
    assert_eq!((said.code, said.results.as_str()), (Some(1), ""), "{}", said.to_people);
    assert!(said.to_people.contains("disk is full"), "{}", said.to_people);
    let says_where = ["the store: ", "/store: ", "the backend: "].iter().any(|place| said.to_people.contains(place));
    assert!(says_where, "it does not say where: {}", said.to_people);
    true
}

#[test]
fn a_server_that_could_not_be_made_for_want_of_room_is_completed_later() {
    let Some(disk) = SmallDisk::mount(16 * 1024) else { return };
    let office = Office::new(disk.path().join("server"));
    for free_kib in [0, 8, 16, 32, 64, 128, 256] {
        disk.fill_all_but(free_kib * 1024);
        let said = office.attempt(&["init", "--region", "eu-west-1"]);
        if said.code != Some(0) {
            assert_eq!(said.code, Some(1));
            let is_told = ["No space left", "disk is full"].iter().any(|told| said.to_people.contains(told));
            assert!(is_told && said.to_people.contains("server"), "{}", said.to_people);
        }
        disk.make_room();
    }
    office.run(&["init", "--region", "eu-west-1"]);
    assert_eq!(office.run(&["tenant", "list"]), Vec::<String>::new());
}
