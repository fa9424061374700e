//! Somebody who was erased, and a server that comes back from when it knew them.

use super::backups::{last_moment, later_than, with_backup};
use super::killed_servers::{come_home, hold, team};
use crate::world::World;

/// How many rows of the tables name this contact.
pub(super) fn rows(world: &World, contact: &str) -> String {
    let of = |table: &str| format!("(SELECT count(*) FROM {table} WHERE contact = '{contact}')");
    let sql = format!("SELECT {} + {} + {}", of("contact"), of("interaction"), of("consent"));
    world.office.run_for_one(&["backend", "query", &sql])
}

#[test]
fn whoever_was_erased_stays_so_when_the_server_is_restored_to_before() {
    let (mut world, backup) = with_backup();
    let backup = backup.to_str().unwrap();
    let mut phones = team(&world, &["Sanna", "Timo"]);
    phones.iter_mut().for_each(|phone| phone.work(12).unwrap());
    come_home(&mut phones);
    hold(&world, &mut phones);
    let known =
        world.office.run(&["backend", "query", "SELECT contact, door FROM contact ORDER BY door, contact LIMIT 1"]);
    let (contact, door) = known[0].split_once('\t').unwrap();
    assert_ne!(rows(&world, contact), "0");
    // A server that is stopped has backed up all that was committed.
    assert!(world.stop_server().success());
    let before = last_moment(&world, backup).unwrap();
    world.serve();
    let erase = ["erase", "person", contact, "--door", door, "--tenant", &world.tenant, "--because", "request"];
    world.office.run(&erase);
    assert_eq!(rows(&world, contact), "0");
    come_home(&mut phones);
    hold(&world, &mut phones);
    // The backup goes on, and the moment before can still be restored.
    later_than(&world, backup, Some(&before));
    assert!(world.stop_server().success());
    world.office.run(&["restore", "--from", backup, "--to", &before]);
    assert_eq!(rows(&world, contact), "0");
    world.serve();
    come_home(&mut phones);
    assert_eq!(rows(&world, contact), "0");
    hold(&world, &mut phones);

    // Without its ledger the server says what is wrong, and answers nobody.
    assert!(world.stop_server().success());
    let ledger = world.office.folder().join("erasures.log");
    let text = std::fs::read_to_string(&ledger).unwrap();
    assert!(text.lines().count() == 1 && text.contains(contact), "{text}");
    for (left, why) in [(None, "is not there"), (Some(text.replace("request", "unlawful")), "not as it was written")] {
        std::fs::remove_file(&ledger).unwrap();
        left.iter().for_each(|text| std::fs::write(&ledger, text).unwrap());
        let refused = world.office.attempt(&["serve", "--listen", "127.0.0.1:0"]);
        assert!(refused.code == Some(1) && refused.to_people.contains(why), "{}", refused.to_people);
        // Nor is anything moved for a restore that could not be brought to its end.
        let there = || {
            std::fs::read_dir(world.office.folder())
                .unwrap()
                .filter(|file| file.as_ref().unwrap().file_name().to_string_lossy().starts_with("before-restore"))
                .count()
        };
        let before = there();
        let refused = world.office.attempt(&["restore", "--from", backup]);
        assert!(refused.code == Some(1) && refused.to_people.contains(why), "{}", refused.to_people);
        assert_eq!((there(), world.office.folder().join("restore.pending").exists()), (before, false));
        std::fs::write(&ledger, &text).unwrap();
    }
    world.serve();
    come_home(&mut phones);
}
