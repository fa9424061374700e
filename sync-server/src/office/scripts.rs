//! Scripts are published, from files or from drafts: from then on a version never changes.

use super::{Error, Pen};
use crate::engine;
use crate::store::Store;
use serde::Deserialize;
use std::cell::Cell;
use std::collections::BTreeMap;
use walkbook_ledger::{ScriptChange, ScriptState, question_added_by};
use walkbook_model::{
    ContentHash, EntryId, Invalid, Question, QuestionId, QuestionKey, Script, ScriptId, TenantId, Timestamp, cbor,
};
use walkbook_sync::{MAX_RECORD_BYTES, Reason};

/// Bytes of a script's file.
const FILE_BYTES: usize = 4 * 1024 * 1024;
/// Leads who change a draft while it is published: it is looked at once more.
const TRIES: usize = 5;

/// Publishes the script in this JSON, and returns the version's name. Publishing the same again is the same version.
///
/// # Errors
/// [`Error::Script`] says where the file is wrong, [`Error::Invalid`] what is; [`Error::Store`].
pub fn publish_script(store: &dyn Store, tenant: TenantId, json: &[u8]) -> Result<ContentHash, Error> {
    let script = read_script(tenant, json)?;
    script.check()?;
    Ok(store.put_script(tenant, &record(&script)?)?)
}

/// Starts the draft of a new script with what is in this JSON, whose questions keep their numbers, and returns the script.
/// An id in the file is passed over: a draft is called by the entry that starts it.
///
/// # Errors
/// As [`publish_script`], but that there need be no questions yet; those of [`Pen`].
pub fn start_draft(
    store: &dyn Store,
    pen: &Pen,
    tenant: TenantId,
    json: &[u8],
    now: Timestamp,
) -> Result<ScriptId, Error> {
    let script = read_script(tenant, json)?;
    if !script.questions.is_empty() {
        script.check()?;
    }
    pen.start_draft(store, tenant, |first| changes_that_make(&script, first), now)
}

/// Publishes a draft as it stands, and returns the version's name. Questions that have no number get theirs. Publishing the
/// same again is the same version.
///
/// # Errors
/// [`Error::Unknown`] without the draft, [`Error::Flawed`] with everything that is wrong with it, [`Error::Store`]; those
/// of [`Pen`].
pub fn publish_draft(
    store: &dyn Store,
    pen: &Pen,
    tenant: TenantId,
    script: ScriptId,
    now: Timestamp,
) -> Result<ContentHash, Error> {
    for _ in 0..TRIES {
        let published = Cell::new(None);
        let wanted = |state: &ScriptState| {
            let version = state.published().map_err(Error::Flawed)?;
            record(&version)?;
            published.set(Some(version.content_hash()));
            let is_known = state.versions.last().map(|(_, latest)| *latest) == published.get();
            let publishing = state.publishing().map_err(Error::Flawed)?;
            Ok(if is_known { Vec::new() } else { vec![publishing] })
        };
        match (pen.edit_draft(store, tenant, script, wanted, now), published.get()) {
            (Ok(()), Some(version)) => return Ok(version),
            (Ok(()), None) | (Err(Error::Refused(Reason::Rebase)), _) => {}
            (Err(error), _) => return Err(error),
        }
    }
    Err(engine::Refused::Busy.into())
}

/// The bytes of a version. One that fits into no frame would reach no phone.
fn record(script: &Script) -> Result<Vec<u8>, Error> {
    let bytes = cbor::encode(script);
    if bytes.len() > MAX_RECORD_BYTES {
        return Err(Invalid::TooLong { what: "script", limit: MAX_RECORD_BYTES }.into());
    }
    Ok(bytes)
}

/// The changes that make a script: its title, its questions one behind the other, their numbers.
fn changes_that_make(script: &Script, first: EntryId) -> Result<Vec<ScriptChange>, Error> {
    let added_by = |place| question_added_by(EntryId::new(first.device, first.seq + place));
    let ids: BTreeMap<QuestionKey, QuestionId> =
        (1..).zip(&script.questions).map(|(place, question)| (question.key, added_by(place))).collect();
    let missing = Invalid::Malformed { what: "a condition's question", wanted: "one of the script's" };
    let mut changes = vec![ScriptChange::SetTitle(script.title.clone())];
    let mut behind = None;
    for question in &script.questions {
        let question = question.called(&|key| ids.get(&key).copied()).ok_or(missing)?;
        let id = question.key;
        changes.push(ScriptChange::AddQuestion { question, behind });
        behind = Some(id);
    }
    changes.extend(ids.into_iter().map(|(key, id)| ScriptChange::Number(id, key)));
    Ok(changes)
}

/// Reads the script in this JSON, as somebody writes it: without an id it gets one from the tenant and its title. It is not
/// held against its bounds, as a draft may be unfinished.
///
/// # Errors
/// [`Error::Script`] says where the file is wrong; [`Error::Invalid`], where it is too long.
pub fn read_script(tenant: TenantId, json: &[u8]) -> Result<Script, Error> {
    if json.len() > FILE_BYTES {
        return Err(Invalid::TooLong { what: "script", limit: FILE_BYTES }.into());
    }
    Ok(serde_json::from_slice::<File>(json)?.into_script(tenant))
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
