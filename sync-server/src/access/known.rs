//! What a judge has looked up, and what it has judged before.

use super::Judge;
use crate::reading;
use crate::store::{self, Device, LogPosition, Verdict};
use std::collections::{BTreeMap, BTreeSet};
use walkbook_ledger::{DoorChange, Entry, Header, Payload, ScriptChange, Subject, door_added_by, script_started_by};
use walkbook_model::cbor::{self, Caps};
use walkbook_model::{ContentHash, DeviceId, DoorId, EntryId, Script, ScriptId, Settings, UserId, WalkListId};

const PAGE: u32 = 1_000;
/// Entries of others that are remembered, about 100 bytes each.
const NAMED: usize = 100_000;

#[derive(Default)]
pub(super) struct Known {
    users: BTreeMap<UserId, bool>,
    scripts: BTreeMap<ContentHash, Kept>,
    /// Entries of this run; nothing where they were refused.
    judged: BTreeMap<u64, Option<Here>>,
    added: BTreeSet<DoorId>,
    existing: BTreeSet<DoorId>,
    /// Whether the sender added a door.
    own_new: BTreeMap<DoorId, bool>,
    devices: BTreeMap<DeviceId, Option<Device>>,
    /// Entries that others have named.
    named: BTreeMap<EntryId, Named>,
    /// Scripts that have a draft.
    drafts: BTreeSet<ScriptId>,
    /// What this run has written about them that counts.
    draft_edits: BTreeMap<ScriptId, Vec<Entry>>,
    /// Versions of scripts that this run publishes.
    pub(super) published: Vec<Vec<u8>>,
    /// The tenant's settings, once somebody has asked; nothing where they cannot be read.
    settings: Option<Option<Settings>>,
    /// The doors of lists that are edited.
    members: BTreeMap<WalkListId, BTreeSet<DoorId>>,
}

impl Known {
    pub(super) fn remember(&mut self, header: Header, accepted: Option<(&Entry, Verdict)>) {
        let here = accepted.map(|(entry, verdict)| Here {
            subject: header.subject,
            verdict,
            sort: Some(Sort::of(&entry.payload)),
        });
        self.judged.insert(header.seq, here);
        if let (Subject::Script(script), Some((entry, Verdict::Accepted))) = (header.subject, accepted) {
            self.draft_edits.entry(script).or_default().push(entry.clone());
        }
    }

    pub(super) fn draft_edits(&self, script: ScriptId) -> &[Entry] {
        self.draft_edits.get(&script).map_or(&[], Vec::as_slice)
    }

    pub(super) fn added(&mut self, door: DoorId) {
        self.added.insert(door);
    }

    pub(super) fn started(&mut self, script: ScriptId) {
        self.drafts.insert(script);
    }
}

/// A version of a script, as the server has it.
pub(super) enum Kept {
    Sound(Script),
    Missing,
    Damaged,
}

/// What an entry can be named for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// An interaction or a correction: it can be corrected.
    Visit,
    /// An edit: others can be made on top of it.
    Edit,
    /// Neither.
    Other,
}

impl Sort {
    const fn of(payload: &Payload) -> Self {
        match payload {
            Payload::Interaction(_) | Payload::Correction(_) => Self::Visit,
            Payload::Door(_) | Payload::List(_) | Payload::Script(_) => Self::Edit,
            Payload::Suppression(_) | Payload::Lift(_) | Payload::Consent(_) => Self::Other,
        }
    }
}

/// An entry that counts, or is set aside.
#[derive(Clone, Copy)]
pub(super) struct Here {
    pub(super) subject: Subject,
    pub(super) verdict: Verdict,
    /// Nothing where what it says was erased.
    pub(super) sort: Option<Sort>,
}

impl Here {
    /// Whether an entry about this may name it as one of this sort.
    pub(super) fn is(&self, sort: Sort, subject: Subject) -> bool {
        self.subject == subject && self.sort.is_none_or(|known| known == sort)
    }
}

/// Whether this entry is the one that makes the door.
pub(super) fn adds(entry: &Entry, door: DoorId) -> bool {
    let first = match &entry.payload {
        Payload::Door(edit) => edit.on.is_empty() && matches!(edit.change, DoorChange::SetAddress(_)),
        _ => false,
    };
    first && door == door_added_by(entry.id())
}

/// Whether this entry is the one that starts the script's draft.
pub(super) fn starts(entry: &Entry, script: ScriptId) -> bool {
    let first = match &entry.payload {
        Payload::Script(edit) => edit.on.is_empty() && matches!(edit.change, ScriptChange::SetTitle(_)),
        _ => false,
    };
    first && script == script_started_by(entry.id())
}

/// What is known of an entry that another one names.
#[derive(Clone, Copy)]
pub(super) enum Named {
    /// It counts, or is set aside.
    Here(Here),
    /// It was refused.
    Refused,
    /// The device has not brought it yet.
    Coming,
    /// No device of the tenant can ever have written it.
    Nobody,
}

