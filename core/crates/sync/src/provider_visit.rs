//! A visit to the tenant's provider of identities in the phone's browser (RFC 8252): where the browser is sent, and what comes
//! back. `PROTOCOL.md`, *Signing in at a provider*.

use crate::invitation_link::{Parts, escape};
use crate::wire::{Granted, Provider, provider_nonce};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use minicbor::bytes::ByteArray;
use thiserror::Error;
use walkbook_model::cbor::{self, Caps};
use walkbook_model::{ContentHash, TenantId};
use walkbook_vault::PublicKey;

const CAPS: Caps = Caps { bytes: 16 * 1024, depth: 2, items: 16 };

/// What a phone remembers while its user is at the provider. Keep it as the link is kept: where that has a code, it is a secret
/// until the sign-in has ended.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct ProviderVisit {
    /// The link by which the user signs in.
    #[n(0)]
    pub link: String,
    #[n(1)]
    redirect: String,
    #[n(2)]
    issuer: String,
    #[n(3)]
    state: ByteArray<16>,
    #[n(4)]
    verifier: ByteArray<32>,
}

walkbook_model::redacted!(ProviderVisit);

/// Why what came back signs nobody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum VisitRefused {
    /// It answers something else, or comes from another provider. Begin anew.
    #[error("this is no answer to the sign-in that was begun")]
    NotTheAnswer,
    /// The user or the provider has declined.
    #[error("the sign-in was declined at the provider")]
    Declined,
}

impl ProviderVisit {
    /// A visit. `redirect` is the address at which the app is called back; `drawn` are random.
    pub fn new(link: &str, redirect: &str, provider: &Provider, drawn: [u8; 48]) -> Self {
        let (mut state, mut verifier) = ([0; 16], [0; 32]);
        state.iter_mut().chain(&mut verifier).zip(drawn).for_each(|(to, from)| *to = from);
        Self {
            link: link.to_owned(),
            redirect: redirect.to_owned(),
            issuer: provider.issuer.clone(),
            state: state.into(),
            verifier: verifier.into(),
        }
    }

    /// Where the browser is sent (OpenID Connect Core, 3.1.2.1).
    pub fn url(&self, provider: &Provider, tenant: TenantId, key: &PublicKey) -> String {
        let verifier = self.verifier();
        let challenge = URL_SAFE_NO_PAD.encode(ContentHash::of(verifier.as_bytes()).to_bytes());
        let nonce = provider_nonce(tenant, &provider.issuer, key, &verifier);
        let (state, endpoint) = (self.state(), &provider.authorization_endpoint);
        let own = [
            ("response_type", "code"),
            ("client_id", &provider.client_id),
            ("redirect_uri", &self.redirect),
            ("scope", &provider.scope),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let more = provider.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        // What the tenant has chosen stands in the place of nothing that protects the visit.
        let more = more.filter(|(name, _)| own.iter().all(|(known, _)| known != name));
        let query: Vec<String> =
            own.into_iter().chain(more).map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect();
        let joint = if endpoint.contains('?') { '&' } else { '?' };
        format!("{endpoint}{joint}{}", query.join("&"))
    }

    /// What the provider has granted, if this address, at which the app was called back, says so.
    ///
    /// # Errors
    /// [`VisitRefused`]; then nobody has signed in.
    pub fn granted(&self, called_back: &str) -> Result<Granted, VisitRefused> {
        let answer = called_back.trim().strip_prefix(self.redirect.as_str()).ok_or(VisitRefused::NotTheAnswer)?;
        let answer = answer.strip_prefix(['?', '&']).ok_or(VisitRefused::NotTheAnswer)?;
        let answer = answer.split_once('#').map_or(answer, |(query, _)| query).replace('+', "%20");
        let parts = Parts::split(&answer).map_err(|_| VisitRefused::NotTheAnswer)?;
        let part = |name| parts.get(name).map_err(|_| VisitRefused::NotTheAnswer);
        if part("state")?.is_none_or(|state| *state != self.state()) {
            return Err(VisitRefused::NotTheAnswer);
        }
        // RFC 9207: a provider that says who it is, is who was asked.
        if part("iss")?.is_some_and(|issuer| *issuer != self.issuer) {
            return Err(VisitRefused::NotTheAnswer);
        }
        if part("error")?.is_some() {
            return Err(VisitRefused::Declined);
        }
        let code = part("code")?.ok_or(VisitRefused::NotTheAnswer)?.to_string();
        Ok(Granted { code, verifier: self.verifier(), redirect: self.redirect.clone() })
    }

    /// As text, for an app to keep while the browser is in front.
    pub fn to_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(cbor::encode(self))
    }

    /// Reads [`ProviderVisit::to_text`].
    ///
    /// # Errors
    /// [`VisitRefused::NotTheAnswer`] for any other text.
    pub fn from_text(text: &str) -> Result<Self, VisitRefused> {
        let bytes = URL_SAFE_NO_PAD.decode(text.trim()).map_err(|_| VisitRefused::NotTheAnswer)?;
        cbor::decode(&bytes, CAPS).map_err(|_| VisitRefused::NotTheAnswer)
    }

    fn state(&self) -> String {
        URL_SAFE_NO_PAD.encode(*self.state)
    }

    /// 43 characters (RFC 7636, 4.1).
    fn verifier(&self) -> String {
        URL_SAFE_NO_PAD.encode(*self.verifier)
    }
}
