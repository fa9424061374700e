//! `walkbook-server`: the one binary an operator runs.

use clap::Parser;
use std::process::ExitCode;
use walkbook_server::commands::Cli;

fn main() -> ExitCode {
    Cli::parse().run()
}
