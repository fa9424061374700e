//! What is brought to a backend.

use crate::reading;
use crate::store::{self, LogPosition, Store, StoredEntry, Tenant, User};
use std::collections::{BTreeMap, BTreeSet};
use walkbook_ledger::{Base, DoorBase, DoorState, Entry, Header, ListBase, ListState, Subject};
use walkbook_model::{ContentHash, DeviceId, DoorId, EntryId, Knock, Script, TenantId, WalkListId};

/// Documents as they stood at one moment.
pub struct Delivery {
    /// Whose.
    pub tenant: Tenant,
    /// The tenant's position before the documents were read: a backend that has them from a later one keeps those.
    pub as_of: LogPosition,
    /// Doors.
    pub doors: Vec<DoorRecord>,
    /// Walk lists.
    pub lists: Vec<ListRecord>,
    /// Whoever wrote one of the entries, by phone.
    pub writers: BTreeMap<DeviceId, User>,
    /// The scripts that answers are to.
    pub scripts: BTreeMap<ContentHash, Script>,
}

/// A door and all that happened at it.
pub struct DoorRecord {
    /// What everybody sees of it.
    pub state: DoorState,
    /// Every accepted entry about it.
    pub entries: Vec<EntryRecord>,
}

/// A walk list and all that was changed of it.
pub struct ListRecord {
    /// What everybody sees of it.
    pub state: ListState,
    /// Every accepted entry about it.
    pub entries: Vec<EntryRecord>,
}

/// An accepted entry.
pub struct EntryRecord {
    /// Which.
    pub id: EntryId,
    /// Its place among the tenant's changes.
    pub position: LogPosition,
    /// Place, time and subject.
    pub header: Header,
    /// What it says, bounded; nothing where it was erased or cannot be read.
    pub entry: Option<Entry>,
}

/// Why a document cannot be brought.
#[derive(Debug)]
pub(super) enum NotRead {
    /// It cannot be read or computed.
    Unreadable,
    /// The store failed.
    Store(store::Error),
}

impl From<store::Error> for NotRead {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Damaged { .. } => Self::Unreadable,
            other => Self::Store(other),
        }
    }
}

/// A tenant's documents, read one after the other.
pub(super) struct Reader<'a> {
    store: &'a dyn Store,
    tenant: TenantId,
    delivery: Delivery,
}

impl<'a> Reader<'a> {
    pub(super) fn new(store: &'a dyn Store, tenant: TenantId) -> Result<Self, store::Error> {
        let delivery = Delivery {
            tenant: store.tenant(tenant)?.ok_or(store::Error::Unknown { what: "tenant" })?,
            as_of: store.head(tenant)?,
            doors: Vec::new(),
            lists: Vec::new(),
            writers: BTreeMap::new(),
            scripts: BTreeMap::new(),
        };
        Ok(Self { store, tenant, delivery })
    }

    /// Adds a document.
    pub(super) fn read(&mut self, subject: Subject) -> Result<(), NotRead> {
        match subject {
            Subject::Door(door) => self.read_door(door),
            Subject::List(list) => self.read_list(list),
        }
    }

    pub(super) fn finish(self) -> Delivery {
        self.delivery
    }

    fn read_door(&mut self, door: DoorId) -> Result<(), NotRead> {
        let base: Option<DoorBase> = reading::door_base(self.store, self.tenant, door)?;
        let entries = self.entries(Subject::Door(door))?;
        if base.is_none() && entries.is_empty() {
            return Ok(());
        }
        let state = DoorState::compute(door, base.as_ref(), entries.iter().filter_map(|record| record.entry.as_ref()))
            .map_err(|_| NotRead::Unreadable)?;
        self.read_scripts(&state)?;
        self.delivery.doors.push(DoorRecord { state, entries });
        Ok(())
    }

    fn read_list(&mut self, list: WalkListId) -> Result<(), NotRead> {
        let subject = Subject::List(list);
        let base = self.store.base_of(self.tenant, subject)?.and_then(|base| base.bytes.readable());
        let Some(base) = base else { return Ok(()) };
        let base: ListBase = Base::from_bytes(&base).map_err(|_| NotRead::Unreadable)?;
        let entries = self.entries(subject)?;
        let state = ListState::compute(&base, entries.iter().filter_map(|record| record.entry.as_ref()))
            .map_err(|_| NotRead::Unreadable)?;
        self.delivery.lists.push(ListRecord { state, entries });
        Ok(())
    }

    fn entries(&mut self, subject: Subject) -> Result<Vec<EntryRecord>, store::Error> {
        let stored = self.store.entries_of(self.tenant, subject)?;
        for device in stored.iter().map(|entry| entry.device).collect::<BTreeSet<_>>() {
            self.read_writer(device)?;
        }
        Ok(stored.into_iter().map(record).collect())
    }

    fn read_writer(&mut self, device: DeviceId) -> Result<(), store::Error> {
        if !self.delivery.writers.contains_key(&device)
            && let Some(found) = self.store.device(self.tenant, device)?
            && let Some(user) = self.store.user(self.tenant, found.user)?
        {
            self.delivery.writers.insert(device, user);
        }
        Ok(())
    }

    fn read_scripts(&mut self, state: &DoorState) -> Result<(), store::Error> {
        for (_, interaction) in state.counting() {
            let Knock::Answers(hash, _) = &interaction.knock else { continue };
            if !self.delivery.scripts.contains_key(hash)
                && let Some(script) = reading::script(self.store, self.tenant, *hash)?
            {
                self.delivery.scripts.insert(*hash, script);
            }
        }
        Ok(())
    }
}

fn record(stored: StoredEntry) -> EntryRecord {
    EntryRecord {
        id: EntryId::new(stored.device, stored.header.seq),
        position: stored.position.unwrap_or_default(),
        header: stored.header,
        entry: reading::opened(stored),
    }
}
