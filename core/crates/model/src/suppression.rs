//! Do-not-contact, and the only thing that undoes it.

use crate::check::{self, Invalid};
use crate::limits::{LONG_TEXT_BYTES, NAMED_ENTRIES};
use crate::redact::redacted;
use crate::{ContactId, Day, EntryId};
use serde::{Deserialize, Serialize};

/// Whom a suppression covers at the door it is recorded for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Everyone behind the door.
    #[n(0)]
    Door,
    /// One person.
    #[n(1)]
    Contact(#[n(0)] ContactId),
}

/// Why nobody shall go there.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum SuppressionReason {
    /// The person said no: the right to object (GDPR Art. 21), which is absolute.
    #[n(0)]
    Objection,
    /// A do-not-knock list of the town, by address.
    #[n(1)]
    DoNotKnockList,
    /// The register marks the elector as not to be listed.
    #[n(2)]
    RegisterMark,
    /// It is not safe.
    #[n(3)]
    Safety,
    /// The person has died.
    #[n(4)]
    Deceased,
    /// The tenant decided so.
    #[n(5)]
    Policy,
}

/// Do not contact. Wins over everything until a [`Lift`] names the entry that holds it, or its last day has passed.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode, Serialize, Deserialize)]
#[cbor(array)]
pub struct Suppression {
    /// Whom it covers.
    #[n(0)]
    pub target: Target,
    /// Why.
    #[n(1)]
    pub reason: SuppressionReason,
    /// The last day on which it holds; without one it holds until lifted.
    #[n(2)]
    pub until_on: Option<Day>,
}

/// Undoes the suppressions and withdrawals of consent that it names, and no others.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode, Serialize, Deserialize)]
#[cbor(array)]
pub struct Lift {
    /// The entries that are undone.
    #[n(0)]
    pub names: Vec<EntryId>,
    /// Why, in a person's words.
    #[n(1)]
    pub reason: String,
}

redacted!(Suppression, Lift);

impl Lift {
    /// Holds the lift against its bounds.
    ///
    /// # Errors
    /// [`Invalid`] names the field.
    pub fn check(&self) -> Result<(), Invalid> {
        check::present("lift.names", self.names.is_empty())?;
        check::count("lift.names", self.names.len(), NAMED_ENTRIES)?;
        check::present("lift.reason", self.reason.trim().is_empty())?;
        check::text("lift.reason", &self.reason, LONG_TEXT_BYTES)
    }
}
