//! What the database itself keeps a server from.

use super::*;
use walkbook_cluster::Session;

/// A session as a server's own, without a server's care.
fn careless(database: &Database) -> Session {
    let session = Session::open(&database.url(), &database.authority());
    session.run("SET search_path = walkbook");
    session
}

fn name(session: &Session, tenant: TenantId) {
    session.run(&format!("SET walkbook.tenant = '{}'", hex(&tenant.to_bytes())));
}

/// Both tenants with something in most tables.
fn two_tenants() -> InDatabase {
    let store = new_store();
    for tenant in [NORTH, SOUTH] {
        settle_with_phone(&*store, tenant);
        store.put_bases(tenant, &[base(at_door(1), "a door")]).unwrap();
        store.put_script(tenant, b"questions").unwrap();
        store.merge(tenant, first(vec![knock(1, at_door(1), "a knock")]), at(1)).unwrap();
    }
    store
}

#[test]
fn who_forgets_to_name_the_tenant_sees_no_row() {
    let store = two_tenants();
    let session = careless(&store.database);
    let seen = |session: &Session, tenant| -> Vec<_> {
        rows_of(session, tenant).into_iter().filter(|(_, count)| count != "0").map(|(table, _)| table).collect()
    };
    for tenant in [NORTH, SOUTH] {
        assert_eq!(seen(&session, tenant), Vec::<String>::new(), "nobody was named");
    }
    name(&session, NORTH);
    assert_eq!(seen(&session, SOUTH), Vec::<String>::new());
    // The test sees rows where there are some: it is not blind.
    assert_eq!(seen(&session, NORTH), seen(&store.database.superuser(), NORTH));
    assert!(seen(&session, NORTH).len() >= 10);
}

#[test]
fn who_asks_for_every_tenant_gets_their_names_and_nothing_else() {
    let store = two_tenants();
    let session = careless(&store.database);
    session.run("SET walkbook.tenant = 'every'");
    for (table, count) in rows_of(&session, NORTH) {
        assert_eq!(count, if table == "tenants" { "1" } else { "0" }, "{table}");
    }
    session.run("UPDATE tenants SET name = 'mine'; DELETE FROM tenants");
    assert_eq!(store.tenant(NORTH).unwrap().unwrap().name, "tenant 1");
}

#[test]
fn nothing_is_written_into_another_tenant() {
    let store = two_tenants();
    let session = careless(&store.database);
    name(&session, NORTH);
    let south = hex(&SOUTH.to_bytes());
    let refused = session.try_run(&format!(
        "INSERT INTO feed (tenant, list, position, kind, subject) VALUES ('\\x{south}', '\\x00', 1, 0, '\\x00')"
    ));
    assert_eq!(refused, Err("42501".into()));
    session.run(&format!("UPDATE entries SET sealed = NULL WHERE tenant = '\\x{south}'"));
    session.run(&format!("DELETE FROM outbox WHERE tenant = '\\x{south}'"));
    assert_eq!(note(&store.entries_of(SOUTH, at_door(1)).unwrap()[0]).as_deref(), Some("a knock"));
    assert_eq!(store.outbox_after(SOUTH, LogPosition::START, 9, at(9)).unwrap().len(), 1);
}

#[test]
fn the_audit_log_is_never_changed_by_a_server_nor_by_the_tables_owner() {
    let store = two_tenants();
    let session = careless(&store.database);
    let owner = Session::open(&store.database.owner_url(), &store.database.authority());
    owner.run("SET search_path = walkbook");
    for (who, code) in [(&session, "42501"), (&owner, "P0001")] {
        name(who, NORTH);
        for sql in ["UPDATE audit SET at = 1", "DELETE FROM audit"] {
            assert_eq!(who.try_run(sql), Err(code.into()), "{sql}");
        }
    }
    assert_eq!(owner.try_run("TRUNCATE audit"), Err("P0001".into()));
}

#[test]
fn a_role_that_could_look_past_the_bounds_is_not_worked_with() {
    let database = new_database();
    database.superuser().run(
        "CREATE ROLE bypassing LOGIN PASSWORD 'only-for-tests' BYPASSRLS; GRANT walkbook TO bypassing;
         CREATE ROLE heir LOGIN PASSWORD 'only-for-tests'; GRANT walkbook, walkbook_owner TO heir",
    );
    for role in ["postgres", "bypassing", "walkbook_owner", "heir"] {
        let (key, random) = (SealKey::from_bytes([7; 32]), Arc::new(SystemRandom::new()));
        let address = address(&database.url_of(role), &database);
        let opened = PostgresStore::open(address, "eu-west-1", key, random, Options::default());
        assert!(matches!(opened, Err(Error::RoleNotBound { .. })), "{role}");
    }
}

#[test]
fn every_table_with_tenants_is_bound_and_keyed_by_them() {
    let database = new_database();
    let session = database.superuser();
    let of_all = "('store', 'key_checks', 'lives', 'schema_versions', 'erasures_recorded')";
    let unbound = format!(
        "SELECT count(*) FROM pg_class WHERE relnamespace = 'walkbook'::regnamespace AND relkind = 'r'
        AND relname NOT IN {of_all} AND NOT (relrowsecurity AND relforcerowsecurity)"
    );
    assert_eq!(session.value(&unbound), "0");
    // The first column of every key and every other index is the tenant: so rows can be spread by it.
    let unled = format!(
        "SELECT string_agg(i.indexrelid::regclass::text, ' ') FROM pg_index AS i
        JOIN pg_class AS c ON c.oid = i.indrelid JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
        WHERE c.relnamespace = 'walkbook'::regnamespace AND c.relname NOT IN {of_all}
        AND a.attname <> (CASE c.relname WHEN 'tenants' THEN 'id' ELSE 'tenant' END)"
    );
    assert_eq!(session.value(&unled), "");
}
