//! The stories of the office: a real store, the real engine, phones that sign.

mod arranging;
mod board;
mod coverage;
mod cutting;
mod desk;
mod drafts;
mod evidence;
mod lists;
mod pen;
mod people;
mod register;
mod scripts;
mod settings;
mod stuck;
pub(crate) mod world;
