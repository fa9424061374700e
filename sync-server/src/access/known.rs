//! What a judge has looked up, and what it has judged before.

use super::Judge;
use crate::store::{self, Reach, Verdict};
use std::collections::{BTreeMap, BTreeSet};
use walkbook_ledger::{DoorChange, Entry, Header, Payload, Subject, door_added_by};
use walkbook_model::cbor::{self, Caps};
use walkbook_model::{ContentHash, DoorId, EntryId, Script, UserId, WalkListId};

#[derive(Default)]
pub(super) struct Known {
    reach: BTreeMap<DoorId, Reach>,
    lists: Option<BTreeMap<WalkListId, bool>>,
    scripts: BTreeMap<ContentHash, Option<Script>>,
    /// Entries of this run: their subject, and their verdict unless refused.
    judged: BTreeMap<u64, (Subject, Option<Verdict>)>,
    added: BTreeSet<DoorId>,
}

impl Known {
    pub(super) fn remember(&mut self, header: Header, verdict: Option<Verdict>) {
        self.judged.insert(header.seq, (header.subject, verdict));
    }

    pub(super) fn added(&mut self, door: DoorId) {
        self.reach.insert(door, Reach::Now);
        self.added.insert(door);
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

/// What is known of an entry that another one names.
pub(super) enum Named {
    /// It counts, or is set aside; it is about this, and this user's.
    Here(Subject, Verdict),
    /// It was refused.
    Refused,
    /// The device has not brought it yet.
    Coming,
    /// No device of the tenant can ever have written it.
    Nobody,
}

impl Judge<'_> {
    pub(super) fn reach(&mut self, door: DoorId) -> Result<Reach, store::Error> {
        if let Some(reach) = self.known.reach.get(&door) {
            return Ok(*reach);
        }
        let reach = self.store.reach(self.sender.tenant, self.sender.user.id, door)?;
        self.known.reach.insert(door, reach);
        Ok(reach)
    }

    /// Whether the tenant has this door.
    pub(super) fn exists(&self, door: DoorId) -> Result<bool, store::Error> {
        let (tenant, subject) = (self.sender.tenant, Subject::Door(door));
        Ok(self.known.added.contains(&door)
            || self.store.base_of(tenant, subject)?.is_some()
            || !self.store.entries_of(tenant, subject)?.is_empty())
    }

    /// Whether the sender added this door.
    pub(super) fn is_own_new_door(&mut self, door: DoorId) -> Result<bool, store::Error> {
        if self.known.added.contains(&door) {
            return Ok(true);
        }
        let first = self.store.entries_of(self.sender.tenant, Subject::Door(door))?.into_iter().next();
        let Some(first) = first else { return Ok(false) };
        let id = EntryId::new(first.device, first.header.seq);
        Ok(door == door_added_by(id) && self.user_of(id)? == Some(self.sender.user.id))
    }

    /// Whether the list was ever the sender's, and still is.
    pub(super) fn own_list(&mut self, list: WalkListId) -> Result<Option<bool>, store::Error> {
        if self.known.lists.is_none() {
            let mut lists = BTreeMap::new();
            for assignment in self.store.assignments_of(self.sender.tenant, self.sender.user.id)? {
                *lists.entry(assignment.list).or_default() |= assignment.until.is_none();
            }
            self.known.lists = Some(lists);
        }
        Ok(self.known.lists.as_ref().and_then(|lists| lists.get(&list).copied()))
    }

    pub(super) fn script(&mut self, hash: ContentHash) -> Result<Option<&Script>, store::Error> {
        if !self.known.scripts.contains_key(&hash) {
            let bytes = self.store.script(self.sender.tenant, hash)?;
            let script = bytes.and_then(|bytes| cbor::decode(&bytes, Caps::RECORD).ok());
            self.known.scripts.insert(hash, script);
        }
        Ok(self.known.scripts.get(&hash).and_then(Option::as_ref))
    }

    pub(super) fn is_user(&self, user: UserId) -> Result<bool, store::Error> {
        Ok(user == self.sender.user.id || self.store.user(self.sender.tenant, user)?.is_some())
    }

    /// Whose device this entry is of.
    pub(super) fn user_of(&self, entry: EntryId) -> Result<Option<UserId>, store::Error> {
        if entry.device == self.sender.device {
            return Ok(Some(self.sender.user.id));
        }
        Ok(self.store.device(self.sender.tenant, entry.device)?.map(|device| device.user))
    }

    /// What is known of an entry that is named.
    pub(super) fn named(&self, entry: EntryId) -> Result<Named, store::Error> {
        if entry.device == self.sender.device
            && let Some((subject, verdict)) = self.known.judged.get(&entry.seq)
        {
            return Ok(verdict.map_or(Named::Refused, |verdict| Named::Here(*subject, verdict)));
        }
        let Some(device) = self.store.device(self.sender.tenant, entry.device)? else { return Ok(Named::Nobody) };
        let Some(before) = entry.seq.checked_sub(1) else { return Ok(Named::Nobody) };
        if entry.seq > device.last_seq {
            return Ok(Named::Coming);
        }
        let stored = self.store.log_of(self.sender.tenant, entry.device, before, 1)?.into_iter().next();
        Ok(match stored.map(|stored| (stored.header.subject, stored.verdict)) {
            Some((_, Verdict::Refused(_))) => Named::Refused,
            Some((subject, verdict)) => Named::Here(subject, verdict),
            None => Named::Nobody,
        })
    }
}
