//! `tenant`: who the customers are.

mod erase;
mod sign_in;

use super::Error;
use super::folder::Folder;
use super::input::read;
use super::output::{put, put_json};
use super::place::Place;
use crate::{clock, office, reading};
use clap::{Subcommand, ValueEnum};
use erase::Erase;
use sign_in::SignIn;
use std::path::PathBuf;
use walkbook_model::{Action, TenantId};

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
        /// The id that it has in its own region already
        #[arg(long, requires = "region")]
        id: Option<TenantId>,
    },
    /// Id, region and name of every tenant
    List,
    /// What a tenant has decided for all its phones, as JSON: its own codes for outcomes
    Settings { tenant: TenantId },
    /// Decide whether everybody needs a second factor to sign in, as it is from the beginning on; who has used one needs it
    /// whatever is decided
    SecondFactor {
        tenant: TenantId,
        #[arg(value_enum)]
        demand: Demand,
    },
    /// Where a tenant's people sign in: at a provider of its own (OpenID Connect), or built in; without options, show it. With a
    /// provider, passwords let nobody in
    SignIn(SignIn),
    /// Take a tenant away for good, with everything there is of it: here, in the tables, and again after a restore. Its phones are
    /// shut out. Without --confirm it only prints what would go: a line for each table of the store, with its rows
    Erase(Erase),
    /// Set what a tenant decides for all its phones, from a JSON file as `settings` prints it
    Set { tenant: TenantId, file: PathBuf },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Demand {
    Demanded,
    Optional,
}

impl Tenant {
    pub(super) fn run(self, place: &Place) -> Result<(), Error> {
        let folder = Folder::open(place)?;
        match self {
            Self::Add { name, region, id } => {
                place.operator()?;
                let region = region.unwrap_or_else(|| folder.settings.region.clone());
                let (store, now) = (&*folder.store, clock::now());
                put(match id {
                    Some(id) => office::add_known_tenant(store, id, &name, &region, now)?,
                    None => office::add_tenant(store, &*folder.random, &name, &region, now)?,
                })?;
            }
            Self::List => {
                place.operator()?;
                for tenant in folder.store.tenants()? {
                    put(format_args!("{}\t{}\t{}", tenant.id, tenant.region, tenant.name))?;
                }
            }
            Self::Settings { tenant } => {
                let tenant = folder.desk(tenant)?.may(Action::ChangeSettings)?;
                put_json(&reading::settings(&*folder.store, tenant)?)?;
            }
            Self::SecondFactor { tenant, demand } => {
                let tenant = folder.desk(tenant)?.may(Action::ChangeSettings)?;
                folder.store.demand_second_factor(tenant, demand == Demand::Demanded, folder.stamp())?;
            }
            Self::SignIn(sign_in) => sign_in.run(&folder)?,
            Self::Erase(erase) => {
                place.operator()?;
                erase.run(&folder)?;
            }
            Self::Set { tenant, file } => {
                let tenant = folder.desk(tenant)?.may(Action::ChangeSettings)?;
                office::set_settings(&*folder.store, tenant, &read(file)?, folder.stamp())?;
            }
        }
        Ok(())
    }
}
