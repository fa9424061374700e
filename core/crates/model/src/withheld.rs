//! What of a door somebody is not shown who works it.

use crate::ContactField;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What of its doors is withheld from somebody, by the role and by what the tenant has decided: [`Settings::withheld_from`].
/// By default nothing.
///
/// [`Settings::withheld_from`]: crate::Settings::withheld_from
#[derive(Debug, Clone, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct Withheld {
    /// What others recorded at a door before the last attempt, and of that all but the outcome. What stands in the way of
    /// going there, or speaking to somebody, is never withheld.
    #[n(0)]
    #[cbor(default)]
    pub history: bool,
    /// Fields of contacts.
    #[n(1)]
    #[cbor(default)]
    pub fields: BTreeSet<ContactField>,
}

impl Withheld {
    /// Whether nothing is.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}
