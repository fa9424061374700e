//! What comes to the app, and what it wants done.

use walkbook_core::{CancelToken, Heard, Identity, SyncFailed, SyncProgress, Synced};

/// A key, as far as the app knows keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// A letter, digit or sign.
    Char(char),
    /// Take it, go on.
    Enter,
    /// Leave.
    Esc,
    /// Take back one letter, or one question.
    Backspace,
    /// The next field.
    Tab,
    /// Up.
    Up,
    /// Down.
    Down,
    /// Left.
    Left,
    /// Right.
    Right,
}

/// What comes to the app.
#[derive(Debug)]
pub enum Event {
    /// A key was pressed.
    Key(Key),
    /// Several letters at once: an invitation is seldom typed.
    Pasted(String),
    /// The walkbook has changed under the screen, or the terminal has another size.
    Changed,
    /// An enrolment came to its end.
    Enrolled(Box<Result<Identity, SyncFailed>>),
    /// An exchange has come so far.
    Progressed(SyncProgress),
    /// An exchange came to its end.
    Synced(Box<Result<Synced, SyncFailed>>),
    /// Waiting for news came to its end.
    Heard(Result<Heard, SyncFailed>),
    /// The app is to end.
    Closed,
}

/// What the app wants done, without waiting for it.
#[derive(Debug)]
pub enum Effect {
    /// Redeem the invitation with this link; [`Event::Enrolled`] tells how it went.
    Enrol(String),
    /// Exchange with the server until the token is used; [`Event::Progressed`] tells how it goes, [`Event::Synced`] how it
    /// went.
    Sync(CancelToken),
    /// Wait until the server has something new, or the token is used; [`Event::Heard`] tells.
    Hear(CancelToken),
}
