//! What a phone's process is told, and what it answers: JSON, a line each.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use walkbook_model::{DoorId, EntryId};

/// What the person holding the phone does.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Order {
    /// Redeems an invitation.
    Enrol {
        /// Its text.
        link: String,
    },
    /// Exchanges with the server.
    Sync,
    /// Records so many things as fast as it can, the first with this number. Each is answered at once, as
    /// [`Report::Knocked`] or [`Report::Added`]; then [`Report::Done`].
    Work {
        /// The number that the first one's note carries.
        from: u64,
        /// How many.
        count: u64,
    },
    /// Writes a rescue file.
    Rescue {
        /// Where.
        path: PathBuf,
    },
    /// Looks into its own files, beside what the screens show.
    Look,
    /// What is saved where.
    Status,
}

/// What the phone answers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Report {
    /// The walkbook is open. Comes by itself, once.
    Opened {
        /// Whether it is a device already.
        is_enrolled: bool,
    },
    /// It is done.
    Done,
    /// It did not work.
    Failed {
        /// What the person is told.
        why: String,
    },
    /// Acknowledged: a knock.
    Knocked(Knocked),
    /// Acknowledged: a door that was found on the way.
    Added {
        /// The door.
        door: DoorId,
    },
    /// Acknowledged: an exchange.
    Synced {
        /// What is not yet safe on the server.
        at_risk: u64,
    },
    /// The rescue file is written.
    Rescued {
        /// What opens it.
        code: String,
    },
    /// What the files hold.
    Looked(Looked),
    /// What is saved where.
    Status {
        /// On the phone only.
        saved: u64,
        /// The server has it: also what it refused or set aside.
        told: u64,
        /// Refused or set aside.
        not_taken: u64,
    },
}

/// A knock, and how it is told from every other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Knocked {
    /// Its entry.
    pub entry: EntryId,
    /// Where.
    pub door: DoorId,
    /// The number in its note.
    pub number: u64,
}

/// What a phone's files hold.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Looked {
    /// Entries of the log.
    pub entries: u64,
    /// What is wrong in the files, in words; empty where all is well.
    pub faults: Vec<String>,
    /// Every knock of its own that its screens show.
    pub knocks: Vec<Knocked>,
    /// How many knocks they show, everybody's.
    pub visits: u64,
    /// Every door of its lists.
    pub doors: Vec<DoorId>,
}
