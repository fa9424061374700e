//! The line to one server: the way there, and what is kept from one call over it to the next.

use super::Transport;
use crate::walkbook::Listening;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// A line. It ends with the runtime that its connections live in, and all that is known of the server with it.
pub(crate) struct Line {
    pub(crate) transport: Transport,
    pub(crate) listening: tokio::sync::Mutex<Listening>,
    /// The server has asked not to be asked before.
    rests_until: Mutex<Option<Instant>>,
    /// How many exchanges did not come to their end.
    unfinished: watch::Sender<u64>,
}

impl Line {
    pub(super) fn new(transport: Transport) -> Self {
        Self {
            transport,
            listening: tokio::sync::Mutex::default(),
            rests_until: Mutex::default(),
            unfinished: watch::Sender::default(),
        }
    }

    /// How long the server still wants to be left in peace.
    pub(crate) fn rests_for(&self) -> Option<Duration> {
        left_until(*self.rests_until.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Leaves the server in peace for so long.
    pub(crate) fn rest_for(&self, wait: Duration) {
        *self.rests_until.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now().checked_add(wait);
    }

    /// An exchange did not come to its end: what was heard before counts for nothing.
    pub(crate) fn is_unfinished(&self) {
        self.unfinished.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// How many exchanges have not come to their end.
    pub(crate) fn unfinished(&self) -> u64 {
        *self.unfinished.borrow()
    }

    /// Waits until there is one more than were known.
    pub(crate) async fn one_more_than(&self, known: u64) {
        // Fails only where the line is gone, and with it whoever waits here.
        drop(self.unfinished.subscribe().wait_for(|count| *count != known).await);
    }
}

/// The time that is left until then; nothing where it is over.
pub(crate) fn left_until(then: Option<Instant>) -> Option<Duration> {
    then.and_then(|then| then.checked_duration_since(Instant::now())).filter(|left| !left.is_zero())
}
