//! Signing in: a password is chosen with a code, and a device's key becomes known by a password and a code of the second
//! factor.

use super::enrol::CAPS;
use crate::SyncRefused;
use minicbor::bytes::{ByteArray, ByteVec};
use walkbook_model::{ContentHash, TenantId, Timestamp, UserId, cbor};
use walkbook_vault::{Forged, PublicKey, SignFailed, Signature, Signer};

const SIGN_IN: &str = "walkbook-sign-in-1";
const PASSWORD: &str = "walkbook-password-1";

/// What a phone sends to become a device of somebody who signs in: who it is, the password, a code of the second factor, and
/// the phone's public key, signed by itself.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct SignInRequest {
    #[n(0)]
    tenant: TenantId,
    #[n(1)]
    user: UserId,
    #[n(2)]
    password: String,
    #[n(3)]
    code: Option<String>,
    #[n(4)]
    public_key: ByteVec,
    #[n(5)]
    signature: ByteArray<64>,
}

/// What a phone sends to choose its user's password: the one-use code, the password, and the phone's public key, signed by
/// itself, so that the answer, once lost, is given again to the same phone and to no other.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct PasswordRequest {
    #[n(0)]
    tenant: TenantId,
    #[n(1)]
    code: ByteArray<16>,
    #[n(2)]
    password: String,
    #[n(3)]
    public_key: ByteVec,
    #[n(4)]
    signature: ByteArray<64>,
}

/// What the server answers: what the user's authenticator is told, and what there is when it is lost. Told once.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct PasswordChosen {
    /// Whose password it is.
    #[n(0)]
    pub user: UserId,
    /// The secret of the second factor (RFC 6238), as a link that authenticators read: `otpauth://totp/…`.
    #[n(1)]
    pub authenticator: String,
    /// Each is good once, in the place of a code of the authenticator.
    #[n(2)]
    pub recovery_codes: Vec<String>,
    /// The server's clock.
    #[n(3)]
    pub now: Timestamp,
}

walkbook_model::redacted!(SignInRequest, PasswordRequest, PasswordChosen);

impl SignInRequest {
    /// A request to let this key in as a device of the user, signed by it. A code is six digits of the authenticator, or a
    /// recovery code.
    ///
    /// # Errors
    /// [`SignFailed`] if the key store does not sign.
    pub fn new(
        tenant: TenantId,
        user: UserId,
        password: &str,
        code: Option<&str>,
        signer: &dyn Signer,
    ) -> Result<Self, SignFailed> {
        let public_key = signer.public_key().as_bytes().to_vec().into();
        let (password, code) = (password.to_owned(), code.map(str::to_owned));
        let unsigned = Self { tenant, user, password, code, public_key, signature: [0; 64].into() };
        let signature = signer.sign(&unsigned.message())?;
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

    /// The password.
    pub fn password(&self) -> &str {
        &self.password
    }

    /// The code of the second factor, where one was given.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The key, if whoever sent it holds it.
    ///
    /// # Errors
    /// [`Forged`] if the key is none or did not sign this request.
    pub fn proven_key(&self) -> Result<PublicKey, Forged> {
        proven(&self.public_key, self.signature, &self.message())
    }

    fn message(&self) -> Vec<u8> {
        let code = self.code.as_ref().map(|code| [b"\x01", code.as_bytes()].concat()).unwrap_or_default();
        let parts = [&self.tenant.to_bytes()[..], &self.user.to_bytes(), self.password.as_bytes(), &code];
        message(SIGN_IN, &parts, &self.public_key)
    }

    /// The request's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads [`SignInRequest::to_bytes`].
    ///
    /// # Errors
    /// [`SyncRefused::Frame`] says what is wrong and where.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SyncRefused> {
        cbor::decode(bytes, CAPS).map_err(|why| SyncRefused::Frame { frame: 0, why })
    }
}

impl PasswordRequest {
    /// A request to choose this password with this code, signed by the phone's key.
    ///
    /// # Errors
    /// [`SignFailed`] if the key store does not sign.
    pub fn new(tenant: TenantId, code: [u8; 16], password: &str, signer: &dyn Signer) -> Result<Self, SignFailed> {
        let public_key = signer.public_key().as_bytes().to_vec().into();
        let (code, password) = (code.into(), password.to_owned());
        let unsigned = Self { tenant, code, password, public_key, signature: [0; 64].into() };
        let signature = signer.sign(&unsigned.message())?;
        Ok(Self { signature: (*signature.as_bytes()).into(), ..unsigned })
    }

    /// The tenant.
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The one-use code.
    pub fn code(&self) -> [u8; 16] {
        self.code.into()
    }

    /// The password.
    pub fn password(&self) -> &str {
        &self.password
    }

    /// The key, if whoever sent it holds it.
    ///
    /// # Errors
    /// [`Forged`] if the key is none or did not sign this request.
    pub fn proven_key(&self) -> Result<PublicKey, Forged> {
        proven(&self.public_key, self.signature, &self.message())
    }

    fn message(&self) -> Vec<u8> {
        let parts = [&self.tenant.to_bytes()[..], &self.code(), self.password.as_bytes()];
        message(PASSWORD, &parts, &self.public_key)
    }

    /// The request's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads [`PasswordRequest::to_bytes`].
    ///
    /// # Errors
    /// [`SyncRefused::Frame`] says what is wrong and where.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SyncRefused> {
        cbor::decode(bytes, CAPS).map_err(|why| SyncRefused::Frame { frame: 0, why })
    }
}

impl PasswordChosen {
    /// The answer's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads [`PasswordChosen::to_bytes`].
    ///
    /// # Errors
    /// [`SyncRefused::Frame`] says what is wrong and where.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SyncRefused> {
        cbor::decode(bytes, CAPS).map_err(|why| SyncRefused::Frame { frame: 0, why })
    }
}

/// What is signed: a label, and the hash of all the rest with the key behind it.
pub(super) fn message(label: &str, parts: &[&[u8]], public_key: &[u8]) -> Vec<u8> {
    let hash = ContentHash::of_parts(label, &[parts, &[public_key]].concat());
    [label.as_bytes(), b"\n", &hash.to_bytes()].concat()
}

pub(super) fn proven(key: &[u8], signature: ByteArray<64>, message: &[u8]) -> Result<PublicKey, Forged> {
    let key = PublicKey::from_bytes(key).map_err(|_| Forged)?;
    key.verify(message, &Signature::from_bytes(signature.into()))?;
    Ok(key)
}
