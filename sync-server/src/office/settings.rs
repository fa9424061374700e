//! What a tenant decides for all its phones.

use super::Error;
use crate::store::{Stamp, Store};
use walkbook_model::limits::PAYLOAD_BYTES;
use walkbook_model::{Invalid, Settings, TenantId, cbor};

/// Sets the tenant's settings from this JSON, all of them: what is not in it is as by default from then on. Phones get them
/// with their next exchange. What was written before stays as it was written.
///
/// # Errors
/// [`Error::Settings`] says where the file is wrong, [`Error::Invalid`] what is; [`Error::Store`].
pub fn set_settings(store: &dyn Store, tenant: TenantId, json: &[u8], stamp: Stamp) -> Result<(), Error> {
    if json.len() > PAYLOAD_BYTES {
        return Err(Invalid::TooLong { what: "settings", limit: PAYLOAD_BYTES }.into());
    }
    let settings: Settings = serde_json::from_slice(json).map_err(Error::Settings)?;
    settings.check()?;
    let bytes = cbor::encode(&settings);
    // A phone reads no more than this.
    if bytes.len() > PAYLOAD_BYTES {
        return Err(Invalid::TooLong { what: "settings", limit: PAYLOAD_BYTES }.into());
    }
    Ok(store.put_settings(tenant, &bytes, stamp)?)
}
