//! What a tenant has decided for all its phones.

use crate::{Invalid, OutcomeCodes};
use serde::{Deserialize, Serialize};

/// What a tenant has decided for all its phones. What is not said stands as by default; fields of a later version are passed
/// over.
///
/// ```
/// use walkbook_model::{Outcome, Settings};
/// let settings: Settings = serde_json::from_str(r#"{ "outcome_codes": { "NH": "not_home" } }"#)?;
/// assert_eq!(settings.outcome_codes.resolve("NH"), Ok(Outcome::NotHome));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cbor(map)]
pub struct Settings {
    /// The tenant's own codes for outcomes, by which its canvassers take them down.
    #[n(0)]
    #[cbor(default)]
    pub outcome_codes: OutcomeCodes,
    /// Whether the position where a knock was recorded is kept with it. By default only how far from the door that was: a
    /// row of positions is a track of its canvasser.
    #[n(1)]
    #[cbor(default, skip_if = "is_default")]
    pub keeps_positions: bool,
}

/// What is as by default need not travel.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "the derive gives a reference")]
const fn is_default(kept: &bool) -> bool {
    !*kept
}

impl Settings {
    /// Holds the settings against their bounds.
    ///
    /// # Errors
    /// [`Invalid`] names the field.
    pub fn check(&self) -> Result<(), Invalid> {
        self.outcome_codes.check()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Outcome;
    use crate::cbor::{self, Caps};

    #[test]
    fn settings_are_read_back_also_by_an_earlier_and_a_later_version() {
        let outcome_codes = OutcomeCodes::from_iter([("NH".to_owned(), Outcome::NotHome)]);
        let settings = Settings { outcome_codes, keeps_positions: false };
        let bytes = cbor::encode(&settings);
        assert_eq!(cbor::decode::<Settings>(&bytes, Caps::PAYLOAD), Ok(settings.clone()));
        assert_eq!(cbor::decode::<Settings>(&[0xa0], Caps::PAYLOAD), Ok(Settings::default()));
        // A field 9 that this version does not know.
        let later = [&[0xa2], &bytes[1..], &[0x09, 0xf5]].concat();
        assert_eq!(cbor::decode::<Settings>(&later, Caps::PAYLOAD), Ok(settings));
    }

    #[test]
    fn positions_are_kept_only_where_the_tenant_says_so() {
        assert!(!Settings::default().keeps_positions);
        let settings: Settings = serde_json::from_str(r#"{ "keeps_positions": true }"#).unwrap();
        assert!(settings.keeps_positions);
        assert_eq!(cbor::encode(&settings), [0xa2, 0x00, 0xa0, 0x01, 0xf5]);
        assert_eq!(cbor::decode::<Settings>(&cbor::encode(&settings), Caps::PAYLOAD), Ok(settings));
    }
}
