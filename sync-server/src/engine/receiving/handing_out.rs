//! What edits of lists change about who works what.

use crate::reading::opened;
use crate::store::{self, ListUpdate, Store};
use std::collections::{BTreeMap, BTreeSet};
use walkbook_ledger::{Entry, ListBase, ListState, Subject};
use walkbook_model::{TenantId, WalkListId};

/// What accepted list edits change about who works what: the difference that they make to the computed list.
pub(crate) fn updates(
    store: &dyn Store,
    tenant: TenantId,
    edits: &BTreeMap<WalkListId, Vec<Entry>>,
) -> Result<Vec<ListUpdate>, store::Error> {
    let mut updates = Vec::new();
    for (list, new) in edits {
        let subject = Subject::List(*list);
        let Some(base) = store.base_of(tenant, subject)? else { continue };
        let Some(base) = base.bytes.readable().and_then(|bytes| ListBase::from_bytes(&bytes).ok()) else {
            continue;
        };
        let stored = store.entries_of(tenant, subject)?;
        let before: Vec<Entry> = stored.iter().filter_map(opened).collect();
        let after = ListState::compute(&base, before.iter().chain(new));
        if let (Ok(before), Ok(after)) = (ListState::compute(&base, &before), after) {
            updates.extend(difference(&before, &after));
        }
    }
    Ok(updates)
}

pub(super) fn difference(before: &ListState, after: &ListState) -> Vec<ListUpdate> {
    let list = after.list.id;
    let (left, joined) = changed(&before.list.doors, &after.list.doors);
    let (off, on) = changed(&before.list.assigned, &after.list.assigned);
    let left = left.into_iter().map(|door| ListUpdate::Leave(list, door));
    let joined = joined.into_iter().map(|door| ListUpdate::Join(list, door));
    let off = off.into_iter().map(|user| ListUpdate::Unassign(list, user));
    let on = on.into_iter().map(|user| ListUpdate::Assign(list, user));
    left.chain(joined).chain(off).chain(on).collect()
}

/// What is only in the first, and what is only in the second.
fn changed<T: Copy + Ord>(before: &[T], after: &[T]) -> (Vec<T>, Vec<T>) {
    let [old, new] = [before, after].map(|items| items.iter().copied().collect::<BTreeSet<T>>());
    let without =
        |items: &[T], others: &BTreeSet<T>| items.iter().copied().filter(|item| !others.contains(item)).collect();
    (without(before, &new), without(after, &old))
}
