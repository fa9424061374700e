mod tampering;

use super::directory::{DEVICE, DEVICES_OF_USER, USER};
use super::{EmbeddedStore, FILE, Options};
use crate::store::conformance::conformance_tests;
use crate::store::conformance::keys::the_master_key_is_changed;
use crate::store::conformance::world::*;
use crate::store::leaving::{AUDIT, TABLES};
use crate::store::{Directory, Documents, Error, Held, Keys, Leaving, Log, LogPosition, MasterName, Outbox};
use rusqlite::Connection;
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use walkbook_vault::{SealKey, SystemRandom};

struct InFolder {
    store: EmbeddedStore,
    folder: TempDir,
}

impl Deref for InFolder {
    type Target = EmbeddedStore;

    fn deref(&self) -> &EmbeddedStore {
        &self.store
    }
}

fn open(folder: &Path, master: u8) -> Result<EmbeddedStore, Error> {
    // A small cache, so that keys come and go.
    let options = Options { cached_keys: 3, ..Options::default() };
    EmbeddedStore::open(folder, "eu-west-1", SealKey::from_bytes([master; 32]), Arc::new(SystemRandom::new()), options)
}

fn new_store() -> InFolder {
    let folder = tempfile::tempdir().unwrap();
    InFolder { store: open(folder.path(), 7).unwrap(), folder }
}

/// Closes the store, does something to its file, opens it again.
fn behind_its_back(closed: InFolder, act: impl FnOnce(&Connection)) -> InFolder {
    let InFolder { store, folder } = closed;
    drop(store);
    act(&Connection::open(folder.path().join(FILE)).unwrap());
    InFolder { store: open(folder.path(), 7).unwrap(), folder }
}

fn with_a_knock() -> InFolder {
    let store = new_store();
    settle_with_phone(&*store, NORTH);
    store.put_bases(NORTH, &[base(at_door(1), "a door with Aino")]).unwrap();
    store.merge(NORTH, first(vec![knock(1, at_door(1), "a note about Aino")]), at(1)).unwrap();
    store
}

conformance_tests!(new_store());

#[test]
fn who_asks_is_not_looked_for_among_everybody() {
    let store = new_store();
    let database = Connection::open(store.folder.path().join(FILE)).unwrap();
    for sql in [DEVICE, DEVICES_OF_USER, USER] {
        let mut plan = database.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let steps: Vec<String> =
            plan.query_map([[0; 16]; 2], |row| row.get("detail")).unwrap().map(Result::unwrap).collect();
        let by_two = |step: &String| step.starts_with("SEARCH") && step.contains("(tenant=? AND ");
        assert!(steps.len() == 1 && steps.iter().all(by_two), "{sql}: {steps:?}");
    }
}

#[test]
fn a_store_opened_again_has_everything() {
    let store = with_a_knock();
    join(&*store, LIST, &[1]);
    let script = store.put_script(NORTH, b"questions").unwrap();
    let seen = |store: &EmbeddedStore| {
        (
            (store.users(NORTH).unwrap(), store.devices_of(NORTH, AINO).unwrap(), store.head(NORTH).unwrap()),
            (store.entries_of(NORTH, at_door(1)).unwrap(), store.base_of(NORTH, at_door(1)).unwrap()),
            (store.script(NORTH, script).unwrap(), store.lists_with(NORTH, door(1)).unwrap()),
            store.changes_since(NORTH, LIST, LogPosition::START, None, 99).unwrap(),
            store.outbox_after(NORTH, LogPosition::START, 99, at(9)).unwrap(),
        )
    };
    let before = seen(&store);
    let store = behind_its_back(store, |_| {});
    assert_eq!(seen(&store), before);
    assert_eq!(note(&before.1.0[0]).as_deref(), Some("a note about Aino"));
}

#[test]
fn a_cursor_outlives_a_restart_and_not_a_restore() {
    let store = with_a_knock();
    let (life, before) = (store.life(), store.head(NORTH).unwrap());
    let backup = tempfile::tempdir().unwrap();
    let InFolder { store, folder } = store;
    drop(store);
    std::fs::copy(folder.path().join(FILE), backup.path().join(FILE)).unwrap();
    let store = open(folder.path(), 7).unwrap();
    assert!(store.life() != life && store.stands_by(NORTH, life, before).unwrap());
    join(&store, LIST, &[2, 3]);
    let (later, after) = (store.life(), store.head(NORTH).unwrap());
    assert!(store.stands_by(NORTH, later, after).unwrap() && !store.stands_by(NORTH, life, after).unwrap());

    let restored = open(backup.path(), 7).unwrap();
    join(&restored, LIST, &[5, 6, 7]);
    assert!(restored.stands_by(NORTH, life, before).unwrap());
    assert!(!restored.stands_by(NORTH, later, after).unwrap());
    assert!(!restored.stands_by(NORTH, life, after).unwrap());
}

