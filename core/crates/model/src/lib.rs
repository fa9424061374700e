//! The words of canvassing: ids, time, doors, contacts, scripts, outcomes, interactions.
//!
//! Everything here is a plain value: no clock, no randomness, no IO. Values that come from outside are held against
//! [`limits`] by their `check` method; values that name or describe a person print nothing of it ([`redact`]).

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod address;
mod answer;
mod base_map;
mod check;
mod consent;
mod contact;
mod date;
mod door;
mod email;
mod entry_id;
mod hash;
mod id;
mod interaction;
mod moment;
mod outcome;
mod position;
mod role;
mod script;
mod settings;
mod suppression;
mod walk_list;
mod withheld;

pub mod cbor;
pub mod limits;
pub mod redact;
pub mod rights;

pub use address::Address;
pub use answer::{Answer, AnswerValue, Decimal};
pub use base_map::{BaseMap, MapTile};
pub use check::Invalid;
pub use consent::{Consent, Purpose};
pub use contact::{Contact, ContactField};
pub use date::{Day, InvalidDay, TimeOfDay};
pub use door::Door;
pub use email::Email;
pub use entry_id::{EntryId, InvalidEntryId};
pub use hash::{ContentHash, InvalidHash};
pub use id::{
    BuildingId, ContactId, DeviceId, DoorId, EffortId, InvalidId, QuestionId, ScriptId, TeamId, TenantId, TurfId,
    UserId, WalkListId,
};
pub use interaction::{Distance, Evidence, Interaction, Knock};
pub use moment::{HybridClock, Moment, Timestamp};
pub use outcome::{Class, Level, Outcome, OutcomeCodes, UnknownOutcome};
pub use position::{InvalidPosition, Position};
pub use rights::{Action, Circle, Whose};
pub use role::Role;
pub use script::{AnswerRefused, Choice, Condition, Question, QuestionKey, QuestionKind, Script};
pub use settings::Settings;
pub use suppression::{Lift, Suppression, SuppressionReason, Target};
pub use walk_list::WalkList;
pub use withheld::Withheld;
