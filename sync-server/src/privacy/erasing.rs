//! A person is erased: recorded first, then done.

use super::{Ledger, LedgerFlaw, Record};
use crate::reading::{self, opened};
use crate::store::{self, Erasure, Ground, Held, NewBase, Reason, RescuedEntry, Seen, Stamp, Store, StoredEntry};
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;
use walkbook_ledger::{Entry, Left, Payload, Subject, without_people};
use walkbook_model::{ContactId, DoorId, EntryId, TenantId, Timestamp};

/// Whoever writes at the door meanwhile comes first, at most so often.
const TRIES: usize = 20;

/// A person at a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person {
    /// Whose data it is.
    pub tenant: TenantId,
    /// Where they live.
    pub door: DoorId,
    /// What they are called there.
    pub contact: ContactId,
}

/// What was there of somebody who is erased now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Erased {
    /// So many entries have said something of them.
    pub spoke: usize,
    /// So much of what the door has cannot be read: whether it speaks of anybody nobody knows, and it stays as it is.
    pub unread: usize,
}

/// Why nobody was erased.
#[derive(Debug, Error)]
pub enum NotErased {
    /// There is no such contact at this door, and there was none.
    #[error("there is no such contact at this door")]
    Unknown,
    /// There is no such tenant, and none that was erased.
    #[error("there is no such tenant")]
    NoTenant,
    /// Others wrote at this door all the time. Try again: it is recorded, and will be done at the next start in any case.
    #[error("others write at this door all the time; the erasure is recorded, and done at the next start in any case")]
    Busy,
    /// The ledger of erasures cannot be worked with.
    #[error(transparent)]
    Ledger(#[from] LedgerFlaw),
    /// The store failed.
    #[error("the store: {0}")]
    Store(#[from] store::Error),
}

/// Erases a person, and whoever at the same door is said to be the same. Done twice, it is done once.
///
/// # Errors
/// [`NotErased`]. From [`NotErased::Busy`] on it is recorded, and cannot be taken back.
pub fn erase(
    store: &dyn Store,
    ledger: &Ledger,
    person: Person,
    ground: Ground,
    stamp: Stamp,
) -> Result<Erased, NotErased> {
    // Nothing is recorded behind what the store does not have.
    work_in(store, ledger, stamp.at)?;
    let Person { tenant, door, contact } = person;
    let state = reading::door_state(store, tenant, door)?.ok_or(NotErased::Unknown)?;
    let contacts = state.same_person(contact);
    let (left, unread) = what_is_left(store, tenant, door, &contacts, None)?;
    if left.is_nothing() {
        let is_erased = store.erased_at(tenant, &[door])?.contains(&(door, contact));
        return if is_erased { Ok(Erased { spoke: 0, unread }) } else { Err(NotErased::Unknown) };
    }
    let of_them = contacts.clone();
    let (at, by, of_door) = (stamp.at, stamp.by, Some(door));
    ledger.record(|number| Record { number, at, by, ground, tenant, door: of_door, contacts: of_them })?;
    let erased = carry_out(store, tenant, door, &contacts, Some((ground, stamp)))?;
    // Others may have recorded somebody meanwhile, and not come to erase them.
    catch_up(store, ledger, stamp.at)?;
    Ok(erased)
}

/// Erases once more whom the ledger says to be erased and a restored store has again, and what has come in about them since.
/// Returns how many people and tenants the store had not known to be erased.
///
/// # Errors
/// [`NotErased`].
pub fn work_in(store: &dyn Store, ledger: &Ledger, now: Timestamp) -> Result<usize, NotErased> {
    let caught_up = catch_up(store, ledger, now)?;
    for tenant in store.tenants()? {
        let mut doors: Vec<DoorId> = store.erased(tenant.id)?.into_iter().map(|(door, _)| door).collect();
        doors.dedup();
        match sweep(store, tenant.id, &doors) {
            Err(store::Error::KeyDestroyed) => {}
            swept => swept?,
        }
    }
    Ok(caught_up)
}

/// Does what the ledger has behind the store's last record, one after the other: the store says that it has a record only when
/// all before it are done, whoever recorded them. Returns how many those were.
fn catch_up(store: &dyn Store, ledger: &Ledger, now: Timestamp) -> Result<usize, NotErased> {
    let records = ledger.behind(store.recorded()?)?;
    for (record, recorded) in &records {
        let Record { tenant, door, contacts, ground, by, .. } = record;
        match door {
            None => drop(store.take_away(*tenant, now)?),
            Some(door) => match carry_out(store, *tenant, *door, contacts, Some((*ground, Stamp::new(*by, now)))) {
                // A tenant that is not there, or not any more, has nobody who could come back.
                Err(NotErased::Store(store::Error::Unknown { .. } | store::Error::KeyDestroyed)) => {}
                done => drop(done?),
            },
        }
        store.note_recorded(*recorded)?;
    }
    Ok(records.len())
}

/// Takes out what has come in about people who were erased at these doors before. Where others write at a door all the time,
/// it is done with what they bring, or at the next start.
pub(crate) fn sweep(store: &dyn Store, tenant: TenantId, doors: &[DoorId]) -> Result<(), store::Error> {
    let mut people: BTreeMap<DoorId, BTreeSet<ContactId>> = BTreeMap::new();
    for (door, contact) in store.erased_at(tenant, doors)? {
        people.entry(door).or_default().insert(contact);
    }
    for (door, contacts) in people {
        if let Err(NotErased::Store(error)) = carry_out(store, tenant, door, &contacts, None) {
            return Err(error);
        }
    }
    Ok(())
}

fn carry_out(
    store: &dyn Store,
    tenant: TenantId,
    door: DoorId,
    contacts: &BTreeSet<ContactId>,
    order: Option<(Ground, Stamp)>,
) -> Result<Erased, NotErased> {
    for _ in 0..TRIES {
        let (erasure, unread) = what_is_left(store, tenant, door, contacts, order)?;
        if erasure.is_nothing() && (order.is_none() || are_known(store, tenant, door, contacts)?) {
            return Ok(Erased { spoke: 0, unread });
        }
        if store.erase(tenant, &erasure)? {
            return Ok(Erased { spoke: erasure.left.len(), unread });
        }
    }
    Err(NotErased::Busy)
}

/// Whether the store knows of all of them that they are erased.
fn are_known(
    store: &dyn Store,
    tenant: TenantId,
    door: DoorId,
    contacts: &BTreeSet<ContactId>,
) -> Result<bool, store::Error> {
    let known: BTreeSet<ContactId> =
        store.erased_at(tenant, &[door])?.into_iter().map(|(_, contact)| contact).collect();
    Ok(known.is_superset(contacts))
}

/// What is left of a door, and how much there cannot be read.
fn what_is_left(
    store: &dyn Store,
    tenant: TenantId,
    door: DoorId,
    contacts: &BTreeSet<ContactId>,
    order: Option<(Ground, Stamp)>,
) -> Result<(Erasure, usize), store::Error> {
    let subject = Subject::Door(door);
    // Before anything is read: what comes in between is noticed.
    let as_of = store.head(tenant)?;
    let stored = store.all_about(tenant, subject)?;
    let entries: Vec<Entry> = stored.iter().filter_map(opened).collect();
    let before: BTreeSet<EntryId> = store.erased_entries_of(tenant, subject)?.into_iter().collect();
    let left = without_people(&entries, contacts, &before);
    let base = reading::door_base(store, tenant, door)?.and_then(|base| base.without(contacts));
    let rescued = store.rescued_about(tenant, subject)?;
    let unread = usize::from(store.base_of(tenant, subject)?.is_some_and(|base| base.bytes == Held::Damaged))
        + stored.iter().filter(|entry| is_unread(entry)).count()
        + rescued.iter().filter(|rescued| matches!(said(rescued), Said::Unread)).count();
    let erasure = Erasure {
        door,
        contacts: contacts.clone(),
        order,
        base: base.map(|base| NewBase { subject, bytes: base.to_bytes() }),
        left: left.into_iter().map(|(id, payload)| (id, payload.map(|payload| payload.to_bytes()))).collect(),
        gone: Reason(walkbook_sync::Reason::Erased as u16),
        seen: Seen { entries: stored.len() as u64, rescued: rescued.len() as u64, as_of },
        rescued: rescued.iter().filter(|rescued| speaks_of(rescued, contacts, &before)).map(|one| one.number).collect(),
    };
    Ok((erasure, unread))
}

/// Whether something is there that nobody can read.
fn is_unread(entry: &StoredEntry) -> bool {
    match &entry.content {
        Held::Erased => false,
        Held::Damaged => true,
        Held::Readable(_) => opened(entry).is_none(),
    }
}

/// What an entry out of a rescue file says.
enum Said {
    This(Payload),
    Nothing,
    Unread,
}

fn said(rescued: &RescuedEntry) -> Said {
    match &rescued.payload {
        Held::Erased => Said::Nothing,
        Held::Damaged => Said::Unread,
        Held::Readable(bytes) => Payload::from_bytes(bytes).map_or(Said::Unread, Said::This),
    }
}

fn speaks_of(rescued: &RescuedEntry, contacts: &BTreeSet<ContactId>, erased: &BTreeSet<EntryId>) -> bool {
    match said(rescued) {
        // Its words say why something that is erased was undone.
        Said::This(Payload::Lift(lift)) => lift.names.iter().any(|name| erased.contains(name)),
        Said::This(payload) => payload.without(contacts) != Left::All,
        Said::Nothing | Said::Unread => false,
    }
}
