//! Lists to which much was done get a base of the next epoch: what computing a list costs follows what is on it.

use super::handing_out::difference;
use crate::reading;
use crate::store::{self, Held, NewBase, Store, Verdict};
use std::collections::BTreeSet;
use walkbook_ledger::{Entry, ListBase, ListState, Subject};
use walkbook_model::{DeviceId, EntryId, TenantId, Timestamp, WalkListId};

const PAGE: u32 = 1_000;

/// Cuts a new base of a list, if its edits have passed a multiple of `every` with these new ones: where something stands in
/// the way of folding them, that is found out now and then, and not with every edit. What was made on an epoch that this
/// server has lost is not left waiting.
///
/// # Errors
/// Those of the store. A list that cannot be computed stays as it is.
pub(super) fn rebase_if_due(
    store: &dyn Store,
    tenant: TenantId,
    list: WalkListId,
    new: &[Entry],
    every: usize,
    now: Timestamp,
) -> Result<(), store::Error> {
    let subject = Subject::List(list);
    // Before anything is read: what comes in between keeps the new base out.
    let as_of = store.head(tenant)?;
    let Some(bytes) = store.base_of(tenant, subject)?.and_then(|base| Held::readable(base.bytes)) else {
        return Ok(());
    };
    let Ok(base) = ListBase::from_bytes(&bytes) else { return Ok(()) };
    let entries = reading::entries_of(store, tenant, subject)?;
    let unfolded = base.unfolded(&entries);
    let is_due = unfolded / every != unfolded.saturating_sub(new.len()) / every;
    let is_early = new.iter().any(|entry| entry.header.epoch > base.epoch);
    if is_due || is_early {
        let aside = set_aside(store, tenant, entries.iter().map(|entry| entry.device).collect())?;
        let Ok(Some(rebased)) = base.rebased(&entries, &aside) else { return Ok(()) };
        let (before, after) = (ListState::compute(&base, &entries), ListState::compute(&rebased, &entries));
        // What had waited for an epoch that was lost counts from now on.
        let (Ok(before), Ok(after)) = (before, after) else { return Ok(()) };
        let base = NewBase { subject, bytes: rebased.to_bytes() };
        store.replace_base(tenant, &base, &difference(&before, &after), as_of, now)?;
    }
    Ok(())
}

/// What is set aside of these devices' logs, whatever it is about.
fn set_aside(store: &dyn Store, tenant: TenantId, devices: BTreeSet<DeviceId>) -> Result<Vec<EntryId>, store::Error> {
    let mut aside = Vec::new();
    for device in devices {
        let mut after = 0;
        loop {
            let page = store.standings_of(tenant, device, after, PAGE)?;
            let Some(last) = page.last() else { break };
            after = last.seq;
            let waiting = page.iter().filter(|standing| standing.verdict == Verdict::Quarantined);
            aside.extend(waiting.map(|standing| EntryId::new(device, standing.seq)));
        }
    }
    Ok(aside)
}
