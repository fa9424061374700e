//! What two people wrote without knowing of each other, and choosing from it.

use super::{Desk, Screen, Step, moved};
use crate::event::Key;
use crate::paint::{DIM, STRONG, draw_lines, draw_text};
use crate::words;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use walkbook_core::Error;
use walkbook_model::{Contact, DoorId, EntryId};

/// The clashes of one door, or of all.
#[derive(Default)]
pub(crate) struct Clashes {
    only_at: Option<DoorId>,
    choices: Vec<Choice>,
    at: usize,
}

struct Choice {
    door: DoorId,
    edit: EntryId,
    /// Where a clash begins: at which door it is.
    heading: Option<String>,
    text: String,
    is_shown: bool,
}

impl Clashes {
    pub(crate) fn at(door: DoorId) -> Self {
        Self { only_at: Some(door), ..Self::default() }
    }
}

impl Screen for Clashes {
    fn title(&self) -> String {
        "Written twice at once".into()
    }

    fn keys(&self) -> Vec<(&'static str, &'static str)> {
        vec![("↑ ↓", "choices"), ("Enter", "this is right"), ("Esc", "back")]
    }

    fn refresh(&mut self, desk: &Desk<'_>) -> Result<(), Error> {
        let doors = match self.only_at {
            Some(door) => vec![door],
            None => desk.phone.clashes()?.into_iter().map(|row| row.door).collect(),
        };
        self.choices.clear();
        for door in doors {
            let state = desk.phone.door(door)?;
            let contacts: Vec<Contact> = state.contacts.iter().map(|shown| shown.contact.clone()).collect();
            for clash in &state.clashes {
                for (number, (edit, change)) in clash.choices.iter().enumerate() {
                    let heading = (number == 0).then(|| state.door.address.line());
                    let text = words::change(change, &contacts);
                    self.choices.push(Choice { door, edit: *edit, heading, text, is_shown: number == 0 });
                }
            }
        }
        self.at = moved(self.at, self.choices.len(), Key::Enter);
        Ok(())
    }

    fn update(&mut self, key: Key, desk: &Desk<'_>) -> Result<Step, Error> {
        self.at = moved(self.at, self.choices.len(), key);
        Ok(match (key, self.choices.get(self.at)) {
            (Key::Enter, Some(choice)) => {
                desk.phone.resolve(choice.door, choice.edit, desk.now)?;
                Step::Say(format!("Chosen: {}.", choice.text))
            }
            (Key::Esc, _) => Step::back(),
            _ => Step::Stay,
        })
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect) {
        if self.choices.is_empty() {
            return draw_text(frame, area, vec![Line::from("Nothing was written twice at once.")]);
        }
        let lines = self.choices.iter().map(|choice| {
            let heading = choice.heading.as_ref().map_or("", |heading| heading);
            let mark = if choice.is_shown { "shown now" } else { "" };
            let parts = [(heading, 30, STRONG), (choice.text.as_str(), 44, ratatui::style::Style::new())];
            let mut spans: Vec<_> = parts
                .into_iter()
                .map(|(text, width, style)| ratatui::text::Span::styled(crate::paint::fitted(text, width), style))
                .collect();
            spans.push(ratatui::text::Span::styled(format!(" {mark}"), DIM));
            Line::from(spans)
        });
        draw_lines(frame, area, lines.collect(), Some(self.at));
    }
}
