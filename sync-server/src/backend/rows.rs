//! What a delivery says, as rows of tables. Whatever holds tables writes these, and decides nothing about them.

mod doors;
mod lists;
mod tables;
mod words;

pub(super) use tables::{HANGING, LASTING, Table};

use super::Delivery;
use tables::{DOCUMENT, PERSON, TENANT};
use walkbook_model::{EntryId, Timestamp};
use words::number;

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Text(String),
    Whole(i64),
    Real(f64),
    Truth(bool),
    At(Timestamp),
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Whole(number)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Real(number)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Truth(truth)
    }
}

impl From<Timestamp> for Value {
    fn from(at: Timestamp) -> Self {
        Self::At(at)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A row, its values in the order of its table's columns.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub(super) table: &'static Table,
    pub(super) values: Vec<Value>,
}

/// A document: its own note, and everything that stands in its place from now on.
pub(super) struct Document {
    pub(super) id: String,
    pub(super) note: Row,
    pub(super) rows: Vec<Row>,
}

/// A delivery as rows.
pub(super) struct Rows {
    pub(super) tenant: String,
    /// The tenant, and everyone who is named.
    pub(super) named: Vec<Row>,
    pub(super) documents: Vec<Document>,
}

impl Rows {
    pub(super) fn of(delivery: &Delivery) -> Self {
        let tenant = delivery.tenant.id.to_string();
        let mut named = vec![TENANT.row([(&tenant).into(), (&delivery.tenant.name).into()])];
        named.extend(delivery.people.values().map(|user| {
            let (id, label) = (user.id.to_string(), &user.label);
            PERSON.row([(&tenant).into(), id.into(), label.into(), user.role.as_str().into()])
        }));
        let document = |id: String, made_of: (u32, &[EntryId]), rows| Document {
            note: note(delivery, &tenant, &id, made_of),
            id,
            rows,
        };
        let lists = delivery.lists.iter().map(|list| {
            let made_of = list.state.as_ref().map(|state| (state.epoch, &state.tips[..])).unwrap_or_default();
            document(list.list.to_string(), made_of, lists::rows(delivery, list))
        });
        let doors = delivery.doors.iter().map(|door| {
            let made_of = (door.state.epoch, &door.state.tips[..]);
            document(door.state.door.id.to_string(), made_of, doors::rows(delivery, door))
        });
        Self { documents: lists.chain(doors).collect(), named, tenant }
    }
}

/// Of which life of the store, and from which position in it, a document is, and what it is made of.
fn note(delivery: &Delivery, tenant: &str, id: &str, (epoch, tips): (u32, &[EntryId])) -> Row {
    let life = format!("{:016x}", u64::from_be_bytes(delivery.life.0));
    let tips: Vec<String> = tips.iter().map(ToString::to_string).collect();
    let (as_of, epoch, tips) = (number(delivery.as_of.get()), i64::from(epoch), tips.join(" "));
    DOCUMENT.row([tenant.into(), id.into(), life.into(), as_of.into(), epoch.into(), tips.into()])
}
