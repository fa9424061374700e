//! The office: it decides about what is set aside.

use super::{Server, made_on};
use walkbook_model::{DeviceId, EntryId};
use walkbook_sync::{Reason, Settled};

/// What the office has decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// It counts from now on.
    Released,
    /// It does not count.
    Refused,
}

impl Server {
    /// What is set aside.
    pub fn set_aside(&self) -> Vec<EntryId> {
        self.aside.keys().copied().collect()
    }

    /// Sets everything aside that this device brings from now on, or no more; says which.
    pub fn watch(&mut self, device: DeviceId) -> bool {
        let was_watched = self.watched.remove(&device);
        !was_watched && self.watched.insert(device)
    }

    /// Decides about an entry that is set aside: refuses it, or lets it count. One that rests on what was refused can only be
    /// refused; one that rests on another set aside waits, and nothing is decided.
    pub fn decide(&mut self, id: EntryId, refuses: bool) -> Option<Decided> {
        let named = made_on(self.aside.get(&id)?);
        let hangs = named.iter().any(|named| self.refused.contains_key(named));
        let waits = named.iter().any(|named| self.aside.contains_key(named));
        if waits && !hangs {
            return None;
        }
        let entry = self.aside.remove(&id)?;
        if hangs || refuses {
            self.refused.insert(id, Reason::Declined);
            self.decided.push((id, Settled::Refused(Reason::Declined, "seen to".into())));
            return Some(Decided::Refused);
        }
        self.decided.push((id, Settled::Taken(entry.bound)));
        self.accept(entry);
        Some(Decided::Released)
    }
}