impl Judge<'_> {
    /// Whether the tenant has this door.
    pub(super) fn exists(&mut self, door: DoorId) -> Result<bool, store::Error> {
        let (tenant, subject) = (self.sender.tenant, Subject::Door(door));
        let exists = self.known.added.contains(&door)
            || self.known.existing.contains(&door)
            || self.store.base_of(tenant, subject)?.is_some()
            || !self.store.entries_of(tenant, subject)?.is_empty();
        if exists {
            self.known.existing.insert(door);
        }
        Ok(exists)
    }

    /// Whether the tenant has a draft of this script.
    pub(super) fn has_draft(&mut self, script: ScriptId) -> Result<bool, store::Error> {
        let (tenant, subject) = (self.sender.tenant, Subject::Script(script));
        let has = self.known.drafts.contains(&script)
            || self.store.base_of(tenant, subject)?.is_some()
            || !self.store.entries_of(tenant, subject)?.is_empty();
        if has {
            self.known.drafts.insert(script);
        }
        Ok(has)
    }

    /// The doors on a list, with what this run has put there and taken off.
    pub(super) fn members(&mut self, list: WalkListId) -> Result<&mut BTreeSet<DoorId>, store::Error> {
        let missing = !self.known.members.contains_key(&list);
        let doors = self.known.members.entry(list).or_default();
        if missing {
            let mut after = LogPosition::START;
            loop {
                let page = self.store.doors_of(self.sender.tenant, list, after, PAGE)?;
                let Some((last, _)) = page.last() else { break };
                after = *last;
                doors.extend(page.iter().map(|(_, door)| *door));
            }
        }
        Ok(doors)
    }

    /// Whether the sender added this door.
    pub(super) fn is_own_new_door(&mut self, door: DoorId) -> Result<bool, store::Error> {
        if self.known.added.contains(&door) {
            return Ok(true);
        }
        if let Some(known) = self.known.own_new.get(&door) {
            return Ok(*known);
        }
        let first = self.store.entries_of(self.sender.tenant, Subject::Door(door))?.into_iter().next();
        let own = match first.map(|first| EntryId::new(first.device, first.header.seq)) {
            Some(id) => door == door_added_by(id) && self.user_of(id)? == Some(self.sender.user.id),
            None => false,
        };
        self.known.own_new.insert(door, own);
        Ok(own)
    }

    pub(super) fn script(&mut self, hash: ContentHash) -> Result<&Kept, store::Error> {
        if !self.known.scripts.contains_key(&hash) {
            let kept = match self.store.script(self.sender.tenant, hash) {
                Err(store::Error::Damaged { .. }) => Kept::Damaged,
                bytes => bytes?.map_or(Kept::Missing, |bytes| {
                    cbor::decode(&bytes, Caps::RECORD).map_or(Kept::Damaged, Kept::Sound)
                }),
            };
            self.known.scripts.insert(hash, kept);
        }
        Ok(self.known.scripts.get(&hash).unwrap_or(&Kept::Missing))
    }

    /// What the tenant has decided; nothing where it cannot be read.
    pub(super) fn settings(&mut self) -> Result<Option<&Settings>, store::Error> {
        if self.known.settings.is_none() {
            let settings = match reading::settings(self.store, self.sender.tenant) {
                Err(store::Error::Damaged { .. }) => None,
                settings => Some(settings?),
            };
            self.known.settings = Some(settings);
        }
        Ok(self.known.settings.as_ref().and_then(Option::as_ref))
    }

    pub(super) fn is_user(&mut self, user: UserId) -> Result<bool, store::Error> {
        if let Some(is_user) = self.known.users.get(&user) {
            return Ok(*is_user);
        }
        let is_user = match self.store.user(self.sender.tenant, user) {
            // Only the label is unreadable.
            Err(store::Error::Damaged { .. }) => true,
            found => found?.is_some(),
        };
        self.known.users.insert(user, is_user);
        Ok(is_user)
    }

    /// Whose device this entry is of.
    pub(super) fn user_of(&mut self, entry: EntryId) -> Result<Option<UserId>, store::Error> {
        if entry.device == self.sender.device {
            return Ok(Some(self.sender.user.id));
        }
        Ok(self.device(entry.device)?.map(|device| device.user))
    }

    fn device(&mut self, device: DeviceId) -> Result<Option<Device>, store::Error> {
        if let Some(known) = self.known.devices.get(&device) {
            return Ok(*known);
        }
        let found = self.store.device(self.sender.tenant, device)?;
        self.known.devices.insert(device, found);
        Ok(found)
    }

    /// What is known of an entry that is named.
    pub(super) fn named(&mut self, entry: EntryId) -> Result<Named, store::Error> {
        if entry.device == self.sender.device
            && let Some(judged) = self.known.judged.get(&entry.seq)
        {
            return Ok(judged.map_or(Named::Refused, Named::Here));
        }
        if let Some(known) = self.known.named.get(&entry) {
            return Ok(*known);
        }
        let named = self.find_named(entry)?;
        if self.known.named.len() >= NAMED {
            self.known.named.clear();
        }
        self.known.named.insert(entry, named);
        Ok(named)
    }

    fn find_named(&mut self, entry: EntryId) -> Result<Named, store::Error> {
        let Some(device) = self.device(entry.device)? else { return Ok(Named::Nobody) };
        let Some(before) = entry.seq.checked_sub(1) else { return Ok(Named::Nobody) };
        if entry.seq > device.last_seq {
            return Ok(Named::Coming);
        }
        let Some(stored) = self.store.log_of(self.sender.tenant, entry.device, before, 1)?.into_iter().next() else {
            return Ok(Named::Nobody);
        };
        if matches!(stored.verdict, Verdict::Refused(_)) {
            return Ok(Named::Refused);
        }
        let payload = stored.content.readable().and_then(|content| Payload::from_bytes(&content.payload).ok());
        let sort = payload.as_ref().map(Sort::of);
        Ok(Named::Here(Here { subject: stored.header.subject, verdict: stored.verdict, sort }))
    }
}
