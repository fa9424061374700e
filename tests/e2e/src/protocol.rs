//! What a phone's process is told, and what it answers: JSON, a line each.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use walkbook_model::{ContentHash, DoorId, EntryId, QuestionId, ScriptId};

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
    /// Waits until the server may have something new.
    Listen,
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
    /// Shows the map under the doors.
    Map,
    /// Shows a tile of it.
    Tile {
        /// How near.
        zoom: u8,
        /// From the west.
        column: u32,
        /// From the north.
        row: u32,
    },
    /// Writes a script.
    Draft(DraftOrder),
}

/// What somebody does who writes a script.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum DraftOrder {
    /// Starts one.
    Start {
        /// What people call it.
        title: String,
    },
    /// Asks one question more, which is answered with yes or no.
    Ask {
        /// In which draft.
        script: ScriptId,
        /// Its column.
        name: String,
        /// What is read out.
        text: String,
        /// The question it comes behind.
        behind: Option<QuestionId>,
    },
    /// Sets what is read out.
    SetText {
        /// In which draft.
        script: ScriptId,
        /// Of which question.
        question: QuestionId,
        /// The words.
        text: String,
    },
    /// Decides a clash.
    Resolve {
        /// Of which draft.
        script: ScriptId,
        /// For which of its choices.
        choice: EntryId,
    },
    /// Publishes it.
    Publish {
        /// Which.
        script: ScriptId,
    },
    /// Shows all of them.
    Show,
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
    /// The server may have something new.
    Heard,
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
    /// The map under the doors, if there is one.
    Map(Option<MapSeen>),
    /// A tile of it, if there is one.
    Tile {
        /// As map libraries get it.
        bytes: Option<Vec<u8>>,
    },
    /// Acknowledged: a draft.
    Drafted {
        /// Which.
        script: ScriptId,
    },
    /// Acknowledged: a question.
    Asked {
        /// Which.
        question: QuestionId,
    },
    /// Acknowledged: a version, should the server take it.
    Published {
        /// Its name.
        version: ContentHash,
    },
    /// The drafts, as they are shown.
    Drafts(Vec<DraftSeen>),
}

/// A draft, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftSeen {
    /// Which.
    pub script: ScriptId,
    /// What people call it.
    pub title: String,
    /// What is read out, question by question.
    pub texts: Vec<String>,
    /// What was written twice at once, each with its choices.
    pub clashes: Vec<Vec<EntryId>>,
    /// What was published of it.
    pub versions: Vec<ContentHash>,
}

/// The map under the doors, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapSeen {
    /// The zooms that it has.
    pub zooms: [u8; 2],
    /// Whose data it is.
    pub attribution: String,
    /// How many tiles it has.
    pub tiles: u64,
    /// How many of them have come.
    pub tiles_here: u64,
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
