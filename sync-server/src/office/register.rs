//! The register comes in: doors and contacts become bases, and nothing that was done in the field is touched.

use super::Error;
use crate::store::{NewBase, Store};
use crate::{privacy, reading};
use std::collections::{BTreeMap, BTreeSet};
use walkbook_ledger::{Base, DoorBase, Subject};
use walkbook_model::{Address, Contact, ContactId, Door, DoorId, TenantId};

/// Doors whose bases are stored in one transaction.
pub(crate) const DOORS_AT_ONCE: usize = 500;

/// What an import changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// Doors that were not there before.
    pub new: u64,
    /// Doors whose register changed.
    pub changed: u64,
    /// Doors that stood in it already, just so.
    pub same: u64,
    /// Doors that stay as they were: with what is new they would hold more than a door may.
    pub full: u64,
}

impl Taken {
    fn count(&mut self, difference: &Difference) {
        match difference {
            Difference::New => self.new += 1,
            Difference::Changed(_) => self.changed += 1,
            Difference::Same => self.same += 1,
            Difference::Full => self.full += 1,
        }
    }
}

/// What an import changes of a door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// It was not there before.
    New,
    /// Its register changes, in these parts.
    Changed(Vec<&'static str>),
    /// It stands in it already, just so.
    Same,
    /// It stays as it is: with what is new it would hold more than a door may.
    Full,
}

/// Takes doors into the tenant's register. Taking them twice changes nothing; people who are not in this file and were in
/// an earlier one stay. `progress` is told how many more are done.
///
/// # Errors
/// [`Error::Invalid`] before anything is stored, if a door is not within its bounds; [`Error::Store`]: what was stored
/// until then stays, and doing it again does the rest.
pub fn take_register(
    store: &dyn Store,
    tenant: TenantId,
    doors: Vec<Door>,
    mut progress: impl FnMut(u64),
) -> Result<Taken, Error> {
    doors.iter().try_for_each(Door::check)?;
    let mut taken = Taken::default();
    let mut doors = doors.into_iter().peekable();
    while doors.peek().is_some() {
        let some: Vec<Door> = doors.by_ref().take(DOORS_AT_ONCE).collect();
        let done = some.len() as u64;
        take_doors(store, tenant, some, &mut taken)?;
        progress(done);
    }
    Ok(taken)
}

/// Takes some doors of a register, all or none, counts them, and returns those whose base is another now.
///
/// # Errors
/// [`Error::Invalid`] if a door is not within its bounds, [`Error::Store`]; then nothing was stored.
pub fn take_doors(
    store: &dyn Store,
    tenant: TenantId,
    doors: Vec<Door>,
    taken: &mut Taken,
) -> Result<Vec<Subject>, Error> {
    doors.iter().try_for_each(Door::check)?;
    let mut counts = *taken;
    let mut bases = Vec::new();
    for door in without_erased(store, tenant, doors)? {
        let subject = Subject::Door(door.id);
        let (difference, base) = compare(store, tenant, door)?;
        counts.count(&difference);
        if matches!(difference, Difference::New | Difference::Changed(_)) {
            bases.push(NewBase { subject, bytes: base.to_bytes() });
        }
    }
    let subjects: Vec<Subject> = bases.iter().map(|base| base.subject).collect();
    if !bases.is_empty() {
        store.put_bases(tenant, &bases)?;
        // Somebody may have been erased while the bases were computed.
        let doors: Vec<DoorId> = subjects.iter().filter_map(|subject| subject.door()).collect();
        privacy::sweep(store, tenant, &doors)?;
    }
    *taken = counts;
    Ok(subjects)
}

/// What [`take_doors`] would change, door by door; counts it, and changes nothing.
///
/// # Errors
/// As [`take_doors`].
pub fn compare_doors(
    store: &dyn Store,
    tenant: TenantId,
    doors: Vec<Door>,
    taken: &mut Taken,
) -> Result<Vec<(DoorId, Difference)>, Error> {
    let mut differences = Vec::with_capacity(doors.len());
    for door in without_erased(store, tenant, doors)? {
        door.check()?;
        let id = door.id;
        let (difference, _) = compare(store, tenant, door)?;
        taken.count(&difference);
        differences.push((id, difference));
    }
    Ok(differences)
}

/// The doors less whoever was erased there: a file may know them for ever.
fn without_erased(store: &dyn Store, tenant: TenantId, mut doors: Vec<Door>) -> Result<Vec<Door>, Error> {
    let ids: Vec<DoorId> = doors.iter().map(|door| door.id).collect();
    let erased: BTreeSet<(DoorId, ContactId)> = store.erased_at(tenant, &ids)?.into_iter().collect();
    for door in doors.iter_mut().filter(|_| !erased.is_empty()) {
        door.contacts.retain(|contact| !erased.contains(&(door.id, contact.id)));
    }
    Ok(doors)
}

/// What a door of a file changes, and the base that it has with it.
fn compare(store: &dyn Store, tenant: TenantId, door: Door) -> Result<(Difference, DoorBase), Error> {
    let Some(known) = reading::door_base(store, tenant, door.id)? else {
        return Ok((Difference::New, Base::first(door)));
    };
    let base = on_top_of(&known, door);
    let difference = match changed_parts(&known.record, &base.record) {
        _ if base.record.check().is_err() => Difference::Full,
        parts if parts.is_empty() => Difference::Same,
        parts => Difference::Changed(parts),
    };
    Ok((difference, base))
}

fn changed_parts(before: &Door, after: &Door) -> Vec<&'static str> {
    let parts = [
        ("address", before.address != after.address),
        ("position", before.position != after.position),
        ("access notes", before.access_notes != after.access_notes),
        ("people", before.contacts != after.contacts),
    ];
    parts.into_iter().filter(|(_, changed)| *changed).map(|(part, _)| part).collect()
}

/// The epoch and what is folded into it stay: field work is applied on top of the new record as it was on the old.
fn on_top_of(known: &DoorBase, door: Door) -> DoorBase {
    let mut contacts: BTreeMap<ContactId, Contact> =
        known.record.contacts.iter().map(|contact| (contact.id, contact.clone())).collect();
    let mut order: Vec<ContactId> = known.record.contacts.iter().map(|contact| contact.id).collect();
    for mut contact in door.contacts {
        match contacts.remove(&contact.id) {
            None => order.push(contact.id),
            // Fields that this file does not have are those of an earlier one.
            Some(earlier) => {
                for (field, value) in earlier.fields {
                    contact.fields.entry(field).or_insert(value);
                }
            }
        }
        contacts.insert(contact.id, contact);
    }
    let earlier = &known.record.address;
    let region = if door.address.region.is_empty() { earlier.region.clone() } else { door.address.region.clone() };
    let address = Address { floor: door.address.floor.or(earlier.floor), region, ..door.address };
    let record = Door {
        address,
        contacts: order.into_iter().filter_map(|id| contacts.remove(&id)).collect(),
        position: door.position.or(known.record.position),
        access_notes: if door.access_notes.is_empty() { known.record.access_notes.clone() } else { door.access_notes },
        ..door
    };
    Base { epoch: known.epoch, folded: known.folded.clone(), record }
}
