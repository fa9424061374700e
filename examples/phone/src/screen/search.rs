//! Looking for a door or a person by a few letters.

use super::list::line;
use super::{AtDoor, Desk, Screen, Step, moved};
use crate::event::Key;
use crate::input::Input;
use crate::paint::draw_lines;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use walkbook_core::{DoorRow, Error};
use walkbook_model::WalkListId;

const FOUND: u32 = 100;

pub(crate) struct Search {
    list: WalkListId,
    typed: Input,
    found: Vec<DoorRow>,
    at: usize,
}

impl Search {
    pub(crate) fn new(list: WalkListId) -> Self {
        Self { list, typed: Input::default(), found: vec![], at: 0 }
    }
}

impl Screen for Search {
    fn title(&self) -> String {
        "Search".into()
    }

    fn keys(&self) -> Vec<(&'static str, &'static str)> {
        vec![("letters", "street, number or name"), ("↑ ↓ Enter", "open"), ("Esc", "back")]
    }

    fn types(&self) -> bool {
        true
    }

    fn refresh(&mut self, desk: &Desk<'_>) -> Result<(), Error> {
        let typed = self.typed.text().to_lowercase();
        self.found = if typed.trim().is_empty() { vec![] } else { desk.phone.search(&typed, FOUND)? };
        // Whoever was looked for stands first: a line has no room for a large household.
        let is_meant = |name: &String| typed.split_whitespace().any(|word| name.to_lowercase().contains(word));
        self.found.iter_mut().for_each(|row| row.names.sort_by_key(|name| !is_meant(name)));
        self.at = moved(self.at, self.found.len(), Key::Enter);
        Ok(())
    }

    fn update(&mut self, key: Key, desk: &Desk<'_>) -> Result<Step, Error> {
        if self.typed.take(key) {
            self.at = 0;
            self.refresh(desk)?;
            return Ok(Step::Stay);
        }
        self.at = moved(self.at, self.found.len(), key);
        Ok(match (key, self.found.get(self.at)) {
            (Key::Enter, Some(row)) => Step::open(AtDoor::new(self.list, row.door)),
            (Key::Esc, _) => Step::back(),
            _ => Step::Stay,
        })
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect) {
        let [head, body] = Layout::vertical([Constraint::Length(2), Constraint::Min(1)]).areas(area);
        frame.render_widget(Line::from(format!(" / {}", self.typed.shown())), head);
        let lines: Vec<Line<'_>> = self.found.iter().map(|row| line(row, usize::from(area.width))).collect();
        let at = (!lines.is_empty()).then_some(self.at);
        draw_lines(frame, body, lines, at);
    }
}
