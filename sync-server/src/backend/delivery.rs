//! What is brought to a backend.

use crate::reading;
use crate::store::{self, Held, Life, LogPosition, Store, StoredEntry, Tenant, User};
use std::collections::BTreeMap;
use walkbook_ledger::{DoorBase, DoorState, Entry, Header, ListBase, ListState, Payload, Subject};
use walkbook_model::{ContentHash, DeviceId, DoorId, EntryId, Knock, Script, TenantId, UserId, WalkListId};

/// Documents as they stood at one moment.
pub struct Delivery {
    /// Whose.
    pub tenant: Tenant,
    /// The store's life when the documents were read. Positions of two lives say nothing of each other: the store may
    /// have been restored in between.
    pub life: Life,
    /// The tenant's position before the documents were read: a backend that has them from a later one of the same life
    /// keeps those.
    pub as_of: LogPosition,
    /// Doors.
    pub doors: Vec<DoorRecord>,
    /// Walk lists.
    pub lists: Vec<ListRecord>,
    /// Whose phone each is that wrote one of the entries.
    pub writers: BTreeMap<DeviceId, UserId>,
    /// Everyone who is named, as far as they can be read.
    pub people: BTreeMap<UserId, User>,
    /// The scripts that answers are to.
    pub scripts: BTreeMap<ContentHash, Script>,
    /// Whether the tenant keeps the positions where knocks were recorded. Where it does not, one that a phone wrote down
    /// before it knew goes no further than the log.
    pub keeps_positions: bool,
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
    /// Which one.
    pub list: WalkListId,
    /// What everybody sees of it; nothing where its base was erased.
    pub state: Option<ListState>,
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
            life: store.life(),
            as_of: store.head(tenant)?,
            doors: Vec::new(),
            lists: Vec::new(),
            writers: BTreeMap::new(),
            people: BTreeMap::new(),
            scripts: BTreeMap::new(),
            keeps_positions: keeps_positions(store, tenant)?,
        };
        Ok(Self { store, tenant, delivery })
    }

    /// Adds a document.
    pub(super) fn read(&mut self, subject: Subject) -> Result<(), NotRead> {
        match subject {
            Subject::Door(door) => self.read_door(door),
            Subject::List(list) => self.read_list(list),
            // Nothing of a draft belongs to a backend; a published version comes with the answers to it.
            Subject::Script(_) => Ok(()),
        }
    }

    pub(super) fn finish(self) -> Delivery {
        self.delivery
    }

    fn read_door(&mut self, door: DoorId) -> Result<(), NotRead> {
        let base = self.base(Subject::Door(door))?;
        let base = base.map(|bytes| DoorBase::from_bytes(&bytes)).transpose().map_err(|_| NotRead::Unreadable)?;
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
        let base = self.base(subject)?;
        let base = base.map(|bytes| ListBase::from_bytes(&bytes)).transpose().map_err(|_| NotRead::Unreadable)?;
        let entries = self.entries(subject)?;
        if base.is_none() && entries.is_empty() {
            return Ok(());
        }
        let readable = || entries.iter().filter_map(|record| record.entry.as_ref());
        let state = base.map(|base| ListState::compute(&base, readable())).transpose();
        let state = state.map_err(|_| NotRead::Unreadable)?;
        let assigned = state.iter().flat_map(|state| &state.list.assigned);
        assigned.copied().try_for_each(|user| self.read_person(user))?;
        self.delivery.lists.push(ListRecord { list, state, entries });
        Ok(())
    }

    /// A document's base. One that is damaged is not taken for none: what the backend has is better than nothing.
    fn base(&self, subject: Subject) -> Result<Option<Vec<u8>>, NotRead> {
        match self.store.base_of(self.tenant, subject)?.map(|base| base.bytes) {
            None | Some(Held::Erased) => Ok(None),
            Some(Held::Damaged) => Err(NotRead::Unreadable),
            Some(Held::Readable(bytes)) => Ok(Some(bytes)),
        }
    }

    fn entries(&mut self, subject: Subject) -> Result<Vec<EntryRecord>, store::Error> {
        let records: Vec<EntryRecord> = self.store.entries_of(self.tenant, subject)?.into_iter().map(record).collect();
        for record in &records {
            self.read_writer(record.id.device)?;
            record.entry.iter().flat_map(named).try_for_each(|user| self.read_person(user))?;
        }
        Ok(records)
    }

    fn read_writer(&mut self, device: DeviceId) -> Result<(), store::Error> {
        if !self.delivery.writers.contains_key(&device)
            && let Some(found) = self.store.device(self.tenant, device)?
        {
            self.delivery.writers.insert(device, found.user);
            self.read_person(found.user)?;
        }
        Ok(())
    }

    /// Someone who cannot be read any more keeps nobody's knocks back.
    fn read_person(&mut self, user: UserId) -> Result<(), store::Error> {
        if self.delivery.people.contains_key(&user) {
            return Ok(());
        }
        match self.store.user(self.tenant, user) {
            Ok(found) => self.delivery.people.extend(found.map(|found| (user, found))),
            Err(store::Error::Damaged { .. } | store::Error::KeyDestroyed) => {}
            Err(error) => return Err(error),
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

/// Settings that cannot be read keep nothing.
fn keeps_positions(store: &dyn Store, tenant: TenantId) -> Result<bool, store::Error> {
    match reading::settings(store, tenant) {
        Ok(settings) => Ok(settings.keeps_positions),
        Err(store::Error::Damaged { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whom an entry names of those who work for the tenant, beside its writer.
fn named(entry: &Entry) -> Option<UserId> {
    match &entry.payload {
        Payload::Interaction(interaction) => interaction.knocked_by,
        Payload::Correction(correction) => correction.with.as_ref()?.knocked_by,
        Payload::Consent(consent) => Some(consent.witness),
        Payload::Suppression(_) | Payload::Lift(_) | Payload::Door(_) | Payload::List(_) | Payload::Script(_) => None,
    }
}

fn record(stored: StoredEntry) -> EntryRecord {
    EntryRecord {
        id: EntryId::new(stored.device, stored.header.seq),
        position: stored.position.unwrap_or_default(),
        header: stored.header,
        entry: reading::opened(&stored),
    }
}
