//! A line that somebody types.

use crate::event::Key;

/// What was typed so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Input(String);

impl Input {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// Takes a key; whether it was one for a line.
    pub(crate) fn take(&mut self, key: Key) -> bool {
        match key {
            Key::Char(letter) if !letter.is_control() => self.0.push(letter),
            Key::Char(_) => {}
            Key::Backspace => drop(self.0.pop()),
            _ => return false,
        }
        true
    }

    /// As it is shown, with a mark where one types.
    pub(crate) fn shown(&self) -> String {
        format!("{}▏", self.0)
    }
}
