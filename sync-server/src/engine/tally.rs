//! Counters since the start. Nothing in them is about anybody.

use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use walkbook_ledger::Payload;
use walkbook_sync::Reason;

/// What entries are, by name.
pub const KINDS: [&str; 8] =
    ["interaction", "correction", "suppression", "lift", "consent", "door_edit", "list_edit", "script_edit"];

/// Why entries are refused, by name, as the protocol numbers them.
pub const REASONS: [&str; Reason::ALL.len()] =
    ["malformed", "not_yours", "not_allowed", "rebase", "erased", "unfit_answer", "declined", "withheld"];

/// What the engine has done since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Entries that count, by [kind](KINDS).
    pub accepted: [u64; KINDS.len()],
    /// Entries that were refused, by [reason](REASONS).
    pub refused: [u64; REASONS.len()],
    /// Entries that were set aside.
    pub quarantined: u64,
}

impl Tally {
    /// Entries that count, of whatever kind.
    pub fn all_accepted(&self) -> u64 {
        self.accepted.iter().sum()
    }

    /// Entries that were refused, for whatever reason.
    pub fn all_refused(&self) -> u64 {
        self.refused.iter().sum()
    }

    pub(super) fn accepts(&mut self, payload: &Payload) {
        let kind = KINDS.iter().position(|kind| *kind == payload.kind());
        kind.into_iter().for_each(|kind| add(&mut self.accepted, kind, 1));
    }

    pub(super) fn refuses(&mut self, reason: Reason) {
        add(&mut self.refused, reason as usize, 1);
    }
}

fn add(counts: &mut [u64], place: usize, more: u64) {
    counts.iter_mut().skip(place).take(1).for_each(|count| *count += more);
}

pub(super) struct Tallies {
    counts: Mutex<Tally>,
    /// Seconds that runs with something new took to be judged and merged.
    pub(super) seconds: Histogram,
}

impl Default for Tallies {
    fn default() -> Self {
        Self { counts: Mutex::default(), seconds: Histogram::new(exponential_buckets(0.001, 2.0, 14)) }
    }
}

impl Tallies {
    pub(super) fn add(&self, more: Tally, took: Duration) {
        self.seconds.observe(took.as_secs_f64());
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        more.accepted.iter().enumerate().for_each(|(kind, more)| add(&mut counts.accepted, kind, *more));
        more.refused.iter().enumerate().for_each(|(reason, more)| add(&mut counts.refused, reason, *more));
        counts.quarantined += more.quarantined;
    }

    pub(super) fn read(&self) -> Tally {
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
