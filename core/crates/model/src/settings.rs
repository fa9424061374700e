//! What a tenant has decided for all its phones.

use crate::check::{count, holds};
use crate::limits::CUSTOM_FIELDS;
use crate::{Action, ContactField, Invalid, OutcomeCodes, Role, Whose, Withheld};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

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
    /// For how many hours a phone that is out of touch shows anybody, from 1 to 8784; without it, for ever. Afterwards it shows
    /// nobody until it has synced; what it has recorded stays, and can be sent.
    #[n(2)]
    pub lease_hours: Option<u16>,
    /// Whether canvassers are shown what others recorded at their doors. By default the last outcome only.
    #[n(3)]
    #[cbor(default, skip_if = "is_default")]
    pub canvassers_see_history: bool,
    /// Fields of contacts that are withheld from a role. From those who decide about the settings nothing is.
    #[n(4)]
    #[cbor(default, skip_if = "BTreeMap::is_empty")]
    pub withheld_fields: BTreeMap<Role, BTreeSet<ContactField>>,
}

/// A year, and the day that some have more.
const MOST_LEASE_HOURS: u16 = 366 * 24;

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
        let lease_fits = self.lease_hours.is_none_or(|hours| (1..=MOST_LEASE_HOURS).contains(&hours));
        holds("settings.lease_hours", "from 1 to 8784", lease_fits)?;
        self.withheld_fields.iter().try_for_each(|(role, fields)| {
            let may_be = role.may(Action::SeeDoors, Whose::Own) && !role.may(Action::ChangeSettings, Whose::Tenant);
            holds("settings.withheld_fields", "of organisers, team leads and canvassers", may_be)?;
            count("settings.withheld_fields", fields.len(), CUSTOM_FIELDS)?;
            fields.iter().try_for_each(|field| field.check(""))
        })?;
        self.outcome_codes.check()
    }

    /// What of its doors somebody of this role is not shown.
    ///
    /// ```
    /// use walkbook_model::{Role, Settings};
    /// let settings: Settings = serde_json::from_str(r#"{ "withheld_fields": { "team_lead": ["phone"] } }"#)?;
    /// assert!(settings.withheld_from(Role::Canvasser).history && !settings.withheld_from(Role::TeamLead).history);
    /// assert_eq!(settings.withheld_from(Role::TeamLead).fields.len(), 1);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn withheld_from(&self, role: Role) -> Withheld {
        let sees_history =
            role.may(Action::SeeHistory, Whose::Own) || (role == Role::Canvasser && self.canvassers_see_history);
        let fields = self.withheld_fields.get(&role).cloned().unwrap_or_default();
        Withheld { history: !sees_history, fields }
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
        let settings = Settings { outcome_codes, ..Settings::default() };
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

    #[test]
    fn a_lease_is_of_an_hour_at_least_and_a_year_at_most() {
        let with = |lease_hours| Settings { lease_hours, ..Settings::default() };
        for hours in [None, Some(1), Some(72), Some(8_784)] {
            let settings = with(hours);
            assert_eq!(settings.check(), Ok(()));
            assert_eq!(cbor::decode::<Settings>(&cbor::encode(&settings), Caps::PAYLOAD), Ok(settings));
        }
        for hours in [0, 8_785] {
            assert!(with(Some(hours)).check().is_err());
        }
        assert_eq!(cbor::encode(&Settings::default()), [0xa1, 0x00, 0xa0], "without one nothing travels");
    }

    #[test]
    fn every_field_is_withheld_from_whom_the_tenant_says_and_from_nobody_else() {
        let own = ContactField::from_name("membership");
        for field in ContactField::named().chain([own]) {
            for role in Role::ALL {
                let withheld_fields = [(role, BTreeSet::from([field.clone()]))].into();
                let settings = Settings { withheld_fields, ..Settings::default() };
                let may_be = matches!(role, Role::Organiser | Role::TeamLead | Role::Canvasser);
                assert_eq!(settings.check().is_ok(), may_be, "{role} {field:?}");
                for other in Role::ALL {
                    let withheld = settings.withheld_from(other).fields.contains(&field);
                    assert_eq!(withheld, other == role, "{field:?} of {role} from {other}");
                }
                let text = serde_json::to_string(&settings).unwrap();
                assert_eq!(serde_json::from_str::<Settings>(&text).unwrap(), settings);
                assert_eq!(cbor::decode::<Settings>(&cbor::encode(&settings), Caps::PAYLOAD), Ok(settings));
            }
        }
    }

    #[test]
    fn history_is_for_those_who_lead_and_for_canvassers_where_the_tenant_says_so() {
        for canvassers_see_history in [false, true] {
            let settings = Settings { canvassers_see_history, ..Settings::default() };
            let seers = Role::ALL.into_iter().filter(|role| !settings.withheld_from(*role).history);
            let leads = [Role::Owner, Role::Manager, Role::Organiser, Role::TeamLead];
            let allowed = canvassers_see_history.then_some(Role::Canvasser);
            assert_eq!(seers.collect::<Vec<_>>(), leads.into_iter().chain(allowed).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_name_of_a_withheld_field_is_one() {
        let with = |name: &str| {
            let fields = BTreeSet::from([ContactField::Custom(name.into())]);
            Settings { withheld_fields: [(Role::Canvasser, fields)].into(), ..Settings::default() }.check()
        };
        assert!(with("membership").is_ok() && with("").is_err() && with(&"x".repeat(100_000)).is_err());
    }
}
