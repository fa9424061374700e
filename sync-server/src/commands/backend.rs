//! `backend`: a look into the tenant's tables.

use super::Error;
use super::output::put;
use crate::backend::Tables;
use crate::config::Layout;
use clap::Subcommand;
use std::path::Path;

#[derive(Debug, Subcommand)]
pub(super) enum Backend {
    /// Ask the tables in SQL, and change nothing; rows are printed with tabs between columns
    Query { sql: String },
}

impl Backend {
    pub(super) fn run(self, folder: &Path) -> Result<(), Error> {
        let layout = Layout::new(folder);
        layout.read_settings()?;
        let Self::Query { sql } = self;
        Tables::query(&layout.backend(), &sql, |row| put(row.join("\t")))
    }
}
