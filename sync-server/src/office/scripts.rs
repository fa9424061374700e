//! Scripts are published: from then on a version never changes.

use super::Error;
use crate::store::Store;
use serde::Deserialize;
use walkbook_model::{ContentHash, Question, Script, ScriptId, TenantId, cbor};

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
    let script = serde_json::from_slice::<File>(json)?.into_script(tenant);
    script.check()?;
    Ok(store.put_script(tenant, &cbor::encode(&script))?)
}

/// A script as people write it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: Option<ScriptId>,
    title: String,
    questions: Vec<Question>,
}

impl File {
    /// A file need not give its script an id: scripts of one title are versions of each other.
    fn into_script(self, tenant: TenantId) -> Script {
        let id = self.id.unwrap_or_else(|| ScriptId::derive(&[&tenant.to_bytes(), self.title.as_bytes()]));
        Script { id, title: self.title, questions: self.questions }
    }
}
