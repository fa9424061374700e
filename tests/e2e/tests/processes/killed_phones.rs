//! Phones that are killed where they stand. What they had acknowledged is there when they are switched on again.

use crate::world::{Draw, Phone, World};
use std::thread;
use std::time::Duration;
use walkbook_e2e::protocol::{Order, Report};

/// So often one phone is killed.
const KILLS: u64 = 200;
/// About as long as a knock and the beginning of the next take.
const KNOCK: Duration = Duration::from_millis(8);
/// So many phones are killed before they are even devices.
const NEW_PHONES: u64 = 12;

#[test]
fn a_phone_killed_two_hundred_times_has_every_knock_that_it_acknowledged() {
    let mut draw = Draw::from_seed("one phone, killed 200 times");
    let world = World::start(24);
    let user = world.add_canvasser("Aino");
    world.assign(std::slice::from_ref(&user));
    let mut phone = world.ready_phone("aino", &user);
    let mut came_through = [0; 3];
    for _ in 0..KILLS {
        let amid = match draw.below(10) {
            0 | 1 => amid_opening(&mut phone, &mut draw),
            2 | 3 => amid_an_exchange(&mut phone, &mut draw),
            _ => amid_work(&mut phone, &mut draw),
        };
        came_through[amid.0] += u32::from(amid.1);
        phone.start_again();
        phone.hold();
    }
    let (knocks, [_, opened, exchanged]) = (phone.acknowledged.knocks.len(), came_through);
    println!("{knocks} knocks; {opened} openings and {exchanged} exchanges were over before the kill");
    assert!(knocks as u64 > KILLS, "it hardly came to work");
    assert!(!phone.acknowledged.doors.is_empty(), "no door was added");
    come_home(&world, &mut phone);
}

/// What it was killed in, and whether that was over before.
type Amid = (usize, bool);

/// Between two knocks, within one, or within a door that is being added.
fn amid_work(phone: &mut Phone, draw: &mut Draw) -> Amid {
    let wanted = draw.below(16);
    phone.begin_work(1_000);
    for _ in 0..wanted {
        let report = phone.hear();
        assert!(matches!(report, Some(Report::Knocked(_) | Report::Added { .. })), "{report:?}");
    }
    thread::sleep(draw.within(KNOCK));
    phone.kill();
    (0, false)
}

/// Killed at work, and killed again while it opens what that left.
fn amid_opening(phone: &mut Phone, draw: &mut Draw) -> Amid {
    amid_work(phone, draw);
    phone.begin_again();
    thread::sleep(draw.within(phone.opens_within));
    let said = phone.kill();
    (1, said.iter().any(|report| matches!(report, Report::Opened { .. })))
}

/// The server may have taken what the phone has not been told of.
fn amid_an_exchange(phone: &mut Phone, draw: &mut Draw) -> Amid {
    phone.work(draw.below(5)).unwrap();
    phone.begin(&Order::Sync);
    thread::sleep(draw.within(phone.exchanges_within * 3 / 2));
    let said = phone.kill();
    (2, said.iter().any(|report| matches!(report, Report::Synced { .. })))
}

/// In the end the server has all of it, and takes the log for sound.
fn come_home(world: &World, phone: &mut Phone) {
    assert_eq!(phone.sync(), Ok(0), "something is at risk");
    let looked = phone.hold();
    assert_eq!(phone.status(), (0, looked.entries, 0));
    let there = world.interactions();
    assert_eq!(there.len(), looked.knocks.len());
    for entry in phone.acknowledged.knocks.keys() {
        assert!(there.contains(&entry.to_string()), "an acknowledged knock is not on the server");
    }
}

#[test]
fn phones_killed_on_their_first_morning_come_to_their_list_and_keep_their_knocks() {
    let mut draw = Draw::from_seed("new phones, killed on their first morning");
    let world = World::start(24);
    let user = world.add_canvasser("Bilal");
    world.assign(std::slice::from_ref(&user));
    for number in 0..NEW_PHONES {
        let link = world.invite(&user);
        let mut phone = Phone::begin_to_start(&world.phone_folder(&format!("new-{number}")));
        // Later and later, so that some get through each step before they are killed.
        for reach in [30, 60, 120, 240, 480].map(Duration::from_millis) {
            begin_morning(&mut phone, &link);
            thread::sleep(draw.within(reach));
            phone.kill();
            phone.begin_again();
        }
        if !phone.is_open() {
            phone.enrol(&link);
        }
        phone.sync().unwrap();
        phone.work(3).unwrap();
        phone.hold();
        come_home_among_others(&world, &mut phone);
    }
}

/// Orders the whole morning at once; the phone takes it as far as it comes.
fn begin_morning(phone: &mut Phone, link: &str) {
    phone.begin(&Order::Enrol { link: link.to_owned() });
    phone.begin(&Order::Sync);
    phone.begin_work(1_000);
}

fn come_home_among_others(world: &World, phone: &mut Phone) {
    assert_eq!(phone.sync(), Ok(0), "something is at risk");
    let there = world.interactions();
    assert!(phone.acknowledged.knocks.keys().all(|entry| there.contains(&entry.to_string())));
}
