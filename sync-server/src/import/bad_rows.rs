//! The rows that were not taken, as a table for whoever mends the file.

use super::refused::RowRefused;
use super::sorting::Sorter;
use std::io::{self, Write};
use std::path::Path;

/// Rows that were not taken, in whatever order they are found.
pub struct BadRows {
    rows: Sorter,
}

impl BadRows {
    /// None yet. What does not fit into memory goes into files without a name on the disk of `scratch`.
    pub fn new(scratch: &Path) -> Self {
        Self { rows: Sorter::new(scratch) }
    }

    /// Adds a row.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn add(&mut self, row: &RowRefused) -> io::Result<()> {
        let told = format!("{}\t{}\t{}", row.line, row.column.unwrap_or_default(), row.reason);
        self.rows.push(&row.line.to_be_bytes(), told.as_bytes())
    }

    /// Writes them by line: line, column where one is at fault, reason; with tabs between, under a header. Nothing of what
    /// stands in the rows.
    ///
    /// # Errors
    /// Those of the disk, and of `out`.
    pub fn write(self, mut out: impl Write) -> io::Result<()> {
        out.write_all(b"line\tcolumn\treason\n")?;
        for row in self.rows.sorted()? {
            let row = row?;
            out.write_all(row.get(size_of::<u64>()..).unwrap_or_default())?;
            out.write_all(b"\n")?;
        }
        out.flush()
    }
}
