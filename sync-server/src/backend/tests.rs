//! The tables and what brings things there.

mod board;
mod measuring;
mod postgres;
mod pumping;
mod tables;
mod working;

use super::conformance::Readable;
use super::{Backend, Delivery, NotTaken, Records, Tables};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use std::path::PathBuf;
use tempfile::TempDir;

/// Tables in a folder that goes with them.
struct InFolder {
    tables: Tables,
    folder: TempDir,
}

fn new_tables() -> InFolder {
    let folder = tempfile::tempdir().unwrap();
    InFolder { tables: Tables::open(&folder.path().join("backend.sqlite")).unwrap(), folder }
}

impl InFolder {
    fn file(&self) -> PathBuf {
        self.folder.path().join("backend.sqlite")
    }

    /// The tables as a person opens them.
    fn open(&self) -> Connection {
        Connection::open_with_flags(self.file(), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
    }
}

impl Backend for InFolder {
    fn take(&self, delivery: &Delivery) -> Result<(), NotTaken> {
        self.tables.take(delivery)
    }
}

impl Readable for InFolder {
    fn records(&self) -> &dyn Records {
        &self.tables
    }

    fn change(&self, sql: &str) {
        let file = Connection::open(self.file()).unwrap();
        file.pragma_update(None, "foreign_keys", true).unwrap();
        file.execute(sql, []).unwrap();
    }

    fn dump(&self) -> String {
        let file = self.open();
        // What the server and SQLite note for themselves is left out.
        let names = "SELECT name FROM sqlite_schema
            WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'writing' ORDER BY name";
        let mut names = file.prepare(names).unwrap();
        let names: Vec<String> = names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        names.iter().map(|name| dump_table(&file, name)).collect()
    }
}

fn dump_table(file: &Connection, table: &str) -> String {
    let key = "SELECT group_concat(name) FROM (SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk)";
    let key: String = file.query_row(key, [table], |row| row.get(0)).unwrap();
    let mut query = file.prepare(&format!("SELECT * FROM {table} ORDER BY {key}")).unwrap();
    let columns: Vec<String> = query.column_names().map(str::to_owned).collect();
    let mut rows = query.query([]).unwrap();
    let mut dump = String::new();
    while let Some(row) = rows.next().unwrap() {
        dump.push_str(table);
        for (index, column) in columns.iter().enumerate() {
            let value = match row.get_ref(index).unwrap() {
                ValueRef::Null => "null".into(),
                ValueRef::Integer(number) => number.to_string(),
                ValueRef::Real(number) => number.to_string(),
                ValueRef::Text(text) => format!("{:?}", std::str::from_utf8(text).unwrap()),
                ValueRef::Blob(_) => panic!("no bytes belong in the tables"),
            };
            dump.push_str(&format!(" {column}={value}"));
        }
        dump.push_str(" \n");
    }
    dump
}

super::conformance::conformance_tests!(new_tables());
