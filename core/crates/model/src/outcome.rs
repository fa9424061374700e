//! What happened at a door: the closed list, and the tenant's own codes that map to it.

use crate::check::{self, Invalid};
use crate::limits::{OUTCOME_CODES, SHORT_TEXT_BYTES};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use thiserror::Error;

/// What an outcome means for the map, for another try and for suppression.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Class {
    /// Someone was spoken to.
    #[n(0)]
    Contact,
    /// Nobody was reached; worth another try.
    #[n(1)]
    Attempt,
    /// The register is wrong here.
    #[n(2)]
    DataFix,
    /// Nobody shall go there again.
    #[n(3)]
    Suppress,
}

/// What an outcome is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// One person.
    Contact,
    /// The dwelling.
    Door,
    /// The whole building.
    Building,
}

macro_rules! outcomes {
    ($($(#[$doc:meta])* $number:literal $name:ident $text:literal $class:ident $level:ident;)+) => {
        /// What happened. The list is closed; a tenant's own codes map to it ([`OutcomeCodes`]).
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode, Serialize, Deserialize,
        )]
        #[serde(rename_all = "snake_case")]
        #[cbor(index_only)]
        pub enum Outcome {
            $($(#[$doc])* #[n($number)] $name,)+
        }

        impl Outcome {
            /// Every outcome.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The outcome's name, as files and tables write it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// What it means for the map, for another try and for suppression.
            pub const fn class(self) -> Class {
                match self { $(Self::$name => Class::$class,)+ }
            }

            /// What it is about.
            pub const fn level(self) -> Level {
                match self { $(Self::$name => Level::$level,)+ }
            }
        }
    };
}

outcomes! {
    /// Spoken to, the script was worked. Implied by answers, never stored beside an outcome that contradicts them.
    0 Canvassed "canvassed" Contact Contact;
    /// Nobody opened.
    1 NotHome "not_home" Attempt Door;
    /// Someone opened and did not want to talk.
    2 Refused "refused" Contact Contact;
    /// Asked to come another time.
    3 ComeBack "come_back" Attempt Contact;
    /// A time was agreed.
    4 Appointment "appointment" Contact Contact;
    /// Does not live here any more.
    5 Moved "moved" DataFix Contact;
    /// Has died.
    6 Deceased "deceased" Suppress Contact;
    /// No way in: locked gate, no buzzer.
    7 Inaccessible "inaccessible" Attempt Building;
    /// There is no such address.
    8 AddressNotFound "address_not_found" DataFix Door;
    /// Threatening; nobody shall go there.
    9 Hostile "hostile" Suppress Door;
    /// No language in common.
    10 LanguageBarrier "language_barrier" Attempt Contact;
    /// Nobody was reached, something was left.
    11 LeftLiterature "left_literature" Attempt Door;
    /// Nobody lives there.
    12 Vacant "vacant" DataFix Door;
    /// Not a dwelling.
    13 Business "business" DataFix Door;
    /// Has voted.
    14 AlreadyVoted "already_voted" Contact Contact;
}

/// The text is neither an outcome nor one of the tenant's codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("no such outcome; it is neither in the list of outcomes nor one of the tenant's codes")]
pub struct UnknownOutcome;

impl std::str::FromStr for Outcome {
    type Err = UnknownOutcome;

    fn from_str(text: &str) -> Result<Self, UnknownOutcome> {
        Self::ALL.iter().copied().find(|outcome| outcome.as_str() == text).ok_or(UnknownOutcome)
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A tenant's own codes ("NH", "LA") and the outcome each stands for.
///
/// ```
/// use walkbook_model::{Outcome, OutcomeCodes};
/// let codes = OutcomeCodes::from_iter([("NH".to_owned(), Outcome::NotHome)]);
/// assert_eq!(codes.resolve("NH"), Ok(Outcome::NotHome));
/// assert_eq!(codes.resolve("refused"), Ok(Outcome::Refused));
/// assert!(codes.resolve("XX").is_err());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode, Serialize, Deserialize)]
#[serde(transparent)]
#[cbor(transparent)]
pub struct OutcomeCodes(#[n(0)] BTreeMap<String, Outcome>);

impl OutcomeCodes {
    /// The outcome that a tenant's code, or an outcome's own name, stands for.
    ///
    /// # Errors
    /// [`UnknownOutcome`] if it is neither.
    pub fn resolve(&self, code: &str) -> Result<Outcome, UnknownOutcome> {
        self.0.get(code).copied().map_or_else(|| code.parse(), Ok)
    }

    /// The codes and what each stands for, by code.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, Outcome)> {
        self.0.iter().map(|(code, outcome)| (code.as_str(), *outcome))
    }

    /// Holds the codes against their bounds. A code that is the name of an outcome stands for that one.
    ///
    /// # Errors
    /// [`Invalid`] says what is wrong.
    pub fn check(&self) -> Result<(), Invalid> {
        check::count("outcome_codes", self.0.len(), OUTCOME_CODES)?;
        self.0.iter().try_for_each(|(code, outcome)| {
            check::present("a code of outcome_codes", code.trim().is_empty())?;
            check::text("a code of outcome_codes", code, SHORT_TEXT_BYTES)?;
            let misleads = code.parse::<Outcome>().is_ok_and(|named| named != *outcome);
            check::holds("a code of outcome_codes", "one that can be told from the outcomes' own names", !misleads)
        })
    }
}

impl FromIterator<(String, Outcome)> for OutcomeCodes {
    fn from_iter<I: IntoIterator<Item = (String, Outcome)>>(codes: I) -> Self {
        Self(codes.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_is_read_back() {
        for outcome in Outcome::ALL {
            assert_eq!(outcome.as_str().parse(), Ok(*outcome));
            assert_eq!(minicbor::decode::<Outcome>(&minicbor::to_vec(outcome).unwrap()).unwrap(), *outcome);
        }
        assert!(minicbor::decode::<Outcome>(&[15]).is_err());
    }

    #[test]
    fn codes_that_are_empty_too_long_or_misleading_are_refused() {
        let codes = |code: &str| OutcomeCodes::from_iter([(code.to_owned(), Outcome::NotHome)]);
        assert_eq!(codes("NH").check(), Ok(()));
        assert_eq!(codes("not_home").check(), Ok(()));
        for wrong in ["", " ", "refused", &"x".repeat(SHORT_TEXT_BYTES + 1)] {
            assert!(codes(wrong).check().is_err(), "{wrong}");
        }
        let many = (0..=OUTCOME_CODES).map(|number| (number.to_string(), Outcome::NotHome)).collect::<OutcomeCodes>();
        assert!(matches!(many.check(), Err(Invalid::TooMany { .. })));
    }
}
