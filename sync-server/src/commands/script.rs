//! `script`: what is asked at the door.

use super::Error;
use super::folder::Folder;
use super::input::read;
use super::output::{put, put_json};
use super::place::Place;
use crate::{clock, office, reading};
use clap::Subcommand;
use std::path::PathBuf;
use walkbook_model::{Action, ContentHash, ScriptId, TenantId};

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
        // Under its own name it would be taken for `--version`.
        #[arg(id = "published", value_name = "VERSION")]
        version: ContentHash,
        #[arg(long)]
        tenant: TenantId,
    },
    /// Start the draft of a new script from a JSON file; prints the script's id
    Draft {
        file: PathBuf,
        #[arg(long)]
        tenant: TenantId,
    },
    /// A draft as JSON, with what was written twice at once
    ShowDraft {
        script: ScriptId,
        #[arg(long)]
        tenant: TenantId,
    },
    /// Publish a draft as it stands; prints the version's name
    PublishDraft {
        script: ScriptId,
        #[arg(long)]
        tenant: TenantId,
    },
}

impl Script {
    pub(super) fn run(self, place: &Place) -> Result<(), Error> {
        let folder = Folder::open(place)?;
        let (store, now) = (&*folder.store, clock::now());
        match self {
            Self::Publish { file, tenant } => {
                let tenant = folder.desk(tenant)?.may(Action::PublishScript)?;
                put(office::publish_script(store, tenant, &read(file)?)?)
            }
            Self::Show { version, tenant } => {
                let script = reading::script(store, folder.desk(tenant)?.may(Action::WriteDraft)?, version)?;
                put_json(&script.ok_or(office::Error::Unknown { what: "script" })?)
            }
            Self::Draft { file, tenant } => {
                let tenant = folder.desk(tenant)?.may(Action::WriteDraft)?;
                put(office::start_draft(store, &folder.pen()?, tenant, &read(file)?, now)?)
            }
            Self::ShowDraft { script, tenant } => {
                let state = reading::draft_state(store, folder.desk(tenant)?.may(Action::WriteDraft)?, script)?;
                put_json(&state.ok_or(office::Error::Unknown { what: "draft" })?)
            }
            Self::PublishDraft { script, tenant } => {
                let tenant = folder.desk(tenant)?.may(Action::PublishScript)?;
                put(office::publish_draft(store, &folder.pen()?, tenant, script, now)?)
            }
        }
    }
}
