//! Results, a line each.

use super::Error;
use std::fmt::Display;
use std::io::Write;

/// Prints a result.
pub(super) fn put(line: impl Display) -> Result<(), Error> {
    writeln!(std::io::stdout().lock(), "{line}").map_err(Error::Output)
}

/// Prints a result that has parts.
pub(super) fn put_json(value: &impl serde::Serialize) -> Result<(), Error> {
    put(serde_json::to_string_pretty(value).map_err(|error| Error::Output(error.into()))?)
}
