//! Migrations, and servers of two versions on one database.

use super::*;
use crate::store::postgres::schema::known;

#[test]
fn a_database_without_the_schema_is_refused_and_says_what_to_do() {
    let database = Cluster::shared().database();
    let refused = open_with(&database, "eu-west-1", 7).unwrap_err();
    let latest = known().unwrap();
    assert!(matches!(refused, Error::OlderSchema { found: 0, needed } if needed == latest), "{refused:?}");
    assert!(refused.to_string().contains("walkbook-server store migrate"));
}

#[test]
fn many_who_migrate_at_once_make_one_schema() {
    let database = Cluster::shared().database();
    let owner = address(&database.owner_url(), &database);
    let migrated: Vec<_> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..6).map(|_| scope.spawn(|| migrate(&owner, "walkbook").unwrap())).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let latest = known().unwrap();
    let count = |from| migrated.iter().filter(|did| **did == (from, latest)).count();
    assert_eq!((count(0), count(latest)), (1, 5), "{migrated:?}");
    settle(&open(&database), NORTH);
}

/// A later version has expanded the schema: what runs already runs on, also after it has lost its connections, and whoever
/// comes now can work too. Once that version contracts, saying so, this one is refused.
#[test]
fn a_later_schema_that_still_serves_is_worked_with_and_one_that_does_not_is_refused() {
    let store = with_a_knock();
    let behind = store.database.superuser();
    let latest = known().unwrap();
    let version = |number, serves| format!("INSERT INTO schema_versions (number, serves) VALUES ({number}, {serves})");
    behind.run(&format!("ALTER TABLE users ADD COLUMN nickname text; {}", version(latest + 1, latest)));
    settle(&*store, SOUTH);
    settle(&open(&store.database), TenantId::from_bytes([3; 16]));
    behind.run(&version(latest + 2, latest + 2));
    let is_newer = |refused: Option<Error>| matches!(refused, Some(Error::NewerSchema { found, known }) if (found, known) == (latest + 2, latest));
    assert!(is_newer(open_with(&store.database, "eu-west-1", 7).err()));
    let owner = address(&store.database.owner_url(), &store.database);
    assert!(is_newer(migrate(&owner, "walkbook").err()));
    // Who was let in before finishes what it does.
    assert_eq!(store.entries_of(NORTH, at_door(1)).unwrap().len(), 1);
}

#[test]
fn a_role_with_a_strange_name_is_granted_to_and_not_run() {
    let database = Cluster::shared().database();
    let role = r#"x"; DROP SCHEMA walkbook CASCADE; --"#;
    database.superuser().run(&format!("CREATE ROLE \"{}\"", role.replace('"', "\"\"")));
    migrate(&address(&database.owner_url(), &database), role).unwrap();
    assert_eq!(database.superuser().value("SELECT to_regclass('walkbook.tenants') IS NOT NULL"), "t");
}
