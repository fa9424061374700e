//! The walk lists of this phone.

use super::{Clashes, Desk, Screen, Step, Walk, moved};
use crate::event::Key;
use crate::paint::{DIM, draw_lines, draw_text, fitted};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use walkbook_core::{Error, Progress};
use walkbook_model::WalkListId;

#[derive(Default)]
pub(crate) struct Lists {
    lists: Vec<(WalkListId, String, Progress)>,
    clashes: usize,
    at: usize,
}

impl Screen for Lists {
    fn title(&self) -> String {
        "Walk lists".into()
    }

    fn keys(&self) -> Vec<(&'static str, &'static str)> {
        vec![
            ("Enter", "walk"),
            ("c", "clashes"),
            ("S", "sync"),
            ("O", "offline"),
            ("R", "rescue, wipe"),
            ("Esc", "end"),
        ]
    }

    fn refresh(&mut self, desk: &Desk<'_>) -> Result<(), Error> {
        let lists = desk.phone.lists()?.into_iter().map(|state| state.list);
        self.lists =
            lists.map(|list| Ok((list.id, list.name, desk.phone.progress(list.id)?))).collect::<Result<_, Error>>()?;
        self.clashes = desk.phone.clashes()?.len();
        self.at = moved(self.at, self.lists.len(), Key::Enter);
        Ok(())
    }

    fn update(&mut self, key: Key, _: &Desk<'_>) -> Result<Step, Error> {
        self.at = moved(self.at, self.lists.len(), key);
        Ok(match key {
            Key::Enter => match self.lists.get(self.at) {
                Some((list, name, _)) => Step::open(Walk::new(*list, name)),
                None => Step::say("There is no list here yet: S asks the server."),
            },
            Key::Char('c') => Step::open(Clashes::default()),
            Key::Esc => Step::back(),
            _ => Step::Stay,
        })
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect) {
        if self.lists.is_empty() {
            let lines =
                ["", "No list is handed out to you yet, or this phone has not asked for it.", "S asks the server."];
            return draw_text(frame, area, lines.map(Line::from).to_vec());
        }
        let mut lines: Vec<Line<'_>> = self.lists.iter().map(|(_, name, progress)| line(name, progress)).collect();
        if self.clashes > 0 {
            lines.push(Line::default());
            lines.push(Line::styled(format!("  {} doors were written twice at once: c", self.clashes), DIM));
        }
        draw_lines(frame, area, lines, Some(self.at));
    }
}

fn line(name: &str, progress: &Progress) -> Line<'static> {
    let done = format!("{:>4} of {:<4} tried", progress.attempted, progress.doors);
    let talked = format!("  {:>3} talked to, {:>3} left", progress.contact, progress.left);
    Line::from(vec![Span::raw(fitted(name, 28)), Span::raw(done), Span::styled(talked, DIM)])
}
