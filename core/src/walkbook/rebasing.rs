//! Making an edit again that the server refused because of what it was made on: on what the phone has now, once.

mod drafts;

use super::fitting::check_fits;
use super::states::{door_state, list_state, own_entries};
use super::writing::{Draft, made_on};
use super::{Error, Inner};
use crate::store::{Document, OwnEntry};
use std::collections::BTreeMap;
use walkbook_ledger::{
    Correction, DoorChange, DoorEdit, DoorState, Entry, Header, ListEdit, Payload, Standing, Subject, contact_added_by,
};
use walkbook_model::{ContactId, DoorId, EntryId, Interaction, Suppression, Target, Timestamp, WalkListId};
use walkbook_sync::Reason;

/// Contacts whose entry was made again: an added contact is called by its entry, so it has another id now.
type Renamed = BTreeMap<ContactId, ContactId>;

impl Inner {
    /// Makes again what waits for it and can be made on what the phone has; says how many. What cannot stays refused, and
    /// is shown.
    pub(super) fn make_again(&mut self, now: Timestamp) -> Result<usize, Error> {
        if !self.can_record || self.wipe.is_some() {
            return Ok(0);
        }
        let mut made = 0;
        for own in self.store.log.to_make_again(Reason::Rebase as u16)? {
            self.catch_up()?;
            let Some(drafts) = self.drafts_of(&own)? else { continue };
            match self.write_all(drafts, Some(own.seq), now) {
                Ok(_) => made += 1,
                // It does not hold any more where it would stand now.
                Err(Error::Invalid(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(made)
    }

    fn drafts_of(&self, own: &OwnEntry) -> Result<Option<Vec<Draft>>, Error> {
        let Some(content) = &own.content else { return Ok(None) };
        let (Ok(header), Ok(payload)) = (Header::from_bytes(&own.header), Payload::from_bytes(&content.payload)) else {
            return Ok(None);
        };
        match (header.subject, payload) {
            (Subject::Door(door), Payload::Door(edit)) => self.door_drafts(door, own.seq, edit.change),
            (Subject::List(list), Payload::List(edit)) => self.list_drafts(list, edit),
            (Subject::Script(script), Payload::Script(edit)) => self.drafts_on_script(script, edit.change),
            _ => Ok(None),
        }
    }

    fn list_drafts(&self, list: WalkListId, edit: ListEdit) -> Result<Option<Vec<Draft>>, Error> {
        let Some(state) = shown(list_state(self.store.book.view(), list))? else { return Ok(None) };
        let payload = Payload::List(ListEdit { on: made_on(&state.tips), change: edit.change });
        Ok(Some(vec![Draft { subject: Subject::List(list), epoch: state.epoch, payload }]))
    }

    fn door_drafts(&self, door: DoorId, seq: u64, change: DoorChange) -> Result<Option<Vec<Draft>>, Error> {
        let view = self.store.book.view();
        let Some(state) = shown(door_state(view, door))? else { return Ok(None) };
        let id = self.next_id()?;
        let renamed = self.renamed(id)?;
        let change = match change {
            DoorChange::AddContact(mut contact) => {
                contact.id = contact_added_by(id);
                DoorChange::AddContact(contact)
            }
            other => with_names(other, &renamed),
        };
        let mut payloads = vec![Payload::Door(DoorEdit { on: made_on(&state.tips), change: change.clone() })];
        match payloads.iter().try_for_each(|payload| check_fits(view, &state, payload)) {
            Ok(()) => {}
            Err(Error::Store(error)) => return Err(error.into()),
            // Whom it concerns is not there any more.
            Err(_) => return Ok(None),
        }
        if let DoorChange::AddContact(contact) = change {
            let before = contact_added_by(EntryId::new(id.device, seq));
            let own = own_entries(view, Document::Door(door), id.device)?;
            payloads.extend(facts_of(before, contact.id, &state, &own));
        }
        let epoch = state.epoch;
        let draft = |payload| Draft { subject: Subject::Door(door), epoch, payload };
        Ok(Some(payloads.into_iter().map(draft).collect()))
    }

    fn renamed(&self, id: EntryId) -> Result<Renamed, Error> {
        let named = |seq| contact_added_by(EntryId::new(id.device, seq));
        let made_again = self.store.log.made_again()?;
        Ok(made_again.into_iter().map(|(before, after)| (named(before), named(after))).collect())
    }
}

/// Poison is not made again, and holds up nothing.
fn shown<T>(state: Result<Option<T>, Error>) -> Result<Option<T>, Error> {
    match state {
        Err(Error::Document) => Ok(None),
        other => other,
    }
}

fn with_names(change: DoorChange, renamed: &Renamed) -> DoorChange {
    let name = |id: ContactId| renamed.get(&id).copied().unwrap_or(id);
    match change {
        DoorChange::SetContactField(id, field, value) => DoorChange::SetContactField(name(id), field, value),
        DoorChange::SetStanding(id, Standing::SameAs(other)) => {
            DoorChange::SetStanding(name(id), Standing::SameAs(name(other)))
        }
        DoorChange::SetStanding(id, standing) => DoorChange::SetStanding(name(id), standing),
        other => other,
    }
}

/// What this phone wrote down about the contact under the name before, which nobody bears now: said again under the new
/// one. A "no" above all must not be lost with a name.
fn facts_of(before: ContactId, after: ContactId, state: &DoorState, own: &[Entry]) -> Vec<Payload> {
    let visits = state.visits.iter().filter(|visit| own.iter().any(|entry| entry.id() == visit.entry));
    let corrections = visits.filter_map(|visit| {
        let counts = visit.counts.as_ref().filter(|counts| counts.contact == Some(before))?;
        let replaces = visit.corrected_by.last().copied().unwrap_or(visit.entry);
        let with = Some(Interaction { contact: Some(after), ..counts.clone() });
        Some(Payload::Correction(Correction { replaces, with }))
    });
    let said = own.iter().filter_map(|entry| match &entry.payload {
        Payload::Consent(consent) if consent.contact == before => {
            let mut consent = consent.clone();
            consent.contact = after;
            Some(Payload::Consent(consent))
        }
        Payload::Suppression(suppression) if suppression.target == Target::Contact(before) => {
            Some(Payload::Suppression(Suppression { target: Target::Contact(after), ..suppression.clone() }))
        }
        _ => None,
    });
    corrections.chain(said).collect()
}
