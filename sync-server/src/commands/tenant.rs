//! `tenant`: who the customers are.

use super::Error;
use super::folder::Folder;
use super::output::put;
use super::place::Place;
use crate::{clock, office};
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(super) enum Tenant {
    /// Add a tenant; prints its id
    Add {
        /// What it is called
        name: String,
        /// The region it belongs to for ever; this server's, unless given. Phones of another region's tenant are sent
        /// there
        #[arg(long)]
        region: Option<String>,
    },
    /// Id, region and name of every tenant
    List,
}

impl Tenant {
    pub(super) fn run(self, place: &Place) -> Result<(), Error> {
        place.operator()?;
        let folder = Folder::open(place)?;
        match self {
            Self::Add { name, region } => {
                let region = region.unwrap_or_else(|| folder.settings.region.clone());
                let id = office::add_tenant(&*folder.store, &*folder.random, &name, &region, clock::now())?;
                put(id)?;
            }
            Self::List => {
                for tenant in folder.store.tenants()? {
                    put(format_args!("{}\t{}\t{}", tenant.id, tenant.region, tenant.name))?;
                }
            }
        }
        Ok(())
    }
}
