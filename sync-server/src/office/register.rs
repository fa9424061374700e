//! The register comes in: doors and contacts become bases, and nothing that was done in the field is touched.

use super::Error;
use crate::reading;
use crate::store::{NewBase, Store};
use std::collections::BTreeMap;
use walkbook_ledger::{Base, DoorBase, Subject};
use walkbook_model::{Address, Contact, ContactId, Door, TenantId};

/// Doors whose bases are stored in one transaction.
const AT_ONCE: usize = 500;

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
        let (mut bases, mut done) = (Vec::with_capacity(AT_ONCE), 0);
        for door in doors.by_ref().take(AT_ONCE) {
            done += 1;
            let subject = Subject::Door(door.id);
            let known = reading::door_base(store, tenant, door.id)?;
            let base = match &known {
                None => Base::first(door),
                Some(known) => on_top_of(known, door),
            };
            match known {
                Some(_) if base.record.check().is_err() => {
                    taken.full += 1;
                    continue;
                }
                None => taken.new += 1,
                Some(known) if known == base => {
                    taken.same += 1;
                    continue;
                }
                Some(_) => taken.changed += 1,
            }
            bases.push(NewBase { subject, bytes: base.to_bytes() });
        }
        if !bases.is_empty() {
            store.put_bases(tenant, &bases)?;
        }
        progress(done);
    }
    Ok(taken)
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
