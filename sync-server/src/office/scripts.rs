//! Scripts are published: from then on a version never changes.

use super::Error;
use crate::store::Store;
use walkbook_model::{ContentHash, Script, ScriptId, TenantId, cbor};

/// Bytes of a script's file.
const FILE_BYTES: usize = 4 * 1024 * 1024;

/// Publishes the script in this JSON, and returns the version's name. Publishing the same again is the same version.
///
/// # Errors
/// [`Error::Script`] says where the file is wrong, [`Error::Invalid`] what is; [`Error::Store`].
pub fn publish_script(store: &dyn Store, tenant: TenantId, json: &[u8]) -> Result<ContentHash, Error> {
    if json.len() > FILE_BYTES {
        return Err(walkbook_model::Invalid::TooLong { what: "script", limit: FILE_BYTES }.into());
    }
    let file: serde_json::Value = serde_json::from_slice(json)?;
    let script: Script = serde_json::from_value(named(tenant, file))?;
    script.check()?;
    Ok(store.put_script(tenant, &cbor::encode(&script))?)
}

/// A file need not give its script an id: scripts of one title are versions of each other.
fn named(tenant: TenantId, mut file: serde_json::Value) -> serde_json::Value {
    if let Some(members) = file.as_object_mut()
        && !members.contains_key("id")
    {
        let title = members.get("title").and_then(serde_json::Value::as_str).unwrap_or_default();
        let id = ScriptId::derive(&[&tenant.to_bytes(), title.as_bytes()]);
        members.insert("id".into(), id.to_string().into());
    }
    file
}
