//! An entry of this device, as the log keeps it.

use walkbook_model::{Moment, Timestamp};

/// How far an own entry has come. What the person is shown beside a knock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryState {
    /// On this phone and nowhere else.
    Saved,
    /// The server has it.
    OnServer,
    /// The tenant's backend has accepted it.
    InBackend,
    /// The server has refused it, with the protocol's code for the reason.
    Refused {
        /// Why.
        reason: u16,
    },
    /// The server has it and does not count it: it was written outside of any assignment, and a lead has to look at it.
    SetAside,
}

impl EntryState {
    pub(crate) const fn code(self) -> i64 {
        match self {
            Self::Saved => 0,
            Self::OnServer => 1,
            Self::InBackend => 2,
            Self::Refused { .. } => 3,
            Self::SetAside => 4,
        }
    }

    pub(crate) const fn reason(self) -> Option<u16> {
        match self {
            Self::Refused { reason } => Some(reason),
            _ => None,
        }
    }

    pub(crate) const fn from_columns(code: i64, reason: Option<u16>) -> Option<Self> {
        match (code, reason) {
            (0, None) => Some(Self::Saved),
            (1, None) => Some(Self::OnServer),
            (2, None) => Some(Self::InBackend),
            (3, Some(reason)) => Some(Self::Refused { reason }),
            (4, None) => Some(Self::SetAside),
            _ => None,
        }
    }

    /// Whether screens show what the entry says.
    pub const fn counts(self) -> bool {
        matches!(self, Self::Saved | Self::OnServer | Self::InBackend)
    }
}

/// What an entry says, and the salt of its hash. They are erased together.
#[derive(Clone, PartialEq, Eq)]
pub struct OwnContent {
    /// The payload's canonical bytes.
    pub payload: Vec<u8>,
    /// What hides them in their hash.
    pub salt: [u8; 16],
}

/// May name a person: prints its type and nothing else.
impl std::fmt::Debug for OwnContent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OwnContent(…)")
    }
}

/// What the person is to be told of an entry that the server did not take as it was.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Notice {
    /// When the server said so, by its clock; nothing, where it has not.
    pub told_at: Option<Timestamp>,
    /// Whether the person has seen it.
    pub seen: bool,
    /// The entry that was made in its place.
    pub made_again_as: Option<u64>,
    /// Why, in the words of whoever decided about it.
    pub words: Option<String>,
}

/// The words may speak of a person: prints the rest.
impl std::fmt::Debug for Notice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { told_at, seen, made_again_as, words: _ } = self;
        write!(f, "Notice({told_at:?}, seen: {seen}, made again as {made_again_as:?}, …)")
    }
}

/// An entry of this device's log. The store does not look into the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnEntry {
    /// The place in the log, from 1, without gaps.
    pub seq: u64,
    /// The device's hybrid clock when it was written.
    pub moment: Moment,
    /// The header's canonical bytes.
    pub header: Vec<u8>,
    /// What it says; nothing once erased.
    pub content: Option<OwnContent>,
    /// The salted hash of the payload, which stays.
    pub payload_hash: [u8; 32],
    /// The state of the chain after this entry.
    pub chain: [u8; 32],
    /// How far it has come.
    pub state: EntryState,
    /// What is to be told of it.
    pub notice: Notice,
}

/// The log's last entry: what the next one is made on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tail {
    /// Its place in the log.
    pub seq: u64,
    /// The state of the chain after it.
    pub chain: [u8; 32],
    /// Its time; the hybrid clock goes on from there.
    pub moment: Moment,
}

/// How many own entries have come how far. One that was made again counts as the new one only.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// On this phone and nowhere else, still to be sent.
    pub saved: u64,
    /// The server has them.
    pub on_server: u64,
    /// The tenant's backend has accepted them.
    pub in_backend: u64,
    /// The server has refused them.
    pub refused: u64,
    /// The server has refused them, and the person has not seen it.
    pub refused_unseen: u64,
    /// The server has them and does not count them.
    pub set_aside: u64,
    /// The server does not count them, and the person has not seen it.
    pub set_aside_unseen: u64,
}

impl Counts {
    /// What would be lost if the phone were wiped now: what is nowhere else, and what was refused before the person could
    /// take note of it.
    pub const fn at_risk(&self) -> u64 {
        self.saved + self.refused_unseen
    }

    /// What the person has not been shown yet: the number on the badge.
    pub const fn unseen(&self) -> u64 {
        self.refused_unseen + self.set_aside_unseen
    }
}
