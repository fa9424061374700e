//! A few lines to fill in, and what is done with them.

mod save;

use super::{Desk, Screen, Step};
use crate::event::Key;
use crate::input::Input;
use crate::paint::{CHOSEN, DIM, draw_text};
use crate::words;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use save::Save;
use walkbook_core::{DoorRow, Error};
use walkbook_model::{Contact, ContactField, DoorId, EntryId, Interaction, WalkListId};

pub(crate) struct Form {
    title: &'static str,
    fields: Vec<Field>,
    at: usize,
    save: Save,
}

pub(crate) struct Field {
    label: String,
    was: String,
    input: Input,
}

impl Field {
    fn new(label: &str, value: &str) -> Self {
        Self { label: label.to_owned(), was: value.to_owned(), input: Input::new(value) }
    }

    fn value(&self) -> &str {
        self.input.text().trim()
    }

    fn is_changed(&self) -> bool {
        self.value() != self.was
    }
}

/// The fields of a person that are mended at a door.
const OF_A_PERSON: [ContactField; 6] = [
    ContactField::GivenName,
    ContactField::FamilyName,
    ContactField::Phone,
    ContactField::Email,
    ContactField::Language,
    ContactField::Support,
];

impl Form {
    pub(crate) fn edit_contact(door: DoorId, contact: &Contact) -> Self {
        let field = |field: &ContactField| {
            Field::new(&words::field(field), contact.fields.get(field).map_or("", String::as_str))
        };
        let fields = OF_A_PERSON.iter().map(field).collect();
        Self { title: "A person", fields, at: 0, save: Save::EditContact(door, contact.id) }
    }

    pub(crate) fn add_contact(door: DoorId) -> Self {
        let fields = OF_A_PERSON.iter().map(|field| Field::new(&words::field(field), "")).collect();
        Self { title: "Somebody who lives here too", fields, at: 0, save: Save::AddContact(door) }
    }

    /// Behind the door at which one stands, in the same street.
    pub(crate) fn add_door(list: WalkListId, behind: Option<&DoorRow>) -> Self {
        let street = behind.map_or("", |row| row.street.as_str());
        let fields = [("Street", street), ("Number", ""), ("Flat", ""), ("Town", "")];
        let fields = fields.map(|(label, value)| Field::new(label, value)).into();
        let place = behind.map(|row| (row.door, row.position));
        Self { title: "A door that is on no list", fields, at: 1, save: Save::AddDoor(list, place) }
    }

    pub(crate) fn access_notes(door: DoorId, notes: &str) -> Self {
        Self {
            title: "How to get in",
            fields: vec![Field::new("Getting in", notes)],
            at: 0,
            save: Save::AccessNotes(door),
        }
    }

    pub(crate) fn note(door: DoorId, knock: EntryId, what: &Interaction) -> Self {
        let fields = vec![Field::new("Note", what.note.as_deref().unwrap_or_default())];
        Self { title: "A note on the last knock", fields, at: 0, save: Save::Note(door, knock, Box::new(what.clone())) }
    }

    pub(crate) fn lift(door: DoorId, names: Vec<EntryId>) -> Self {
        Self {
            title: "Lift every no of this door",
            fields: vec![Field::new("Why", "")],
            at: 0,
            save: Save::Lift(door, names),
        }
    }
}

impl Screen for Form {
    fn title(&self) -> String {
        self.title.into()
    }

    fn keys(&self) -> Vec<(&'static str, &'static str)> {
        vec![("↑ ↓ Tab", "fields"), ("Enter", "save"), ("Esc", "leave as it was")]
    }

    fn types(&self) -> bool {
        true
    }

    fn refresh(&mut self, _: &Desk<'_>) -> Result<(), Error> {
        Ok(())
    }

    fn update(&mut self, key: Key, desk: &Desk<'_>) -> Result<Step, Error> {
        if self.fields.get_mut(self.at).is_some_and(|field| field.input.take(key)) {
            return Ok(Step::Stay);
        }
        let last = self.fields.len().saturating_sub(1);
        match key {
            Key::Up => self.at = self.at.saturating_sub(1),
            Key::Down => self.at = (self.at + 1).min(last),
            Key::Tab => self.at = if self.at >= last { 0 } else { self.at + 1 },
            Key::Esc => return Ok(Step::Back("Left as it was.".into())),
            Key::Enter => return self.save.save(&self.fields, desk),
            _ => {}
        }
        Ok(Step::Stay)
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect) {
        let mut lines = vec![Line::default()];
        for (number, field) in self.fields.iter().enumerate() {
            let is_here = number == self.at;
            let style = if is_here { CHOSEN } else { DIM };
            let text = if is_here { field.input.shown() } else { field.input.text().to_owned() };
            lines.push(Line::from(vec![
                Span::styled(format!(" {:<14}", field.label), style),
                Span::raw(format!(" {text}")),
            ]));
        }
        draw_text(frame, area, lines);
    }
}
