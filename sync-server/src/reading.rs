//! What the store holds, read as the ledger computes it: the same state as on every phone.

use crate::store::{Error, Held, Store, StoredEntry};
use walkbook_ledger::{
    Base, DoorBase, DoorState, Entry, ListBase, ListState, Payload, ScriptBase, ScriptState, Subject,
};
use walkbook_model::cbor::{self, Caps};
use walkbook_model::{ContentHash, DoorId, Script, ScriptId, TenantId, WalkListId};

/// An entry as it counts; nothing where it was erased or cannot be read.
pub(crate) fn opened(stored: &StoredEntry) -> Option<Entry> {
    let Held::Readable(content) = &stored.content else { return None };
    let payload = Payload::from_bytes(&content.payload).ok()?;
    Some(Entry { device: stored.device, header: stored.header, bound: stored.bound, payload })
}

/// The entries about a document that count.
///
/// # Errors
/// Those of the store.
pub fn entries_of(store: &dyn Store, tenant: TenantId, subject: Subject) -> Result<Vec<Entry>, Error> {
    Ok(store.entries_of(tenant, subject)?.iter().filter_map(opened).collect())
}

/// A door's base; nothing where there is none that can be read.
///
/// # Errors
/// Those of the store.
pub fn door_base(store: &dyn Store, tenant: TenantId, door: DoorId) -> Result<Option<DoorBase>, Error> {
    let bytes = store.base_of(tenant, Subject::Door(door))?.and_then(|base| Held::readable(base.bytes));
    bytes.map(|bytes| Base::from_bytes(&bytes).map_err(|_| Error::Damaged { what: "door" })).transpose()
}

/// A door's state; nothing where there is no such door.
///
/// # Errors
/// Those of the store; [`Error::Damaged`] if the state cannot be computed.
pub fn door_state(store: &dyn Store, tenant: TenantId, door: DoorId) -> Result<Option<DoorState>, Error> {
    let base = door_base(store, tenant, door)?;
    let entries = entries_of(store, tenant, Subject::Door(door))?;
    if base.is_none() && entries.is_empty() {
        return Ok(None);
    }
    DoorState::compute(door, base.as_ref(), &entries).map(Some).map_err(|_| Error::Damaged { what: "door" })
}

/// A list's state; nothing where there is no such list.
///
/// # Errors
/// As [`door_state`].
pub fn list_state(store: &dyn Store, tenant: TenantId, list: WalkListId) -> Result<Option<ListState>, Error> {
    let subject = Subject::List(list);
    let Some(bytes) = store.base_of(tenant, subject)?.and_then(|base| Held::readable(base.bytes)) else {
        return Ok(None);
    };
    let damaged = || Error::Damaged { what: "list" };
    let base = ListBase::from_bytes(&bytes).map_err(|_| damaged())?;
    let entries = entries_of(store, tenant, subject)?;
    ListState::compute(&base, &entries).map(Some).map_err(|_| damaged())
}

/// The state of a script's draft; nothing where there is no such draft.
///
/// # Errors
/// As [`door_state`].
pub fn draft_state(store: &dyn Store, tenant: TenantId, script: ScriptId) -> Result<Option<ScriptState>, Error> {
    let subject = Subject::Script(script);
    let damaged = || Error::Damaged { what: "draft" };
    let bytes = store.base_of(tenant, subject)?.and_then(|base| Held::readable(base.bytes));
    let base = bytes.map(|bytes| ScriptBase::from_bytes(&bytes)).transpose().map_err(|_| damaged())?;
    let entries = entries_of(store, tenant, subject)?;
    if base.is_none() && entries.is_empty() {
        return Ok(None);
    }
    ScriptState::compute(script, base.as_ref(), &entries).map(Some).map_err(|_| damaged())
}

/// A version of a script; nothing where there is none of this name.
///
/// # Errors
/// Those of the store; [`Error::Damaged`].
pub fn script(store: &dyn Store, tenant: TenantId, hash: ContentHash) -> Result<Option<Script>, Error> {
    let bytes = store.script(tenant, hash)?;
    bytes.map(|bytes| cbor::decode(&bytes, Caps::RECORD).map_err(|_| Error::Damaged { what: "script" })).transpose()
}

const PAGE: u32 = 1_000;

/// Every document that has a base, in order.
///
/// # Errors
/// Each page's own, as an item; then there are no more.
pub fn subjects(store: &dyn Store, tenant: TenantId) -> impl Iterator<Item = Result<Subject, Error>> {
    let mut page: std::vec::IntoIter<Subject> = Vec::new().into_iter();
    let mut after = None;
    let mut is_over = false;
    std::iter::from_fn(move || {
        if let Some(subject) = page.next() {
            after = Some(subject);
            return Some(Ok(subject));
        }
        if is_over {
            return None;
        }
        match store.subjects(tenant, after, PAGE) {
            Ok(subjects) => {
                is_over = subjects.is_empty();
                page = subjects.into_iter();
                after = page.next();
                after.map(Ok)
            }
            Err(error) => {
                is_over = true;
                Some(Err(error))
            }
        }
    })
}

/// The tenant's lists.
///
/// # Errors
/// Those of the store.
pub fn lists(store: &dyn Store, tenant: TenantId) -> Result<Vec<WalkListId>, Error> {
    let of_lists = |subject| match subject {
        Ok(Subject::List(list)) => Some(Ok(list)),
        Ok(Subject::Door(_) | Subject::Script(_)) => None,
        Err(error) => Some(Err(error)),
    };
    subjects(store, tenant).filter_map(of_lists).collect()
}
