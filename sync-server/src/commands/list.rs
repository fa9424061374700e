//! `list`: walk lists.

use super::Error;
use super::folder::Folder;
use super::import::bar;
use super::output::put;
use crate::backend::Tables;
use crate::office::{self, ListOnBoard, Wish};
use crate::{clock, reading};
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};
use walkbook_model::{ContentHash, Day, TenantId, UserId, WalkListId};

#[derive(Debug, Subcommand)]
pub(super) enum List {
    /// Cut the doors that are on no list into turfs, and make a list in walk order of each; prints their ids
    Cut(Cut),
    /// Hand a list out to these users, and to nobody else
    Assign {
        list: WalkListId,
        users: Vec<UserId>,
        #[arg(long)]
        tenant: TenantId,
    },
    /// Choose the version of the script that is worked; without one, none is
    Script {
        list: WalkListId,
        // Under its own name it would be taken for `--version`.
        #[arg(id = "published", value_name = "VERSION")]
        version: Option<ContentHash>,
        #[arg(long)]
        tenant: TenantId,
    },
    /// Give a list another name
    Rename {
        list: WalkListId,
        name: String,
        #[arg(long)]
        tenant: TenantId,
    },
    /// The doors of a list in walk order
    Show {
        list: WalkListId,
        #[arg(long)]
        tenant: TenantId,
    },
    /// How far the lists have come
    Board {
        #[arg(long)]
        tenant: TenantId,
        /// Write turfs and doors as GeoJSON into this file too
        #[arg(long, value_name = "FILE")]
        geojson: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(super) struct Cut {
    #[arg(long)]
    tenant: TenantId,
    /// The effort that the lists belong to
    #[arg(long)]
    effort: String,
    /// What the lists' names begin with
    #[arg(long, default_value = "List")]
    name: String,
    /// Doors a list, about
    #[arg(long, default_value_t = 50)]
    size: usize,
    /// The version of the script that is worked
    #[arg(long, value_name = "VERSION")]
    script: Option<ContentHash>,
}

impl List {
    pub(super) fn run(self, folder: &Path) -> Result<(), Error> {
        let folder = Folder::open(folder)?;
        let (store, now) = (&*folder.store, clock::now());
        match self {
            Self::Cut(cut) => return cut.run(&folder),
            Self::Assign { list, users, tenant } => {
                office::assign(store, &folder.pen()?, folder.tenant(tenant)?, list, &users, now)?;
            }
            Self::Script { list, version, tenant } => {
                office::give_script(store, &folder.pen()?, folder.tenant(tenant)?, list, version, now)?;
            }
            Self::Rename { list, name, tenant } => {
                office::rename(store, &folder.pen()?, folder.tenant(tenant)?, list, &name, now)?;
            }
            Self::Show { list, tenant } => show(&folder, folder.tenant(tenant)?, list)?,
            Self::Board { tenant, geojson } => board(&folder, folder.tenant(tenant)?, geojson)?,
        }
        Ok(())
    }
}

impl Cut {
    fn run(self, folder: &Folder) -> Result<(), Error> {
        let tenant = folder.tenant(self.tenant)?;
        let wish = Wish { effort: &self.effort, name: &self.name, size: self.size, script: self.script };
        // Before anything is cut: where the tables cannot be opened, nothing is changed.
        let tables = Tables::open(&folder.layout.backend())?;
        let bar = bar(0, "lists made");
        let cut = office::cut(&*folder.store, tenant, wish, clock::now(), |done, all| {
            bar.set_length(all);
            bar.set_position(done);
        })?;
        bar.finish_and_clear();
        super::backend::bring(folder, &tables, tenant)?;
        cut.lists.iter().try_for_each(put)?;
        eprintln!("{} lists with {} doors; {} doors lie nowhere", cut.lists.len(), cut.doors, cut.unplaced);
        Ok(())
    }
}

fn show(folder: &Folder, tenant: TenantId, list: WalkListId) -> Result<(), Error> {
    let state = reading::list_state(&*folder.store, tenant, list)?.ok_or(office::Error::Unknown { what: "list" })?;
    eprintln!("{}: {} doors, {} people", state.list.name, state.list.doors.len(), state.list.assigned.len());
    let today = Day::of(clock::now());
    for door in state.list.doors {
        let Some(state) = reading::door_state(&*folder.store, tenant, door)? else { continue };
        put(format_args!("{door}\t{:?}\t{}", state.status(today), state.door.address.line()))?;
    }
    Ok(())
}

fn board(folder: &Folder, tenant: TenantId, geojson: Option<PathBuf>) -> Result<(), Error> {
    let lists = office::board(&*folder.store, tenant, Day::of(clock::now()))?;
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
    if let Some(file) = geojson {
        let text = office::geojson(&lists).to_string();
        std::fs::write(&file, text).map_err(|source| Error::Io { file: file.clone(), source })?;
        eprintln!("turfs and doors are in {}", file.display());
    }
    Ok(())
}
