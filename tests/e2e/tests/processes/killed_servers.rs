//! Servers that are killed, or come back from an earlier copy. What phones were told stays true.

use crate::world::{Draw, Phone, World, copy_folder};
use std::collections::BTreeSet;
use std::thread;
use walkbook_e2e::protocol::{Order, Report};

const KILLS: u64 = 16;

pub(super) fn team(world: &World, names: &[&str]) -> Vec<Phone> {
    let users: Vec<String> = names.iter().map(|name| world.add_canvasser(name)).collect();
    world.assign(&users);
    names.iter().zip(&users).map(|(name, user)| world.ready_phone(name, user)).collect()
}

/// Everybody exchanges until nothing is at risk; then once more, for what team mates brought later.
pub(super) fn come_home(phones: &mut [Phone]) {
    for phone in phones.iter_mut() {
        assert_eq!(phone.sync(), Ok(0));
    }
    for phone in phones.iter_mut() {
        assert_eq!(phone.sync(), Ok(0));
    }
}

/// Every knock is on every phone and in the tables, and none twice.
pub(super) fn hold(world: &World, phones: &mut [Phone]) {
    let made: BTreeSet<String> =
        phones.iter().flat_map(|phone| phone.acknowledged.knocks.keys()).map(ToString::to_string).collect();
    assert_eq!(world.interactions(), made);
    assert_eq!(
        world.office.run_for_one(&["backend", "query", "SELECT count(*) FROM interaction"]),
        made.len().to_string()
    );
    for phone in phones.iter_mut() {
        assert_eq!(phone.hold().visits, made.len() as u64, "a team mate's knock is not there, or is there twice");
        let (saved, _, not_taken) = phone.status();
        assert_eq!((saved, not_taken), (0, 0));
    }
}

#[test]
fn a_server_killed_while_phones_exchange_has_everything_that_it_told_them() {
    let mut draw = Draw::from_seed("a server, killed 16 times");
    let mut world = World::start(24);
    let mut phones = team(&world, &["Chiara", "Dmitri", "Eeva"]);
    let mut came_through = 0;
    for _ in 0..KILLS {
        for phone in &mut phones {
            phone.work(1 + draw.below(6)).unwrap();
        }
        let usual = phones.iter().map(|phone| phone.exchanges_within).max().unwrap();
        for phone in &mut phones {
            phone.begin(&Order::Sync);
        }
        thread::sleep(draw.within(usual * 2));
        world.kill_server();
        for phone in &mut phones {
            match phone.hear() {
                Some(Report::Synced { at_risk: 0 }) => came_through += 1,
                Some(Report::Failed { .. }) => {}
                other => panic!("exchanging with a server that dies: {other:?}"),
            }
        }
        let told: u64 = phones.iter_mut().map(|phone| phone.status().1).sum();
        assert!(world.entries() >= told, "the server has lost what it had told");
        world.serve();
    }
    println!("{came_through} of {} exchanges were over before the kill", KILLS * 3);
    come_home(&mut phones);
    hold(&world, &mut phones);
}

#[test]
fn phones_refill_a_server_that_came_back_from_an_earlier_copy() {
    let mut world = World::start(24);
    let mut phones = team(&world, &["Farah", "Goran"]);
    let work_and_sync = |phones: &mut [Phone]| {
        phones.iter_mut().for_each(|phone| phone.work(12).unwrap());
        come_home(phones);
    };
    work_and_sync(&mut phones);
    assert!(world.stop_server().success());
    let (folder, copy) = (world.office.folder().to_owned(), world.folder().join("copy"));
    copy_folder(&folder, &copy);
    world.serve();
    work_and_sync(&mut phones);
    let before = world.entries();
    world.kill_server();

    std::fs::remove_dir_all(&folder).unwrap();
    copy_folder(&copy, &folder);
    assert!(world.entries() < before, "the copy is no earlier one");
    world.serve();
    phones[0].work(5).unwrap();
    come_home(&mut phones);
    assert_eq!(world.entries(), before + 5);
    hold(&world, &mut phones);
}
