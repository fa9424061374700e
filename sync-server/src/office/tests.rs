//! The stories of the office: a real store, the real engine, phones that sign.

mod lists;
pub(crate) mod world;
