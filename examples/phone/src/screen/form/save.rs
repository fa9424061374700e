//! What becomes of a form that was filled in.

use super::{Field, OF_A_PERSON};
use crate::screen::{Desk, Step};
use walkbook_core::{DoorChange, Error};
use walkbook_model::{Address, ContactId, DoorId, EntryId, Interaction, Lift, Position, WalkListId};

pub(crate) enum Save {
    EditContact(DoorId, ContactId),
    AddContact(DoorId),
    AddDoor(WalkListId, Option<(DoorId, Option<Position>)>),
    AccessNotes(DoorId),
    Note(DoorId, EntryId, Box<Interaction>),
    Lift(DoorId, Vec<EntryId>),
}

impl Save {
    pub(super) fn save(&self, fields: &[Field], desk: &Desk<'_>) -> Result<Step, Error> {
        if !fields.iter().any(Field::is_changed) {
            return Ok(Step::Back("Nothing was changed.".into()));
        }
        let value = |at: usize| fields.get(at).map(|field| field.value().to_owned()).unwrap_or_default();
        let (phone, now) = (desk.phone, desk.now);
        let said = match self {
            Self::EditContact(door, contact) => {
                for (field, input) in OF_A_PERSON.iter().zip(fields).filter(|(_, input)| input.is_changed()) {
                    phone.edit_contact(*door, *contact, field.clone(), input.value().to_owned(), now)?;
                }
                "Changed."
            }
            Self::AddContact(door) => {
                let filled = OF_A_PERSON.iter().zip(fields).filter(|(_, input)| !input.value().is_empty());
                phone.add_contact(
                    *door,
                    filled.map(|(field, input)| (field.clone(), input.value().to_owned())),
                    now,
                )?;
                "Added."
            }
            Self::AddDoor(list, place) => {
                let address = Address {
                    street: value(0),
                    number: value(1),
                    unit: value(2),
                    city: value(3),
                    ..Address::default()
                };
                // A desk knows no position: where the neighbour is will do until somebody mends it.
                let position = place.and_then(|(_, position)| position);
                phone.add_door(*list, address, position, place.map(|(door, _)| door), now)?;
                "Added to the list."
            }
            Self::AccessNotes(door) => {
                phone.edit_door(*door, DoorChange::SetAccessNotes(value(0)), now)?;
                "Changed."
            }
            Self::Note(door, knock, what) => {
                let note = Some(value(0)).filter(|note| !note.is_empty());
                phone.correct(*door, *knock, Interaction { note, ..(**what).clone() }, now)?;
                "Noted."
            }
            Self::Lift(door, names) => {
                phone.lift_suppression(*door, Lift { names: names.clone(), reason: value(0) }, now)?;
                "Lifted, if the server lets you: that is a lead's to decide."
            }
        };
        Ok(Step::Back(said.into()))
    }
}