#[test]
fn a_command_beside_a_running_server_begins_no_life() {
    let store = new_store();
    settle(&*store, NORTH);
    let beside = open(store.folder.path(), 7).unwrap();
    assert_eq!(beside.life(), store.life());
    join(&beside, LIST, &[1]);
    assert!(store.stands_by(NORTH, store.life(), store.head(NORTH).unwrap()).unwrap());
}

#[test]
fn the_master_key_is_changed_while_servers_run() {
    let folder = tempfile::tempdir().unwrap();
    the_master_key_is_changed(|masters| {
        EmbeddedStore::open(folder.path(), "eu-west-1", masters, Arc::new(SystemRandom::new()), Options::default())
    });
}

#[test]
fn keys_of_a_store_that_has_not_noted_what_wraps_them_are_wrapped_anew() {
    let store = behind_its_back(with_a_knock(), |file| {
        file.execute("UPDATE tenants SET wrapped_by = NULL", []).unwrap();
    });
    assert_eq!(store.wrapped_by().unwrap(), [(None, 1)]);
    assert_eq!(store.users(NORTH).unwrap()[0].label, "Aino");
    assert!(store.rewrap(NORTH, by_operator(1)).unwrap() && !store.rewrap(NORTH, by_operator(2)).unwrap());
    assert_eq!(store.wrapped_by().unwrap(), [(Some(MasterName::of(&SealKey::from_bytes([7; 32]))), 1)]);
    assert_eq!(store.users(NORTH).unwrap()[0].label, "Aino");
}

#[test]
fn another_master_key_or_region_is_refused() {
    let InFolder { store, folder } = with_a_knock();
    drop(store);
    assert!(matches!(open(folder.path(), 8), Err(Error::WrongMasterKey)));
    let random = Arc::new(SystemRandom::new());
    let key = SealKey::from_bytes([7; 32]);
    let elsewhere = EmbeddedStore::open(folder.path(), "us-west-1", key, random, Options::default());
    assert!(matches!(elsewhere, Err(Error::WrongMasterKey)));
    open(folder.path(), 7).unwrap();
}

