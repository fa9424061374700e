//! Walk lists.

use walkbook_core::ListState;
use walkbook_model::{self as model, ContentHash, EffortId, UserId, WalkListId};

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
        let model::WalkList { id, effort, name, script, assigned, doors } = state.list;
        Self { id, effort, name, script, assigned, doors: u32::try_from(doors.len()).unwrap_or(u32::MAX) }
    }
}
