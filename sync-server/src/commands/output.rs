//! Results, a line each.

use super::Error;
use std::fmt::Display;
use std::io::Write;

/// Prints a result.
pub(super) fn put(line: impl Display) -> Result<(), Error> {
    writeln!(std::io::stdout().lock(), "{line}").map_err(Error::Output)
}
