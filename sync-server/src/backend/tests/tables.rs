//! What is the tables' own.

use super::new_tables;
use crate::backend::{Error, Tables};
use rusqlite::Connection;
use std::os::unix::fs::MetadataExt;

#[test]
fn tables_of_later_software_are_refused_and_left_alone() {
    let tables = new_tables();
    let file = tables.file();
    drop(tables.tables);
    Connection::open(&file).unwrap().pragma_update(None, "user_version", 2).unwrap();
    let before = std::fs::read(&file).unwrap();
    assert!(matches!(Tables::open(&file), Err(Error::NewerSchema { found: 2, known: 1, .. })));
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
