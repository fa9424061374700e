//! What pgBackRest does for a store in PostgreSQL: the commands run it.

mod archive;

use super::Error;
use super::output::put;
use crate::clock;
use archive::Archive;
use clap::Args;
use serde::Deserialize;
use std::process::{Command, Stdio};
use std::time::Duration;
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
    #[serde(default)]
    archive: Vec<Archived>,
}

/// The log of one database: another one begins with each version of PostgreSQL.
#[derive(Deserialize)]
struct Archived {
    id: String,
    database: Which,
}

#[derive(Deserialize, PartialEq, Eq)]
struct Which {
    id: u64,
}

#[derive(Deserialize)]
struct Made {
    #[serde(rename = "type")]
    kind: String,
    timestamp: Times,
    archive: Needed,
    database: Which,
    /// Whether the database had damaged pages then.
    #[serde(default)]
    error: Option<bool>,
}

/// The log that a backup cannot do without.
#[derive(Deserialize)]
struct Needed {
    start: Option<String>,
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

    /// Makes sure that what there is can be restored: that every file of it is as it was written, that the log between the backups
    /// has no gap, that the newest backup is no older than this, and that what is committed now reaches the backup. Prints how many
    /// backups and segments of the log there are, and when the newest backup was made.
    pub(super) fn verify(&self, no_older_than: Duration, segment_bytes: u64) -> Result<(), Error> {
        let stanza = self.stanza()?;
        let newest = stanza.backup.last().ok_or_else(|| self.failed("it knows of no backup"))?;
        let age = clock::now().as_ms().saturating_sub(newest.at().as_ms());
        if u128::from(age) > no_older_than.as_millis() {
            let (at, hours) = (clock::written(newest.at()), no_older_than.as_secs() / 3_600);
            return Err(self.failed(&format!("the newest backup is of {at}, more than {hours} hours ago")));
        }
        if stanza.backup.iter().any(|made| made.error == Some(true)) {
            return Err(
                self.failed("the database had damaged pages when it was backed up: `pgbackrest info` says where")
            );
        }
        // Now, and not as late as the next segment is full.
        self.run(&["check"])?;
        self.verify_files()?;
        let segments = self.verify_log(&stanza, segment_bytes)?;
        put(format_args!("{}\t{segments}\t{}", stanza.backup.len(), clock::written(newest.at())))?;
        eprintln!(
            "{} backups, and {segments} segments of the log behind them without a gap: all sound",
            stanza.backup.len()
        );
        Ok(())
    }

    /// It ends well whatever it finds, and says so in words.
    fn verify_files(&self) -> Result<(), Error> {
        let told = run(&self.pgbackrest, &self.arguments(&["--output=text", "--verbose", "verify"]), Stdio::piped())?;
        let told = String::from_utf8_lossy(&told);
        if told.lines().any(|line| line.trim() == "status: ok") {
            return Ok(());
        }
        told.lines().for_each(|line| eprintln!("{line}"));
        Err(self.failed("files of the backup are missing or not as they were written"))
    }

    /// From what the oldest backup needs up to now.
    fn verify_log(&self, stanza: &Stanza, segment_bytes: u64) -> Result<usize, Error> {
        // That of the database as it is now; an earlier version's is there for as long as its backups are.
        let unknown = || self.failed("it does not say which part of the log belongs to the backups");
        let last = stanza.archive.last().ok_or_else(|| self.failed("nothing of the log is in the backup"))?;
        let path = format!("archive/{}/{}", self.stanza, last.id);
        let told = run(&self.pgbackrest, &self.arguments(&["--recurse", "repo-ls", &path]), Stdio::piped())?;
        let told = String::from_utf8_lossy(&told);
        let archive = Archive::of(told.lines(), segment_bytes);
        let of_it = stanza.backup.iter().filter(|made| made.database == last.database);
        let starts = of_it.filter_map(|made| archive.segment(made.archive.start.as_deref()?));
        match archive.first_gap(starts.min().ok_or_else(unknown)?) {
            Some(gap) => Err(self.failed(&format!("the log has a gap at {gap}: no moment behind it can be restored"))),
            None => Ok(archive.len()),
        }
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
        Ok(self.stanza()?.backup)
    }

    fn stanza(&self) -> Result<Stanza, Error> {
        let told = run(&self.pgbackrest, &self.arguments(&["--output=json", "info"]), Stdio::piped())?;
        let stanzas: Vec<Stanza> =
            serde_json::from_slice(&told).map_err(|_| self.failed("what it tells cannot be read"))?;
        stanzas.into_iter().next().ok_or_else(|| self.failed("it knows of no such stanza"))
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
