//! What is where, a rescue file for what is only here, and wiping the phone.

use super::{Desk, Screen, Step};
use crate::event::Key;
use crate::paint::{DIM, STRONG, TROUBLE, draw_text};
use crate::words;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use std::path::PathBuf;
use walkbook_core::{Error, Status};

#[derive(Default)]
pub(crate) struct Safety {
    status: Option<Status>,
    /// The file, and the code that opens it: shown once, kept nowhere.
    rescued: Option<(PathBuf, String)>,
    asked: Option<Asked>,
}

/// What a yes is asked for.
#[derive(Clone, Copy)]
enum Asked {
    Wipe,
    BeginAnew,
    GiveUp,
}

impl Asked {
    const fn keys(self) -> &'static str {
        match self {
            Self::Wipe => "wipe this phone",
            Self::BeginAnew => "begin anew",
            Self::GiveUp => "give them up",
        }
    }

    const fn question(self) -> &'static str {
        match self {
            Self::Wipe => "Wipe this phone, lists, keys and all? y",
            Self::BeginAnew => "Go on as a new device, by a new invitation? What was here is moved aside. y",
            Self::GiveUp => "Destroy what nobody can read? If something in it was nowhere else, it is lost. y",
        }
    }
}

impl Safety {
    fn has_unreadable(&self) -> bool {
        self.status.as_ref().is_some_and(|status| !status.unreadable.is_empty())
    }

    fn rescue(&mut self, desk: &Desk<'_>) -> Result<Step, Error> {
        let Some(folder) = desk.folder else { return Ok(Step::say("This phone has no folder of its own.")) };
        // Beside the phone's folder, under a name that is free.
        let name = |number: u32| folder.with_extension(format!("rescue-{number}"));
        let Some(path) = (1..1_000).map(name).find(|path| !path.exists()) else {
            return Ok(Step::say("There are a thousand rescue files already."));
        };
        let code = desk.phone.rescue(&path, desk.now)?;
        self.rescued = Some((path, code.text().to_string()));
        Ok(Step::say("Written. Write the code down now: it is kept nowhere."))
    }
}

impl Screen for Safety {
    fn title(&self) -> String {
        "What is where".into()
    }

    fn keys(&self) -> Vec<(&'static str, &'static str)> {
        match self.asked {
            Some(asked) => vec![("y", asked.keys()), ("Esc", "no")],
            None => vec![("r", "rescue file"), ("A", "begin anew"), ("W", "wipe"), ("Esc", "back")],
        }
    }

    fn refresh(&mut self, desk: &Desk<'_>) -> Result<(), Error> {
        self.status = Some(desk.phone.status()?);
        Ok(())
    }

    fn update(&mut self, key: Key, desk: &Desk<'_>) -> Result<Step, Error> {
        if let Some(asked) = self.asked.take() {
            return match (key, asked) {
                (Key::Char('y'), Asked::Wipe) => Ok(Step::Wipe),
                (Key::Char('y'), Asked::BeginAnew) => Ok(Step::BeginAnew),
                (Key::Char('y'), Asked::GiveUp) => {
                    desk.phone.give_up_unreadable()?;
                    Ok(Step::say("Given up."))
                }
                _ => Ok(Step::Stay),
            };
        }
        match key {
            Key::Char('r') => return self.rescue(desk),
            Key::Char('W') => self.asked = Some(Asked::Wipe),
            Key::Char('A') => self.asked = Some(Asked::BeginAnew),
            Key::Char('G') if self.has_unreadable() => self.asked = Some(Asked::GiveUp),
            Key::Esc => return Ok(Step::back()),
            _ => {}
        }
        Ok(Step::Stay)
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect) {
        let Some(status) = &self.status else { return };
        let counts = [
            ("only on this phone", status.entries.saved),
            ("on the server", status.entries.on_server),
            ("in the organisation's tables", status.entries.in_backend),
            ("not taken", status.entries.refused),
            ("set aside for a lead", status.entries.set_aside),
            ("in a rescue file", status.rescued),
        ];
        let mut lines: Vec<Line<'_>> =
            counts.iter().map(|(what, count)| Line::from(format!("{count:>6}  {what}"))).collect();
        lines.push(Line::default());
        lines.push(match status.exchanged_at {
            Some(at) => Line::styled(format!("Last in step with the server on {} (UTC).", words::time(at)), DIM),
            None => Line::styled("Never in step with the server yet.", DIM),
        });
        if status.clock_offset_ms.abs() > 60_000 {
            let minutes = status.clock_offset_ms / 60_000;
            lines.push(Line::styled(format!("This device's clock is {minutes} minutes behind the server's."), TROUBLE));
        }
        lines.push(Line::styled(at_risk(status), if status.may_be_wiped() { DIM } else { TROUBLE }));
        if !status.can_record {
            lines.push(Line::styled(
                "The log has lost entries: nothing can be recorded. Write a rescue file, then A.",
                TROUBLE,
            ));
        }
        for unreadable in &status.unreadable {
            let last = unreadable.written_at.map(|at| format!(", last on {}", words::time(at))).unwrap_or_default();
            let text =
                format!("A log of {} bytes{last}, cannot be read: its key is gone. G gives it up.", unreadable.bytes);
            lines.push(Line::styled(text, TROUBLE));
        }
        if let Some((path, code)) = &self.rescued {
            lines.push(Line::default());
            lines.push(Line::from(format!("Rescue file: {}", path.display())));
            lines.push(Line::styled(format!("Its code:    {code}"), STRONG));
        }
        if let Some(asked) = self.asked {
            lines.push(Line::default());
            lines.push(Line::styled(asked.question(), TROUBLE));
        }
        draw_text(frame, area, lines);
    }
}

fn at_risk(status: &Status) -> String {
    match status.at_risk() {
        0 if status.may_be_wiped() => "Nothing is at risk: the phone may be wiped.".into(),
        0 => "Nothing is at risk that anybody can read.".into(),
        count => format!("{count} would be lost with this phone: sync (S), or write a rescue file (r)."),
    }
}
