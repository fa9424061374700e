//! The stories of the office: a real store, the real engine, phones that sign.

mod lists;
mod pen;
mod register;
pub(crate) mod world;
