mod commits;
mod leases;
mod lives;
mod measuring;
mod merging;
mod nodes;
mod roles;
mod schema;
mod tls;

use super::{Address, Options, PostgresStore, migrate};
use crate::store::conformance::conformance_tests;
use crate::store::conformance::keys::the_master_key_is_changed;
use crate::store::conformance::world::*;
use crate::store::leaving::{AUDIT, TABLES};
use crate::store::{Directory, Documents, Error, Held, Leaving, Log, LogPosition, Outbox};
use std::ops::Deref;
use std::sync::Arc;
use walkbook_cluster::{Cluster, Database, Session};
use walkbook_model::TenantId;
use walkbook_vault::{SealKey, SystemRandom};

struct InDatabase {
    store: PostgresStore,
    database: Database,
}

impl Deref for InDatabase {
    type Target = PostgresStore;

    fn deref(&self) -> &PostgresStore {
        &self.store
    }
}

fn address(url: &str, database: &Database) -> Address {
    Address::parse(url, database.authority().as_bytes()).unwrap()
}

fn open_with(database: &Database, region: &str, master: u8) -> Result<PostgresStore, Error> {
    // A small cache, so that keys come and go; fewer connections than callers.
    let options = Options { connections: 6, cached_keys: 3 };
    let (key, random) = (SealKey::from_bytes([master; 32]), Arc::new(SystemRandom::new()));
    PostgresStore::open(address(&database.url(), database), region, key, random, options)
}

fn open(database: &Database) -> PostgresStore {
    open_with(database, "eu-west-1", 7).unwrap()
}

fn new_database() -> Database {
    let database = Cluster::shared().database();
    migrate(&address(&database.owner_url(), &database), "walkbook").unwrap();
    database
}

fn new_store() -> InDatabase {
    let database = new_database();
    InDatabase { store: open(&database), database }
}

fn with_a_knock() -> InDatabase {
    let store = new_store();
    settle_with_phone(&*store, NORTH);
    store.put_bases(NORTH, &[base(at_door(1), "a door with Aino")]).unwrap();
    store.merge(NORTH, first(vec![knock(1, at_door(1), "a note about Aino")]), at(1)).unwrap();
    store
}

conformance_tests!(new_store());

#[test]
fn a_store_opened_again_has_everything() {
    let InDatabase { store, database } = with_a_knock();
    join(&store, LIST, &[1]);
    let script = store.put_script(NORTH, b"questions").unwrap();
    let seen = |store: &PostgresStore| {
        (
            (store.users(NORTH).unwrap(), store.devices_of(NORTH, AINO).unwrap(), store.head(NORTH).unwrap()),
            (store.entries_of(NORTH, at_door(1)).unwrap(), store.base_of(NORTH, at_door(1)).unwrap()),
            (store.script(NORTH, script).unwrap(), store.lists_with(NORTH, door(1)).unwrap()),
            store.changes_since(NORTH, LIST, LogPosition::START, None, 99).unwrap(),
            store.outbox_after(NORTH, LogPosition::START, 99, at(9)).unwrap(),
        )
    };
    let before = seen(&store);
    drop(store);
    assert_eq!(seen(&open(&database)), before);
    assert_eq!(note(&before.1.0[0]).as_deref(), Some("a note about Aino"));
}

#[test]
fn another_master_key_or_region_is_refused() {
    let store = with_a_knock();
    assert!(matches!(open_with(&store.database, "eu-west-1", 8), Err(Error::WrongMasterKey)));
    assert!(matches!(open_with(&store.database, "us-west-1", 7), Err(Error::WrongMasterKey)));
    open(&store.database);
}

#[test]
fn a_flipped_byte_in_sealed_content_is_noticed_and_blocks_nothing() {
    let store = with_a_knock();
    let device = store.device(NORTH, PHONE).unwrap().unwrap();
    let tip = crate::store::Tip { seq: device.last_seq, hash: device.tip };
    store.merge(NORTH, batch(PHONE, tip, vec![knock(2, at_door(1), "sound")]), at(2)).unwrap();
    let flip = "sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1)";
    store.database.superuser().run(&format!("UPDATE entries SET {flip} WHERE seq = 1; UPDATE bases SET {flip}"));
    let entries = store.entries_of(NORTH, at_door(1)).unwrap();
    assert_eq!((&entries[0].content, note(&entries[1]).as_deref()), (&Held::Damaged, Some("sound")));
    assert_eq!(store.base_of(NORTH, at_door(1)).unwrap().unwrap().bytes, Held::Damaged);
}

