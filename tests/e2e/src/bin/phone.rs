//! One phone: `phone FOLDER` opens its walkbook at once, then does what it is told on the standard input; `phone FOLDER wipe`
//! destroys it.

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("phone: which folder?");
        return ExitCode::FAILURE;
    };
    let done = match std::env::args_os().nth(2) {
        Some(_) => walkbook_e2e::phone::wipe(&folder),
        None => walkbook_e2e::phone::be(&folder),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("phone: {error}");
            ExitCode::FAILURE
        }
    }
}