#[test]
fn a_store_of_later_software_is_refused_and_left_alone() {
    let InFolder { store, folder } = with_a_knock();
    drop(store);
    let file = folder.path().join(FILE);
    Connection::open(&file).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = std::fs::read(&file).unwrap();
    assert!(matches!(open(folder.path(), 7), Err(Error::NewerSchema { found: 99, .. })));
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[test]
fn a_flipped_byte_in_sealed_content_is_noticed_and_blocks_nothing() {
    let store = with_a_knock();
    let tip = store.device(NORTH, PHONE).unwrap().unwrap();
    let tip = crate::store::Tip { seq: tip.last_seq, hash: tip.tip };
    store.merge(NORTH, batch(PHONE, tip, vec![knock(2, at_door(1), "sound")]), at(2)).unwrap();
    let store = behind_its_back(store, |file| {
        for (table, condition) in [("entries", "seq = 1"), ("bases", "true")] {
            let sql = format!("SELECT sealed FROM {table} WHERE {condition}");
            let mut sealed: Vec<u8> = file.query_row(&sql, [], |row| row.get(0)).unwrap();
            sealed[20] ^= 1;
            file.execute(&format!("UPDATE {table} SET sealed = ? WHERE {condition}"), [sealed]).unwrap();
        }
    });
    let entries = store.entries_of(NORTH, at_door(1)).unwrap();
    assert_eq!((&entries[0].content, note(&entries[1]).as_deref()), (&Held::Damaged, Some("sound")));
    assert_eq!(store.base_of(NORTH, at_door(1)).unwrap().unwrap().bytes, Held::Damaged);
}

#[test]
fn content_moved_to_another_entry_is_noticed() {
    let store = with_a_knock();
    let device = store.device(NORTH, PHONE).unwrap().unwrap();
    let tip = crate::store::Tip { seq: device.last_seq, hash: device.tip };
    store.merge(NORTH, batch(PHONE, tip, vec![knock(2, at_door(1), "two")]), at(2)).unwrap();
    let swap = "UPDATE entries SET sealed = (SELECT sealed FROM entries WHERE seq = 1) WHERE seq = 2";
    let store = behind_its_back(store, |file| assert_eq!(file.execute(swap, []).unwrap(), 1));
    assert_eq!(store.entries_of(NORTH, at_door(1)).unwrap()[1].content, Held::Damaged);
}

#[test]
fn bytes_brought_back_after_their_key_was_destroyed_stay_unreadable() {
    let store = with_a_knock();
    let mut sealed = Vec::<u8>::new();
    let store = behind_its_back(store, |file| {
        sealed = file.query_row("SELECT sealed FROM entries", [], |row| row.get(0)).unwrap();
    });
    store.destroy_document_key(NORTH, at_door(1), at(2)).unwrap();
    // A later key must not open them either.
    store.put_bases(NORTH, &[base(at_door(1), "a door without Aino")]).unwrap();
    let store = behind_its_back(store, |file| {
        assert_eq!(file.execute("UPDATE entries SET sealed = ?", [&sealed]).unwrap(), 1);
    });
    assert_eq!(store.entries_of(NORTH, at_door(1)).unwrap()[0].content, Held::Erased);
    let store = behind_its_back(store, |file| {
        assert_eq!(file.execute("UPDATE entries SET key_number = 2", []).unwrap(), 1);
    });
    assert_eq!(store.entries_of(NORTH, at_door(1)).unwrap()[0].content, Held::Damaged);
}

#[test]
fn neither_a_name_nor_a_destroyed_key_is_in_the_files() {
    let store = with_a_knock();
    let mut wrapped = Vec::<u8>::new();
    let store = behind_its_back(store, |file| {
        wrapped = file.query_row("SELECT wrapped FROM data_keys", [], |row| row.get(0)).unwrap();
    });
    let contains = |store: &InFolder, needle: &[u8]| {
        std::fs::read_dir(store.folder.path()).unwrap().any(|file| {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            bytes.windows(needle.len()).any(|window| window == needle)
        })
    };
    assert!(contains(&store, &wrapped) && !contains(&store, b"Aino"));
    store.destroy_document_key(NORTH, at_door(1), at(2)).unwrap();
    assert!(!contains(&store, &wrapped));
}

#[test]
#[ignore = "a measurement: run it in release"]
fn how_many_entries_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), 7).unwrap();
    settle(&store, NORTH);
    join(&store, LIST, &(0..100).collect::<Vec<_>>());
    for (phones, run, rounds) in [(1u8, 1u64, 300u64), (64, 1, 100), (64, 20, 40)] {
        let made: Vec<_> = (0..phones)
            .map(|n| {
                let id = [n + 1, u8::try_from(run).unwrap(), phones, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
                let phone = walkbook_model::DeviceId::from_bytes(id);
                store.enrol_device(NORTH, AINO, &enrolment(phone), at(0)).unwrap();
                phone
            })
            .collect();
        let started = std::time::Instant::now();
        std::thread::scope(|scope| {
            for phone in &made {
                let store = &store;
                scope.spawn(move || {
                    let mut tip = crate::store::Tip::start(*phone);
                    for round in 0..rounds {
                        let text = "x".repeat(200);
                        let at_some_door = |seq: u64| at_door(u8::try_from(seq % 100).unwrap());
                        let seqs = round * run + 1..=(round + 1) * run;
                        let entries = seqs.map(|seq| knock(seq, at_some_door(seq), &text)).collect();
                        tip = store.merge(NORTH, batch(*phone, tip, entries), at(1)).unwrap().tip;
                    }
                });
            }
        });
        let entries = u64::from(phones) * run * rounds;
        let rate = entries as f64 / started.elapsed().as_secs_f64();
        println!("{phones} phones, runs of {run}: {rate:.0} entries a second");
    }
}

/// Whoever adds a table adds it to what goes with a tenant.
#[test]
fn every_table_with_tenants_is_emptied_when_one_leaves() {
    let store = new_store();
    let connection = Connection::open(store.folder.path().join(FILE)).unwrap();
    let sql = "SELECT m.name FROM sqlite_schema AS m, pragma_table_info(m.name) AS c
        WHERE m.type = 'table' AND c.name = 'tenant' ORDER BY 1";
    let mut query = connection.prepare(sql).unwrap();
    let there: Vec<String> = query.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    let mut known: Vec<&str> = TABLES.into_iter().chain(AUDIT).collect();
    known.sort_unstable();
    assert_eq!(there, known);
}

/// Also in the write-ahead log, and in pages that are free now.
#[test]
fn nothing_that_a_tenant_who_left_had_is_in_any_file() {
    let store = with_a_knock();
    let connection = Connection::open(store.folder.path().join(FILE)).unwrap();
    let sealed: Vec<u8> = connection.query_row("SELECT sealed FROM entries", [], |row| row.get(0)).unwrap();
    let files = || -> Vec<u8> {
        let files = std::fs::read_dir(store.folder.path()).unwrap();
        files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
    };
    let holds = |bytes: &[u8]| files().windows(bytes.len()).any(|window| window == bytes);
    assert!(holds(&sealed) && holds(b"tenant 1"));
    store.take_away(NORTH, at(9)).unwrap();
    assert!(!holds(&sealed) && !holds(b"tenant 1"));
}

#[test]
fn an_audit_log_is_not_shortened_while_its_tenant_has_a_key() {
    let store = with_a_knock();
    let connection = Connection::open(store.folder.path().join(FILE)).unwrap();
    assert!(connection.execute("DELETE FROM audit", []).is_err());
    store.destroy_tenant_key(NORTH, at(9)).unwrap();
    assert!(connection.execute("UPDATE audit SET at = 1", []).is_err());
    assert!(connection.execute("DELETE FROM audit", []).unwrap() > 0);
}
