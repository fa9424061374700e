//! `list picture`: turfs, walks and doors, drawn.

use super::super::Error;
use super::super::folder::Folder;
use super::board::seen;
use super::ground::imported_barriers;
use crate::office::{self, Under};
use crate::store::Deed;
use crate::store::audit::LookedAt;
use clap::Args;
use std::path::PathBuf;
use walkbook_model::{TenantId, WalkListId};

#[derive(Debug, Args)]
pub(in crate::commands) struct Picture {
    /// The file to write, an SVG
    file: PathBuf,
    /// These lists; without any, all
    lists: Vec<WalkListId>,
    #[arg(long)]
    tenant: TenantId,
    /// What stands above
    #[arg(long, default_value = "Turfs and walks")]
    title: String,
    /// Draw made-up knocks in the place of the real ones, to show the picture around. The same number gives the same knocks
    #[arg(long, value_name = "SEED")]
    made_up_knocks: Option<u64>,
}

impl Picture {
    pub(super) fn run(self, folder: &Folder) -> Result<(), Error> {
        let mut lists = seen(folder, self.tenant, &self.lists)?;
        if let Some(seed) = self.made_up_knocks {
            office::make_up_knocks(&mut lists, seed);
        }
        let streets = folder.layout.read_streets()?;
        let barriers = imported_barriers(&folder.layout)?;
        let attribution = folder.layout.read_attribution()?;
        let under =
            Under { streets: streets.as_ref(), barriers: &barriers, title: &self.title, attribution: &attribution };
        let Some(svg) = office::picture(&lists, under) else {
            return Err(Error::Usage("no door that you may see lies anywhere: there is nothing to draw".into()));
        };
        folder.note(self.tenant, Deed::Exported { what: LookedAt::Board })?;
        std::fs::write(&self.file, svg).map_err(|source| Error::Io { file: self.file.clone(), source })?;
        eprintln!("{} lists are drawn in {}", lists.len(), self.file.display());
        Ok(())
    }
}
