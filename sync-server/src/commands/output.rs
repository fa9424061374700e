//! Results, a line each.

use super::Error;
use std::fmt::Display;
use std::io::Write;
use walkbook_ledger::Subject;

/// Prints a result.
pub(super) fn put(line: impl Display) -> Result<(), Error> {
    writeln!(std::io::stdout().lock(), "{line}").map_err(Error::Output)
}

/// What a document is called.
pub(super) fn name(about: Subject) -> String {
    match about {
        Subject::Door(door) => door.to_string(),
        Subject::List(list) => list.to_string(),
        Subject::Script(script) => script.to_string(),
    }
}
