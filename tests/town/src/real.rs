//! The town built of real parts: the server's engine over its embedded store, and phones over their encrypted files. Only
//! the network between them is simulated.

mod phone;
mod town;

pub use phone::{Phone, Signed, six_answers, work};
pub use town::{REGION, SCRIPT, Town, now};
