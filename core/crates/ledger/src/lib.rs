//! Entries and documents: who wins, and the reading state.
//!
//! The same base and the same set of entries give the same state, byte for byte, in whatever order they came. Phone
//! and server call the same functions.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod base;
mod document;
mod draft;
mod edit;
mod entry;
mod erasing;
mod error;
mod rebase;
mod shown;
mod state;

pub use base::{Base, DoorBase, ListBase, ScriptBase};
pub use draft::{Flaw, ScriptDraft};
pub use edit::{
    DoorChange, DoorEdit, ListChange, ListEdit, ScriptChange, ScriptEdit, Standing, contact_added_by, door_added_by,
    question_added_by, script_started_by,
};
pub use entry::{Correction, Entry, Header, Payload, Subject};
pub use erasing::{Left, without_people};
pub use error::Error;
pub use shown::{is_of_attempt, shown_base, shown_entries};
pub use state::{Board, Clash, ContactState, DoorState, DoorStatus, ListState, NoMark, Permission, ScriptState, Visit};
