//! Documents: a base and the edits on it.
//!
//! What edits *say* stays in the entries. Automerge decides which of them stand: each edit becomes one change that
//! marks the places it writes, made on a fork at exactly the edits it names. A place that two changes marked without
//! knowing of each other holds both marks; the later edit by hybrid clock wins, and the others make a clash.
//!
//! The change's actor is the entry's identity. So no two changes share an actor, no sequence of one actor can have
//! gaps or repeat, and a mark read back names the entry that made it. No Automerge bytes are stored, sent or trusted.

mod door;
mod list;
mod order;
mod script;

pub(crate) use door::{DocumentContact, DoorDocument};
pub(crate) use list::ListDocument;
pub(crate) use script::{DocumentQuestion, ScriptDocument};

use crate::Error;
use automerge::transaction::{CommitOptions, Transaction};
use automerge::{ActorId, Automerge, ChangeHash, ObjId, ReadDoc, ScalarValue};
use std::collections::{BTreeMap, BTreeSet};
use walkbook_model::{DeviceId, EntryId, Moment};

/// What the replay needs to know of an edit.
pub(crate) struct Edit<'a, C> {
    pub(crate) id: EntryId,
    pub(crate) order: (Moment, EntryId),
    pub(crate) on: BTreeSet<EntryId>,
    pub(crate) change: &'a C,
}

/// Edits by the entry that holds them.
pub(crate) type Edits<'a, C> = BTreeMap<EntryId, Edit<'a, C>>;

/// A document with every edit applied that can be.
pub(crate) struct Replayed {
    doc: Automerge,
    hashes: BTreeMap<EntryId, ChangeHash>,
    orders: Orders,
}

/// The order of edits, by which the latest of concurrent ones wins.
pub(crate) type Orders = BTreeMap<EntryId, (Moment, EntryId)>;

const BASE_ACTOR: &[u8] = b"base";

fn identity(id: EntryId) -> Vec<u8> {
    [&id.device.to_bytes()[..], &id.seq.to_be_bytes()].concat()
}

fn actor(id: EntryId) -> ActorId {
    ActorId::from(identity(id))
}

fn entry_of(actor: &ActorId) -> Option<EntryId> {
    let (device, seq) = actor.to_bytes().split_at_checked(16)?;
    Some(EntryId::new(DeviceId::from_bytes(device.try_into().ok()?), u64::from_be_bytes(seq.try_into().ok()?)))
}

