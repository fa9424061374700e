//! What the server has not taken, by whom it was not taken and why. Nothing of it is lost.

use super::{Desk, Screen, Step, moved};
use crate::event::Key;
use crate::paint::{DIM, STRONG, draw_lines, draw_text, fitted};
use crate::words;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use walkbook_core::{Error, NotTaken, Payload, Subject};

#[derive(Default)]
pub(crate) struct Refused {
    entries: Vec<(NotTaken, String)>,
    at: usize,
}

impl Screen for Refused {
    fn title(&self) -> String {
        "Not taken".into()
    }

    fn keys(&self) -> Vec<(&'static str, &'static str)> {
        vec![("Enter", "I have seen it"), ("Esc", "back")]
    }

    fn refresh(&mut self, desk: &Desk<'_>) -> Result<(), Error> {
        let place = |entry: &NotTaken| match entry.about {
            Subject::Door(door) => desk.phone.door(door).map(|state| state.door.address.line()),
            Subject::List(_) => Ok("a list".into()),
            Subject::Script(_) => Ok("a script".into()),
        };
        let named = |entry: NotTaken| match place(&entry) {
            Ok(place) => Ok((entry, place)),
            Err(Error::NotHere { .. }) => Ok((entry, "a door that is not yours any more".into())),
            Err(error) => Err(error),
        };
        self.entries = desk.phone.refused()?.into_iter().map(named).collect::<Result<_, Error>>()?;
        self.at = moved(self.at, self.entries.len(), Key::Enter);
        Ok(())
    }

    fn update(&mut self, key: Key, desk: &Desk<'_>) -> Result<Step, Error> {
        self.at = moved(self.at, self.entries.len(), key);
        Ok(match (key, self.entries.get(self.at)) {
            (Key::Enter, Some((entry, _))) if !entry.seen => {
                desk.phone.seen(entry.entry)?;
                Step::say("Noted. It stays in this list.")
            }
            (Key::Esc, _) => Step::back(),
            _ => Step::Stay,
        })
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect) {
        if self.entries.is_empty() {
            return draw_text(frame, area, vec![Line::from("The server has taken everything.")]);
        }
        let lines = self.entries.iter().map(|(entry, place)| {
            let style = if entry.seen { DIM } else { STRONG };
            Line::from(vec![
                Span::styled(fitted(&words::time(entry.recorded_at), 18), DIM),
                Span::styled(fitted(&what(entry), 22), style),
                Span::styled(fitted(place, 26), Style::new()),
                Span::styled(entry.words.clone().unwrap_or_else(|| words::why(entry.why).into()), DIM),
            ])
        });
        draw_lines(frame, area, lines.collect(), Some(self.at));
    }
}

fn what(entry: &NotTaken) -> String {
    match &entry.said {
        Some(Payload::Interaction(interaction)) => words::visit(interaction),
        Some(Payload::Correction(_)) => "Correction".into(),
        Some(Payload::Suppression(_)) => "Never again".into(),
        Some(Payload::Lift(_)) => "Lift".into(),
        Some(Payload::Consent(_)) => "Permission".into(),
        Some(Payload::Door(edit)) => words::change(&edit.change, &[]),
        Some(Payload::List(_)) => "Change of a list".into(),
        Some(Payload::Script(_)) => "Change of a script".into(),
        None => "Cannot be read".into(),
    }
}
