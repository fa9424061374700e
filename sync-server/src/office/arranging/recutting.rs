//! Lists are cut again.

mod ground;

use super::give_streets;
use crate::import::Boundary;
use crate::office::cutting::{ListSize, check};
use crate::office::pen::Arranged;
use crate::office::{Error, Pen};
use crate::store::{Deed, Stamp, Store};
use ground::Ground;
use walkbook_model::{Position, TenantId, WalkListId};
use walkbook_terrain::{Region, Size};

/// How lists are wanted when they are cut again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rewish<'a> {
    /// How large a list is to be.
    pub size: Size,
    /// Wards that no list lies across.
    pub boundaries: &'a [Boundary],
    /// Lines that no list lies across.
    pub barriers: &'a [Vec<Position>],
    /// Whether doors that are on no list come onto these.
    pub with_new: bool,
}

/// What cutting again came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recut {
    /// Lists that were made.
    pub made: Vec<WalkListId>,
    /// Doors that are on another of the lists now.
    pub moved: usize,
    /// Doors that were on no list.
    pub new: usize,
    /// Doors among those moved that somebody worked who does not work their list now: what these people record there from
    /// now on is set aside until somebody has looked at it.
    pub taken_from_people: usize,
}

/// Cuts the doors of these lists again: as few as can be change their list, and each list keeps its people, its script, and
/// the order of the doors that it keeps. A list that is too large gives doors to its neighbours, or to new ones, which have
/// its script, team and people. Lists that are small stay: to make one of several is [`merge_lists`](super::merge_lists).
///
/// # Errors
/// [`Error::Unknown`] without one of the lists, [`Error::Invalid`] for a size of nothing: then nothing was changed.
pub fn recut_lists(
    store: &dyn Store,
    pen: &Pen,
    tenant: TenantId,
    lists: &[WalkListId],
    wish: Rewish<'_>,
    streets: Option<&Region>,
    stamp: Stamp,
) -> Result<Recut, Error> {
    check(ListSize::About(wish.size))?;
    let recut = pen.arrange(store, tenant, || wanted(store, tenant, lists, wish, stamp), stamp.at)?;
    give_streets(store, tenant, streets, recut.made.iter().chain(lists).copied())?;
    Ok(recut)
}

fn wanted(
    store: &dyn Store,
    tenant: TenantId,
    lists: &[WalkListId],
    wish: Rewish<'_>,
    stamp: Stamp,
) -> Result<(Arranged, Recut), Error> {
    let ground = Ground::read(store, tenant, lists, wish.with_new)?;
    let (owned, unowned) = ground.owners(ground.cut(wish));
    let mut told = Recut::default();
    let mut changes = Vec::new();
    for (state, turf) in ground.lists.iter().zip(owned) {
        changes.push((state.clone(), ground.change(state, &turf, &mut told)));
    }
    let made = ground.make(store, tenant, &unowned, stamp, &mut told)?;
    told.made = made.lists();
    let deed = Deed::ListsRecut {
        lists: ground.lists.iter().map(|state| state.list.id).collect(),
        made: told.made.clone(),
        moved: told.moved as u64,
        new: told.new as u64,
    };
    Ok((Arranged { changes, arrangement: made.arrangement(deed, stamp) }, told))
}
