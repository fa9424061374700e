//! The document of a door: address, position, access notes, and the contacts with their fields.

use super::{Edit, Edits, Orders, Replayed, container, mark_of};
use crate::edit::{DoorChange, Standing};
use crate::{DoorBase, Error};
use automerge::transaction::{Transactable, Transaction};
use automerge::{ObjId, ObjType, ROOT, ReadDoc};
use std::collections::BTreeSet;
use walkbook_model::{Contact, ContactField, ContactId, Door, DoorId, EntryId};

const CONTACTS: &str = "contacts";
const ADDRESS: &str = "address";
const POSITION: &str = "position";
const ACCESS_NOTES: &str = "access_notes";
const STANDING: &str = "standing";

/// The key of a contact's field. The tenant's own names are kept apart from the ledger's.
fn field_key(field: &ContactField) -> String {
    format!("field/{}", field.name())
}

/// A door with its edits applied.
pub(crate) struct DoorDocument<'a> {
    id: DoorId,
    base: Option<&'a Door>,
    edits: Edits<'a, DoorChange>,
    /// Nothing, where nobody has edited the door: it is its base.
    replayed: Option<Replayed>,
}

/// A value and the edits that set it, the latest first; no edits where it is the base's.
pub(crate) struct Field<T> {
    pub(crate) value: T,
    pub(crate) set_by: Vec<EntryId>,
}

impl<'a> DoorDocument<'a> {
    pub(crate) fn new(id: DoorId, base: Option<&'a DoorBase>, edits: Edits<'a, DoorChange>) -> Result<Self, Error> {
        let base = base.map(|base| &base.record);
        let replay = || Replayed::new(&edits, |transaction| lay_out(transaction, base), mark);
        let replayed = if edits.is_empty() { None } else { Some(replay()?) };
        Ok(Self { id, base, edits, replayed })
    }

    pub(crate) fn tips(&self) -> Vec<EntryId> {
        self.replayed.as_ref().map(|replayed| replayed.tips(&self.edits)).unwrap_or_default()
    }

    /// The edits that name one which is not here.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = EntryId> {
        let has = |id| self.replayed.as_ref().is_some_and(|replayed| replayed.has(id));
        self.edits.keys().copied().filter(move |id| !has(*id))
    }

    pub(crate) fn change(&self, id: EntryId) -> Option<&'a DoorChange> {
        self.edits.get(&id).map(|edit| edit.change)
    }

    /// The door without its contacts, and which edits set its address, position and access notes.
    pub(crate) fn door(&self) -> Result<(Door, [Vec<EntryId>; 3]), Error> {
        let mut door = self.base.cloned().map_or_else(
            || Door {
                id: self.id,
                address: Default::default(),
                position: None,
                access_notes: String::new(),
                contacts: Vec::new(),
            },
            |base| Door { contacts: Vec::new(), ..base },
        );
        let set_by = [ADDRESS, POSITION, ACCESS_NOTES].map(|key| self.marks(Some(&ROOT), key));
        let [address, position, notes] = set_by;
        let set_by = [address?, position?, notes?];
        for latest in set_by.iter().filter_map(|marks| marks.first()) {
            match self.change(*latest) {
                Some(DoorChange::SetAddress(address)) => door.address = address.clone(),
                Some(DoorChange::SetPosition(position)) => door.position = *position,
                Some(DoorChange::SetAccessNotes(notes)) => door.access_notes.clone_from(notes),
                _ => {}
            }
        }
        Ok((door, set_by))
    }

    /// Everyone whom the base or an edit put here, by id.
    pub(crate) fn contacts(&self) -> Result<Vec<DocumentContact>, Error> {
        let Some(replayed) = &self.replayed else {
            return contact_ids(self.base).into_iter().map(|id| self.contact(id, None)).collect();
        };
        let doc = replayed.doc();
        let Some(contacts) = container(doc, &ROOT, CONTACTS)? else { return Ok(Vec::new()) };
        let mut all = Vec::new();
        for key in doc.keys(&contacts) {
            let (Ok(id), Some(object)) = (key.parse::<ContactId>(), container(doc, &contacts, &key)?) else { continue };
            all.push(self.contact(id, Some(&object))?);
        }
        all.sort_unstable_by_key(|contact| contact.id);
        Ok(all)
    }

    fn marks(&self, object: Option<&ObjId>, key: &str) -> Result<Vec<EntryId>, Error> {
        match (&self.replayed, object) {
            (Some(replayed), Some(object)) => replayed.marks(object, key),
            _ => Ok(Vec::new()),
        }
    }

    fn contact(&self, id: ContactId, object: Option<&ObjId>) -> Result<DocumentContact, Error> {
        let known = self.base.and_then(|door| door.contacts.iter().find(|contact| contact.id == id));
        let added = || {
            self.edits.values().find_map(|edit| match edit.change {
                DoorChange::AddContact(contact) if contact.id == id => Some(contact),
                _ => None,
            })
        };
        let first = known.or_else(added);
        let mut contact = DocumentContact {
            id,
            fields: first
                .iter()
                .flat_map(|contact| &contact.fields)
                .map(|(field, value)| (field.clone(), Field { value: value.clone(), set_by: Vec::new() }))
                .collect(),
            standing: Field { value: Standing::Present, set_by: self.marks(object, STANDING)? },
        };
        if let Some(DoorChange::SetStanding(_, standing)) =
            contact.standing.set_by.first().and_then(|id| self.change(*id))
        {
            contact.standing.value = *standing;
        }
        let edited: BTreeSet<&ContactField> = self
            .edits
            .values()
            .filter_map(|edit| match edit.change {
                DoorChange::SetContactField(of, field, _) if *of == id => Some(field),
                _ => None,
            })
            .collect();
        for field in edited {
            let set_by = self.marks(object, &field_key(field))?;
            if let Some(DoorChange::SetContactField(_, _, value)) = set_by.first().and_then(|id| self.change(*id)) {
                contact.fields.retain(|(known, _)| known != field);
                contact.fields.push((field.clone(), Field { value: value.clone(), set_by }));
            }
        }
        contact.fields.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        Ok(contact)
    }
}

