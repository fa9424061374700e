//! One list in walk order: where a shift is spent. A door where nobody opens is one key.

use super::{AtDoor, Desk, Form, Map, Screen, Search, Step, moved};
use crate::event::Key;
use crate::paint::{DIM, colour, draw_lines, draw_text, fitted};
use crate::words;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use walkbook_core::{DoorRow, Error, Progress};
use walkbook_model::{DoorId, EntryId, Interaction, Outcome, WalkListId};

pub(crate) struct Walk {
    list: WalkListId,
    name: String,
    rows: Vec<DoorRow>,
    progress: Option<Progress>,
    at: usize,
    /// The door to show once the rows are read: where the walk goes on.
    go_to: Option<DoorId>,
    /// What `u` takes back.
    last: Option<(DoorId, EntryId)>,
}

impl Walk {
    pub(crate) fn new(list: WalkListId, name: &str) -> Self {
        Self { list, name: name.to_owned(), rows: vec![], progress: None, at: 0, go_to: None, last: None }
    }

    fn here(&self) -> Option<&DoorRow> {
        self.rows.get(self.at)
    }

    fn not_home(&mut self, desk: &Desk<'_>) -> Result<Step, Error> {
        let Some(row) = self.here() else { return Ok(Step::Stay) };
        if row.suppressed {
            return Ok(Step::say("Nobody may knock here."));
        }
        let (door, line) = (row.door, row.line.clone());
        let knock =
            desk.phone.record_knock(door, Interaction::of_outcome(self.list, None, Outcome::NotHome), desk.now)?;
        self.last = Some((door, knock));
        self.go_to = desk.phone.next_door(self.list, Some(door))?.map(|next| next.door);
        let done = if self.go_to.is_none() { " That was the last door." } else { "" };
        Ok(Step::Say(format!("Not home at {line}; u takes it back.{done}")))
    }

    fn undo(&mut self, desk: &Desk<'_>) -> Result<Step, Error> {
        let Some((door, knock)) = self.last else { return Ok(Step::say("There is nothing to take back.")) };
        desk.phone.undo(door, knock, desk.now)?;
        (self.last, self.go_to) = (None, Some(door));
        Ok(Step::say("Taken back."))
    }
}

impl Screen for Walk {
    fn title(&self) -> String {
        self.name.clone()
    }

    fn keys(&self) -> Vec<(&'static str, &'static str)> {
        vec![
            ("n", "not home"),
            ("Enter", "door"),
            ("u", "undo"),
            (".", "next door"),
            ("m", "map"),
            ("/", "search"),
            ("+", "add a door"),
            ("S", "sync"),
            ("O", "offline"),
            ("Esc", "back"),
        ]
    }

    fn refresh(&mut self, desk: &Desk<'_>) -> Result<(), Error> {
        let is_first = self.progress.is_none();
        // The list may have been handed to somebody else meanwhile.
        self.progress = match desk.phone.progress(self.list) {
            Ok(progress) => Some(progress),
            Err(Error::NotHere { .. }) => None,
            Err(error) => return Err(error),
        };
        let here = self.here().map(|row| row.door);
        self.rows = desk.phone.walk_list(self.list)?;
        if is_first && self.progress.is_some() {
            self.go_to = desk.phone.next_door(self.list, None)?.map(|next| next.door);
        }
        // Rows may have come in before this one.
        let wanted = self.go_to.take().or(here);
        self.at = self.rows.iter().position(|row| Some(row.door) == wanted).unwrap_or(self.at);
        self.at = moved(self.at, self.rows.len(), Key::Enter);
        Ok(())
    }

    fn update(&mut self, key: Key, desk: &Desk<'_>) -> Result<Step, Error> {
        self.at = moved(self.at, self.rows.len(), key);
        let here = self.here().map(|row| row.door);
        Ok(match (key, here) {
            (Key::Char('n'), _) => self.not_home(desk)?,
            (Key::Char('u'), _) => self.undo(desk)?,
            (Key::Char('.'), _) => match desk.phone.next_door(self.list, here)? {
                Some(next) => {
                    self.at = self.rows.iter().position(|row| row.door == next.door).unwrap_or(self.at);
                    Step::Stay
                }
                None => Step::say("Every door of this list was tried."),
            },
            (Key::Enter, Some(door)) => Step::open(AtDoor::new(self.list, door)),
            (Key::Char('m'), _) => Step::open(Map::new(self.list, here)),
            (Key::Char('/'), _) => Step::open(Search::new(self.list)),
            (Key::Char('+'), _) => Step::open(Form::add_door(self.list, self.here())),
            (Key::Esc, _) => Step::back(),
            _ => Step::Stay,
        })
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect) {
        let Some(progress) = &self.progress else {
            return draw_text(frame, area, vec![Line::from("This list is not on the phone any more.")]);
        };
        let [head, body] = Layout::vertical([Constraint::Length(1), Constraint::Min(1)]).areas(area);
        let counts = format!(
            "  {} of {} doors tried · {} talked to · {} left",
            progress.attempted, progress.doors, progress.contact, progress.left
        );
        frame.render_widget(Line::styled(counts, DIM), head);
        let lines = self.rows.iter().map(|row| line(row, usize::from(area.width))).collect();
        draw_lines(frame, body, lines, Some(self.at));
    }
}

/// A door as lists show it.
pub(crate) fn line(row: &DoorRow, width: usize) -> Line<'static> {
    let standing = words::standing(row);
    let clash = if row.clashes > 0 { "‼ " } else { "" };
    let [address, state] = [width * 2 / 5, 18];
    let names = width.saturating_sub(address + state + 4);
    Line::from(vec![
        Span::raw(fitted(&row.line, address)),
        Span::raw(" "),
        Span::styled(fitted(&format!("{clash}{standing}"), state), Style::new().fg(colour(row))),
        Span::raw(" "),
        Span::styled(fitted(&row.names.join(", "), names), DIM),
    ])
}
