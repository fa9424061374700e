//! Signing in at the tenant's own provider of identities (OpenID Connect): what a phone is told of it, and what it brings back.

use super::enrol::CAPS;
use super::sign_in::{message, proven};
use crate::SyncRefused;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use minicbor::bytes::{ByteArray, ByteVec};
use walkbook_model::{ContentHash, TenantId, Timestamp, UserId, cbor};
use walkbook_vault::{Forged, PublicKey, SignFailed, Signature, Signer};

const LABEL: &str = "walkbook-provider-sign-in-1";
const NONCE: &str = "walkbook-provider-nonce-1";

/// Where the people of a tenant prove who they are. Nothing of it is a secret.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct Provider {
    /// Who the provider is, as its tokens say it (`iss`).
    #[n(0)]
    pub issuer: String,
    /// Where a browser is sent.
    #[n(1)]
    pub authorization_endpoint: String,
    /// By which name the provider knows the app.
    #[n(2)]
    pub client_id: String,
    /// What is asked for, parted by spaces; `openid` among it.
    #[n(3)]
    pub scope: String,
    /// What else the provider is to be told, by name.
    #[n(4)]
    pub parameters: Vec<(String, String)>,
    /// The server's clock.
    #[n(5)]
    pub now: Timestamp,
}

/// What a phone sends to become a device of somebody whom the tenant's provider vouches for: the provider's one-use code,
/// what proves that this phone had asked for it (RFC 7636), and the phone's public key, signed by itself.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct ProviderSignIn {
    #[n(0)]
    tenant: TenantId,
    #[n(1)]
    user: UserId,
    #[n(2)]
    granted: Granted,
    #[n(3)]
    invited: Option<ByteArray<16>>,
    #[n(4)]
    public_key: ByteVec,
    #[n(5)]
    signature: ByteArray<64>,
}

/// What a provider grants to whoever has signed in there, and what else it takes to redeem it.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct Granted {
    /// The authorization code (RFC 6749, 4.1.2).
    #[n(0)]
    pub code: String,
    /// What was hashed into the request for it (RFC 7636, 4.1).
    #[n(1)]
    pub verifier: String,
    /// Where the code was sent to.
    #[n(2)]
    pub redirect: String,
}

walkbook_model::redacted!(ProviderSignIn, Granted);

/// What the provider has to put into its token: so it vouches for this key at this tenant, and for no other. Whoever takes
/// the code, and even the verifier, can do nothing with it without the phone's key.
pub fn provider_nonce(tenant: TenantId, issuer: &str, key: &PublicKey, verifier: &str) -> String {
    let parts = [&tenant.to_bytes()[..], issuer.as_bytes(), key.as_bytes(), verifier.as_bytes()];
    URL_SAFE_NO_PAD.encode(ContentHash::of_parts(NONCE, &parts).to_bytes())
}

impl Provider {
    /// The message's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads [`Provider::to_bytes`].
    ///
    /// # Errors
    /// [`SyncRefused::Frame`] says what is wrong and where.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SyncRefused> {
        cbor::decode(bytes, CAPS).map_err(|why| SyncRefused::Frame { frame: 0, why })
    }
}

impl ProviderSignIn {
    /// A request to let this key in as a device of the user, signed by it. `invited` is the code of a link with which the
    /// user shows for the first time who they are at the provider.
    ///
    /// # Errors
    /// [`SignFailed`] if the key store does not sign.
    pub fn new(
        tenant: TenantId,
        user: UserId,
        granted: Granted,
        invited: Option<[u8; 16]>,
        signer: &dyn Signer,
    ) -> Result<Self, SignFailed> {
        let public_key = signer.public_key().as_bytes().to_vec().into();
        let invited = invited.map(ByteArray::from);
        let unsigned = Self { tenant, user, granted, invited, public_key, signature: [0; 64].into() };
        let signature: Signature = signer.sign(&unsigned.message())?;
        Ok(Self { signature: (*signature.as_bytes()).into(), ..unsigned })
    }

    /// The tenant.
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// Who signs in.
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// What the provider has granted.
    pub const fn granted(&self) -> &Granted {
        &self.granted
    }

    /// The code of a link, where the user shows for the first time who they are.
    pub fn invited(&self) -> Option<[u8; 16]> {
        self.invited.map(Into::into)
    }

    /// The key, if whoever sent it holds it.
    ///
    /// # Errors
    /// [`Forged`] if the key is none or did not sign this request.
    pub fn proven_key(&self) -> Result<PublicKey, Forged> {
        proven(&self.public_key, self.signature, &self.message())
    }

    fn message(&self) -> Vec<u8> {
        let Granted { code, verifier, redirect } = &self.granted;
        let (tenant, user) = (self.tenant.to_bytes(), self.user.to_bytes());
        let invited = self.invited().map(|code| code.to_vec()).unwrap_or_default();
        let parts = [&tenant[..], &user, code.as_bytes(), verifier.as_bytes(), redirect.as_bytes(), &invited];
        message(LABEL, &parts, &self.public_key)
    }

    /// The request's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads [`ProviderSignIn::to_bytes`].
    ///
    /// # Errors
    /// [`SyncRefused::Frame`] says what is wrong and where.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SyncRefused> {
        cbor::decode(bytes, CAPS).map_err(|why| SyncRefused::Frame { frame: 0, why })
    }
}