fn committed(
    doc: &mut Automerge,
    write: impl FnOnce(&mut Transaction<'_>) -> Result<(), Error>,
) -> Result<ChangeHash, Error> {
    // Zero, not nothing: left out, the library is free to look at a clock.
    let options = || CommitOptions::default().with_time(0);
    let mut transaction = doc.transaction();
    write(&mut transaction)?;
    let (hash, _) = transaction.commit_with(options());
    Ok(hash.unwrap_or_else(|| doc.empty_commit(options())))
}

impl Replayed {
    /// Builds the base's containers with `lay_out` and applies every edit whose named edits are there.
    pub(crate) fn new<C>(
        edits: &Edits<'_, C>,
        lay_out: impl FnOnce(&mut Transaction<'_>) -> Result<(), Error>,
        mark: impl Fn(&mut Transaction<'_>, &Orders, &Edit<'_, C>) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        let mut doc = Automerge::new().with_actor(ActorId::from(BASE_ACTOR));
        let base = committed(&mut doc, lay_out)?;
        let orders = edits.values().map(|edit| (edit.id, edit.order)).collect();
        let mut replayed = Self { doc, hashes: BTreeMap::new(), orders };
        for edit in in_causal_order(edits) {
            let mut heads: Vec<ChangeHash> = edit.on.iter().filter_map(|on| replayed.hashes.get(on)).copied().collect();
            if heads.is_empty() {
                heads.push(base);
            }
            heads.sort_unstable();
            let mut current = replayed.doc.get_heads();
            current.sort_unstable();
            let orders = &replayed.orders;
            let write = |transaction: &mut Transaction<'_>| mark(transaction, orders, edit);
            let hash = if heads == current {
                replayed.doc.set_actor(actor(edit.id));
                committed(&mut replayed.doc, write)?
            } else {
                let mut fork = replayed.doc.fork_at(&heads)?.with_actor(actor(edit.id));
                let hash = committed(&mut fork, write)?;
                replayed.doc.merge(&mut fork)?;
                hash
            };
            replayed.hashes.insert(edit.id, hash);
        }
        Ok(replayed)
    }

    /// The document, for reading.
    pub(crate) const fn doc(&self) -> &Automerge {
        &self.doc
    }

    /// The edits that marked a place and know nothing of each other, the latest first; none where the base stands.
    pub(crate) fn marks(&self, object: &ObjId, key: &str) -> Result<Vec<EntryId>, Error> {
        marks(&self.doc, &self.orders, object, key)
    }

    pub(crate) fn has(&self, id: EntryId) -> bool {
        self.hashes.contains_key(&id)
    }

    /// The latest edits: what the next one is made on top of, in rising order. None where there is the bare base.
    pub(crate) fn tips<C>(&self, edits: &Edits<'_, C>) -> Vec<EntryId> {
        let named: BTreeSet<EntryId> =
            edits.values().filter(|edit| self.has(edit.id)).flat_map(|edit| &edit.on).copied().collect();
        self.hashes.keys().filter(|id| !named.contains(id)).copied().collect()
    }
}

/// What an edit writes into the places it marks. Its own identity: Automerge drops the writing of a value that is
/// already there.
pub(crate) fn mark_of(id: EntryId) -> ScalarValue {
    ScalarValue::Bytes(identity(id))
}

/// The edits that marked a place and know nothing of each other, the latest first; none where the base stands.
pub(crate) fn marks(doc: &impl ReadDoc, orders: &Orders, object: &ObjId, key: &str) -> Result<Vec<EntryId>, Error> {
    let mut marks: Vec<EntryId> = doc
        .get_all(object, key)?
        .iter()
        .filter_map(|(_, id)| match id {
            ObjId::Id(_, actor, _) => entry_of(actor),
            ObjId::Root => None,
        })
        .collect();
    marks.sort_unstable_by_key(|id| std::cmp::Reverse(orders.get(id)));
    Ok(marks)
}

/// The map or list under this key.
fn container(doc: &impl ReadDoc, object: &ObjId, key: &str) -> Result<Option<ObjId>, Error> {
    Ok(doc.get(object, key)?.and_then(|(value, id)| value.is_object().then_some(id)))
}

/// Every edit after the ones it names; among those that are free to come, the earliest first. Edits that name something
/// absent, or each other in a circle, stay out.
fn in_causal_order<'e, 'a, C>(edits: &'e Edits<'a, C>) -> Vec<&'e Edit<'a, C>> {
    let mut missing: BTreeMap<EntryId, usize> = BTreeMap::new();
    let mut named_by: BTreeMap<EntryId, Vec<EntryId>> = BTreeMap::new();
    let mut free: BTreeMap<(Moment, EntryId), &Edit<'a, C>> = BTreeMap::new();
    for edit in edits.values() {
        if edit.on.is_empty() {
            free.insert(edit.order, edit);
        }
        missing.insert(edit.id, edit.on.len());
        for on in &edit.on {
            named_by.entry(*on).or_default().push(edit.id);
        }
    }
    let mut sorted = Vec::with_capacity(edits.len());
    while let Some((_, edit)) = free.pop_first() {
        sorted.push(edit);
        for follower in named_by.remove(&edit.id).unwrap_or_default() {
            if let (Some(left), Some(follower)) = (missing.get_mut(&follower), edits.get(&follower)) {
                *left -= 1;
                if *left == 0 {
                    free.insert(follower.order, follower);
                }
            }
        }
    }
    sorted
}
