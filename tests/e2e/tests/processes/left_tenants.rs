//! A customer leaves, and nothing of them stays: wherever the command is killed, and after a restore.

use super::backups::{last_moment, later_than, with_backup};
use super::killed_servers::{come_home, team};
use crate::world::{Draw, World};
use std::time::Duration;

/// How many rows the tables have of the tenant.
fn rows(world: &World) -> u64 {
    let tables =
        "SELECT m.name FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = 'tenant'";
    let of = |table: &String| {
        let sql = format!("SELECT count(*) FROM \"{table}\" WHERE tenant = '{}'", world.tenant);
        world.office.run_for_one(&["backend", "query", &sql]).parse::<u64>().unwrap()
    };
    world.office.run(&["backend", "query", tables]).iter().map(of).sum()
}

fn is_there(world: &World) -> bool {
    world.office.run(&["tenant", "list"]).iter().any(|line| line.starts_with(&world.tenant))
}

#[test]
fn a_tenant_who_left_is_gone_wherever_the_command_was_killed_and_after_a_restore() {
    let (mut world, backup) = with_backup();
    let backup = backup.to_str().unwrap();
    let mut phones = team(&world, &["Zoe", "Axel"]);
    phones.iter_mut().for_each(|phone| phone.work(12).unwrap());
    come_home(&mut phones);
    let other = world.office.run_for_one(&["tenant", "add", "Another Movement"]);
    world.office.run_for_one(&["user", "add", "Birgit", "--tenant", &other]);
    world.interactions();
    // A server that is stopped has backed up all that was committed.
    assert!(world.stop_server().success());
    let before = last_moment(&world, backup).unwrap();
    world.serve();

    let tenant = world.tenant.clone();
    let meant = ["tenant", "erase", &tenant, "--confirm", &tenant];
    for not_meant in [&meant[..3], &["tenant", "erase", &tenant, "--confirm", "Another Movement"]] {
        let said = world.office.attempt(not_meant);
        assert_eq!(said.code, Some(1));
        assert!(said.results.lines().any(|line| line.starts_with("entries\t")), "{}", said.results);
        assert!(said.to_people.contains("nothing is erased"), "{}", said.to_people);
    }
    assert!(is_there(&world) && rows(&world) > 0);
    let unknown =
        world.office.attempt(&["tenant", "erase", "tenant_00000000000000000000000000", "--confirm", "Nobody"]);
    assert!(unknown.code == Some(1) && unknown.to_people.contains("no such tenant"), "{}", unknown.to_people);

    let mut draw = Draw::from_seed("left tenants");
    for _ in 0..12 {
        world.office.cut_off(&meant, draw.within(Duration::from_millis(400)));
    }
    world.office.run(&meant);
    assert!(!is_there(&world));
    assert_eq!(rows(&world), 0);
    for phone in &mut phones {
        assert!(phone.sync().is_err());
    }
    assert_eq!(world.office.run(&["user", "list", "--tenant", &other]).len(), 1);
    // Once more is nothing more, and it was recorded once.
    world.office.run(&meant);
    let ledger = std::fs::read_to_string(world.office.folder().join("erasures.log")).unwrap();
    assert!(ledger.lines().count() == 1 && ledger.contains(&tenant), "{ledger}");

    later_than(&world, backup, Some(&before));
    assert!(world.stop_server().success());
    world.office.run(&["restore", "--from", backup, "--to", &before]);
    assert!(!is_there(&world));
    assert_eq!(rows(&world), 0);
    world.serve();
    for phone in &mut phones {
        assert!(phone.sync().is_err());
    }
    assert_eq!(world.office.run(&["user", "list", "--tenant", &other]).len(), 1);
}