#[test]
fn bytes_brought_back_after_their_key_was_destroyed_stay_unreadable() {
    let store = with_a_knock();
    let behind = store.database.superuser();
    behind.run("CREATE TABLE kept AS SELECT sealed, key_number FROM entries");
    store.destroy_document_key(NORTH, at_door(1), at(2)).unwrap();
    // A later key must not open them either.
    store.put_bases(NORTH, &[base(at_door(1), "a door without Aino")]).unwrap();
    behind.run("UPDATE entries SET sealed = kept.sealed FROM kept");
    assert_eq!(store.entries_of(NORTH, at_door(1)).unwrap()[0].content, Held::Erased);
    behind.run("UPDATE entries SET key_number = 2");
    assert_eq!(store.entries_of(NORTH, at_door(1)).unwrap()[0].content, Held::Damaged);
}

#[test]
fn no_name_is_in_the_database() {
    let store = with_a_knock();
    let behind = store.database.superuser();
    for table in behind.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'walkbook'") {
        let table = table[0].clone().unwrap();
        let sql = format!("SELECT count(*) FROM {table} AS t WHERE t::text ~* 'aino|{}'", hex(b"Aino"));
        assert_eq!(behind.value(&sql), "0", "{table}");
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A tenant's rows in every table that has some.
fn rows_of(session: &walkbook_cluster::Session, tenant: TenantId) -> Vec<(String, String)> {
    let tables = "SELECT c.relname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'walkbook'::regnamespace AND c.relkind = 'r'
        AND (a.attname = 'tenant' OR c.relname = 'tenants' AND a.attname = 'id') ORDER BY 1";
    let name = |row: Vec<Option<String>>| row[0].clone().unwrap();
    let tables: Vec<String> = session.rows(tables).into_iter().map(name).collect();
    assert!(tables.len() > 20, "{tables:?}");
    let count = |table: &String| {
        let column = if table == "tenants" { "id" } else { "tenant" };
        session.value(&format!("SELECT count(*) FROM {table} WHERE {column} = '\\x{}'", hex(&tenant.to_bytes())))
    };
    tables.iter().map(|table| (table.clone(), count(table))).collect()
}

#[test]
fn the_master_key_is_changed_while_servers_run() {
    let database = new_database();
    the_master_key_is_changed(|masters| {
        let (options, random) = (Options { connections: 2, cached_keys: 3 }, Arc::new(SystemRandom::new()));
        PostgresStore::open(address(&database.url(), &database), "eu-west-1", masters, random, options)
    });
}

/// Whoever adds a table adds it to what goes with a tenant.
#[test]
fn every_table_with_tenants_is_emptied_when_one_leaves() {
    let store = with_a_knock();
    let session = store.database.superuser();
    let mut known: Vec<&str> = TABLES.into_iter().chain(AUDIT).chain(["tenants"]).collect();
    known.sort_unstable();
    let rows = rows_of(&session, NORTH);
    assert_eq!(rows.iter().map(|(table, _)| table.as_str()).collect::<Vec<_>>(), known);
    store.take_away(NORTH, at(9)).unwrap();
    assert!(rows_of(&session, NORTH).iter().all(|(_, rows)| rows == "0"));
}

/// Nor does the one way in which it can take records out serve for anything else.
#[test]
fn a_server_forgets_no_audit_log_while_its_tenant_has_a_key() {
    let store = with_a_knock();
    let session = Session::open(&store.database.url(), &store.database.authority());
    session.run(&format!("SET search_path = walkbook; SET walkbook.tenant = '{}'", hex(&NORTH.to_bytes())));
    let records = session.value("SELECT count(*) FROM audit");
    assert_eq!((session.value("SELECT forget_audit()").as_str(), records != "0"), ("0", true));
    assert_eq!(session.value("SELECT count(*) FROM audit"), records);
    store.destroy_tenant_key(NORTH, at(9)).unwrap();
    let with_the_last = (records.parse::<u64>().unwrap() + 1).to_string();
    assert_eq!(session.value("SELECT forget_audit()"), with_the_last);
}
