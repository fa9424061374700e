//! Both sides' part in an exchange, as state machines.

mod admission;
mod phone;

pub use admission::{Admission, Admitted, LogPosition, admit};
pub use phone::{Effect, PhoneSession};
