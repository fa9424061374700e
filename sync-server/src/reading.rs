//! What the store holds, read as the ledger computes it: the same state as on every phone.

use crate::store::{Error, Held, Store, StoredEntry};
use walkbook_ledger::{
    Base, DoorBase, DoorState, Entry, ListBase, ListState, Payload, ScriptBase, ScriptState, Subject,
};
use walkbook_model::cbor::{self, Caps};
use walkbook_model::{ContentHash, DoorId, Script, ScriptId, Settings, TenantId, WalkListId};

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
    draft_state_with(store, tenant, script, &[])
}

/// The same, with edits that the store does not have yet.
pub(crate) fn draft_state_with(
    store: &dyn Store,
    tenant: TenantId,
    script: ScriptId,
    more: &[Entry],
) -> Result<Option<ScriptState>, Error> {
    let subject = Subject::Script(script);
    let damaged = || Error::Damaged { what: "draft" };
    let bytes = store.base_of(tenant, subject)?.and_then(|base| Held::readable(base.bytes));
    let base = bytes.map(|bytes| ScriptBase::from_bytes(&bytes)).transpose().map_err(|_| damaged())?;
    let entries = entries_of(store, tenant, subject)?;
    if base.is_none() && entries.is_empty() && more.is_empty() {
        return Ok(None);
    }
    ScriptState::compute(script, base.as_ref(), entries.iter().chain(more)).map(Some).map_err(|_| damaged())
}

/// A version of a script; nothing where there is none of this name.
///
/// # Errors
/// Those of the store; [`Error::Damaged`].
pub fn script(store: &dyn Store, tenant: TenantId, hash: ContentHash) -> Result<Option<Script>, Error> {
    let bytes = store.script(tenant, hash)?;
    bytes.map(|bytes| cbor::decode(&bytes, Caps::RECORD).map_err(|_| Error::Damaged { what: "script" })).transpose()
}

/// What the tenant has decided for all its phones; as by default where it has decided nothing.
///
/// # Errors
/// Those of the store; [`Error::Damaged`].
pub fn settings(store: &dyn Store, tenant: TenantId) -> Result<Settings, Error> {
    let Some(bytes) = store.settings(tenant)? else { return Ok(Settings::default()) };
    cbor::decode(&bytes, Caps::PAYLOAD).map_err(|_| Error::Damaged { what: "settings" })
}

const PAGE: u32 = 1_000;

/// Everything that comes page by page, each page behind the last of the one before. A failed page is the last item.
fn pages<T: Copy>(
    after: Option<T>,
    read: impl Fn(Option<T>) -> Result<Vec<T>, Error>,
) -> impl Iterator<Item = Result<T, Error>> {
    let mut page: std::vec::IntoIter<T> = Vec::new().into_iter();
    let mut after = after;
    let mut is_over = false;
    std::iter::from_fn(move || {
        if let Some(item) = page.next() {
            after = Some(item);
            return Some(Ok(item));
        }
        if is_over {
            return None;
        }
        match read(after) {
            Ok(items) => {
                page = items.into_iter();
                let first = page.next();
                is_over = first.is_none();
                after = first.or(after);
                first.map(Ok)
            }
            Err(error) => {
                is_over = true;
                Some(Err(error))
            }
        }
    })
}

/// Every document that has a base, in order.
///
/// # Errors
/// Each page's own, as an item; then there are no more.
pub fn subjects(store: &dyn Store, tenant: TenantId) -> impl Iterator<Item = Result<Subject, Error>> {
    pages(None, move |after| store.subjects(tenant, after, PAGE))
}

/// Every door of the register that is on no list, in order.
///
/// # Errors
/// As [`subjects`].
pub fn free_doors(store: &dyn Store, tenant: TenantId) -> impl Iterator<Item = Result<DoorId, Error>> {
    pages(None, move |after| store.free_doors(tenant, after, PAGE))
}

/// The tenant's lists.
///
/// # Errors
/// Those of the store.
pub fn lists(store: &dyn Store, tenant: TenantId) -> Result<Vec<WalkListId>, Error> {
    // Lists come behind the last door: the register is not read for them.
    let last_door = Subject::Door(DoorId::from_bytes([0xff; 16]));
    let behind_doors = pages(Some(last_door), |after| store.subjects(tenant, after, PAGE));
    let lists = behind_doors.map_while(|subject| match subject {
        Ok(Subject::List(list)) => Some(Ok(list)),
        Ok(Subject::Door(_) | Subject::Script(_)) => None,
        Err(error) => Some(Err(error)),
    });
    lists.collect()
}
