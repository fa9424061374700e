//! Two servers, and others, at the same rows.

use super::{InDatabase, new_tables, tables_in};
use crate::backend::Backend;
use crate::backend::conformance::Readable;
use crate::backend::conformance::world::Field;
use crate::office::tests::world::{at, door_id, knocked};
use std::sync::Barrier;
use walkbook_ledger::Subject;
use walkbook_model::Outcome;

#[test]
fn two_servers_that_bring_the_same_doors_at_once_leave_the_latest() {
    let (mut field, tables) = (Field::new(4), new_tables());
    let mut pages = Vec::new();
    for step in 0..12_u64 {
        let door = u8::try_from(step % 4 + 1).unwrap();
        field.aino.knock(door_id(door), knocked(field.list, Outcome::NotHome), at(10 + step));
        field.aino.sync_well(field.world.store(), at(10 + step));
        let doors: Vec<Subject> = (1..=4).map(|door| Subject::Door(door_id(door))).collect();
        pages.push(field.read(&doors));
    }
    let other = InDatabase { tables: tables_in(&tables.database), database: tables.database.clone() };
    let start = Barrier::new(2);
    std::thread::scope(|scope| {
        let start = &start;
        for (server, pages) in [(&tables, pages.iter().collect::<Vec<_>>()), (&other, pages.iter().rev().collect())] {
            scope.spawn(move || {
                start.wait();
                pages.into_iter().for_each(|page| server.take(page).unwrap());
            });
        }
    });
    assert_eq!(tables.rows("interaction").len(), 12);
    let wanted = new_tables();
    wanted.take(&pages[11]).unwrap();
    assert_eq!(tables.dump(), wanted.dump());
}

/// Rows that say the same stay as they are: whoever follows the tables hears of what is new, and of nothing else.
#[test]
fn what_did_not_change_is_not_written() {
    let (mut field, tables) = (Field::new(3), new_tables());
    field.publish(&tables);
    let versions = "SELECT string_agg(xmin::text, ',' ORDER BY door) FROM contact";
    let before = tables.superuser().value(versions);
    field.aino.knock(door_id(1), knocked(field.list, Outcome::NotHome), at(10));
    field.bring(&tables, 11);
    field.publish(&tables);
    assert_eq!(tables.rows("interaction").len(), 1);
    assert_eq!(tables.superuser().value(versions), before);
}
