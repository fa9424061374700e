//! What tests look at: a small file, read to its end.

use super::{Register, RegisterRow, RowRefused, Summary};
use walkbook_model::Door;

pub(super) struct Gathered {
    /// By address.
    pub(super) doors: Vec<Door>,
    /// By line.
    pub(super) refused: Vec<RowRefused>,
    pub(super) summary: Summary,
}

pub(super) fn gather(rows: impl IntoIterator<Item = Result<RegisterRow, RowRefused>>) -> Gathered {
    let mut refused = Vec::new();
    let scratch = std::env::temp_dir();
    let mut register = Register::read(rows, &scratch, |row| {
        refused.push(row);
        Ok(())
    })
    .unwrap();
    let mut doors: Vec<Door> = register.by_ref().map(Result::unwrap).collect();
    let summary = register.summary().clone();
    drop(register);
    doors.sort_by_key(|door| (door.address.line(), door.id));
    refused.sort_by_key(|row| row.line);
    Gathered { doors, refused, summary }
}
