//! A tenant's own provider of identities: what the tenant has decided about it, and what is taken from what it says. Pure.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;
use walkbook_model::limits::PAYLOAD_BYTES;
use walkbook_model::{ContentHash, Timestamp};

/// How somebody has signed in where several things were asked of them (RFC 8176).
const MULTIPLE_FACTORS: &str = "mfa";

/// Where the people of a tenant sign in, as its operator has set it down.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderSettings {
    /// Who the provider is: `https://`, as its tokens say it, to the letter.
    pub issuer: String,
    /// By which name the provider knows the app.
    pub client_id: String,
    /// What the server shows at the provider, where the app is registered there with a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// What is asked for beside `openid`.
    #[serde(default)]
    pub scopes: BTreeSet<String>,
    /// What else the provider is told when a browser is sent there, such as Auth0's `organization`.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
    /// What its tokens have to say besides, such as `org_id`, to the letter.
    #[serde(default)]
    pub claims: BTreeMap<String, String>,
    /// Which of the provider's classes of signing in (`acr`) are of two factors.
    #[serde(default)]
    pub second_factor_classes: BTreeSet<String>,
    /// Whether somebody is let in for the first time by an e-mail address which the provider says it has verified.
    #[serde(default)]
    pub trusts_email: bool,
    /// After how many days a phone has to sign in there again; without it, never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again_after_days: Option<u32>,
    /// The authorities that the provider is known by (PEM); without them, the public ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorities: Option<String>,
    /// Whether it may stand in the operator's own network.
    #[serde(default)]
    pub may_be_private: bool,
}

// It may hold a secret.
walkbook_model::redacted!(ProviderSettings);

/// What a provider's token says, once it is verified: its signature, issuer, audience, time and nonce.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Claims {
    /// Who it is, by the provider's own name for them; never given to anybody else.
    pub subject: String,
    /// Their e-mail address, where the provider has verified it.
    pub verified_email: Option<String>,
    /// For which app the token was made, if it says.
    pub authorized_party: Option<String>,
    /// The class of signing in.
    pub class: Option<String>,
    /// How it was done.
    pub methods: Vec<String>,
    /// What else it says.
    pub others: Map<String, Value>,
}

/// Somebody for whom the tenant's provider vouches.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Vouched {
    /// Who, at which provider.
    pub(crate) subject: ContentHash,
    /// Where the tenant trusts it.
    pub(crate) email: Option<String>,
    /// Whether two factors were asked for.
    pub(crate) has_second_factor: bool,
}

walkbook_model::redacted!(Claims, Vouched);

/// What somebody brings back from a provider.
pub struct Grant<'a> {
    /// The authorization code.
    pub code: &'a str,
    /// What was hashed into the request for it.
    pub verifier: &'a str,
    /// Where it was sent to.
    pub redirect: &'a str,
    /// What the token has to carry.
    pub nonce: &'a str,
}

