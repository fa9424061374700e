//! Disks that are full: said clearly, nothing lost, and it goes on once there is room.

use crate::world::{Draw, Phone, SmallDisk, World};

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
