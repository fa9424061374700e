//! Walk lists.

use walkbook_core::ListState;
use walkbook_model::{ContentHash, EffortId, UserId, WalkListId};

/// A walk list on the phone. Its doors, in order, are asked for by `walk_list`.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct WalkList {
    /// Which list.
    pub id: WalkListId,
    /// The effort it belongs to.
    pub effort: EffortId,
    /// What people call it.
    pub name: String,
    /// The version of the script that is worked.
    pub script: Option<ContentHash>,
    /// Who works it.
    pub assigned: Vec<UserId>,
    /// How many doors are on it.
    pub doors: u32,
}

impl From<ListState> for WalkList {
    fn from(state: ListState) -> Self {
        let list = state.list;
        Self {
            id: list.id,
            effort: list.effort,
            name: list.name,
            script: list.script,
            assigned: list.assigned,
            doors: u32::try_from(list.doors.len()).unwrap_or(u32::MAX),
        }
    }
}
