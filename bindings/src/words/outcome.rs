//! What happened at a door, and what that means. Plain values of the model: no conversion.

use walkbook_core::{Fix, Reason};
use walkbook_model::{Class, Distance, Evidence, Outcome, Position, Purpose, Role, SuppressionReason};

/// What happened. The list is closed; a tenant's own codes map to it.
#[uniffi::remote(Enum)]
pub enum Outcome {
    /// Spoken to, the script was worked. Implied by answers, never stored beside an outcome that contradicts them.
    Canvassed,
    /// Nobody opened.
    NotHome,
    /// Someone opened and did not want to talk.
    Refused,
    /// Asked to come another time.
    ComeBack,
    /// A time was agreed.
    Appointment,
    /// Does not live here any more.
    Moved,
    /// Has died.
    Deceased,
    /// No way in: locked gate, no buzzer.
    Inaccessible,
    /// There is no such address.
    AddressNotFound,
    /// Threatening; nobody shall go there.
    Hostile,
    /// No language in common.
    LanguageBarrier,
    /// Nobody was reached, something was left.
    LeftLiterature,
    /// Nobody lives there.
    Vacant,
    /// Not a dwelling.
    Business,
    /// Has voted.
    AlreadyVoted,
}

/// What an outcome means for the map, for another try and for suppression.
#[uniffi::remote(Enum)]
pub enum Class {
    /// Someone was spoken to.
    Contact,
    /// Nobody was reached; worth another try.
    Attempt,
    /// The register is wrong here.
    DataFix,
    /// Nobody shall go there again.
    Suppress,
}

/// How far from the door the phone was, in bands.
#[uniffi::remote(Enum)]
pub enum Distance {
    /// At most 100 m.
    Near,
    /// More than 100 m, at most 300 m.
    Middling,
    /// More than 300 m.
    Far,
    /// No fix, or one worse than 100 m; or nobody knows where the door is.
    NoFix,
}

/// Evidence for a knock: one fix, no track.
#[uniffi::remote(Record)]
pub struct Evidence {
    /// How far from the door.
    pub distance: Distance,
    /// Whether the phone said that the position was mocked.
    pub mocked: bool,
    /// The position itself, if the tenant keeps it.
    pub position: Option<Position>,
}

/// Where the phone says it is, as the system told it last.
#[uniffi::remote(Record)]
pub struct Fix {
    /// Where.
    pub position: Position,
    /// By how many metres it may be off.
    pub accuracy_m: f64,
    /// Whether the phone says that an app has put it there.
    #[uniffi(default = false)]
    pub mocked: bool,
}

/// Why nobody shall go there.
#[uniffi::remote(Enum)]
pub enum SuppressionReason {
    /// The person said no: the right to object, which is absolute.
    Objection,
    /// A do-not-knock list of the town, by address.
    DoNotKnockList,
    /// The register marks the elector as not to be listed.
    RegisterMark,
    /// It is not safe.
    Safety,
    /// The person has died.
    Deceased,
    /// The tenant decided so.
    Policy,
}

/// What a permission is for.
#[uniffi::remote(Enum)]
pub enum Purpose {
    /// To be called.
    Phone,
    /// To be sent text messages.
    TextMessage,
    /// To be sent e-mail.
    Email,
    /// To be visited again.
    Visit,
    /// To have what was said kept beside the name.
    KeepOpinion,
}

/// A user's role in a tenant. The first five go from most to least; analyst and support stand beside them.
#[uniffi::remote(Enum)]
pub enum Role {
    /// Answers for the tenant.
    Owner,
    /// Runs the tenant's efforts.
    Manager,
    /// Runs all efforts of some teams.
    Organiser,
    /// Runs one team: its lists, map and history.
    TeamLead,
    /// Knocks: the own lists, the last outcome.
    Canvasser,
    /// Sees statistics with no person in them.
    Analyst,
    /// The operator's staff: nothing, until the tenant grants it.
    Support,
}

/// Why the server did not take an entry.
#[uniffi::remote(Enum)]
pub enum Reason {
    /// The payload is not well-formed or over a bound.
    Malformed,
    /// The door or list is not on the sender's lists, and was not.
    NotYours,
    /// The sender's role may not do this.
    NotAllowed,
    /// It was made on top of an edit that is refused or unknown.
    Rebase,
    /// It concerns someone who was erased.
    Erased,
    /// It answers a question that the script hides, or in the wrong type.
    UnfitAnswer,
    /// It had been set aside, and a lead has decided not to take it.
    Declined,
    /// It clears a field that this phone is not shown.
    Withheld,
}
