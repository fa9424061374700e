//! The first screen: an invitation is pasted.

use super::{Desk, Screen, Step};
use crate::event::Key;
use crate::input::Input;
use crate::paint::{DIM, STRONG, draw_text};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use walkbook_core::Error;

pub(crate) struct Enrol {
    link: Input,
}

impl Enrol {
    pub(crate) fn new(link: &str) -> Self {
        Self { link: Input::new(link.trim()) }
    }
}

impl Screen for Enrol {
    fn title(&self) -> String {
        "Walkbook".into()
    }

    fn keys(&self) -> Vec<(&'static str, &'static str)> {
        vec![("Enter", "join"), ("Esc", "end")]
    }

    fn types(&self) -> bool {
        true
    }

    fn refresh(&mut self, _: &Desk<'_>) -> Result<(), Error> {
        Ok(())
    }

    fn update(&mut self, key: Key, _: &Desk<'_>) -> Result<Step, Error> {
        if self.link.take(key) {
            return Ok(Step::Stay);
        }
        Ok(match key {
            Key::Esc => Step::back(),
            Key::Enter => Step::Enrol(self.link.text().trim().to_owned()),
            _ => Step::Stay,
        })
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect) {
        let lines = vec![
            Line::default(),
            Line::styled("This phone belongs to nobody yet.", STRONG),
            Line::default(),
            Line::from("Paste the invitation that your team lead sent you:"),
            Line::default(),
            Line::from(self.link.shown()),
            Line::default(),
            Line::styled(
                "It is a secret, and good for one phone. Everything is kept encrypted on this device; the key",
                DIM,
            ),
            Line::styled(
                "lies in a file beside it that only you may read. That is for a desk: a phone has a key store.",
                DIM,
            ),
        ];
        draw_text(frame, area, lines);
    }
}
