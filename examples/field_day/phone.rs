//! One phone: a process with its own folder, its own key store and its own clock.

mod knocking;

use crate::error::Error;
use crate::protocol::{Order, Report};
use std::collections::BTreeSet;
use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use walkbook_core::{Clock, SyncFailed, SyncOptions, Walkbook};
use walkbook_desk::DeskKeyStore;
use walkbook_model::{
    ContactField, ContentHash, Day, DoorId, Suppression, SuppressionReason, Target, Timestamp, WalkListId,
};

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The phone's folder
    #[arg(long)]
    folder: PathBuf,
    /// By how much its clock is wrong, in milliseconds
    #[arg(long, default_value_t = 0, allow_hyphen_values = true)]
    clock_ms: i64,
}

/// Does what it is told until there is no more to do.
pub(crate) fn be(options: &Options) -> Result<(), Error> {
    let phone = Phone::open(options)?;
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(Error::io("the orders"))?;
        let report = match serde_json::from_str(&line) {
            Ok(order) => phone.follow(order).unwrap_or_else(|error| Report::Failed { why: error.to_string() }),
            Err(error) => Report::Failed { why: error.to_string() },
        };
        say(&report);
    }
    Ok(())
}

/// What was acknowledged is on the wire before anything else happens.
fn say(report: &Report) {
    let line = serde_json::to_string(report).unwrap_or_default();
    let mut out = std::io::stdout().lock();
    // Nobody listens any more: the orders end too.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

struct Phone {
    walkbook: Arc<Walkbook>,
    clock: Clock,
    runtime: tokio::runtime::Runtime,
}

impl Phone {
    fn open(options: &Options) -> Result<Self, Error> {
        let clock_ms = options.clock_ms;
        let clock: Clock = Arc::new(move || system_time().shifted_ms(clock_ms));
        let key_store = DeskKeyStore::beside(&options.folder);
        let walkbook = Arc::new(Walkbook::open(&options.folder, &key_store, None, clock())?);
        let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(Error::io("the runtime"))?;
        Ok(Self { walkbook, clock, runtime })
    }

    fn follow(&self, order: Order) -> Result<Report, Error> {
        let (walkbook, now) = (&self.walkbook, (self.clock)());
        match order {
            Order::Enrol { link } => {
                let enrolled = self.runtime.block_on(walkbook.enrol(&link, Arc::clone(&self.clock)));
                Ok(enrolled.map_or_else(failed, |_| Report::Done))
            }
            Order::Sync => {
                let synced = self.runtime.block_on(walkbook.sync(SyncOptions::default(), Arc::clone(&self.clock)));
                Ok(synced.map_or_else(failed, |synced| Report::Synced {
                    round_trips: synced.round_trips,
                    sent_bytes: synced.sent_bytes,
                    received_bytes: synced.received_bytes,
                    ms: u64::try_from(synced.elapsed.as_millis()).unwrap_or(u64::MAX),
                    at_risk: synced.status.at_risk(),
                }))
            }
            Order::Lists => {
                let lists = walkbook.lists()?.into_iter().map(|state| state.list);
                Ok(Report::Lists { lists: lists.map(|list| (list.id, list.name, list.doors.len())).collect() })
            }
            Order::Doors { list } => Ok(Report::Doors { doors: self.doors(list)? }),
            Order::Work { list, doors, seed } => {
                for door in doors {
                    let entry = knocking::knock(walkbook, list, door, seed, (self.clock)())?;
                    say(&Report::Knocked { entry });
                }
                Ok(Report::Done)
            }
            Order::Suppress { door } => {
                let objection =
                    Suppression { target: Target::Door, reason: SuppressionReason::Objection, until_on: None };
                walkbook.suppress(door, objection, now).map(|_| Report::Done).map_err(Error::from)
            }
            Order::MendPhone { door, contact, number } => {
                walkbook.edit_contact(door, contact, ContactField::Phone, number, now)?;
                Ok(Report::Done)
            }
            Order::Door { door } => self.look_at(door),
            Order::Own { doors } => {
                let mut knocks = BTreeSet::new();
                let device = walkbook.identity().map(|identity| identity.device);
                for door in doors {
                    let visits = walkbook.door(door)?.visits;
                    let own = visits.iter().map(|visit| visit.entry).filter(|entry| Some(entry.device) == device);
                    knocks.extend(own.map(|entry| (door, entry)));
                }
                Ok(Report::Own { knocks: knocks.into_iter().collect() })
            }
            Order::Digest { list } => {
                let states: Result<Vec<Vec<u8>>, _> = self
                    .doors(list)?
                    .into_iter()
                    .map(|door| walkbook.door(door).map(|state| state.to_bytes()))
                    .collect();
                Ok(Report::Digest { digest: ContentHash::of(&states?.concat()).to_string() })
            }
            Order::Status => {
                let status = walkbook.status()?;
                Ok(Report::Status {
                    saved: status.entries.saved,
                    on_server: status.entries.on_server,
                    in_backend: status.entries.in_backend,
                    at_risk: status.at_risk(),
                    refused: status.entries.refused,
                })
            }
        }
    }

    fn doors(&self, list: WalkListId) -> Result<Vec<DoorId>, Error> {
        Ok(self.walkbook.walk_list(list)?.into_iter().map(|row| row.door).collect())
    }

    fn look_at(&self, door: DoorId) -> Result<Report, Error> {
        let state = self.walkbook.door(door)?;
        let now = system_time();
        Ok(Report::Door {
            visits: state.counting().count(),
            is_suppressed: state.is_suppressed(Day::of(now)),
            clashes: state.clashes.len(),
            contacts: state.present().map(|contact| contact.contact.id).collect(),
            skew_ms: state.visits.iter().map(|visit| visit.moment.at().ms_since(now)).collect(),
        })
    }
}

fn failed(error: SyncFailed) -> Report {
    Report::Failed { why: error.to_string() }
}

fn system_time() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_ms(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
