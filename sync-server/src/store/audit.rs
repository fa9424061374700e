//! The audit log: who let whom in, who was given what role, what was refused, what was looked at. Nothing is ever changed
//! or taken out of it, and a change that was made behind the server's back is found.
//!
//! What the store does itself it writes down in the same transaction: there is no deed without its record. Records hold
//! ids, roles and counts, and nothing else of anybody.

mod verifying;

pub use verifying::{Audited, Flaw, verify};

use super::accounts::SecondFactor;
use super::{Error, Ground, Held, Which};
use serde::{Deserialize, Serialize};
use walkbook_ledger::Subject;
use walkbook_model::{
    Action, ContactId, ContentHash, DeviceId, DoorId, EntryId, Role, TeamId, TenantId, Timestamp, UserId, WalkListId,
};
use walkbook_vault::AuditLink;

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The operator, who gives commands to the server.
    Operator,
    /// A user, for whom a command was given.
    User(UserId),
    /// A device, by what it has signed.
    Device(DeviceId),
    /// Whoever had an invitation's code.
    Invited,
    /// The server itself.
    Server,
}

/// Who did it, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Who.
    pub by: By,
    /// When, by the server's clock.
    pub at: Timestamp,
}

impl Stamp {
    /// By this one, at this time.
    pub const fn new(by: By, at: Timestamp) -> Self {
        Self { by, at }
    }
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case")]
#[allow(missing_docs, reason = "each member is said by its variant")]
pub enum Deed {
    /// The tenant was made.
    TenantMade,
    /// The tenant's key was destroyed, and everything with it.
    TenantErased,
    /// A user was made.
    UserMade { user: UserId, role: Role },
    /// A user has another role.
    RoleChanged { user: UserId, from: Role, to: Role },
    /// An invitation was made for a phone of a user.
    Invited { user: UserId, until: Timestamp },
    /// A phone was let in, for good: from now on it signs in with every request.
    Enrolled { user: UserId, device: DeviceId },
    /// A phone with a real invitation was not let in.
    EnrolmentRefused { why: NotEnrolled },
    /// A code was made with which a user chooses a password.
    PasswordInvited { user: UserId, until: Timestamp },
    /// A user has chosen a password, and has a new second factor.
    PasswordChosen { user: UserId },
    /// A user has signed in; the phone is let in from then on.
    SignedIn { user: UserId, device: DeviceId, with: SecondFactor },
    /// Somebody who could not prove to be this user tried to sign in. Written down once an hour at most.
    SignInRefused { user: UserId },
    /// Who a user is at the tenant's provider was set down beforehand.
    IdentityExpected { user: UserId },
    /// A user has shown, with a link of their own, who they are at the tenant's provider.
    IdentityShown { user: UserId },
    /// From then on the tenant's people sign in at its provider, or not any more: the hash of what was set down.
    ProviderChanged {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        provider: Option<ContentHash>,
    },
    /// A user's password was taken away, and who they are at the provider.
    AccountClosed { user: UserId },
    /// From then on nobody signs in without a second factor, or everybody may who has none.
    SecondFactorDemanded { is_demanded: bool },
    /// A user is found in the registration directory from then on, by an address that was given.
    Registered { user: UserId },
    /// A user is not found there any more.
    Unregistered { user: UserId },
    /// A device brought a log that is not as it wrote it. Written down once an hour at most.
    LogRefused { device: DeviceId, flaw: LogFlaw },
    /// A phone was shut out.
    ShutOut { user: UserId, device: DeviceId },
    /// A phone that is shut out came. Written down once an hour at most.
    CameShutOut { user: UserId, device: DeviceId },
    /// A phone was ordered to destroy what it has.
    WipeOrdered { user: UserId, device: DeviceId },
    /// A phone has said that it has.
    Wiped { user: UserId, device: DeviceId },
    /// A team was made.
    TeamMade { team: TeamId },
    /// A user came into a team.
    JoinedTeam { team: TeamId, user: UserId },
    /// A user left a team.
    LeftTeam { team: TeamId, user: UserId },
    /// A list was given to a team, or to none.
    ListGiven { list: WalkListId, team: Option<TeamId> },
    /// Lists were merged into one of them, which had so many doors then.
    ListsMerged { into: WalkListId, lists: Vec<WalkListId>, doors: u64 },
    /// A list was split: so many doors went to these.
    ListSplit { list: WalkListId, into: Vec<WalkListId>, doors: u64 },
    /// Lists were cut again: so many doors are on another list now, or on one for the first time.
    ListsRecut { lists: Vec<WalkListId>, made: Vec<WalkListId>, moved: u64, new: u64 },
    /// A list was handed out to these users, and to nobody else.
    ListHandedOut { list: WalkListId, users: Vec<UserId> },
    /// A list has another name.
    ListRenamed { list: WalkListId },
    /// A list is worked with this version of a script, or with none.
    ListScripted { list: WalkListId, version: Option<ContentHash> },
    /// A document was erased: `door_…`, `list_…` or `script_…`.
    DocumentErased { document: String },
    /// A person was erased: a contact at a door, and those who were said to be the same.
    PersonErased { door: DoorId, contacts: Vec<ContactId>, ground: Ground },
    /// A register was taken in: so many doors new and changed.
    RegisterTaken { new: u64, changed: u64 },
    /// What the tenant has decided for all its phones is another thing: the hash of all of it.
    SettingsChanged { settings: ContentHash },
    /// What was set aside counts.
    Released { which: Which },
    /// What was set aside is refused for good.
    Declined { which: Which },
    /// A phone's rescue file was about to be taken, with so many entries.
    RescueTaken { device: DeviceId, entries: u64 },
    /// What the regional backend had not taken is brought there again: the letter's number.
    LetterRevived { letter: u64 },
    /// What the regional backend had not taken is not to come there.
    LetterDropped { letter: u64 },
    /// What others changed in the tables, and could not be taken, was about to be tried once more: the change's number.
    ChangeRetried { change: i64 },
    /// What others changed in the tables, and could not be taken, was about to be dropped.
    ChangeDropped { change: i64 },
    /// Phones or the tables were about to have the last word on a field, or people to be asked again.
    LastWordGiven {
        field: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        wins: Option<LastWord>,
    },
    /// The tenant's key is wrapped by another master key of the region, by its name.
    KeyRewrapped { master: String },
    /// Somebody for whom a command was given may not do that; nothing where it is the operator's alone.
    CommandRefused {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        action: Option<Action>,
    },
    /// One of the operator's staff may look until then, unless it is ended before.
    SupportGranted { user: UserId, until: Timestamp },
    /// It was ended before.
    SupportEnded { user: UserId },
    /// One of the operator's staff looked, by a grant.
    SupportLooked { action: Action },
    /// Somebody looked at what names people.
    Looked {
        what: LookedAt,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        document: Option<String>,
    },
    /// Figures, or doors, were written into a file.
    Exported { what: LookedAt },
    /// A phone brought what it may not write: the first and last such entry, and how many for which reason, as the protocol
    /// numbers them.
    WritesRefused { first: EntryId, last: EntryId, reasons: Vec<(u16, u64)> },
}

impl Deed {
    /// A user came into the registration directory, or left it.
    pub(super) const fn registered(user: UserId, is_there: bool) -> Self {
        if is_there { Self::Registered { user } } else { Self::Unregistered { user } }
    }
}

/// Why a phone was not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotEnrolled {
    /// The invitation's time had passed.
    Expired,
    /// Another phone had used it.
    Used,
    /// The phone's key is another device's already.
    KeyTaken,
}

