//! Screens: each has its state, changes it by keys, and draws it.

mod clashes;
mod door;
mod enrol;
mod form;
pub(crate) mod help;
mod list;
mod lists;
mod map;
mod never;
mod outcomes;
mod refused;
mod safety;
mod script;
mod search;

pub(crate) use clashes::Clashes;
pub(crate) use door::AtDoor;
pub(crate) use enrol::Enrol;
pub(crate) use form::Form;
pub(crate) use list::Walk;
pub(crate) use lists::Lists;
pub(crate) use map::Map;
pub(crate) use never::Never;
pub(crate) use outcomes::Outcomes;
pub(crate) use refused::Refused;
pub(crate) use safety::Safety;
pub(crate) use script::Asking;
pub(crate) use search::Search;

use crate::event::Key;
use ratatui::Frame;
use ratatui::layout::Rect;
use std::path::Path;
use std::sync::Arc;
use walkbook_core::{Error, Walkbook};
use walkbook_model::{Day, Timestamp};

/// What a screen works with.
pub(crate) struct Desk<'a> {
    pub(crate) phone: &'a Arc<Walkbook>,
    pub(crate) now: Timestamp,
    /// The phone's folder, where the app knows it.
    pub(crate) folder: Option<&'a Path>,
}

impl Desk<'_> {
    pub(crate) fn today(&self) -> Day {
        Day::of(self.now)
    }
}

/// What a key led to.
pub(crate) enum Step {
    /// The screen is as it says itself.
    Stay,
    /// And something is to be said.
    Say(String),
    /// Another screen on top of this one.
    Open(Box<dyn Screen>),
    /// The screen below, and what is to be said there. From the last one, the app ends.
    Back(String),
    /// An invitation is to be redeemed.
    Enrol(String),
    /// The phone is to be wiped.
    Wipe,
    /// The phone is to begin anew, as another device.
    BeginAnew,
}

impl Step {
    pub(crate) fn back() -> Self {
        Self::Back(String::new())
    }

    pub(crate) fn open(screen: impl Screen + 'static) -> Self {
        Self::Open(Box::new(screen))
    }

    pub(crate) fn say(text: impl Into<String>) -> Self {
        Self::Say(text.into())
    }
}

/// A screen.
pub(crate) trait Screen: Send {
    /// What stands at the top.
    fn title(&self) -> String;

    /// The keys that do something here, and what.
    fn keys(&self) -> Vec<(&'static str, &'static str)>;

    /// Whether letters are letters here, and no commands.
    fn types(&self) -> bool {
        false
    }

    /// Reads from the walkbook what it shows. Called when it comes to the top and whenever something has changed.
    fn refresh(&mut self, desk: &Desk<'_>) -> Result<(), Error>;

    /// Takes a key.
    fn update(&mut self, key: Key, desk: &Desk<'_>) -> Result<Step, Error>;

    /// Paints itself.
    fn draw(&self, frame: &mut Frame<'_>, area: Rect);
}

/// Moves a mark along a list of so many.
pub(crate) fn moved(at: usize, count: usize, key: Key) -> usize {
    match key {
        Key::Up | Key::Char('k') => at.saturating_sub(1),
        Key::Down | Key::Char('j') => (at + 1).min(count.saturating_sub(1)),
        _ => at.min(count.saturating_sub(1)),
    }
}
