//! Runs a command with a new PostgreSQL database for the server's store and the tenants' tables, told by the environment;
//! all of it is gone when the command has ended: `with_postgres field_day …`.

#![allow(clippy::expect_used, reason = "a test without its database has failed")]

use std::process::{Command, ExitCode};
use walkbook_cluster::{Cluster, Kind};

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let Some(program) = arguments.next() else {
        eprintln!("usage: with_postgres COMMAND [ARGUMENT…]");
        return ExitCode::FAILURE;
    };
    let cluster: &Cluster = Box::leak(Box::new(Cluster::start(Kind::Durable)));
    let database = cluster.database();
    let authority = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(authority.path(), database.authority()).expect("the authority's certificate");
    let status = Command::new(&program)
        .args(arguments)
        .env("WALKBOOK_STORE", database.url())
        .env("WALKBOOK_STORE_OWNER", database.owner_url())
        .env("WALKBOOK_STORE_CA", authority.path())
        .env("WALKBOOK_BACKEND", database.url())
        .env("WALKBOOK_BACKEND_OWNER", database.owner_url())
        .env("WALKBOOK_BACKEND_CA", authority.path())
        .status();
    match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{}: {error}", program.display());
            ExitCode::FAILURE
        }
    }
}
