//! A phone that the office has emptied from afar.

use crate::world::{Phone, World};

#[test]
fn an_emptied_phone_has_brought_what_it_had_and_its_folder_is_new() {
    let world = World::start(24);
    let hanna = world.add_canvasser("Hanna");
    world.assign(std::slice::from_ref(&hanna));
    let mut phone = world.ready_phone("Hanna", &hanna);
    phone.work(5).unwrap();
    let list = |column: usize| {
        let lines = world.office.run(&["device", "list", "--tenant", &world.tenant]);
        let line = lines.iter().find(|line| line.contains(&hanna)).unwrap().clone();
        line.split('\t').nth(column).unwrap().to_owned()
    };
    assert_eq!(list(4), "in");
    world.office.run(&["device", "wipe", &list(0), "--tenant", &world.tenant]);
    assert!(list(4).starts_with("to be wiped since 20"), "{}", list(4));
    // She goes on until the phone hears of it; also over the death of the app.
    phone.work(2).unwrap();
    phone.kill();
    phone.start_again();
    assert_eq!(phone.sync(), Ok(0));
    assert!(list(4).starts_with("wiped 20"), "{}", list(4));
    assert_eq!(world.interactions().len(), phone.acknowledged.knocks.len(), "all of it came");
    let refused = phone.sync().unwrap_err();
    assert!(refused.contains("wiped"), "{refused}");
    phone.close();

    let folder = world.phone_folder("Hanna");
    assert!(!folder.join("key.wrapped").exists(), "the key went at once");
    let mut anew = Phone::begin_to_start(&folder);
    assert_eq!(anew.opens(), Ok(false), "a new phone, which is nobody's");
    anew.close();
    let audit = world.office.run(&["audit", "list", "--tenant", &world.tenant]).join("\n");
    assert!(audit.contains("wipe_ordered") && audit.contains("\twiped\t"), "{audit}");
}

#[test]
fn a_copy_from_before_the_order_is_shut_out_and_keeps_what_it_has() {
    let mut world = World::start(24);
    let igor = world.add_canvasser("Igor");
    world.assign(std::slice::from_ref(&igor));
    let mut phone = world.ready_phone("Igor", &igor);
    phone.work(3).unwrap();
    let device = world.office.run(&["device", "list", "--tenant", &world.tenant]);
    let device = device.iter().find(|line| line.contains(&igor)).unwrap().split('\t').next().unwrap().to_owned();
    world.office.run(&["device", "wipe", &device, "--tenant", &world.tenant]);
    // Somebody has copied its files.
    phone.close();
    let (folder, copy) = (world.phone_folder("Igor"), world.phone_folder("as it was"));
    crate::world::copy_folder(&folder, &copy);
    phone.start_again();
    assert_eq!(phone.sync(), Ok(0));
    phone.close();
    world.kill_server();
    world.serve();
    // The copy has not said that it is empty: it is shut out like any device that is gone, and keeps what only it has.
    let mut old = Phone::start(&copy);
    let refused = old.sync().unwrap_err();
    assert!(refused.contains("does not let this phone in"), "{refused}");
    assert_eq!(old.status().0, 3);
    assert!(copy.join("key.wrapped").exists());
}
