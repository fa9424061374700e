//! `list`: walk lists.

mod arrange;
mod board;
mod coverage;
mod cut;
mod evidence;
mod ground;
mod picture;

use super::Error;
use super::folder::Folder;
use super::output::put;
use super::place::Place;
use crate::office;
use crate::store::Deed;
use crate::store::audit::LookedAt;
use crate::{clock, reading};
use arrange::{Merge, Recut, Split};
use board::Board;
use clap::Subcommand;
use coverage::Coverage;
use cut::Cut;
use picture::Picture;
use walkbook_model::{Action, ContentHash, Day, TeamId, TenantId, UserId, WalkListId};

#[derive(Debug, Subcommand)]
pub(super) enum List {
    /// Cut the doors that are on no list into turfs, and make a list in walk order of each; prints their ids
    Cut(Cut),
    /// Merge lists into the first, with their people; prints it, the doors that came onto it and the doors it has
    Merge(Merge),
    /// Split a list into smaller ones for the same people; prints the new ones
    Split(Split),
    /// Cut lists again, with as few doors changing their list as can be; prints the new ones
    Recut(Recut),
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
    Board(Board),
    /// How far things have come, per turf, team, ward or hour; no person is in it
    Coverage(Coverage),
    /// Draw the lists' turfs, walks and doors as SVG
    Picture(Picture),
    /// How near the doors everybody's knocks were recorded
    Evidence {
        #[arg(long)]
        tenant: TenantId,
        /// Show each doubtful knock: recorded elsewhere, with a mocked position, or impossibly soon after the one before
        #[arg(long)]
        doubtful: bool,
    },
}

impl List {
    pub(super) fn run(self, place: &Place) -> Result<(), Error> {
        let folder = Folder::open(place)?;
        let (store, now) = (&*folder.store, clock::now());
        match self {
            Self::Cut(cut) => cut.run(&folder)?,
            Self::Merge(merge) => merge.run(&folder)?,
            Self::Split(split) => split.run(&folder)?,
            Self::Recut(recut) => recut.run(&folder)?,
            Self::Assign { list, users, tenant } => {
                let desk = folder.desk(tenant)?;
                for user in &users {
                    desk.may_to_user(Action::HandOutList, *user)?;
                }
                let tenant = desk.may_to_list(Action::HandOutList, list)?;
                office::assign(store, &folder.pen()?, tenant, list, &users, now)?;
                folder.note(tenant, Deed::ListHandedOut { list, users })?;
            }
            Self::Give { lists, team, tenant } => give(&folder, tenant, &lists, team)?,
            Self::Script { list, version, tenant } => {
                let tenant = folder.desk(tenant)?.may_to_list(Action::ChangeList, list)?;
                office::give_script(store, &folder.pen()?, tenant, list, version, now)?;
                folder.note(tenant, Deed::ListScripted { list, version })?;
            }
            Self::Rename { list, name, tenant } => {
                let tenant = folder.desk(tenant)?.may_to_list(Action::ChangeList, list)?;
                office::rename(store, &folder.pen()?, tenant, list, &name, now)?;
                folder.note(tenant, Deed::ListRenamed { list })?;
            }
            Self::Show { list, tenant } => {
                show(&folder, folder.desk(tenant)?.may_to_list(Action::SeeDoors, list)?, list)?;
            }
            Self::Board(board) => board.run(&folder)?,
            Self::Coverage(coverage) => coverage.run(&folder)?,
            Self::Picture(picture) => picture.run(&folder)?,
            Self::Evidence { tenant, doubtful } => evidence::show(&folder, tenant, doubtful)?,
        }
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
