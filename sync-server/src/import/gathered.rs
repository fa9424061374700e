//! Rows brought together by door: a voter file has a row for each person.

use super::refused::{Reason, RowRefused};
use super::row::RegisterRow;
use super::summary::Summary;
use std::collections::HashMap;
use walkbook_model::limits::CONTACTS;
use walkbook_model::{Contact, Door, DoorId, Invalid};

/// Refusals kept one by one; the summary counts all.
const REFUSALS_KEPT: usize = 10_000;

/// What an import takes over, and what not.
#[derive(Debug, Clone, Default)]
pub struct Gathered {
    /// The doors in the order of their first rows, each with all its contacts.
    pub doors: Vec<Door>,
    /// The first 10,000 rows that were not taken, duplicates among them.
    pub refused: Vec<RowRefused>,
    /// The counts of all rows.
    pub summary: Summary,
}

/// Groups rows by door. A later row of a door adds its contact and fills parts that were empty.
pub fn gather(rows: impl IntoIterator<Item = Result<RegisterRow, RowRefused>>) -> Gathered {
    let mut gathered = Gathered::default();
    let mut places: HashMap<DoorId, usize> = HashMap::new();
    for row in rows {
        let row = row.and_then(|row| {
            let place = *places.entry(row.door.id).or_insert(gathered.doors.len());
            match gathered.doors.get_mut(place) {
                Some(door) => {
                    merge(door, row.door).map_err(|reason| RowRefused { line: row.line, column: None, reason })
                }
                None => {
                    gathered.doors.push(row.door);
                    Ok(())
                }
            }
        });
        gathered.summary.count(&row);
        if let Err(refused) = row
            && gathered.refused.len() < REFUSALS_KEPT
        {
            gathered.refused.push(refused);
        }
    }
    gathered
}

fn merge(door: &mut Door, later: Door) -> Result<(), Reason> {
    door.position = door.position.or(later.position);
    door.address.floor = door.address.floor.or(later.address.floor);
    for contact in later.contacts {
        add_contact(&mut door.contacts, contact)?;
    }
    Ok(())
}

fn add_contact(contacts: &mut Vec<Contact>, later: Contact) -> Result<(), Reason> {
    if let Some(known) = contacts.iter_mut().find(|contact| contact.id == later.id) {
        for (field, value) in later.fields {
            known.fields.entry(field).or_insert(value);
        }
        return Ok(());
    }
    if contacts.len() >= CONTACTS {
        return Err(Invalid::TooMany { what: "door.contacts", limit: CONTACTS }.into());
    }
    contacts.push(later);
    Ok(())
}
