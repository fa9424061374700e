//! `list`: walk lists.

mod evidence;

use super::Error;
use super::folder::Folder;
use super::import::bar;
use super::output::put;
use super::place::Place;
use crate::backend::Tables;
use crate::office::{self, Desk, ListOnBoard, Wish};
use crate::store::Deed;
use crate::store::audit::LookedAt;
use crate::{clock, reading};
use clap::{Args, Subcommand};
use std::path::PathBuf;
use walkbook_model::{Action, ContentHash, Day, TeamId, TenantId, UserId, WalkListId};
use walkbook_terrain::Region;

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
    /// Give lists to a team; without one, to none
    Give {
        #[arg(required = true)]
        lists: Vec<WalkListId>,
        #[arg(long)]
        team: Option<TeamId>,
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
    /// How near the doors everybody's knocks were recorded
    Evidence {
        #[arg(long)]
        tenant: TenantId,
        /// Show each doubtful knock: recorded elsewhere, with a mocked position, or impossibly soon after the one before
        #[arg(long)]
        doubtful: bool,
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
    pub(super) fn run(self, place: &Place) -> Result<(), Error> {
        let folder = Folder::open(place)?;
        let (store, now) = (&*folder.store, clock::now());
        match self {
            Self::Cut(cut) => return cut.run(&folder),
            Self::Assign { list, users, tenant } => {
                let desk = folder.desk(tenant)?;
                for user in &users {
                    desk.may_to_user(Action::HandOutList, *user)?;
                }
                let tenant = desk.may_to_list(Action::HandOutList, list)?;
                office::assign(store, &folder.pen()?, tenant, list, &users, now)?;
            }
            Self::Give { lists, team, tenant } => give(&folder, tenant, &lists, team)?,
            Self::Script { list, version, tenant } => {
                let tenant = folder.desk(tenant)?.may_to_list(Action::ChangeList, list)?;
                office::give_script(store, &folder.pen()?, tenant, list, version, now)?;
            }
            Self::Rename { list, name, tenant } => {
                let tenant = folder.desk(tenant)?.may_to_list(Action::ChangeList, list)?;
                office::rename(store, &folder.pen()?, tenant, list, &name, now)?;
            }
            Self::Show { list, tenant } => {
                show(&folder, folder.desk(tenant)?.may_to_list(Action::SeeDoors, list)?, list)?;
            }
            Self::Board { tenant, geojson } => board(&folder, tenant, geojson)?,
            Self::Evidence { tenant, doubtful } => evidence::show(&folder, tenant, doubtful)?,
        }
        Ok(())
    }
}

impl Cut {
    fn run(self, folder: &Folder) -> Result<(), Error> {
        let tenant = folder.desk(self.tenant)?.may(Action::CutLists)?;
        let wish = Wish { effort: &self.effort, name: &self.name, size: self.size, script: self.script };
        // Before anything is cut: where the tables cannot be opened, nothing is changed.
        let tables = Tables::open(&folder.layout.backend())?;
        let streets = folder.layout.read_streets()?.map(Region::new);
        if streets.is_none() {
            eprintln!("no streets were taken yet (`streets import`): the lists' order goes by straight lines");
        }
        let bar = bar(0, "lists made");
        let cut = office::cut(&*folder.store, tenant, wish, streets.as_ref(), clock::now(), |done, all| {
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

fn give(folder: &Folder, tenant: TenantId, lists: &[WalkListId], team: Option<TeamId>) -> Result<(), Error> {
    let desk = folder.desk(tenant)?;
    for list in lists {
        desk.may_to_list(Action::GiveListToTeam, *list)?;
    }
    match team {
        Some(team) => desk.may_to_team(Action::GiveListToTeam, team)?,
        None => desk.may(Action::GiveListToTeam)?,
    };
    let given = office::give_lists(&*folder.store, tenant, lists, team, folder.stamp())?;
    eprintln!("{given} lists are another team's now");
    Ok(())
}

fn show(folder: &Folder, tenant: TenantId, list: WalkListId) -> Result<(), Error> {
    let state = reading::list_state(&*folder.store, tenant, list)?.ok_or(office::Error::Unknown { what: "list" })?;
    folder.note(tenant, Deed::Looked { what: LookedAt::Doors, document: Some(list.to_string()) })?;
    eprintln!("{}: {} doors, {} people", state.list.name, state.list.doors.len(), state.list.assigned.len());
    let today = Day::of(clock::now());
    for door in state.list.doors {
        let Some(state) = reading::door_state(&*folder.store, tenant, door)? else { continue };
        put(format_args!("{door}\t{:?}\t{}", state.status(today), state.door.address.line()))?;
    }
    Ok(())
}

fn board(folder: &Folder, tenant: TenantId, geojson: Option<PathBuf>) -> Result<(), Error> {
    let desk = folder.desk(tenant)?;
    let mut lists = Vec::new();
    for list in office::board(&*folder.store, tenant, Day::of(clock::now()))? {
        if Desk::is_allowed(desk.may_to_list(Action::SeeBoard, list.list))? {
            lists.push(list);
        }
    }
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
        folder.note(tenant, Deed::Exported { what: LookedAt::Board })?;
        // Where a door is and what became of it is about those who live there.
        for list in &mut lists {
            if !Desk::is_allowed(desk.may_to_list(Action::SeeDoors, list.list))? {
                list.doors.clear();
            }
        }
        let text = office::geojson(&lists).to_string();
        std::fs::write(&file, text).map_err(|source| Error::Io { file: file.clone(), source })?;
        eprintln!("turfs and doors are in {}", file.display());
    }
    Ok(())
}
