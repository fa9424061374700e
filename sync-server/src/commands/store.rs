//! `store`: what a PostgreSQL store needs of its owner.

use super::output::put;
use super::place::Place;
use super::{Error, opened};
use crate::config::Layout;
use crate::store::postgres::migrate;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(super) enum Store {
    /// Bring the database's schema up to date; prints its version before and after. Servers of the version before this one
    /// work on
    Migrate {
        /// The database's address for its owner, as postgres://owner:password@host/database
        #[arg(long, env = "WALKBOOK_STORE_OWNER", hide_env_values = true, value_name = "URL")]
        owner: String,
    },
}

impl Store {
    pub(super) fn run(self, place: &Place) -> Result<(), Error> {
        let layout = Layout::new(place.operator()?);
        let Self::Migrate { owner } = self;
        let none = || Error::Usage("the store is in the server's folder, and brings itself up to date".into());
        let own = opened::address(&layout)?.ok_or_else(none)?;
        let owner = opened::parse(&owner, &layout.store_authority())?;
        let (before, after) = migrate(&owner, own.role())?;
        put(format_args!("{before}\t{after}"))
    }
}