/// What is wrong with a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFlaw {
    /// It goes on from another entry than the one that the server has.
    Forked,
    /// It is not what the device signed.
    Forged,
}

/// Who has the last word on a field that phones and the tables both change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LastWord {
    /// What phones say: a change made in the tables is put back.
    Ours,
    /// What is written in the tables.
    Theirs,
}

impl LastWord {
    /// As the tables write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Theirs => "theirs",
        }
    }

    /// Reads what [`as_str`](Self::as_str) gives.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Ours, Self::Theirs].into_iter().find(|wins| wins.as_str() == name)
    }
}

/// What somebody looked at, or took along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LookedAt {
    /// Who the users are.
    Users,
    /// The doors of a list.
    Doors,
    /// What is set aside.
    SetAside,
    /// How far the lists have come.
    Board,
    /// Where knocks were recorded.
    Evidence,
    /// The tables of the regional backend.
    Tables,
    /// This log.
    AuditLog,
}

/// A deed, and who did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// Who.
    pub by: By,
    /// What.
    #[serde(flatten)]
    pub deed: Deed,
}

/// A record as it lies in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its number, from 1 on.
    pub number: u64,
    /// When it was written, by the server's clock.
    pub at: Timestamp,
    /// Its sealed bytes.
    pub sealed: Vec<u8>,
    /// What stands for it and all before it.
    pub link: AuditLink,
    /// What it says.
    pub act: Held<Act>,
}

/// Where a log ends: as the sealed head has it, which nobody makes without the tenant's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The last record's number; 0 before the first.
    pub number: u64,
    /// Its link.
    pub link: AuditLink,
}

/// A document's name.
pub fn subject_name(subject: Subject) -> String {
    match subject {
        Subject::Door(door) => door.to_string(),
        Subject::List(list) => list.to_string(),
        Subject::Script(script) => script.to_string(),
    }
}

/// The part of the store that keeps the audit log.
pub trait Audit {
    /// Writes down what somebody did that the store does not do itself.
    ///
    /// # Errors
    /// [`Error::Unknown`] without the tenant, [`Error::KeyDestroyed`].
    fn note(&self, tenant: TenantId, deed: Deed, stamp: Stamp) -> Result<(), Error>;

    /// A page of the log behind this number, as it lies there: gaps and whatever does not fit are told as they are.
    ///
    /// # Errors
    /// [`Error::Damaged`] where a row is none; else those of the database.
    fn audit(&self, tenant: TenantId, after: u64, limit: u32) -> Result<Vec<Record>, Error>;

    /// Where the log ends, by its sealed head.
    ///
    /// # Errors
    /// [`Error::Unknown`] without the tenant; else those of the database.
    fn audit_head(&self, tenant: TenantId) -> Result<Held<Head>, Error>;
}
