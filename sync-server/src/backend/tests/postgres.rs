//! The tables in PostgreSQL: what every backend must do, and what is their own.

mod both;
mod guests;

use crate::backend::conformance::Readable;
use crate::backend::conformance::world::Field;
use crate::backend::{Backend, Delivery, Error, NotTaken, PostgresTables, Records, migrate, pump};
use crate::office::tests::world::{at, door_id, knocked};
use crate::store::postgres::Address;
use walkbook_cluster::{Cluster, Database, Kind};
use walkbook_model::Outcome;

/// Tables in a database of their own.
struct InDatabase {
    tables: PostgresTables,
    database: Database,
}

fn address(url: &str, database: &Database) -> Address {
    Address::parse(url, database.authority().as_bytes()).unwrap()
}

fn tables_in(database: &Database) -> PostgresTables {
    PostgresTables::new(address(&database.url(), database)).unwrap()
}

fn new_tables() -> InDatabase {
    let database = Cluster::shared().database();
    migrate(&address(&database.owner_url(), &database), "walkbook").unwrap();
    InDatabase { tables: tables_in(&database), database }
}

impl InDatabase {
    /// Somebody who may do everything, with SQL.
    fn superuser(&self) -> walkbook_cluster::Session {
        let session = self.database.superuser();
        session.run("SET search_path = canvassing");
        session
    }
}

impl Backend for InDatabase {
    fn take(&self, delivery: &Delivery) -> Result<(), NotTaken> {
        self.tables.take(delivery)
    }
}

impl Readable for InDatabase {
    fn records(&self) -> &dyn Records {
        &self.tables
    }

    fn change(&self, sql: &str) {
        self.superuser().run(sql);
    }

    fn names_writers(&self) -> bool {
        true
    }

    fn dump(&self) -> String {
        let superuser = self.superuser();
        let names = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'canvassing'
            AND table_type = 'BASE TABLE' AND table_name NOT IN ('schema_versions', 'guest') ORDER BY 1";
        let names = superuser.rows(names).into_iter().map(|row| row[0].clone().unwrap());
        names.map(|name| dump_table(&superuser, &name)).collect()
    }

    fn as_held(&self, text: &str) -> String {
        text.replace('\0', "\u{2400}")
    }
}

fn dump_table(superuser: &walkbook_cluster::Session, table: &str) -> String {
    let columns = superuser.rows(&format!(
        "SELECT column_name, data_type FROM information_schema.columns
         WHERE table_schema = 'canvassing' AND table_name = '{table}' ORDER BY ordinal_position"
    ));
    let columns: Vec<(String, String)> =
        columns.into_iter().map(|row| (row[0].clone().unwrap(), row[1].clone().unwrap())).collect();
    let cells = columns.iter().map(|(name, kind)| match kind.as_str() {
        "boolean" => format!("{name}::int"),
        "timestamp with time zone" => {
            format!(r#"to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"#)
        }
        _ => name.clone(),
    });
    let key = "SELECT string_agg(attname, ', ' ORDER BY array_position(indkey::int2[], attnum)) FROM pg_index
        JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
        WHERE indisprimary AND indrelid = ";
    let key = superuser.value(&format!("{key} 'canvassing.{table}'::regclass"));
    let cells = cells.collect::<Vec<_>>().join(", ");
    let mut dump = String::new();
    for row in superuser.rows(&format!("SELECT {cells} FROM {table} ORDER BY {key}")) {
        dump.push_str(table);
        for ((name, kind), value) in columns.iter().zip(row) {
            let value = match (kind.as_str(), value) {
                (_, None) => "null".into(),
                ("bigint" | "double precision" | "boolean", Some(number)) => number,
                (_, Some(text)) => format!("{text:?}"),
            };
            dump.push_str(&format!(" {name}={value}"));
        }
        dump.push_str(" \n");
    }
    dump
}

crate::backend::conformance::conformance_tests!(new_tables());

#[test]
fn tables_that_were_not_made_say_what_to_run() {
    let database = Cluster::shared().database();
    let refused = tables_in(&database).reach().unwrap_err();
    assert!(matches!(refused, Error::OlderSchema { found: 0, .. }) && refused.to_string().contains("backend migrate"));
}

#[test]
fn every_table_says_what_it_holds() {
    let silent =
        "SELECT relname FROM pg_class WHERE relnamespace = 'canvassing'::regnamespace AND relkind IN ('r', 'v')
        AND relname <> 'schema_versions' AND obj_description(oid, 'pg_class') IS NULL";
    assert_eq!(new_tables().superuser().rows(silent), Vec::<Vec<_>>::new());
}

#[test]
fn a_question_is_answered_in_lines_and_changes_nothing() {
    let (mut field, tables) = (Field::new(2), new_tables());
    field.aino.knock(door_id(1), knocked(field.list, Outcome::NotHome), at(10));
    field.bring(&tables, 11);
    let ask = |sql: &str| {
        let mut rows = Vec::new();
        let asked = tables.tables.ask(sql, &mut |row| {
            rows.push(row.join("|"));
            Ok(())
        });
        asked.map(|()| rows)
    };
    assert_eq!(ask("SELECT outcome, note, 'a\tb' FROM interaction;").unwrap(), ["not_home||a b"]);
    let before = tables.dump();
    for hostile in [
        "DELETE FROM interaction RETURNING 1",
        "SELECT 1; DELETE FROM interaction",
        "SELECT 1) TO STDOUT; COMMIT; DELETE FROM interaction; --",
    ] {
        assert!(ask(hostile).is_err(), "{hostile}");
    }
    assert_eq!(tables.dump(), before);
    assert_eq!(ask("SELECT 2 - 1").unwrap(), ["1"]);
}

/// Nothing is lost, nobody else waits, and everything is there when it is back.
#[test]
fn a_database_that_is_away_is_tried_again_until_it_is_back() {
    let cluster: &Cluster = Box::leak(Box::new(Cluster::start(Kind::Quick)));
    let database = cluster.database();
    migrate(&address(&database.owner_url(), &database), "walkbook").unwrap();
    let tables = InDatabase { tables: tables_in(&database), database };
    let mut field = Field::new(2);
    field.aino.knock(door_id(1), knocked(field.list, Outcome::NotHome), at(10));
    field.bring(&tables, 11);
    cluster.stop();
    field.aino.knock(door_id(2), knocked(field.list, Outcome::Refused), at(12));
    // The phone is answered as ever.
    field.aino.sync_well(field.world.store(), at(13));
    for seconds in [14, 3_600] {
        let away = pump(field.store(), &tables, field.tenant, at(seconds));
        assert!(matches!(away, Err(Error::NotTaken(NotTaken::Unavailable(_)))), "{away:?}");
    }
    cluster.start_again();
    assert_eq!(field.pump(&tables, 3_601).delivered, 1);
    assert_eq!(tables.rows("interaction").len(), 2);
}

/// As when a server is replaced, or a stand-by takes over.
#[test]
fn a_session_that_is_cut_off_is_made_anew() {
    let (mut field, tables) = (Field::new(1), new_tables());
    field.aino.knock(door_id(1), knocked(field.list, Outcome::NotHome), at(10));
    field.bring(&tables, 11);
    tables.database.cut_off();
    field.aino.knock(door_id(1), knocked(field.list, Outcome::NotHome), at(12));
    field.aino.sync_well(field.world.store(), at(13));
    // It may be noticed only when something is said in it.
    let _ = pump(field.store(), &tables, field.tenant, at(14));
    field.pump(&tables, 15);
    assert_eq!(tables.rows("interaction").len(), 2);
}
