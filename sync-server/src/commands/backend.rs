//! `backend`: a look into the tenant's tables.

use super::Error;
use super::output::put;
use super::place::Place;
use crate::backend::Tables;
use crate::config::Layout;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(super) enum Backend {
    /// Ask the tables in SQL, and change nothing; rows are printed with tabs between columns
    Query { sql: String },
}

impl Backend {
    pub(super) fn run(self, place: &Place) -> Result<(), Error> {
        let layout = Layout::new(place.operator()?);
        layout.read_settings()?;
        let Self::Query { sql } = self;
        Tables::query(&layout.backend(), &sql, |row| put(row.join("\t")))
    }
}
