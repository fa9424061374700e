//! What is the tables' own.

use super::new_tables;
use crate::backend::conformance::world::Field;
use crate::backend::{Error, Tables};
use crate::office::tests::world::{at, contact_id, door_id, knocked};
use rusqlite::Connection;
use std::os::unix::fs::MetadataExt;
use walkbook_ledger::{Correction, Payload, Subject};
use walkbook_model::{Interaction, Outcome};

#[test]
fn tables_of_later_software_are_refused_and_left_alone() {
    let tables = new_tables();
    let file = tables.file();
    drop(tables.tables);
    Connection::open(&file).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = std::fs::read(&file).unwrap();
    assert!(matches!(Tables::open(&file), Err(Error::NewerSchema { found: 99, known: 3, .. })));
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[test]
fn nobody_else_may_read_the_tables() {
    let tables = new_tables();
    for file in std::fs::read_dir(tables.folder.path()).unwrap() {
        let metadata = file.unwrap().metadata().unwrap();
        assert_eq!(metadata.mode() & 0o777, 0o600);
    }
}

#[test]
fn tables_that_several_open_at_once_are_made_once() {
    for _ in 0..8 {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("backend.sqlite");
        let start = std::sync::Barrier::new(4);
        std::thread::scope(|scope| {
            let open = || {
                start.wait();
                Tables::open(&file).map(|_| ())
            };
            let opened: Vec<_> = (0..4).map(|_| scope.spawn(open)).collect();
            opened.into_iter().for_each(|thread| thread.join().unwrap().unwrap());
        });
    }
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backend.sqlite");
    std::fs::write(&file, b"a letter to the electors, long enough to be taken for a header of something else").unwrap();
    let before = std::fs::read(&file).unwrap();
    assert!(matches!(Tables::open(&file), Err(Error::Database { .. })));
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[test]
fn people_read_knocks_in_a_view_that_leaves_out_what_was_undone() {
    let (mut field, tables) = (Field::new(2), new_tables());
    let met = Interaction { contact: Some(contact_id(1)), ..knocked(field.list, Outcome::Refused) };
    field.aino.knock(door_id(1), met, at(10));
    let mistaken = field.aino.knock(door_id(2), knocked(field.list, Outcome::NotHome), at(11));
    let undo = Payload::Correction(Correction { replaces: mistaken, with: None });
    field.aino.write(Subject::Door(door_id(2)), &undo, at(12));
    field.bring(&tables, 13);
    let file = tables.open();
    let mut query = file.prepare("SELECT person, walk_list, address, contact, outcome FROM knock").unwrap();
    let columns = |row: &rusqlite::Row<'_>| (0..5).map(|index| row.get(index)).collect::<Result<Vec<String>, _>>();
    let knocks: Vec<Vec<String>> = query.query_map([], columns).unwrap().map(Result::unwrap).collect();
    assert_eq!(knocks, [["Aino", "List 1", "Street0 2", "Given1 Family1", "refused"]]);
}
