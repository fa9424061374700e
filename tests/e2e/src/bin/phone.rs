//! One phone: `phone FOLDER`. Opens its walkbook at once, then does what it is told on the standard input.

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("phone: which folder?");
        return ExitCode::FAILURE;
    };
    match walkbook_e2e::phone::be(&folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("phone: {error}");
            ExitCode::FAILURE
        }
    }
}
