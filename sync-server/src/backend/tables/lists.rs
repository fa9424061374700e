//! Walk lists in the tables.

use super::doors::put_entries;
use super::is_news;
use crate::backend::{Delivery, ListRecord};
use rusqlite::{Transaction, params};
use walkbook_model::WalkList;

pub(super) fn put(transaction: &Transaction<'_>, delivery: &Delivery, record: &ListRecord) -> rusqlite::Result<()> {
    let (tenant, id) = (delivery.tenant.id.to_string(), record.list.to_string());
    if !is_news(transaction, delivery, &id)? {
        return Ok(());
    }
    let gone = "DELETE FROM walk_list WHERE tenant = ? AND walk_list = ?";
    transaction.prepare_cached(gone)?.execute(params![tenant, id])?;
    if let Some(state) = &record.state {
        put_list(transaction, &tenant, &state.list)?;
    }
    put_entries(transaction, delivery, &id, &record.entries)
}

fn put_list(transaction: &Transaction<'_>, tenant: &str, list: &WalkList) -> rusqlite::Result<()> {
    let id = list.id.to_string();
    let script = list.script.map(|script| script.to_string());
    let put = "INSERT INTO walk_list VALUES (?, ?, ?, ?, ?)";
    transaction.prepare_cached(put)?.execute(params![tenant, id, list.effort.to_string(), list.name, script])?;
    let mut put_door = transaction.prepare_cached("INSERT INTO list_door VALUES (?, ?, ?, ?)")?;
    for (place, door) in (1_i64..).zip(&list.doors) {
        put_door.execute(params![tenant, id, place, door.to_string()])?;
    }
    let mut put_person = transaction.prepare_cached("INSERT OR IGNORE INTO list_person VALUES (?, ?, ?)")?;
    for person in &list.assigned {
        put_person.execute(params![tenant, id, person.to_string()])?;
    }
    Ok(())
}
