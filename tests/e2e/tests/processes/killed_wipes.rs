//! Wiping: refused where something would be lost; killed where it stands, it is all or nothing.

use crate::world::{Draw, Phone, World, begin_to_wipe, copy_folder};
use std::io::Read;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

const KILLS: u32 = 24;

/// What lies in a phone's folder.
fn files(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort_unstable();
    names
}

/// Wipes; gives how long it took.
fn wipe(folder: &Path) -> Result<Duration, String> {
    let started = Instant::now();
    let mut process = begin_to_wipe(folder);
    let mut said = String::new();
    process.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    if process.wait().unwrap().success() { Ok(started.elapsed()) } else { Err(said) }
}

#[test]
fn wiping_is_refused_while_a_knock_is_nowhere_else() {
    let world = World::start(24);
    let user = world.add_canvasser("Jussi");
    world.assign(std::slice::from_ref(&user));
    let mut phone = world.ready_phone("jussi", &user);
    phone.work(5).unwrap();
    phone.kill();
    let folder = world.phone_folder("jussi");
    assert_eq!(wipe(&folder), Err("phone: 5 entries would be lost\n".into()));
    phone.start_again();
    phone.hold();
    phone.sync().unwrap();
    phone.close();
    wipe(&folder).unwrap();
    assert_eq!(files(&folder), Vec::<String>::new());
}

#[test]
fn a_wipe_that_is_killed_has_destroyed_everything_or_nothing() {
    let mut draw = Draw::from_seed("wipes, killed 24 times");
    let world = World::start(24);
    let user = world.add_canvasser("Kaisa");
    world.assign(std::slice::from_ref(&user));
    let mut phone = world.ready_phone("kaisa", &user);
    phone.work(20).unwrap();
    phone.sync().unwrap();
    phone.kill();
    let of_kaisa = world.phone_folder("kaisa");
    let copy = |name: &str| {
        let folder = world.phone_folder(name);
        copy_folder(&of_kaisa, &folder);
        folder
    };
    let takes = wipe(&copy("whole")).unwrap();
    let mut destroyed = 0;
    for kill in 0..KILLS {
        let folder = copy(&format!("kill-{kill}"));
        let mut process = begin_to_wipe(&folder);
        thread::sleep(draw.within(takes));
        process.kill().unwrap();
        process.wait().unwrap();
        let mut again = Phone::start_with(&folder, phone.acknowledged.clone());
        if again.is_open() {
            again.hold();
        } else {
            destroyed += 1;
            let looked = again.look();
            assert_eq!((looked.entries, looked.doors.len()), (0, 0), "something has outlived the wipe");
        }
    }
    println!("{destroyed} of {KILLS} had begun before the kill");
}
