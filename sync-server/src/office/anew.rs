//! An entry out of a rescue file, written anew with the server's own pen: on what is there now, for whoever wrote it first.

use super::Would;
use crate::reading;
use crate::store::{self, RescuedEntry, Store};
use std::collections::BTreeMap;
use walkbook_ledger::{
    Correction, DoorChange, DoorEdit, ListChange, ListEdit, Payload, Standing, Subject, contact_added_by, door_added_by,
};
use walkbook_model::limits::NAMED_ENTRIES;
use walkbook_model::{ContactId, DoorId, EntryId, Interaction, Lift, Suppression, Target, TenantId, UserId};
use walkbook_sync::Reason;

/// What is written in an entry's place.
pub(super) struct Anew {
    pub(super) subject: Subject,
    pub(super) epoch: u32,
    pub(super) payload: Payload,
}

/// Entries of a device that were written anew, and what is called by them.
pub(super) struct Renamed {
    entries: BTreeMap<EntryId, EntryId>,
    contacts: BTreeMap<ContactId, ContactId>,
    doors: BTreeMap<DoorId, DoorId>,
}

impl Renamed {
    pub(super) fn read(store: &dyn Store, tenant: TenantId, rescued: &RescuedEntry) -> Result<Self, store::Error> {
        let entries: BTreeMap<EntryId, EntryId> = store.written_anew(tenant, rescued.device)?.into_iter().collect();
        let contacts = entries.iter().map(|(old, new)| (contact_added_by(*old), contact_added_by(*new))).collect();
        let doors = entries.iter().map(|(old, new)| (door_added_by(*old), door_added_by(*new))).collect();
        Ok(Self { entries, contacts, doors })
    }

    /// What it is about by now.
    pub(super) fn subject(&self, subject: Subject) -> Subject {
        match subject {
            Subject::Door(door) => Subject::Door(self.door(door)),
            Subject::List(_) | Subject::Script(_) => subject,
        }
    }

    fn entry(&self, id: EntryId) -> EntryId {
        self.entries.get(&id).copied().unwrap_or(id)
    }

    fn contact(&self, id: ContactId) -> ContactId {
        self.contacts.get(&id).copied().unwrap_or(id)
    }

    fn door(&self, id: DoorId) -> DoorId {
        self.doors.get(&id).copied().unwrap_or(id)
    }

    fn interaction(&self, interaction: Interaction, user: UserId) -> Interaction {
        Interaction {
            contact: interaction.contact.map(|contact| self.contact(contact)),
            // The pen types what this person did.
            knocked_by: interaction.knocked_by.or(Some(user)),
            ..interaction
        }
    }
}

/// What to write as `id` in the place of an entry that `user` wrote; else what keeps it.
pub(super) fn anew(
    store: &dyn Store,
    tenant: TenantId,
    (rescued, user, id): (&RescuedEntry, UserId, EntryId),
    renamed: &Renamed,
) -> Result<Result<Anew, Would>, store::Error> {
    let Some(payload) = rescued.payload.clone().readable().and_then(|bytes| Payload::from_bytes(&bytes).ok()) else {
        return Ok(Err(Would::Not(Reason::Malformed)));
    };
    let old = EntryId::new(rescued.device, rescued.header.seq);
    match (rescued.header.subject, payload) {
        (Subject::Door(door), payload) => at_door(store, tenant, renamed, (old, id, user), door, payload),
        (Subject::List(list), Payload::List(edit)) => {
            let Some(state) = reading::list_state(store, tenant, list)? else {
                return Ok(Err(Would::Not(Reason::NotYours)));
            };
            let change = match edit.change {
                ListChange::Place { door, behind } => {
                    ListChange::Place { door: renamed.door(door), behind: behind.map(|door| renamed.door(door)) }
                }
                ListChange::Drop(door) => ListChange::Drop(renamed.door(door)),
                other => other,
            };
            let payload = Payload::List(ListEdit { on: made_on(state.tips), change });
            Ok(Ok(Anew { subject: Subject::List(list), epoch: state.epoch, payload }))
        }
        // A draft's questions are called by entries of a log that is gone: whoever wrote it looks it up in the file.
        _ => Ok(Err(Would::Not(Reason::Rebase))),
    }
}

fn at_door(
    store: &dyn Store,
    tenant: TenantId,
    renamed: &Renamed,
    (old, id, user): (EntryId, EntryId, UserId),
    door: DoorId,
    payload: Payload,
) -> Result<Result<Anew, Would>, store::Error> {
    if door == door_added_by(old)
        && let Payload::Door(edit) = payload
    {
        let payload = Payload::Door(DoorEdit { on: Vec::new(), change: edit.change });
        return Ok(Ok(Anew { subject: Subject::Door(door_added_by(id)), epoch: 0, payload }));
    }
    let door = renamed.door(door);
    let Some(state) = reading::door_state(store, tenant, door)? else {
        return Ok(Err(Would::Not(Reason::NotYours)));
    };
    let payload = match payload {
        Payload::Interaction(interaction) => Payload::Interaction(renamed.interaction(interaction, user)),
        Payload::Correction(correction) => Payload::Correction(Correction {
            replaces: renamed.entry(correction.replaces),
            with: correction.with.map(|interaction| renamed.interaction(interaction, user)),
        }),
        Payload::Suppression(suppression) => Payload::Suppression(Suppression {
            target: match suppression.target {
                Target::Contact(contact) => Target::Contact(renamed.contact(contact)),
                target => target,
            },
            ..suppression
        }),
        Payload::Lift(lift) => {
            Payload::Lift(Lift { names: lift.names.into_iter().map(|name| renamed.entry(name)).collect(), ..lift })
        }
        Payload::Consent(mut consent) => {
            consent.contact = renamed.contact(consent.contact);
            Payload::Consent(consent)
        }
        Payload::Door(edit) => {
            let change = match edit.change {
                DoorChange::AddContact(mut contact) => {
                    contact.id = contact_added_by(id);
                    DoorChange::AddContact(contact)
                }
                DoorChange::SetContactField(contact, field, value) => {
                    DoorChange::SetContactField(renamed.contact(contact), field, value)
                }
                DoorChange::SetStanding(contact, Standing::SameAs(other)) => {
                    DoorChange::SetStanding(renamed.contact(contact), Standing::SameAs(renamed.contact(other)))
                }
                DoorChange::SetStanding(contact, standing) => {
                    DoorChange::SetStanding(renamed.contact(contact), standing)
                }
                other => other,
            };
            Payload::Door(DoorEdit { on: made_on(state.tips), change })
        }
        Payload::List(_) | Payload::Script(_) => return Ok(Err(Would::Not(Reason::Malformed))),
    };
    Ok(Ok(Anew { subject: Subject::Door(door), epoch: state.epoch, payload }))
}

fn made_on(mut tips: Vec<EntryId>) -> Vec<EntryId> {
    tips.truncate(NAMED_ENTRIES);
    tips
}
