//! The words of canvassing, as they cross: values with documented fields. What is a plain value in the model crosses as it
//! is; the rest is converted.

mod answer;
mod change;
mod contact;
mod door;
mod door_view;
mod draft;
mod knock;
mod map;
mod no;
mod not_taken;
mod outcome;
mod script;
mod settings;
mod walk;
mod walk_list;

pub use answer::{Answer, AnswerValue};
pub use change::{Clash, ClashChoice, DoorChange, Standing};
pub use contact::{Contact, ContactDetails, ContactField};
pub use door::{DoorHere, NearbyDoor};
pub use door_view::{ContactView, DoorView, NoMark, Permission, Visit};
pub use draft::{Condition, Draft, DraftChange, DraftChoice, DraftClash, DraftFlaw, DraftQuestion, QuestionNumber};
pub use knock::{Interaction, Knock};
pub use no::{Consent, Lift, Suppression, Target};
pub use not_taken::{About, NotTaken, Said, Why};
pub use script::{Choice, Question, QuestionKind, Script};
pub use settings::{Settings, Withheld};
pub(crate) use walk::ends;
pub use walk::{PlannedWalk, WalkEnd, WalkLeft, WalkStep};
pub use walk_list::WalkList;

/// Converts each of them.
pub(crate) fn all<T, U: From<T>>(items: impl IntoIterator<Item = T>) -> Vec<U> {
    items.into_iter().map(U::from).collect()
}

#[cfg(test)]
mod tests;
