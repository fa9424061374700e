//! The phone in a terminal: `terminal_phone FOLDER`.

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    match std::env::args_os().nth(1).map(PathBuf::from) {
        Some(folder) => walkbook_phone::walk(folder, ""),
        None => {
            eprintln!("terminal_phone: which folder?");
            ExitCode::FAILURE
        }
    }
}