/// A contact as the document has it: cleared fields hold an empty value.
pub(crate) struct DocumentContact {
    pub(crate) id: ContactId,
    pub(crate) fields: Vec<(ContactField, Field<String>)>,
    pub(crate) standing: Field<Standing>,
}

impl DocumentContact {
    pub(crate) fn shown(&self) -> Contact {
        let fields = self.fields.iter().filter(|(_, field)| !field.value.is_empty());
        Contact { id: self.id, fields: fields.map(|(name, field)| (name.clone(), field.value.clone())).collect() }
    }
}

fn contact_ids(base: Option<&Door>) -> BTreeSet<ContactId> {
    base.iter().flat_map(|door| &door.contacts).map(|contact| contact.id).collect()
}

fn lay_out(transaction: &mut Transaction<'_>, base: Option<&Door>) -> Result<(), Error> {
    let contacts = transaction.put_object(ROOT, CONTACTS, ObjType::Map)?;
    // By id, so that every replica lays out the same operations.
    for id in contact_ids(base) {
        transaction.put_object(&contacts, id.to_string(), ObjType::Map)?;
    }
    Ok(())
}

/// Marks the place that an edit writes. An edit of a contact who is not there marks nothing.
fn mark(transaction: &mut Transaction<'_>, _: &Orders, edit: &Edit<'_, DoorChange>) -> Result<(), Error> {
    let place = match edit.change {
        DoorChange::SetAddress(_) => Some((ROOT, ADDRESS.to_owned())),
        DoorChange::SetPosition(_) => Some((ROOT, POSITION.to_owned())),
        DoorChange::SetAccessNotes(_) => Some((ROOT, ACCESS_NOTES.to_owned())),
        DoorChange::AddContact(contact) => {
            if let Some(contacts) = container(transaction, &ROOT, CONTACTS)? {
                transaction.put_object(contacts, contact.id.to_string(), ObjType::Map)?;
            }
            None
        }
        DoorChange::SetContactField(id, field, _) => of_contact(transaction, *id, field_key(field))?,
        DoorChange::SetStanding(id, _) => of_contact(transaction, *id, STANDING.to_owned())?,
    };
    if let Some((object, key)) = place {
        transaction.put(object, key, mark_of(edit.id))?;
    }
    Ok(())
}

fn of_contact(doc: &impl ReadDoc, id: ContactId, key: String) -> Result<Option<(ObjId, String)>, Error> {
    let Some(contacts) = container(doc, &ROOT, CONTACTS)? else { return Ok(None) };
    Ok(container(doc, &contacts, &id.to_string())?.map(|contact| (contact, key)))
}
