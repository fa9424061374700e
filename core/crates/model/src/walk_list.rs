//! The ordered doors that one team or person works.

use crate::check::{self, Invalid};
use crate::limits::{DOORS_PER_LIST, SHORT_TEXT_BYTES};
use crate::{ContentHash, DoorId, EffortId, UserId, WalkListId};
use serde::{Deserialize, Serialize};

/// A walk list, as the server cuts it from a turf.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode, Serialize, Deserialize)]
#[cbor(array)]
pub struct WalkList {
    /// Which list.
    #[n(0)]
    pub id: WalkListId,
    /// The effort it belongs to.
    #[n(1)]
    pub effort: EffortId,
    /// What people call it.
    #[n(2)]
    pub name: String,
    /// The version of the script that is worked.
    #[n(3)]
    pub script: Option<ContentHash>,
    /// Who works it.
    #[n(4)]
    pub assigned: Vec<UserId>,
    /// The doors in walk order.
    #[n(5)]
    pub doors: Vec<DoorId>,
}

impl WalkList {
    /// Holds the list against its bounds.
    ///
    /// # Errors
    /// [`Invalid`] names the field.
    pub fn check(&self) -> Result<(), Invalid> {
        check::text("list.name", &self.name, SHORT_TEXT_BYTES)?;
        check::count("list.assigned", self.assigned.len(), DOORS_PER_LIST)?;
        check::count("list.doors", self.doors.len(), DOORS_PER_LIST)?;
        let mut doors = self.doors.clone();
        doors.sort_unstable();
        doors.dedup();
        if doors.len() != self.doors.len() {
            return Err(Invalid::Twice { what: "a door of the list" });
        }
        Ok(())
    }
}
