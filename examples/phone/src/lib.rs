//! A phone to try: Walkbook in a terminal. The living example of how an app is built on `walkbook-core`.
//!
//! Three parts, and what goes between them:
//!
//! - [`App`] is what is shown. Only [`App::update`] changes it: an [`Event`] comes in, [`Effect`]s go out. It asks the
//!   walkbook, which answers from the disk in milliseconds, and never waits for the network.
//! - [`draw`] paints it, and changes nothing.
//! - [`terminal`] brings keys, and [`network`] performs effects on a thread of its own, whose end is another event.
//!
//! Each screen is a file in `screen/`, with its own state, `update` and `draw`.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod app;
mod clock;
mod desk;
mod event;
mod input;
pub mod network;
mod paint;
mod screen;
pub mod terminal;
mod words;

pub use app::App;
pub use clock::now;
pub use desk::DeskKeyStore;
pub use event::{Effect, Event, Key};
pub use paint::draw;
