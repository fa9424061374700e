//! A field day, from a file of real addresses to knocks in the tenant's backend.
//!
//! A server, and phones that are processes of their own, each with its own encrypted database. Between them a network
//! that can be cut. What goes wrong on such a day goes wrong here too, and at its end every promise is held against what
//! is really there. Exit code 1 if one broke.

mod day;
mod error;
mod network;
mod office;
mod phone;
mod promises;
mod protocol;
mod runner;
mod table;

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// A field day with Walkbook, on real addresses.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    day: Day,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Be one phone, told what to do on the standard input
    #[command(hide = true)]
    Phone(phone::Options),
}

#[derive(Debug, clap::Args)]
struct Day {
    /// The server's binary
    #[arg(long, default_value = "target/release/walkbook-server")]
    server: PathBuf,
    /// An address CSV or an OpenStreetMap extract
    #[arg(long)]
    data: Option<PathBuf>,
    /// The language of the made-up people's names: fi or en
    #[arg(long, default_value = "en")]
    language: String,
    /// Where everything is put; emptied first
    #[arg(long, default_value = "target/field-day")]
    folder: PathBuf,
    /// Doors a list
    #[arg(long, default_value_t = 60)]
    size: usize,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.command {
        Some(Command::Phone(options)) => phone::be(&options).map(|()| true),
        None => day::live(&arguments.day),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("field_day: {error}");
            ExitCode::FAILURE
        }
    }
}
