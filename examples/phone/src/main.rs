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
}

fn main() -> ExitCode {
    let Arguments { folder, link } = Arguments::parse();
    walkbook_phone::walk(folder, &link)
}
