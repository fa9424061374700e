//! Prints `ROLES.md` from the table.

use std::io::Write;

fn main() -> std::io::Result<()> {
    std::io::stdout().lock().write_all(walkbook_model::rights::page().as_bytes())
}
