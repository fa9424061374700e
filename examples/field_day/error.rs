//! Why the day could not be lived to its end.

use std::path::PathBuf;
use thiserror::Error;

#[derive(Debug, Error)]
pub(crate) enum Error {
    #[error("give a file of addresses with --data, or run `make demo`")]
    NoData,
    #[error("{0} has neither been a field day's folder before nor is it empty; name another")]
    NotOurs(PathBuf),
    #[error("{what}: {source}")]
    Io { what: String, source: std::io::Error },
    #[error("`walkbook-server {command}` failed: {said}")]
    Command { command: String, said: String },
    #[error("the server did not start within a minute; its log is in {0}")]
    NotStarted(PathBuf),
    #[error("the phone of {name} did not answer: {why}")]
    Phone { name: String, why: String },
    #[error("the phone: {0}")]
    Walkbook(#[from] walkbook_core::Error),
    #[error("the lists are too small for this day: give a file with more addresses")]
    TooFew,
}

impl Error {
    pub(crate) fn io(what: impl std::fmt::Display) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { what: what.to_string(), source }
    }
}
