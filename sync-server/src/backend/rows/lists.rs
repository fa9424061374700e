//! A walk list in rows.

use super::Row;
use super::doors::entries;
use super::tables::{LIST_DOOR, LIST_PERSON, WALK_LIST};
use crate::backend::{Delivery, ListRecord};
use std::collections::BTreeSet;
use walkbook_model::WalkList;

pub(super) fn rows(delivery: &Delivery, record: &ListRecord) -> Vec<Row> {
    let (tenant, id) = (delivery.tenant.id.to_string(), record.list.to_string());
    let mut rows = record.state.as_ref().map(|state| list(&tenant, &state.list)).unwrap_or_default();
    rows.extend(entries(delivery, &id, &record.entries));
    rows
}

fn list(tenant: &str, list: &WalkList) -> Vec<Row> {
    let id = &list.id.to_string();
    let script = list.script.map(|script| script.to_string());
    let own = [tenant.into(), id.into(), list.effort.to_string().into(), (&list.name).into(), script.into()];
    let doors = (1_i64..)
        .zip(&list.doors)
        .map(|(place, door)| LIST_DOOR.row([tenant.into(), id.into(), place.into(), door.to_string().into()]));
    // Who is named twice works it once.
    let people: BTreeSet<_> = list.assigned.iter().collect();
    let people =
        people.into_iter().map(|person| LIST_PERSON.row([tenant.into(), id.into(), person.to_string().into()]));
    std::iter::once(WALK_LIST.row(own)).chain(doors).chain(people).collect()
}
