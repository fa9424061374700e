//! Whole processes under test.
//!
//! The binary `server` is the real server's command line. The binary `phone` is a real walkbook that does what it is told
//! and says at once what it has acknowledged. The tests start them, kill them where they stand, take their disk away, and
//! hold what is left against what was acknowledged.

pub mod phone;
pub mod protocol;
