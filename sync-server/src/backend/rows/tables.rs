//! The tables, as both databases have them.

use super::{Row, Value};

/// A table.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::backend) struct Table {
    pub(in crate::backend) name: &'static str,
    /// In the order in which rows give their values.
    pub(in crate::backend) columns: &'static [&'static str],
    /// So many columns from the first on name a row.
    pub(in crate::backend) key: usize,
    /// The column by which a row hangs on its document, and goes where the document no longer has it.
    pub(in crate::backend) hangs_on: Option<&'static str>,
}

impl Table {
    pub(super) fn row<const N: usize>(&'static self, values: [Value; N]) -> Row {
        debug_assert_eq!(self.columns.len(), N, "a value for each column of {}", self.name);
        Row { table: self, values: values.into() }
    }

    /// The columns that name a row.
    pub(in crate::backend) fn key(&self) -> &'static [&'static str] {
        self.columns.split_at(self.key).0
    }

    /// The columns that say something of it.
    pub(in crate::backend) fn said(&self) -> &'static [&'static str] {
        self.columns.split_at(self.key).1
    }
}

/// What outlives its document.
pub(in crate::backend) const LASTING: [&Table; 4] = [&TENANT, &PERSON, &DOCUMENT, &ENTRY];

/// What stands as its document stands; whatever is referred to comes before what refers to it.
pub(in crate::backend) const HANGING: [&Table; 11] = [
    &WALK_LIST,
    &LIST_DOOR,
    &LIST_PERSON,
    &DOOR,
    &CONTACT,
    &CONTACT_FIELD,
    &PERMISSION,
    &INTERACTION,
    &ANSWER,
    &SUPPRESSION,
    &CONSENT,
];

const fn lasting(name: &'static str, key: usize, columns: &'static [&'static str]) -> Table {
    Table { name, columns, key, hangs_on: None }
}

const fn hanging(name: &'static str, on: &'static str, key: usize, columns: &'static [&'static str]) -> Table {
    Table { name, columns, key, hangs_on: Some(on) }
}

pub(super) static TENANT: Table = lasting("tenant", 1, &["tenant", "name"]);
pub(super) static PERSON: Table = lasting("person", 2, &["tenant", "person", "label", "role"]);
pub(super) static DOCUMENT: Table = lasting("document", 2, &["tenant", "document", "life", "as_of", "epoch", "tips"]);
pub(super) static ENTRY: Table =
    lasting("entry", 3, &["tenant", "device", "seq", "position", "document", "kind", "written_at", "person"]);
pub(super) static WALK_LIST: Table =
    hanging("walk_list", "walk_list", 2, &["tenant", "walk_list", "effort", "name", "script"]);
pub(super) static LIST_DOOR: Table = hanging("list_door", "walk_list", 3, &["tenant", "walk_list", "place", "door"]);
pub(super) static LIST_PERSON: Table = hanging("list_person", "walk_list", 3, &["tenant", "walk_list", "person"]);
pub(super) static DOOR: Table = hanging(
    "door",
    "door",
    2,
    &[
        "tenant",
        "door",
        "building",
        "street",
        "number",
        "unit",
        "floor",
        "city",
        "region",
        "postcode",
        "latitude",
        "longitude",
        "access_notes",
        "last_class",
        "clashes",
    ],
);
pub(super) static CONTACT: Table = hanging(
    "contact",
    "door",
    3,
    &[
        "tenant",
        "contact",
        "door",
        "standing",
        "same_as",
        "given_name",
        "family_name",
        "phone",
        "email",
        "language",
        "birth_year",
        "gender",
        "support",
        "reference",
    ],
);
pub(super) static CONTACT_FIELD: Table =
    hanging("contact_field", "door", 4, &["tenant", "contact", "door", "name", "value"]);
pub(super) static PERMISSION: Table =
    hanging("permission", "door", 4, &["tenant", "door", "contact", "purpose", "given"]);
pub(super) static INTERACTION: Table = hanging(
    "interaction",
    "door",
    2,
    &[
        "tenant",
        "interaction",
        "door",
        "happened_at",
        "person",
        "walk_list",
        "contact",
        "outcome",
        "class",
        "code",
        "note",
        "script",
        "corrections",
        "undone",
        "distance",
        "mocked",
        "latitude",
        "longitude",
    ],
);
/// On its door by its interaction.
pub(super) static ANSWER: Table =
    hanging("answer", "interaction", 3, &["tenant", "interaction", "question", "name", "value", "code"]);
pub(super) static SUPPRESSION: Table =
    hanging("suppression", "door", 2, &["tenant", "suppression", "door", "contact", "reason", "until_on"]);
pub(super) static CONSENT: Table = hanging(
    "consent",
    "door",
    2,
    &["tenant", "consent", "door", "contact", "purpose", "given", "wording", "language", "witness", "given_at"],
);