/// Why a provider vouches for nobody. No variant tells anything of anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotVouched {
    /// It is not there, does not do what OpenID Connect says, or serves nobody who comes with this app: the operator's to mend.
    #[error("the provider cannot be asked: {0}")]
    Unreachable(&'static str),
    /// So many are waiting for it already.
    #[error("too many are waiting for the provider")]
    Busy,
    /// It says no to what somebody has brought, or what it says does not hold.
    #[error("the provider does not vouch for them: {0}")]
    Refused(&'static str),
}

/// The providers of all tenants, as the engine asks them. Calls block until one has answered, or it has taken too long.
pub trait Providers: Send + Sync {
    /// Where a browser is sent.
    ///
    /// # Errors
    /// [`NotVouched`].
    fn authorization_endpoint(&self, provider: &ProviderSettings, now: Timestamp) -> Result<String, NotVouched>;

    /// What the provider says of whoever was granted this.
    ///
    /// # Errors
    /// [`NotVouched`].
    fn redeem(&self, provider: &ProviderSettings, grant: &Grant<'_>, now: Timestamp) -> Result<Claims, NotVouched>;
}

/// No provider is ever asked: what an engine has that is told of none.
pub(crate) struct Unasked;

impl Providers for Unasked {
    fn authorization_endpoint(&self, _: &ProviderSettings, _: Timestamp) -> Result<String, NotVouched> {
        Err(NotVouched::Unreachable("nobody is asked"))
    }

    fn redeem(&self, _: &ProviderSettings, _: &Grant<'_>, _: Timestamp) -> Result<Claims, NotVouched> {
        Err(NotVouched::Unreachable("nobody is asked"))
    }
}

/// Why settings are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ProviderUnfit {
    /// The issuer is no address that may be called.
    #[error("the issuer has to be an https:// address without a query, a fragment or a user")]
    Issuer,
    /// The provider knows no app without a name.
    #[error("the client id is empty")]
    ClientId,
    /// There is more than is kept.
    #[error("all of it may have {PAYLOAD_BYTES} bytes at most")]
    Long,
}

impl ProviderSettings {
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// What is stored.
    ///
    /// # Errors
    /// [`ProviderUnfit`].
    pub fn to_bytes(&self) -> Result<Vec<u8>, ProviderUnfit> {
        let rest = self.issuer.strip_prefix("https://").ok_or(ProviderUnfit::Issuer)?;
        if rest.is_empty() || rest.contains(['?', '#', '@']) || rest.contains(char::is_whitespace) {
            return Err(ProviderUnfit::Issuer);
        }
        if self.client_id.trim().is_empty() {
            return Err(ProviderUnfit::ClientId);
        }
        let bytes = serde_json::to_vec(self).map_err(|_| ProviderUnfit::Long)?;
        if bytes.len() > PAYLOAD_BYTES { Err(ProviderUnfit::Long) } else { Ok(bytes) }
    }

    /// What a browser is sent with, parted by spaces.
    pub(crate) fn scope(&self) -> String {
        let more = self.scopes.iter().map(String::as_str).filter(|scope| *scope != "openid");
        std::iter::once("openid").chain(more).collect::<Vec<_>>().join(" ")
    }

    /// Somebody's name at this provider, as it is kept.
    pub(crate) fn subject(&self, subject: &str) -> ContentHash {
        ContentHash::of_parts("provider subject", &[self.issuer.as_bytes(), subject.as_bytes()])
    }

    /// Whether a phone has to sign in again, for which the provider has vouched then.
    pub(crate) fn has_to_vouch_again(&self, vouched_at: Timestamp, now: Timestamp) -> bool {
        let lasts_ms = |days| u64::from(days) * 86_400_000;
        self.again_after_days.is_some_and(|days| now.as_ms().saturating_sub(vouched_at.as_ms()) >= lasts_ms(days))
    }

    /// Holds what a token says against what the tenant demands.
    pub(crate) fn vouched(&self, claims: Claims, is_second_demanded: bool) -> Result<Vouched, NotVouched> {
        if claims.subject.is_empty() {
            return Err(NotVouched::Refused("no subject"));
        }
        if claims.authorized_party.is_some_and(|party| party != self.client_id) {
            return Err(NotVouched::Refused("made for another app"));
        }
        let is_said =
            |(name, value): (&String, &String)| claims.others.get(name).and_then(Value::as_str) == Some(value);
        if !self.claims.iter().all(is_said) {
            return Err(NotVouched::Refused("a claim is another one, such as the organisation"));
        }
        let is_of_two = claims.class.is_some_and(|class| self.second_factor_classes.contains(&class));
        let has_second_factor = is_of_two || claims.methods.iter().any(|method| method == MULTIPLE_FACTORS);
        if is_second_demanded && !has_second_factor {
            return Err(NotVouched::Refused("no second factor"));
        }
        let email = claims.verified_email.filter(|_| self.trusts_email);
        Ok(Vouched { subject: self.subject(&claims.subject), email, has_second_factor })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> ProviderSettings {
        let text = r#"{"issuer":"https://id.example/","client_id":"walkbook"}"#;
        ProviderSettings::from_bytes(text.as_bytes()).unwrap()
    }

    fn claims() -> Claims {
        Claims { subject: "auth0|1".into(), methods: vec!["pwd".into(), "mfa".into()], ..Claims::default() }
    }

    #[test]
    fn what_is_set_down_is_read_back_and_prints_no_secret() {
        let mut whole = settings();
        whole.client_secret = Some("secret".into());
        whole.claims.insert("org_id".into(), "org_1".into());
        assert!(ProviderSettings::from_bytes(&whole.to_bytes().unwrap()).unwrap() == whole);
        assert_eq!(format!("{whole:?} {:?}", claims()), "ProviderSettings(…) Claims(…)");
        assert!(ProviderSettings::from_bytes(b"{}").is_none());
    }

    #[test]
    fn only_an_issuer_that_may_be_called_is_set_down() {
        for issuer in ["", "http://id.example", "https://", "https://me@id.example", "https://id.example?x", "ftp://x"]
        {
            let unfit = ProviderSettings { issuer: issuer.into(), ..settings() };
            assert_eq!(unfit.to_bytes().err(), Some(ProviderUnfit::Issuer), "{issuer}");
        }
        let nameless = ProviderSettings { client_id: " ".into(), ..settings() };
        assert_eq!(nameless.to_bytes().err(), Some(ProviderUnfit::ClientId));
        let long = ProviderSettings { authorities: Some("x".repeat(PAYLOAD_BYTES)), ..settings() };
        assert_eq!(long.to_bytes().err(), Some(ProviderUnfit::Long));
    }

    #[test]
    fn another_organisation_is_not_this_tenants() {
        let mut settings = settings();
        settings.claims.insert("org_id".into(), "org_1".into());
        let said = |value: Value| {
            let others = Map::from_iter([("org_id".to_owned(), value)]);
            settings.vouched(Claims { others, ..claims() }, true).is_ok()
        };
        assert!(said("org_1".into()));
        for other in [Value::from("org_2"), "ORG_1".into(), "".into(), Value::Null, vec!["org_1"].into(), 1.into()] {
            assert!(!said(other.clone()), "{other}");
        }
        assert!(settings.vouched(claims(), true).is_err());
    }

    #[test]
    fn two_factors_are_what_the_provider_calls_so() {
        let mut settings = settings();
        settings.second_factor_classes.insert("urn:two".into());
        let of = |class: Option<&str>, methods: &[&str]| {
            let methods = methods.iter().map(|&method| method.into()).collect();
            settings.vouched(Claims { class: class.map(Into::into), methods, ..claims() }, true).is_ok()
        };
        assert!(of(None, &["mfa"]) && of(Some("urn:two"), &[]) && of(Some("urn:two"), &["pwd"]));
        assert!(!of(None, &[]) && !of(None, &["pwd", "otp"]) && !of(Some("urn:one"), &["pwd"]));
        let single = Claims { methods: Vec::new(), ..claims() };
        assert!(!settings.vouched(single, false).unwrap().has_second_factor);
    }

    #[test]
    fn a_phone_signs_in_again_when_its_days_are_over_and_never_where_none_are_set() {
        let at = |ms: u64| Timestamp::from_ms(1_000 + ms);
        let week = ProviderSettings { again_after_days: Some(7), ..settings() };
        let over = 7 * 86_400_000;
        assert!(!week.has_to_vouch_again(at(0), at(over - 1)) && week.has_to_vouch_again(at(0), at(over)));
        // The server's clock was set back.
        assert!(!week.has_to_vouch_again(at(over), at(0)));
        assert!(!settings().has_to_vouch_again(at(0), at(over * 1_000)));
    }

    #[test]
    fn a_token_for_another_app_or_of_nobody_vouches_for_nobody() {
        let of_app = |party: &str| Claims { authorized_party: Some(party.into()), ..claims() };
        assert!(settings().vouched(of_app("walkbook"), true).is_ok());
        assert!(settings().vouched(of_app("another"), true).is_err());
        assert!(settings().vouched(Claims { subject: String::new(), ..claims() }, true).is_err());
    }

    #[test]
    fn an_address_counts_only_where_the_tenant_trusts_it() {
        let claims = || Claims { verified_email: Some("aino@example.org".into()), ..claims() };
        assert_eq!(settings().vouched(claims(), true).unwrap().email, None);
        let trusting = ProviderSettings { trusts_email: true, ..settings() };
        assert_eq!(trusting.vouched(claims(), true).unwrap().email.as_deref(), Some("aino@example.org"));
    }

    #[test]
    fn nobody_has_two_names_and_no_two_providers_have_one_name() {
        let other = ProviderSettings { issuer: "https://other.example/".into(), ..settings() };
        assert_ne!(settings().subject("1"), other.subject("1"));
        assert_ne!(settings().subject("1"), settings().subject("2"));
    }
}
