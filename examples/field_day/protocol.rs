//! What a phone's process is told, and what it answers: JSON, a line each.

use serde::{Deserialize, Serialize};
use walkbook_model::{ContactId, DoorId, EntryId, WalkListId};

/// What the person holding the phone does.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Order {
    /// Redeems an invitation.
    Enrol { link: String },
    /// Exchanges with the server.
    Sync,
    /// Looks at the lists.
    Lists,
    /// Looks at a list's doors in walk order.
    Doors { list: WalkListId },
    /// Works these doors, a knock each; answers with [`Report::Knocked`] for each, at once.
    Work { list: WalkListId, doors: Vec<DoorId>, seed: u64 },
    /// Says that nobody shall go to this door any more.
    Suppress { door: DoorId },
    /// Mends a contact's telephone number.
    MendPhone { door: DoorId, contact: ContactId, number: String },
    /// Looks at a door.
    Door { door: DoorId },
    /// Looks for what this phone has knocked at these doors.
    Own { doors: Vec<DoorId> },
    /// The state of a list's doors, as a number that is the same where the state is.
    Digest { list: WalkListId },
    /// What is saved where.
    Status,
}

/// What the phone answers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Report {
    Done,
    Failed { why: String },
    Synced { round_trips: u32, sent_bytes: u64, received_bytes: u64, ms: u64, at_risk: u64 },
    Lists { lists: Vec<(WalkListId, String, usize)> },
    Doors { doors: Vec<DoorId> },
    Knocked { entry: EntryId },
    Door { visits: usize, is_suppressed: bool, clashes: usize, contacts: Vec<ContactId>, skew_ms: Vec<i64> },
    Own { knocks: Vec<(DoorId, EntryId)> },
    Digest { digest: String },
    Status { saved: u64, on_server: u64, in_backend: u64, at_risk: u64, refused: u64 },
}
