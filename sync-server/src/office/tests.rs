//! The stories of the office: a real store, the real engine, phones that sign.

mod board;
mod desk;
mod drafts;
mod evidence;
mod lists;
mod pen;
mod people;
mod register;
mod scripts;
mod settings;
pub(crate) mod world;
