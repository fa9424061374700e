//! Do-not-contact, what undoes it, and permissions.

use walkbook_model::{self as model, ContactId, Day, EntryId, Purpose, SuppressionReason, UserId};

/// Whom a suppression covers.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Target {
    /// Everyone behind the door.
    Door,
    /// One person.
    Contact {
        /// Which.
        contact: ContactId,
    },
}

/// Do not contact. Wins over everything until a lift names it, or its last day has passed.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct Suppression {
    /// Whom it covers.
    pub target: Target,
    /// Why.
    pub reason: SuppressionReason,
    /// The last day on which it holds; without one it holds until lifted.
    #[uniffi(default = None)]
    pub until_on: Option<Day>,
}

/// Undoes the suppressions and withdrawals of consent that it names, and no others.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct Lift {
    /// The entries that are undone.
    pub names: Vec<EntryId>,
    /// Why, in a person's words.
    pub reason: String,
}

/// A permission given or withdrawn. A withdrawal wins over every giving until a lift names it.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct Consent {
    /// Whose.
    pub contact: ContactId,
    /// For what.
    pub purpose: Purpose,
    /// Given, or withdrawn.
    pub given: bool,
    /// The words the person agreed to, as read out or shown.
    pub wording: String,
    /// The language of the wording, a BCP 47 tag.
    pub language: String,
    /// Who saw it.
    pub witness: UserId,
}

impl From<Target> for model::Target {
    fn from(target: Target) -> Self {
        match target {
            Target::Door => Self::Door,
            Target::Contact { contact } => Self::Contact(contact),
        }
    }
}

impl From<model::Target> for Target {
    fn from(target: model::Target) -> Self {
        match target {
            model::Target::Door => Self::Door,
            model::Target::Contact(contact) => Self::Contact { contact },
        }
    }
}

impl From<Suppression> for model::Suppression {
    fn from(suppression: Suppression) -> Self {
        let Suppression { target, reason, until_on } = suppression;
        Self { target: target.into(), reason, until_on }
    }
}

impl From<model::Suppression> for Suppression {
    fn from(suppression: model::Suppression) -> Self {
        let model::Suppression { target, reason, until_on } = suppression;
        Self { target: target.into(), reason, until_on }
    }
}

impl From<Lift> for model::Lift {
    fn from(lift: Lift) -> Self {
        Self { names: lift.names, reason: lift.reason }
    }
}

impl From<model::Lift> for Lift {
    fn from(lift: model::Lift) -> Self {
        Self { names: lift.names, reason: lift.reason }
    }
}

impl From<Consent> for model::Consent {
    fn from(consent: Consent) -> Self {
        let Consent { contact, purpose, given, wording, language, witness } = consent;
        Self { contact, purpose, given, wording, language, witness }
    }
}

impl From<model::Consent> for Consent {
    fn from(consent: model::Consent) -> Self {
        let model::Consent { contact, purpose, given, wording, language, witness } = consent;
        Self { contact, purpose, given, wording, language, witness }
    }
}
