//! Walkbook in a terminal: `walkbook-phone --folder FOLDER`, and paste the invitation. `make phone` makes a town to walk in.

use clap::Parser;
use std::path::PathBuf;
use std::process::ExitCode;

/// A phone to try, in a terminal.
#[derive(Debug, Parser)]
struct Arguments {
    /// The phone's folder. The key of its databases lies beside it, in FOLDER.key: keep both to yourself
    #[arg(long, default_value = "walkbook-phone")]
    folder: PathBuf,
    /// The link of an invitation, to be put into the first screen
    #[arg(long, default_value = "")]
    link: String,
    /// The key of the phone in this folder is gone for good: move everything aside that nobody can read, and begin anew
    #[arg(long)]
    without_key: bool,
}

fn main() -> ExitCode {
    let Arguments { folder, link, without_key } = Arguments::parse();
    if without_key && let Err(error) = walkbook_phone::App::begin_without_key(&folder) {
        eprintln!("{}: {error}", folder.display());
        return ExitCode::FAILURE;
    }
    walkbook_phone::walk(folder, &link)
}
