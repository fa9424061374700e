//! Re-basing: a base of the next epoch with edits folded in, so that a list costs what is on it and not what was done to it.
//!
//! What is shown stays as it is. Folded is what stands on nothing that is open: an edit that waits for another, that stands
//! in a clash, or that is set aside stays an edit, and so does all that was made on top of it. A base can name what was
//! folded only as "this device's, up to here", so what a device wrote about the list afterwards stays too.
//!
//! Edits that come later and were made on an earlier epoch are replayed on the new base: they come after all that is folded,
//! whatever their clock says.

use crate::state::{as_set, edits_on};
use crate::{Base, document::Edits};
use crate::{Entry, Error, ListBase, ListChange, ListState, Payload};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use walkbook_model::{DeviceId, EntryId};

fn list_change(entry: &Entry) -> Option<&ListChange> {
    match &entry.payload {
        Payload::List(edit) => Some(&edit.change),
        _ => None,
    }
}

impl ListBase {
    /// The edits among these that are not folded into the base: what computing the list costs.
    pub fn unfolded<'a>(&self, entries: impl IntoIterator<Item = &'a Entry>) -> usize {
        entries.into_iter().filter(|entry| list_change(entry).is_some() && !self.has_folded(entry.id())).count()
    }

    /// The base of the next epoch, with as many of these edits folded in as can be; nothing, where none can and none waits for a
    /// later epoch. `aside` are entries about this list which are set aside, and may count later.
    ///
    /// ```
    /// use walkbook_ledger::{Base, Entry, Header, ListChange, ListEdit, ListState, Payload, Subject};
    /// use walkbook_model::*;
    ///
    /// let (id, device) = (WalkListId::from_bytes([1; 16]), DeviceId::from_bytes([2; 16]));
    /// let effort = EffortId::from_bytes([3; 16]);
    /// let base = Base::first(WalkList { id, effort, name: "North".into(), script: None, assigned: vec![], doors: vec![] });
    /// let header = Header { seq: 1, moment: Moment::default(), subject: Subject::List(id), epoch: 0 };
    /// let payload = Payload::List(ListEdit { on: vec![], change: ListChange::Rename("Harbour".into()) });
    /// let renamed = Entry { device, header, bound: None, payload };
    ///
    /// let rebased = base.rebased([&renamed], &[])?.unwrap();
    /// assert_eq!((rebased.epoch, &*rebased.record.name), (1, "Harbour"));
    /// assert_eq!(ListState::compute(&rebased, [&renamed])?.list, ListState::compute(&base, [&renamed])?.list);
    /// # Ok::<(), walkbook_ledger::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Document`] if the edits cannot be applied; the base stays then.
    pub fn rebased<'a>(
        &self,
        entries: impl IntoIterator<Item = &'a Entry>,
        aside: &[EntryId],
    ) -> Result<Option<Self>, Error> {
        let mut entries = as_set(entries);
        // Edits to an epoch that this base has not come to: it was lost, with a server that was restored. They count from
        // the new base on, and are nothing yet that could be folded.
        let early = entries
            .values()
            .map(Cow::as_ref)
            .filter(|entry| entry.header.epoch > self.epoch && list_change(entry).is_some());
        let early: Vec<(EntryId, u32)> = early.map(|entry| (entry.id(), entry.header.epoch)).collect();
        entries.retain(|id, _| early.iter().all(|(early, _)| early != id));
        let before = ListState::compute(self, entries.values().map(Cow::as_ref))?;
        let (edits, _) = edits_on(Some(self), &entries, list_change);
        let clashing = before.clashes.iter().flatten().map(|(id, _)| id);
        let open = before.waiting.iter().chain(clashing).chain(aside).copied();
        let stay = standing_on(&edits, open.chain(early.iter().map(|(id, _)| *id)));
        let mut folded: BTreeMap<DeviceId, u64> = self.folded.iter().copied().collect();
        for id in edits.keys().filter(|id| !stay.contains(id)) {
            let last = folded.entry(id.device).or_default();
            *last = id.seq.max(*last);
        }
        let folded: Vec<(DeviceId, u64)> = folded.into_iter().collect();
        if folded == self.folded && early.is_empty() {
            return Ok(None);
        }
        let to_fold = entries.values().map(Cow::as_ref).filter(|entry| !stay.contains(&entry.id()));
        let record = ListState::compute(self, to_fold)?.list;
        let wanted = early.iter().map(|(_, epoch)| *epoch).max().unwrap_or_default();
        let rebased = Base { epoch: self.epoch.saturating_add(1).max(wanted), folded, record };
        let after = ListState::compute(&rebased, entries.values().map(Cow::as_ref))?;
        if (after.list, after.clashes, after.waiting) == (before.list, before.clashes, before.waiting) {
            return Ok(Some(rebased));
        }
        // What was made on a lost epoch is not left waiting because nothing can be folded.
        let unfolded = Base { epoch: wanted, folded: self.folded.clone(), record: self.record.clone() };
        Ok((!early.is_empty()).then_some(unfolded))
    }
}

/// The edits that stand on one of these, or were written about the list behind it by the same device; and these.
fn standing_on<C>(edits: &Edits<'_, C>, open: impl Iterator<Item = EntryId>) -> BTreeSet<EntryId> {
    let mut named_by: BTreeMap<EntryId, Vec<EntryId>> = BTreeMap::new();
    for edit in edits.values() {
        for on in &edit.on {
            named_by.entry(*on).or_default().push(edit.id);
        }
    }
    let mut stay = BTreeSet::new();
    let mut next: Vec<EntryId> = open.collect();
    while let Some(id) = next.pop() {
        if stay.insert(id) {
            let last = EntryId::new(id.device, u64::MAX);
            let behind = edits.range((Bound::Excluded(id), Bound::Included(last))).next();
            next.extend(behind.map(|(id, _)| *id));
            next.extend(named_by.remove(&id).unwrap_or_default());
        }
    }
    stay
}
