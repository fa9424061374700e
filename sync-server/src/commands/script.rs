//! `script`: what is asked at the door.

use super::Error;
use super::folder::Folder;
use super::output::put;
use crate::{office, reading};
use clap::Subcommand;
use std::path::{Path, PathBuf};
use walkbook_model::{ContentHash, TenantId};

#[derive(Debug, Subcommand)]
pub(super) enum Script {
    /// Publish a script from a JSON file; prints the version's name, by which lists are given it
    Publish {
        file: PathBuf,
        #[arg(long)]
        tenant: TenantId,
    },
    /// A version as JSON
    Show {
        version: ContentHash,
        #[arg(long)]
        tenant: TenantId,
    },
}

impl Script {
    pub(super) fn run(self, folder: &Path) -> Result<(), Error> {
        let folder = Folder::open(folder)?;
        match self {
            Self::Publish { file, tenant } => {
                let tenant = folder.tenant(tenant)?;
                let json = std::fs::read(&file).map_err(|source| Error::Io { file, source })?;
                put(office::publish_script(&*folder.store, tenant, &json)?)?;
            }
            Self::Show { version, tenant } => {
                let tenant = folder.tenant(tenant)?;
                let script = reading::script(&*folder.store, tenant, version)?;
                let script = script.ok_or(office::Error::Unknown { what: "script" })?;
                put(serde_json::to_string_pretty(&script).map_err(office::Error::Script)?)?;
            }
        }
        Ok(())
    }
}
