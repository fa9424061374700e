//! "Never again": wins over everything, so it is asked twice.

use super::{Desk, Screen, Step, moved};
use crate::event::Key;
use crate::paint::{DIM, STRONG, TROUBLE, draw_lines};
use crate::words;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use walkbook_core::Error;
use walkbook_model::{Contact, ContactId, DoorId, Suppression, SuppressionReason, Target};

pub(crate) struct Never {
    door: DoorId,
    whom: Vec<(Target, String)>,
    at: usize,
    asked: bool,
}

impl Never {
    pub(crate) fn new(door: DoorId, people: Vec<Contact>, chosen: Option<ContactId>) -> Self {
        let contacts = people.iter().map(|contact| (Target::Contact(contact.id), words::name(contact)));
        let whom: Vec<_> = std::iter::once((Target::Door, "Everybody at this door".into())).chain(contacts).collect();
        let at = whom.iter().position(|(target, _)| chosen.is_some_and(|id| *target == Target::Contact(id)));
        Self { door, whom, at: at.unwrap_or_default(), asked: false }
    }
}

impl Screen for Never {
    fn title(&self) -> String {
        "Never again".into()
    }

    fn keys(&self) -> Vec<(&'static str, &'static str)> {
        if self.asked {
            vec![("y", "yes, never again"), ("Esc", "no")]
        } else {
            vec![("↑ ↓", "whom"), ("Enter", "go on"), ("Esc", "back")]
        }
    }

    fn refresh(&mut self, _: &Desk<'_>) -> Result<(), Error> {
        Ok(())
    }

    fn update(&mut self, key: Key, desk: &Desk<'_>) -> Result<Step, Error> {
        let Some((target, name)) = self.whom.get(self.at) else { return Ok(Step::back()) };
        Ok(match (key, self.asked) {
            (Key::Char('y'), true) => {
                let suppression = Suppression { target: *target, reason: SuppressionReason::Objection, until_on: None };
                desk.phone.suppress(self.door, suppression, desk.now)?;
                Step::Back(format!("Never again: {name}."))
            }
            (Key::Esc, true) => {
                self.asked = false;
                Step::Stay
            }
            (Key::Esc, false) => Step::back(),
            (Key::Enter, _) => {
                self.asked = true;
                Step::Stay
            }
            (key, false) => {
                self.at = moved(self.at, self.whom.len(), key);
                Step::Stay
            }
            _ => Step::Stay,
        })
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect) {
        let [head, body, foot] =
            Layout::vertical([Constraint::Length(2), Constraint::Min(2), Constraint::Length(2)]).areas(area);
        frame.render_widget(Line::styled("Who does not want to be visited any more?", STRONG), head);
        draw_lines(frame, body, self.whom.iter().map(|(_, name)| Line::from(name.as_str())).collect(), Some(self.at));
        let question = if self.asked {
            Line::styled("It wins over every list, import and team mate, and only a lead's lift undoes it. y?", TROUBLE)
        } else {
            Line::styled("They said no: that is their right, and nobody comes again.", DIM)
        };
        frame.render_widget(question, foot);
    }
}
