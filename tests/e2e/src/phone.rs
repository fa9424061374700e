//! One phone: a walkbook that does what it is told, line by line.

mod desk;
mod drafting;
mod looking;
mod working;

use crate::protocol::{MapSeen, Order, Report};
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use thiserror::Error;
use walkbook_core::{CancelToken, Clock, SyncOptions, Walkbook};
use walkbook_model::Timestamp;

/// Why a phone did not do it.
#[derive(Debug, Error)]
pub enum Error {
    /// The walkbook did not; what it says is what a person is shown.
    #[error(transparent)]
    Walkbook(#[from] walkbook_core::Error),
    /// The exchange did not come about.
    #[error(transparent)]
    Sync(#[from] walkbook_core::SyncFailed),
    /// The orders, or the runtime, broke.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// An order that is none.
    #[error("the order cannot be read: {0}")]
    Order(#[from] serde_json::Error),
    /// There is no list to work.
    #[error("there is no list to work")]
    NoList,
}

impl From<walkbook_core::store::Error> for Error {
    fn from(error: walkbook_core::store::Error) -> Self {
        Self::Walkbook(error.into())
    }
}

/// Opens the walkbook in this folder and does what it is told until the orders end.
///
/// # Errors
/// [`enum@Error`] where the walkbook does not open, or the orders break off amid a line.
pub fn be(folder: &Path) -> Result<(), Error> {
    let phone = Phone::open(folder).inspect_err(|error| say(&failed(error)))?;
    say(&Report::Opened { is_enrolled: phone.walkbook.identity().is_some() });
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let done = serde_json::from_str(&line).map_err(Error::from).and_then(|order| phone.follow(order));
        say(&done.unwrap_or_else(|error| failed(&error)));
    }
    Ok(())
}

/// Destroys the walkbook in this folder.
///
/// # Errors
/// [`Error::Walkbook`] where something would be lost; then nothing is destroyed.
pub fn wipe(folder: &Path) -> Result<(), Error> {
    Walkbook::wipe(folder, &desk::OpenDesk)?;
    Ok(())
}

fn failed(error: &Error) -> Report {
    Report::Failed { why: error.to_string() }
}

/// What was acknowledged is on the wire before anything else happens.
fn say(report: &Report) {
    let line = serde_json::to_string(report).unwrap_or_default();
    let mut out = std::io::stdout().lock();
    // Nobody listens any more: the orders end too.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

struct Phone {
    folder: PathBuf,
    walkbook: Arc<Walkbook>,
    runtime: tokio::runtime::Runtime,
}

impl Phone {
    fn open(folder: &Path) -> Result<Self, Error> {
        let walkbook = Arc::new(Walkbook::open(folder, &desk::OpenDesk, None, system_time())?);
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        Ok(Self { folder: folder.to_owned(), walkbook, runtime })
    }

    fn follow(&self, order: Order) -> Result<Report, Error> {
        let clock: Clock = Arc::new(system_time);
        match order {
            Order::Enrol { link } => {
                self.runtime.block_on(self.walkbook.enrol(&link, clock))?;
                Ok(Report::Done)
            }
            Order::Sync => {
                let synced = self.runtime.block_on(self.walkbook.sync(SyncOptions::default(), clock))?;
                Ok(Report::Synced { at_risk: synced.status.at_risk() })
            }
            Order::Listen => {
                self.runtime.block_on(self.walkbook.wait_for_news(CancelToken::new(), clock))?;
                Ok(Report::Heard)
            }
            Order::Work { from, count } => {
                working::work(&self.walkbook, from, count)?;
                Ok(Report::Done)
            }
            Order::Rescue { path } => {
                let code = self.walkbook.rescue(&path, system_time())?;
                Ok(Report::Rescued { code: code.text().to_string() })
            }
            Order::Map => Ok(Report::Map(self.walkbook.base_map()?.map(|map| MapSeen {
                zooms: [map.min_zoom, map.max_zoom],
                attribution: map.attribution,
                tiles: map.tiles,
                tiles_here: map.tiles_here,
            }))),
            Order::Tile { zoom, column, row } => Ok(Report::Tile { bytes: self.walkbook.map_tile(zoom, column, row)? }),
            Order::Draft(order) => drafting::follow(&self.walkbook, order),
            Order::Look => Ok(Report::Looked(looking::look(&self.folder, &self.walkbook)?)),
            Order::Status => {
                let status = self.walkbook.status()?;
                let not_taken = status.entries.refused + status.entries.set_aside;
                Ok(Report::Status {
                    saved: status.entries.saved,
                    told: status.entries.on_server + status.entries.in_backend + not_taken,
                    not_taken,
                })
            }
        }
    }
}

fn system_time() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_ms(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
