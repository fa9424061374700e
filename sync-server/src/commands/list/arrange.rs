//! `list merge`, `list split` and `list recut`: lists that are in use.

use super::super::Error;
use super::super::backend::{bring_marked, say};
use super::super::base_map;
use super::super::folder::Folder;
use super::super::output::put;
use super::ground::Ground;
use crate::backend::Records;
use crate::office::{self, ListSize, Rewish};
use clap::Args;
use std::sync::Arc;
use walkbook_model::{Action, TenantId, WalkListId};
use walkbook_terrain::{Region, Size};

#[derive(Debug, Args)]
pub(in crate::commands) struct Merge {
    /// The list that the others are merged into
    into: WalkListId,
    #[arg(required = true)]
    others: Vec<WalkListId>,
    #[arg(long)]
    tenant: TenantId,
}

#[derive(Debug, Args)]
pub(in crate::commands) struct Split {
    list: WalkListId,
    #[arg(long)]
    tenant: TenantId,
    /// Doors a list, about
    #[arg(long)]
    doors: usize,
}

#[derive(Debug, Args)]
pub(in crate::commands) struct Recut {
    /// The lists that are cut again
    #[arg(required = true)]
    lists: Vec<WalkListId>,
    #[arg(long)]
    tenant: TenantId,
    #[command(flatten)]
    ground: Ground,
    /// Bring the doors that are on no list onto these too
    #[arg(long)]
    with_new: bool,
}

impl Merge {
    pub(super) fn run(self, folder: &Folder) -> Result<(), Error> {
        let lists: Vec<WalkListId> = std::iter::once(self.into).chain(self.others).collect();
        let desk = Arranging::open(folder, self.tenant, &lists)?;
        let merge = office::merge_lists(
            &*folder.store,
            &folder.pen()?,
            self.tenant,
            &lists,
            desk.streets.as_ref(),
            folder.stamp(),
        )?;
        base_map::give(folder, self.tenant, lists)?;
        put(format_args!("{}\t{}\t{}", self.into, merge.joined, merge.doors))?;
        eprintln!(
            "{} doors came onto the list, which has {} now; {} people work it",
            merge.joined, merge.doors, merge.people
        );
        Ok(())
    }
}

impl Split {
    pub(super) fn run(self, folder: &Folder) -> Result<(), Error> {
        let mut desk = Arranging::open(folder, self.tenant, &[self.list])?;
        let size = Size::Doors(self.doors);
        let split = office::split_list(
            &*folder.store,
            &folder.pen()?,
            self.tenant,
            self.list,
            size,
            desk.streets.as_ref(),
            folder.stamp(),
        )?;
        base_map::give(folder, self.tenant, split.made.iter().copied().chain([self.list]))?;
        say(bring_marked(folder, &mut desk.tables, self.tenant)?);
        split.made.iter().try_for_each(put)?;
        eprintln!(
            "{} new lists with {} doors; the list keeps {}. All of them are worked by the {} people who worked it, until they \
             are handed out otherwise (`list assign`)",
            split.made.len(),
            split.moved,
            split.kept,
            split.people
        );
        Ok(())
    }
}

impl Recut {
    pub(super) fn run(self, folder: &Folder) -> Result<(), Error> {
        let mut desk = Arranging::open(folder, self.tenant, &self.lists)?;
        if self.with_new {
            folder.desk(self.tenant)?.may(Action::CutLists)?;
        }
        let ListSize::About(size) = self.ground.size() else {
            return Err(Error::Usage("lists that are in use are cut again by size, not as drawn".into()));
        };
        let (boundaries, barriers) = self.ground.read(&folder.layout)?;
        let wish = Rewish { size, boundaries: &boundaries, barriers: &barriers, with_new: self.with_new };
        let recut = office::recut_lists(
            &*folder.store,
            &folder.pen()?,
            self.tenant,
            &self.lists,
            wish,
            desk.streets.as_ref(),
            folder.stamp(),
        )?;
        base_map::give(folder, self.tenant, recut.made.iter().chain(&self.lists).copied())?;
        say(bring_marked(folder, &mut desk.tables, self.tenant)?);
        recut.made.iter().try_for_each(put)?;
        eprintln!(
            "{} doors changed their list, {} came new, {} lists were made",
            recut.moved,
            recut.new,
            recut.made.len()
        );
        if recut.taken_from_people > 0 {
            eprintln!(
                "{} of them are no longer on a list of everybody who worked them: what these people have recorded there up to now \
                 counts, what they record there until their phones know of it is set aside (`quarantine list`)",
                recut.taken_from_people
            );
        }
        Ok(())
    }
}

/// What is opened before anything is changed.
struct Arranging {
    tables: Option<Arc<dyn Records>>,
    streets: Option<Region>,
}

impl Arranging {
    /// For whoever may change all of these lists, and hand them out.
    fn open(folder: &Folder, tenant: TenantId, lists: &[WalkListId]) -> Result<Self, Error> {
        let desk = folder.desk(tenant)?;
        for list in lists {
            desk.may_to_list(Action::ChangeList, *list)?;
            desk.may_to_list(Action::HandOutList, *list)?;
        }
        Ok(Self { tables: folder.backend_if_there()?, streets: folder.layout.read_streets()?.map(Region::new) })
    }
}
