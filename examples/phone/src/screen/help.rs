//! Every key that means the same everywhere.

use super::{Desk, Screen, Step};
use crate::event::Key;
use crate::paint::{DIM, STRONG, draw_text};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use walkbook_core::Error;

pub(crate) struct Help;

const KEYS: [(&str, &str); 8] = [
    ("n", "not home: on the list and the map one key, at a door too"),
    ("u", "takes back what was recorded last"),
    ("S", "exchanges with the server; everything else works without it"),
    ("O", "the offline switch: a sync under way is called off, and what had come stays"),
    ("T", "what the server has not taken, and why"),
    ("R", "what is where; rescue file; wiping"),
    ("↑ ↓  j k", "up and down"),
    ("Esc", "back; from the first screen, ends the app"),
];

const AT_RISK: &str = "“At risk” counts what is on this phone and nowhere else. It is on the disk, and encrypted; but it \
    would go with the phone.";
const COLOURS: &str = "Green: talked to. Yellow: to come again. Violet: the register is wrong. Red: never again. White: \
    not tried.";

impl Screen for Help {
    fn title(&self) -> String {
        "Help".into()
    }

    fn keys(&self) -> Vec<(&'static str, &'static str)> {
        vec![("Esc", "back")]
    }

    fn refresh(&mut self, _: &Desk<'_>) -> Result<(), Error> {
        Ok(())
    }

    fn update(&mut self, key: Key, _: &Desk<'_>) -> Result<Step, Error> {
        Ok(if key == Key::Esc { Step::back() } else { Step::Stay })
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect) {
        let mut lines = vec![Line::default()];
        for (key, what) in KEYS {
            lines.push(Line::from(vec![Span::styled(format!("  {key:<10}"), STRONG), Span::raw(what)]));
        }
        lines.push(Line::default());
        lines.push(Line::styled(AT_RISK, DIM));
        lines.push(Line::default());
        lines.push(Line::styled(COLOURS, DIM));
        draw_text(frame, area, lines);
    }
}
