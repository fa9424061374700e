//! Every outcome there is, to record one or to correct what was recorded.

use super::{Desk, Screen, Step, moved};
use crate::event::Key;
use crate::paint::{DIM, draw_lines};
use crate::words;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use walkbook_core::Error;
use walkbook_model::{Class, ContactId, DoorId, EntryId, Interaction, Knock, Level, Outcome, WalkListId};

pub(crate) struct Outcomes {
    door: DoorId,
    /// The knock that is corrected; a new one, where there is none.
    corrects: Option<EntryId>,
    /// What it is about, but for the outcome.
    about: Interaction,
    at: usize,
}

/// Canvassed is what answers say.
fn choices() -> impl Iterator<Item = Outcome> {
    Outcome::ALL.iter().copied().filter(|outcome| *outcome != Outcome::Canvassed)
}

/// The key of an outcome: the letters in their order.
fn letter(at: usize) -> char {
    ('a'..='z').nth(at).unwrap_or(' ')
}

/// Nobody in particular, where the outcome is the door's.
pub(super) fn with_whom(interaction: Interaction, outcome: Outcome) -> Interaction {
    let contact = interaction.contact.filter(|_| outcome.level() == Level::Contact);
    Interaction { contact, ..interaction }
}

impl Outcomes {
    pub(crate) fn record(list: WalkListId, door: DoorId, contact: Option<ContactId>) -> Self {
        Self { door, corrects: None, about: Interaction::of_outcome(list, contact, Outcome::NotHome), at: 0 }
    }

    pub(crate) fn correct(door: DoorId, knock: EntryId, what: &Interaction) -> Self {
        Self { door, corrects: Some(knock), about: what.clone(), at: 0 }
    }

    fn choose(&self, outcome: Outcome, desk: &Desk<'_>) -> Result<Step, Error> {
        let interaction = Interaction { knock: Knock::Outcome(outcome, None), ..self.about.clone() };
        let interaction = with_whom(interaction, outcome);
        let name = words::outcome(outcome);
        match self.corrects {
            Some(knock) => {
                desk.phone.correct(self.door, knock, interaction, desk.now)?;
                Ok(Step::Back(format!("Corrected: {name}.")))
            }
            None => {
                desk.phone.record_knock(self.door, interaction, desk.now)?;
                Ok(Step::Back(format!("{name}; u takes it back.")))
            }
        }
    }
}

impl Screen for Outcomes {
    fn title(&self) -> String {
        if self.corrects.is_some() { "What really happened" } else { "What happened" }.into()
    }

    fn keys(&self) -> Vec<(&'static str, &'static str)> {
        vec![("a …", "the outcome"), ("↑ ↓ Enter", "the same"), ("Esc", "back")]
    }

    fn types(&self) -> bool {
        true
    }

    fn refresh(&mut self, _: &Desk<'_>) -> Result<(), Error> {
        Ok(())
    }

    fn update(&mut self, key: Key, desk: &Desk<'_>) -> Result<Step, Error> {
        if let Key::Char(typed) = key {
            let chosen = (0..).zip(choices()).find(|(at, _)| letter(*at) == typed);
            return chosen.map_or(Ok(Step::Stay), |(_, outcome)| self.choose(outcome, desk));
        }
        self.at = moved(self.at, choices().count(), key);
        match key {
            Key::Enter => choices().nth(self.at).map_or(Ok(Step::Stay), |outcome| self.choose(outcome, desk)),
            Key::Esc => Ok(Step::back()),
            _ => Ok(Step::Stay),
        }
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect) {
        let line = |(at, outcome): (usize, Outcome)| {
            let means = match outcome.class() {
                Class::Contact => "",
                Class::Attempt => "come again",
                Class::DataFix => "the register is wrong",
                Class::Suppress => "nobody goes there again",
            };
            let name = crate::paint::fitted(&words::outcome(outcome), 24);
            Line::from(vec![Span::raw(format!("{}  {name}", letter(at))), Span::styled(means, DIM)])
        };
        draw_lines(frame, area, (0..).zip(choices()).map(line).collect(), Some(self.at));
    }
}
