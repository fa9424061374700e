//! The phones' processes, as the day sees them.

use crate::error::Error;
use crate::protocol::{Order, Report};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use walkbook_model::{DoorId, EntryId, WalkListId};

/// What a phone did over the day.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    pub(crate) knocks: BTreeSet<(DoorId, EntryId)>,
    pub(crate) download: Option<Sync>,
    pub(crate) shift: Option<Sync>,
    pub(crate) at_risk: u64,
}

/// What an exchange cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sync {
    pub(crate) round_trips: u32,
    pub(crate) sent_bytes: u64,
    pub(crate) received_bytes: u64,
    pub(crate) ms: u64,
}

/// Somebody with a phone.
pub(crate) struct Phone {
    pub(crate) name: &'static str,
    folder: PathBuf,
    clock_ms: i64,
    child: Child,
    orders: ChildStdin,
    reports: BufReader<ChildStdout>,
    pub(crate) tally: Tally,
}

impl Phone {
    /// Starts the phone's process.
    pub(crate) fn start(name: &'static str, folders: &Path, clock_ms: i64) -> Result<Self, Error> {
        let folder = folders.join(name.to_lowercase());
        let (child, orders, reports) = spawn(name, &folder, clock_ms)?;
        Ok(Self { name, folder, clock_ms, child, orders, reports, tally: Tally::default() })
    }

    pub(crate) fn tell(&mut self, order: &Order) -> Result<Report, Error> {
        self.order(order)?;
        self.hear()
    }

    /// Does something that has to work.
    pub(crate) fn must(&mut self, order: &Order) -> Result<Report, Error> {
        match self.tell(order)? {
            Report::Failed { why } => Err(self.failed(why)),
            report => Ok(report),
        }
    }

    /// Works these doors; `killed_after` so many knocks the process is killed where it stands, and started again. Who holds it
    /// then sees on the list what was taken down, be it that the phone died before it could say so.
    pub(crate) fn work(
        &mut self,
        list: WalkListId,
        doors: &[DoorId],
        seed: u64,
        killed_after: Option<usize>,
    ) -> Result<(), Error> {
        self.order(&Order::Work { list, doors: doors.to_vec(), seed })?;
        for (number, door) in doors.iter().enumerate() {
            match self.hear()? {
                Report::Knocked { entry } => {
                    self.tally.knocks.insert((*door, entry));
                }
                Report::Failed { why } => return Err(self.failed(why)),
                _ => {}
            }
            if killed_after == Some(number + 1) {
                self.kill_and_start()?;
                let taken_down = self.own(doors.to_vec())?;
                self.tally.knocks.extend(taken_down);
                return Ok(());
            }
        }
        self.hear().map(drop)
    }

    /// Starts the phone again, with a clock that is wrong by so many milliseconds.
    pub(crate) fn set_clock(&mut self, clock_ms: i64) -> Result<(), Error> {
        self.clock_ms = clock_ms;
        self.kill_and_start()
    }

    fn kill_and_start(&mut self) -> Result<(), Error> {
        // SIGKILL: nothing in the process gets to know.
        self.child.kill().map_err(Error::io("kill"))?;
        self.child.wait().map_err(Error::io("kill"))?;
        (self.child, self.orders, self.reports) = spawn(self.name, &self.folder, self.clock_ms)?;
        Ok(())
    }

    pub(crate) fn doors(&mut self, list: WalkListId) -> Result<Vec<DoorId>, Error> {
        match self.must(&Order::Doors { list })? {
            Report::Doors { doors } => Ok(doors),
            _ => Err(self.failed("no doors".into())),
        }
    }

    /// Exchanges; nothing where it did not come about.
    pub(crate) fn sync(&mut self) -> Result<Option<Sync>, Error> {
        match self.tell(&Order::Sync)? {
            Report::Synced { round_trips, sent_bytes, received_bytes, ms, at_risk } => {
                self.tally.at_risk = at_risk;
                Ok(Some(Sync { round_trips, sent_bytes, received_bytes, ms }))
            }
            Report::Failed { .. } => Ok(None),
            _ => Err(self.failed("no exchange".into())),
        }
    }

    /// How many of its own acknowledged knocks it does not have.
    pub(crate) fn missing(&mut self) -> Result<usize, Error> {
        let doors = self.tally.knocks.iter().map(|(door, _)| *door).collect();
        let own: BTreeSet<(DoorId, EntryId)> = self.own(doors)?.into_iter().collect();
        Ok(self.tally.knocks.difference(&own).count())
    }

    fn own(&mut self, doors: Vec<DoorId>) -> Result<Vec<(DoorId, EntryId)>, Error> {
        match self.must(&Order::Own { doors })? {
            Report::Own { knocks } => Ok(knocks),
            _ => Err(self.failed("no answer".into())),
        }
    }

    pub(crate) fn digest(&mut self, list: WalkListId) -> Result<String, Error> {
        match self.must(&Order::Digest { list })? {
            Report::Digest { digest } => Ok(digest),
            _ => Err(self.failed("no digest".into())),
        }
    }

    fn order(&mut self, order: &Order) -> Result<(), Error> {
        let line = serde_json::to_string(order).map_err(|error| self.failed(error.to_string()))?;
        writeln!(self.orders, "{line}").map_err(Error::io(self.name))
    }

    fn hear(&mut self) -> Result<Report, Error> {
        let mut line = String::new();
        let heard = self.reports.read_line(&mut line).map_err(Error::io(self.name))?;
        if heard == 0 {
            return Err(self.failed("it has ended".into()));
        }
        serde_json::from_str(&line).map_err(|error| self.failed(error.to_string()))
    }

    fn failed(&self, why: String) -> Error {
        Error::Phone { name: self.name.to_owned(), why }
    }
}

fn spawn(name: &str, folder: &Path, clock_ms: i64) -> Result<(Child, ChildStdin, BufReader<ChildStdout>), Error> {
    let own = std::env::current_exe().map_err(Error::io("this program"))?;
    let mut command = Command::new(own);
    command.arg("phone").arg("--folder").arg(folder).args(["--clock-ms", &clock_ms.to_string()]);
    let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = spawned.map_err(Error::io("a phone"))?;
    match (child.stdin.take(), child.stdout.take()) {
        (Some(orders), Some(reports)) => Ok((child, orders, BufReader::new(reports))),
        _ => Err(Error::Phone { name: name.to_owned(), why: "it has no ends".into() }),
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        // Its orders end, and it with them; it may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
