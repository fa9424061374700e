//! `list board`: how far the lists have come.

use super::super::Error;
use super::super::folder::Folder;
use super::super::output::put;
use crate::clock;
use crate::office::{self, Desk, ListOnBoard};
use crate::store::Deed;
use crate::store::audit::LookedAt;
use clap::Args;
use std::fs::File;
use std::path::PathBuf;
use walkbook_model::{Action, Day, TenantId, WalkListId};

#[derive(Debug, Args)]
pub(in crate::commands) struct Board {
    #[arg(long)]
    tenant: TenantId,
    /// Write turfs and doors as GeoJSON into this file too
    #[arg(long, value_name = "FILE")]
    geojson: Option<PathBuf>,
    /// Write them as vector tiles into this file too (PMTiles): for a map of a whole town
    #[arg(long, value_name = "FILE")]
    tiles: Option<PathBuf>,
}

impl Board {
    pub(super) fn run(self, folder: &Folder) -> Result<(), Error> {
        let lists = seen(folder, self.tenant, &[])?;
        put("list\tname\tpeople\tdoors\tuntouched\tattempted\tcontacted\tdata fix\tsuppressed\tknocks\tclashes")?;
        for ListOnBoard { list, name, people, board, clashes, .. } in &lists {
            put(format_args!(
                "{list}\t{name}\t{people}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{clashes}",
                board.doors,
                board.untouched,
                board.attempted,
                board.contacted,
                board.data_fix,
                board.suppressed,
                board.knocks
            ))?;
        }
        if self.geojson.is_some() || self.tiles.is_some() {
            folder.note(self.tenant, Deed::Exported { what: LookedAt::Board })?;
        }
        if let Some(file) = self.geojson {
            let text = office::geojson(&lists).to_string();
            std::fs::write(&file, text).map_err(|source| Error::Io { file: file.clone(), source })?;
            eprintln!("turfs and doors are in {}", file.display());
        }
        if let Some(file) = self.tiles {
            let into = File::create(&file).map_err(|source| Error::Io { file: file.clone(), source })?;
            let count =
                office::write_tiles(&lists, into).map_err(|source| Error::Tiles { file: file.clone(), source })?;
            eprintln!("{count} tiles with turfs and doors are in {}", file.display());
        }
        Ok(())
    }
}

/// Those of these lists, or of all where none is named, whose figures whoever gives the command may see. Doors that are not to be
/// seen are taken away, and the figures about them are coarse.
pub(super) fn seen(folder: &Folder, tenant: TenantId, only: &[WalkListId]) -> Result<Vec<ListOnBoard>, Error> {
    let desk = folder.desk(tenant)?;
    let mut lists = Vec::new();
    for mut list in office::board(&*folder.store, tenant, Day::of(clock::now()))? {
        let wanted = only.is_empty() || only.contains(&list.list);
        if !wanted || !Desk::is_allowed(desk.may_to_list(Action::SeeBoard, list.list))? {
            continue;
        }
        if !Desk::is_allowed(desk.may_to_list(Action::SeeDoors, list.list))? {
            list.hide_doors();
        }
        lists.push(list);
    }
    Ok(lists)
}
