//! Stories of phones and their server: a real store in a folder, real keys, the real session on the phone's side.

pub(crate) mod book;
pub(crate) mod phone;
pub(crate) mod world;

mod agreement;
mod answers;
mod at_provider;
mod audited;
mod challenges;
mod clocks;
mod decisions;
mod dice;
mod downloads;
mod enrolment;
mod hostile;
mod interleavings;
mod logs;
mod maps;
mod proofs;
mod rebasing;
mod restores;
mod settings;
mod sign_in;
mod views;

use crate::store::StoredEntry;
use walkbook_ledger::Entry;

/// A stored entry as it counts.
pub(crate) fn opened(stored: StoredEntry) -> Option<Entry> {
    crate::reading::opened(&stored)
}
