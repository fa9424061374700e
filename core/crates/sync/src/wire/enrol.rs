//! Enrolment: an invitation is redeemed, and a device's public key becomes known to the server.

use crate::SyncRefused;
use minicbor::bytes::{ByteArray, ByteVec};
use walkbook_model::cbor::{self, Caps};
use walkbook_model::{DeviceId, Role, TenantId, Timestamp, UserId};
use walkbook_vault::{Forged, PublicKey, SignFailed, Signature, Signer};

/// A message of enrolment, or of a sign-in, may have so many bytes.
pub const MAX_ENROL_BYTES: usize = 4 * 1024;

pub(super) const CAPS: Caps = Caps { bytes: MAX_ENROL_BYTES, depth: 4, items: 64 };
const LABEL: &[u8] = b"walkbook-enrol-1\n";

/// What a phone sends to become a device: the invitation's code, and its public key, signed by itself.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct EnrolRequest {
    #[n(0)]
    tenant: TenantId,
    #[n(1)]
    code: ByteArray<16>,
    #[n(2)]
    public_key: ByteVec,
    #[n(3)]
    signature: ByteArray<64>,
}

walkbook_model::redacted!(EnrolRequest);

impl EnrolRequest {
    /// A request to redeem the invitation with this code, signed by the key that is to be enrolled.
    ///
    /// # Errors
    /// [`SignFailed`] if the key store does not sign.
    pub fn new(tenant: TenantId, code: [u8; 16], signer: &dyn Signer) -> Result<Self, SignFailed> {
        let key = signer.public_key();
        let signature = signer.sign(&message(tenant, &code, key.as_bytes()))?;
        let public_key = key.as_bytes().to_vec().into();
        Ok(Self { tenant, code: code.into(), public_key, signature: (*signature.as_bytes()).into() })
    }

    /// The tenant that the invitation is of.
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The invitation's code.
    pub fn code(&self) -> [u8; 16] {
        self.code.into()
    }

    /// The key, if whoever sent it holds it.
    ///
    /// # Errors
    /// [`Forged`] if the key is none or did not sign this request.
    pub fn proven_key(&self) -> Result<PublicKey, Forged> {
        let key = PublicKey::from_bytes(&self.public_key).map_err(|_| Forged)?;
        let signature = Signature::from_bytes(self.signature.into());
        key.verify(&message(self.tenant, &self.code(), &self.public_key), &signature)?;
        Ok(key)
    }

    /// The request's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads [`EnrolRequest::to_bytes`].
    ///
    /// # Errors
    /// [`SyncRefused::Frame`] says what is wrong and where.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SyncRefused> {
        cbor::decode(bytes, CAPS).map_err(|why| SyncRefused::Frame { frame: 0, why })
    }
}

fn message(tenant: TenantId, code: &[u8; 16], public_key: &[u8]) -> Vec<u8> {
    [LABEL, &tenant.to_bytes(), code, public_key].concat()
}

/// What the server answers: who the phone is from now on.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct Enrolled {
    /// The device's id.
    #[n(0)]
    pub device: DeviceId,
    /// The user it belongs to.
    #[n(1)]
    pub user: UserId,
    /// The user's role.
    #[n(2)]
    pub role: Role,
    /// The server's clock.
    #[n(3)]
    pub now: Timestamp,
}

impl Enrolled {
    /// The answer's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads [`Enrolled::to_bytes`].
    ///
    /// # Errors
    /// [`SyncRefused::Frame`] says what is wrong and where.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SyncRefused> {
        cbor::decode(bytes, CAPS).map_err(|why| SyncRefused::Frame { frame: 0, why })
    }
}
