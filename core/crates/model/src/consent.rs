//! A person's permission for one purpose.

use crate::check::{self, Invalid};
use crate::limits::{LONG_TEXT_BYTES, SHORT_TEXT_BYTES};
use crate::redact::redacted;
use crate::{ContactId, UserId};
use serde::{Deserialize, Serialize};

/// What a permission is for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Purpose {
    /// To be called.
    #[n(0)]
    Phone,
    /// To be sent text messages.
    #[n(1)]
    TextMessage,
    /// To be sent e-mail.
    #[n(2)]
    Email,
    /// To be visited again.
    #[n(3)]
    Visit,
    /// To have what was said kept beside the name.
    #[n(4)]
    KeepOpinion,
}

/// A permission given or withdrawn. A withdrawal wins over every concurrent and later giving until a lift names it.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode, Serialize, Deserialize)]
#[cbor(array)]
pub struct Consent {
    /// Whose.
    #[n(0)]
    pub contact: ContactId,
    /// For what.
    #[n(1)]
    pub purpose: Purpose,
    /// Given, or withdrawn.
    #[n(2)]
    pub given: bool,
    /// The words the person agreed to, as read out or shown.
    #[n(3)]
    pub wording: String,
    /// The language of the wording, a BCP 47 tag.
    #[n(4)]
    pub language: String,
    /// Who saw it.
    #[n(5)]
    pub witness: UserId,
}

redacted!(Consent);

impl Consent {
    /// Holds the consent against its bounds. One that is given needs the words it was given to.
    ///
    /// # Errors
    /// [`Invalid`] names the field.
    pub fn check(&self) -> Result<(), Invalid> {
        check::present("consent.wording", self.given && self.wording.trim().is_empty())?;
        check::text("consent.wording", &self.wording, LONG_TEXT_BYTES)?;
        check::text("consent.language", &self.language, SHORT_TEXT_BYTES)
    }
}
