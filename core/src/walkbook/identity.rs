//! Who this device is.

use super::Error;
use crate::store::{Log, StoreFile};
use minicbor::bytes::ByteVec;
use walkbook_model::cbor::{self, Caps};
use walkbook_model::{DeviceId, Role, TenantId, UserId};

const NAME: &str = "identity";

/// Who this device is, since it was enrolled.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct Identity {
    /// The device.
    #[n(0)]
    pub device: DeviceId,
    /// The user it belongs to.
    #[n(1)]
    pub user: UserId,
    /// The user's role when it was enrolled; the server decides anew at every request.
    #[n(2)]
    pub role: Role,
    /// The tenant.
    #[n(3)]
    pub tenant: TenantId,
    /// The server's clock less the phone's, in milliseconds, as seen last.
    #[n(4)]
    pub clock_offset_ms: i64,
    /// Where the server is; nothing on a phone that exchanges by other means.
    #[n(5)]
    pub server: Option<String>,
    /// The one certificate authority to trust, in DER; without it, the public ones are.
    #[n(6)]
    pub authority: Option<ByteVec>,
}

impl Identity {
    pub(super) fn load(log: &Log) -> Result<Option<Self>, Error> {
        let Some(bytes) = log.note(NAME)? else { return Ok(None) };
        let damaged = |_| Error::Store(crate::store::Error::Damaged { file: StoreFile::Log });
        cbor::decode(&bytes, Caps::PAYLOAD).map(Some).map_err(damaged)
    }

    pub(super) fn save(&self, log: &mut Log) -> Result<(), Error> {
        Ok(log.set_note(NAME, &cbor::encode(self))?)
    }
}
