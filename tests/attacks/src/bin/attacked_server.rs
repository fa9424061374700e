//! The server's own command line, as a binary that the tests can find.

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    walkbook_server::commands::Cli::parse().run()
}
