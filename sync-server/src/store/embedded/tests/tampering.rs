//! Somebody with the database's file in hand, and without the keys, changes the audit log.

use super::*;
use crate::store::audit::{Audit, Deed, Flaw, LookedAt, verify};
use rusqlite::{params, types::Value};
use walkbook_vault::AuditLink;

/// A log of five records.
fn with_a_log() -> InFolder {
    let store = new_store();
    settle(&*store, NORTH);
    for seconds in 1..=3 {
        store.note(NORTH, Deed::Exported { what: LookedAt::Board }, by_operator(seconds)).unwrap();
    }
    store
}

/// The flaw that is found once somebody has done this to the file, having taken away what is in the way.
fn flaw_after(act: impl FnOnce(&Connection)) -> Option<Flaw> {
    let store = behind_its_back(with_a_log(), |file| {
        file.execute_batch(
            "DROP TRIGGER audit_is_never_changed; DROP TRIGGER audit_is_never_shortened; PRAGMA foreign_keys = OFF;
             PRAGMA ignore_check_constraints = ON;",
        )
        .unwrap();
        act(file);
    });
    verify(&*store, NORTH, None).unwrap().err()
}

fn columns(table: &str) -> Vec<String> {
    let store = with_a_log();
    let file = Connection::open(store.folder.path().join(FILE)).unwrap();
    let mut query = file.prepare(&format!("SELECT name FROM pragma_table_info('{table}')")).unwrap();
    query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// The value, a little different.
fn altered(value: Value) -> Value {
    match value {
        Value::Integer(number) => Value::Integer(number + 100),
        Value::Blob(mut bytes) => {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            Value::Blob(bytes)
        }
        other => panic!("no such column: {other:?}"),
    }
}

fn alter(file: &Connection, table: &str, column: &str, number: i64) {
    let rest = format!("FROM {table} WHERE tenant = ? AND number = ?");
    let names = params![NORTH.to_bytes(), number];
    let value: Value = file.query_row(&format!("SELECT {column} {rest}"), names, |row| row.get(0)).unwrap();
    let sql = format!("UPDATE {table} SET {column} = ? WHERE tenant = ? AND number = ?");
    assert_eq!(file.execute(&sql, params![altered(value), NORTH.to_bytes(), number]).unwrap(), 1);
}

#[test]
fn an_untouched_log_has_no_flaw() {
    assert_eq!(flaw_after(|_| {}), None);
}

#[test]
fn a_change_of_any_column_of_any_record_is_found() {
    let columns = columns("audit");
    assert_eq!(columns, ["tenant", "number", "at", "sealed", "link"]);
    for column in &columns {
        for number in 1..=5 {
            assert!(flaw_after(|file| alter(file, "audit", column, number)).is_some(), "{column} of {number}");
        }
    }
}

#[test]
fn a_change_of_any_column_of_the_head_is_found() {
    let columns = columns("audit_heads");
    assert_eq!(columns, ["tenant", "number", "sealed"]);
    for column in &columns {
        assert!(flaw_after(|file| alter(file, "audit_heads", column, 5)).is_some(), "{column}");
    }
}

#[test]
fn a_record_that_is_taken_out_is_found_wherever_it_was() {
    for number in 1..=5 {
        let cut = flaw_after(|file| {
            file.execute("DELETE FROM audit WHERE tenant = ? AND number = ?", params![NORTH.to_bytes(), number])
                .unwrap();
        });
        assert!(cut.is_some(), "{number}");
    }
}

#[test]
fn a_log_that_is_cut_off_is_found_also_when_its_head_is_made_to_fit_or_taken_away() {
    for head in ["UPDATE audit_heads SET number = 3", "DELETE FROM audit_heads", "SELECT 1"] {
        let cut = flaw_after(|file| {
            file.execute_batch(&format!("DELETE FROM audit WHERE number > 3; {head};")).unwrap();
        });
        assert!(cut.is_some(), "{head}");
    }
    let emptied = flaw_after(|file| file.execute_batch("DELETE FROM audit").unwrap());
    assert_eq!(emptied, Some(Flaw::Cut { number: 0 }));
}

#[test]
fn records_that_change_places_are_found() {
    let swapped = flaw_after(|file| {
        file.execute_batch(
            "UPDATE audit SET number = 99 WHERE number = 2; UPDATE audit SET number = 2 WHERE number = 3;
            UPDATE audit SET number = 3 WHERE number = 99;",
        )
        .unwrap();
    });
    assert!(swapped.is_some());
}

#[test]
fn whoever_makes_the_whole_chain_anew_is_found_for_want_of_the_key() {
    // Everything after the change is linked again as it has to be.
    let anew = flaw_after(|file| {
        file.execute("UPDATE audit SET at = at + 1 WHERE number = 2", []).unwrap();
        let mut query = file.prepare("SELECT number, at, sealed FROM audit ORDER BY number").unwrap();
        let rows: Vec<(u64, u64, Vec<u8>)> = query
            .query_map([], |row| {
                Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get::<_, i64>(1)?.unsigned_abs(), row.get(2)?))
            })
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let mut link = AuditLink::start(NORTH);
        for (number, ms, sealed) in rows {
            link = link.next(number, walkbook_model::Timestamp::from_ms(ms), &sealed);
            let number = i64::try_from(number).unwrap();
            file.execute("UPDATE audit SET link = ? WHERE number = ?", params![link.to_bytes(), number]).unwrap();
        }
    });
    assert_eq!(anew, Some(Flaw::Changed { number: 2 }));
}

#[test]
fn a_record_that_somebody_adds_is_found() {
    let added = flaw_after(|file| {
        let last = "SELECT sealed, link, at FROM audit WHERE number = 5";
        let (sealed, link, ms): (Vec<u8>, [u8; 32], i64) =
            file.query_row(last, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
        let at = walkbook_model::Timestamp::from_ms(ms.unsigned_abs());
        let link = AuditLink::from_bytes(link).next(6, at, &sealed);
        let sql = "INSERT INTO audit (tenant, number, at, sealed, link) VALUES (?, 6, ?, ?, ?)";
        file.execute(sql, params![NORTH.to_bytes(), ms, sealed, link.to_bytes()]).unwrap();
    });
    assert_eq!(added, Some(Flaw::Changed { number: 6 }));
}

#[test]
fn a_log_that_was_set_back_as_a_whole_is_found_by_a_place_that_was_noted_elsewhere() {
    let store = with_a_log();
    let noted = verify(&*store, NORTH, None).unwrap().unwrap().head;
    let older = new_store();
    settle(&*older, NORTH);
    assert!(verify(&*older, NORTH, None).unwrap().is_ok());
    assert_eq!(verify(&*older, NORTH, Some(noted)).unwrap(), Err(Flaw::SetBack { number: 5 }));
}

#[test]
fn the_database_itself_changes_no_record_and_takes_none_out() {
    let store = behind_its_back(with_a_log(), |file| {
        for sql in ["UPDATE audit SET at = 1", "DELETE FROM audit", "DELETE FROM audit WHERE number = 5"] {
            assert!(file.execute(sql, []).is_err(), "{sql}");
        }
    });
    assert!(verify(&*store, NORTH, None).unwrap().is_ok());
}

#[test]
fn a_damaged_log_is_not_written_on() {
    let store = behind_its_back(with_a_log(), |file| alter(file, "audit_heads", "sealed", 5));
    let noted = store.note(NORTH, Deed::Exported { what: LookedAt::Board }, by_operator(9));
    assert!(matches!(noted, Err(Error::Damaged { what: "audit log" })));
}
