//! What pgBackRest does for a store in PostgreSQL: the commands run it.

use super::Error;
use super::output::put;
use crate::clock;
use clap::Args;
use serde::Deserialize;
use std::process::{Command, Stdio};
use walkbook_model::Timestamp;

/// Of a store in PostgreSQL only.
#[derive(Debug, Args)]
pub(super) struct PgBackRest {
    /// Of a store in PostgreSQL: how pgBackRest is run as the database's own user, such as `runuser -u postgres -- pgbackrest`
    #[arg(long, env = "WALKBOOK_PGBACKREST", value_name = "COMMAND", default_value = "pgbackrest")]
    pgbackrest: String,
    /// Of a store in PostgreSQL: what the backup is called in pgBackRest's settings
    #[arg(long, env = "WALKBOOK_STANZA", value_name = "NAME", default_value = "walkbook")]
    stanza: String,
}

/// What `info` tells of a stanza.
#[derive(Deserialize)]
struct Stanza {
    #[serde(default)]
    backup: Vec<Made>,
}

#[derive(Deserialize)]
struct Made {
    #[serde(rename = "type")]
    kind: String,
    timestamp: Times,
}

#[derive(Deserialize)]
struct Times {
    stop: u64,
}

impl PgBackRest {
    /// Makes a backup, of what has changed since the last whole one, or of everything; prints when it was done.
    pub(super) fn back_up(&self, whole: bool) -> Result<(), Error> {
        self.run(&["check"])?;
        self.run(&[if whole { "--type=full" } else { "--type=diff" }, "backup"])?;
        let last = self.made()?.pop().ok_or_else(|| self.failed("it knows of no backup"))?;
        put(clock::written(last.at()))
    }

    /// Prints what there is, a line each: when it was made, and whether of everything.
    pub(super) fn list(&self) -> Result<(), Error> {
        let made = self.made()?;
        made.iter().try_for_each(|made| put(format_args!("{}\t{}", clock::written(made.at()), made.kind)))?;
        if !made.is_empty() {
            eprintln!("every moment from the first on can be restored, up to about a minute ago");
        }
        Ok(())
    }

    /// Puts the database's files back: as of a moment, or as late as can be. The database does not run.
    pub(super) fn restore(&self, to: Option<Timestamp>) -> Result<(), Error> {
        match to {
            None => self.run(&["restore"]),
            Some(to) => {
                // As pgBackRest reads it; in another form it does not look for the backup before it.
                let to = clock::written(to).replace('T', " ").replace('Z', "+00");
                self.run(&["--type=time", &format!("--target={to}"), "--target-action=promote", "restore"])
            }
        }
    }

    fn made(&self) -> Result<Vec<Made>, Error> {
        let told = run(&self.pgbackrest, &self.arguments(&["--output=json", "info"]), Stdio::piped())?;
        let stanzas: Vec<Stanza> =
            serde_json::from_slice(&told).map_err(|_| self.failed("what it tells cannot be read"))?;
        Ok(stanzas.into_iter().flat_map(|stanza| stanza.backup).collect())
    }

    fn run(&self, arguments: &[&str]) -> Result<(), Error> {
        run(&self.pgbackrest, &self.arguments(arguments), std::io::stderr().into()).map(drop)
    }

    fn arguments(&self, arguments: &[&str]) -> Vec<String> {
        let stanza = format!("--stanza={}", self.stanza);
        std::iter::once(stanza).chain(arguments.iter().map(|argument| (*argument).to_owned())).collect()
    }

    fn failed(&self, how: &str) -> Error {
        Error::Ran { command: self.pgbackrest.clone(), how: how.to_owned() }
    }
}

impl Made {
    const fn at(&self) -> Timestamp {
        Timestamp::from_ms(self.timestamp.stop.saturating_mul(1_000))
    }
}

/// Runs a command line of the operator's, with these arguments behind it; what it prints goes to people, or is given.
pub(super) fn run(command: &str, arguments: &[String], output: Stdio) -> Result<Vec<u8>, Error> {
    let failed = |how: String| Error::Ran { command: command.to_owned(), how };
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("{command} \"$@\"")).arg("sh").args(arguments);
    let child = shell.stdin(Stdio::null()).stdout(output).stderr(Stdio::inherit()).spawn();
    let done = child.and_then(std::process::Child::wait_with_output).map_err(|error| failed(error.to_string()))?;
    if done.status.success() { Ok(done.stdout) } else { Err(failed(done.status.to_string())) }
}
