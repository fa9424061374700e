//! Counters since the start. Nothing in them is about anybody.

use std::sync::atomic::{AtomicU64, Ordering};

/// What the engine has done since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Entries that count.
    pub accepted: u64,
    /// Entries that were refused.
    pub refused: u64,
    /// Entries that were set aside.
    pub quarantined: u64,
}

#[derive(Debug, Default)]
pub(super) struct Tallies {
    accepted: AtomicU64,
    refused: AtomicU64,
    quarantined: AtomicU64,
}

impl Tallies {
    pub(super) fn add(&self, more: Tally) {
        self.accepted.fetch_add(more.accepted, Ordering::Relaxed);
        self.refused.fetch_add(more.refused, Ordering::Relaxed);
        self.quarantined.fetch_add(more.quarantined, Ordering::Relaxed);
    }

    pub(super) fn read(&self) -> Tally {
        Tally {
            accepted: self.accepted.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
            quarantined: self.quarantined.load(Ordering::Relaxed),
        }
    }
}
