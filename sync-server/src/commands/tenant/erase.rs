//! `tenant erase`: a customer leaves, and nothing of them stays.

use crate::commands::Error;
use crate::commands::folder::Folder;
use crate::commands::output::put;
use crate::privacy;
use crate::store::Tenant;
use clap::Args;
use std::path::PathBuf;
use walkbook_model::TenantId;

#[derive(Debug, Args)]
pub(in super::super) struct Erase {
    tenant: TenantId,
    /// That it is meant: the tenant's name, or its id once more
    #[arg(long, value_name = "NAME")]
    confirm: Option<String>,
    /// The ledger of erasures, unless serve.toml says where it is, or it is erasures.log in the server's folder
    #[arg(long, env = "WALKBOOK_ERASURES", value_name = "FILE")]
    erasures: Option<PathBuf>,
}

impl Erase {
    /// Interrupted anywhere, it is done by running it again.
    pub(super) fn run(self, folder: &Folder) -> Result<(), Error> {
        let Self { tenant, confirm, erasures } = self;
        let ledger = folder.erasures(erasures)?;
        let found = folder.store.tenant(tenant)?;
        if let Some(found) = &found {
            folder.tenant(tenant)?;
            say_what_goes(folder, found)?;
        } else if !ledger.has_tenant(tenant).map_err(privacy::NotErased::from)? {
            return Err(privacy::NotErased::NoTenant.into());
        }
        let is_meant = |said: &String| *said == tenant.to_string() || found.iter().any(|found| found.name == *said);
        if !confirm.as_ref().is_some_and(is_meant) {
            let how = match confirm {
                None => "nothing is erased yet: say --confirm with the tenant's name or its id",
                Some(_) => "--confirm says neither the tenant's name nor its id; nothing is erased",
            };
            return Err(Error::Usage(how.into()));
        }
        privacy::erase_tenant(&*folder.store, &ledger, tenant, folder.stamp())?;
        eprintln!("the store has nothing of the tenant any more, and never will again after a restore");
        eprintln!("its phones are shut out; what lies on those that were not wiped before stays on them");
        // Behind the store: what a server had under way to the tables has come there, or is not to come any more.
        match folder.backend_at_hand().and_then(|tables| Ok(tables.forget(tenant)?)) {
            Ok(true) => eprintln!("the tables have nothing of it any more"),
            Ok(false) => {
                return Err(Error::ErasedInPart(format!(
                    "other systems are admitted to the tenant's rows: the owner of the tables is to take them out of \
                     canvassing.guest (DELETE FROM canvassing.guest WHERE tenant = '{tenant}'); then give this command again"
                )));
            }
            Err(error) => {
                return Err(Error::ErasedInPart(format!(
                    "the tables cannot be reached now ({error}): give this command again when they can"
                )));
            }
        }
        eprintln!(
            "backups from before have it, sealed, until they are too old; what was brought elsewhere is not known here"
        );
        Ok(())
    }
}

fn say_what_goes(folder: &Folder, tenant: &Tenant) -> Result<(), Error> {
    let extent = folder.store.extent(tenant.id)?;
    eprintln!("{}, {}: so many rows of each table", tenant.id, tenant.name);
    extent.into_iter().try_for_each(|(table, rows)| put(format_args!("{table}\t{rows}")))
}
