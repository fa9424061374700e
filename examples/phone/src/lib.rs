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
mod event;
mod input;
pub mod network;
mod paint;
mod screen;
pub mod terminal;
mod words;

pub use app::App;
pub use clock::now;
pub use event::{Effect, Event, Key};
pub use paint::draw;

use std::path::PathBuf;
use std::process::ExitCode;

/// Opens the phone in this folder and shows it in this terminal until somebody ends it.
pub fn walk(folder: PathBuf, link: &str) -> ExitCode {
    let ended = match App::open(folder, link, now()) {
        Ok(mut app) => terminal::run(&mut app).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("phone: {error}");
            ExitCode::FAILURE
        }
    }
}
