//! `backend`: a look into the tenant's tables.

use super::Error;
use super::folder::Folder;
use super::output::put;
use super::place::Place;
use crate::backend::Tables;
use crate::store::audit::LookedAt;
use crate::store::{self, Deed};
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(super) enum Backend {
    /// Ask the tables in SQL, and change nothing; rows are printed with tabs between columns
    Query { sql: String },
}

impl Backend {
    pub(super) fn run(self, place: &Place) -> Result<(), Error> {
        place.operator()?;
        let folder = Folder::open(place)?;
        // The tables hold every tenant's; what was asked may name people, and stands nowhere.
        for tenant in folder.store.tenants()? {
            match folder.note(tenant.id, Deed::Exported { what: LookedAt::Tables }) {
                Ok(()) | Err(Error::Store(store::Error::KeyDestroyed)) => {}
                Err(error) => return Err(error),
            }
        }
        let Self::Query { sql } = self;
        Tables::query(&folder.layout.backend(), &sql, |row| put(row.join("\t")))
    }
}
