//! A phone's process, as the test sees it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};
use walkbook_e2e::protocol::{Knocked, Looked, Order, Report};
use walkbook_model::{DoorId, EntryId};

/// Nothing a phone does takes so long, even where everything else runs beside it.
const ANSWERS_WITHIN: Duration = Duration::from_secs(120);

/// Everything that a phone has ever acknowledged.
#[derive(Debug, Default, Clone)]
pub(crate) struct Acknowledged {
    pub(crate) knocks: BTreeMap<EntryId, Knocked>,
    pub(crate) doors: BTreeSet<DoorId>,
}

/// A phone: its folder, its process, and what it has acknowledged so far, over all its lives.
pub(crate) struct Phone {
    folder: PathBuf,
    child: Child,
    orders: Option<ChildStdin>,
    reports: Receiver<String>,
    pub(crate) acknowledged: Acknowledged,
    /// How long it took to open the last time.
    pub(crate) opens_within: Duration,
    /// How long an exchange took the last time.
    pub(crate) exchanges_within: Duration,
    /// The number of the next thing that is recorded: none is used twice.
    next: u64,
}

impl Phone {
    /// Starts a phone, and returns when its walkbook is open.
    pub(crate) fn start(folder: &Path) -> Self {
        let mut phone = Self::begin_to_start(folder);
        phone.is_open();
        phone
    }

    /// Starts a phone, and returns at once.
    pub(crate) fn begin_to_start(folder: &Path) -> Self {
        Self::start_with(folder, Acknowledged::default())
    }

    /// Starts a phone that has acknowledged so much in its earlier lives, and returns at once.
    pub(crate) fn start_with(folder: &Path, acknowledged: Acknowledged) -> Self {
        let (child, orders, reports) = spawn(folder);
        Self {
            folder: folder.to_owned(),
            child,
            orders,
            reports,
            acknowledged,
            opens_within: Duration::ZERO,
            exchanges_within: Duration::ZERO,
            next: 1,
        }
    }

    /// Waits until the walkbook is open; whether it is a device.
    pub(crate) fn is_open(&mut self) -> bool {
        self.opens().unwrap_or_else(|why| panic!("the phone does not open: {why}"))
    }

    /// Waits until the walkbook is open, or says why it is not; whether it is a device.
    pub(crate) fn opens(&mut self) -> Result<bool, String> {
        match self.hear() {
            Some(Report::Opened { is_enrolled }) => Ok(is_enrolled),
            Some(Report::Failed { why }) => Err(why),
            other => panic!("opening: {other:?}"),
        }
    }

    /// SIGKILL: nothing in the process gets to know. What it had acknowledged by then counts; gives what had not been
    /// heard yet.
    pub(crate) fn kill(&mut self) -> Vec<Report> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::iter::from_fn(|| self.hear()).collect()
    }

    /// Ends the process in good order, as an app that the system ends does seldom.
    pub(crate) fn close(&mut self) -> Vec<Report> {
        self.orders = None;
        let said = std::iter::from_fn(|| self.hear()).collect();
        assert!(self.child.wait().unwrap().success());
        said
    }

    /// The same phone, switched on again.
    pub(crate) fn begin_again(&mut self) {
        (self.child, self.orders, self.reports) = spawn(&self.folder);
    }

    pub(crate) fn start_again(&mut self) {
        let started = Instant::now();
        self.begin_again();
        self.is_open();
        self.opens_within = started.elapsed();
    }

    /// Begins to record so many things.
    pub(crate) fn begin_work(&mut self, count: u64) {
        self.begin(&Order::Work { from: self.next, count });
        self.next += count;
    }

    /// Records so many things.
    pub(crate) fn work(&mut self, count: u64) -> Result<(), String> {
        self.begin_work(count);
        loop {
            match self.hear() {
                Some(Report::Knocked(_) | Report::Added { .. }) => {}
                Some(Report::Done) => return Ok(()),
                Some(Report::Failed { why }) => return Err(why),
                other => panic!("at work: {other:?}"),
            }
        }
    }

    pub(crate) fn enrol(&mut self, link: &str) {
        match self.tell(&Order::Enrol { link: link.to_owned() }) {
            Some(Report::Done) => {}
            other => panic!("enrolling: {other:?}"),
        }
    }

    /// Exchanges; gives what is at risk afterwards.
    pub(crate) fn sync(&mut self) -> Result<u64, String> {
        let started = Instant::now();
        match self.tell(&Order::Sync) {
            Some(Report::Synced { at_risk }) => {
                self.exchanges_within = started.elapsed();
                Ok(at_risk)
            }
            Some(Report::Failed { why }) => Err(why),
            other => panic!("exchanging: {other:?}"),
        }
    }

    /// Waits until the server may have something new.
    pub(crate) fn hears(&mut self) {
        match self.tell(&Order::Listen) {
            Some(Report::Heard) => {}
            other => panic!("listening: {other:?}"),
        }
    }

    /// Writes a rescue file; gives its code.
    pub(crate) fn rescue(&mut self, path: &Path) -> String {
        match self.tell(&Order::Rescue { path: path.to_owned() }) {
            Some(Report::Rescued { code }) => code,
            other => panic!("rescuing: {other:?}"),
        }
    }

    /// What is on the phone only, what the server has of it, and what of that was not taken.
    pub(crate) fn status(&mut self) -> (u64, u64, u64) {
        match self.tell(&Order::Status) {
            Some(Report::Status { saved, told, not_taken }) => (saved, told, not_taken),
            other => panic!("status: {other:?}"),
        }
    }

    pub(crate) fn look(&mut self) -> Looked {
        match self.tell(&Order::Look) {
            Some(Report::Looked(looked)) => looked,
            other => panic!("looking: {other:?}"),
        }
    }

    /// Holds the phone's files against everything that it has acknowledged.
    pub(crate) fn hold(&mut self) -> Looked {
        let looked = self.look();
        assert!(looked.faults.is_empty(), "{:?}", looked.faults);
        let shown: BTreeMap<EntryId, &Knocked> = looked.knocks.iter().map(|knock| (knock.entry, knock)).collect();
        for (entry, knock) in &self.acknowledged.knocks {
            assert_eq!(shown.get(entry), Some(&knock), "an acknowledged knock is not there");
        }
        for door in &self.acknowledged.doors {
            assert!(looked.doors.contains(door), "an acknowledged door is not there");
        }
        let set_aside = std::fs::read_dir(&self.folder).unwrap().map(|file| file.unwrap().file_name());
        let set_aside: Vec<_> = set_aside.filter(|name| name.to_string_lossy().contains("damaged")).collect();
        assert!(set_aside.is_empty(), "a file was taken for damaged: {set_aside:?}");
        looked
    }

    pub(crate) fn tell(&mut self, order: &Order) -> Option<Report> {
        self.begin(order);
        self.hear()
    }

    /// Gives an order without waiting for what comes of it.
    pub(crate) fn begin(&mut self, order: &Order) {
        let line = serde_json::to_string(order).unwrap();
        // Whoever is dead does not listen; that shows in what is heard.
        if let Some(orders) = &mut self.orders {
            let _ = writeln!(orders, "{line}");
        }
    }

    /// The next report; nothing once the process has ended.
    pub(crate) fn hear(&mut self) -> Option<Report> {
        let line = match self.reports.recv_timeout(ANSWERS_WITHIN) {
            Ok(line) => line,
            Err(RecvTimeoutError::Disconnected) => return None,
            Err(RecvTimeoutError::Timeout) => panic!("the phone does not answer"),
        };
        let report = serde_json::from_str(&line).unwrap();
        match &report {
            Report::Knocked(knock) => {
                let before = self.acknowledged.knocks.insert(knock.entry, knock.clone());
                assert_eq!(before, None, "an entry was given out twice");
            }
            Report::Added { door } => {
                self.acknowledged.doors.insert(*door);
            }
            _ => {}
        }
        Some(report)
    }
}

fn spawn(folder: &Path) -> (Child, Option<ChildStdin>, Receiver<String>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_phone"));
    let mut child = command.arg(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let orders = child.stdin.take();
    let mut said = BufReader::new(child.stdout.take().unwrap());
    let (lines, reports) = channel();
    thread::spawn(move || {
        let mut line = String::new();
        while said.read_line(&mut line).is_ok_and(|count| count > 0) {
            // What was killed amid a line has not acknowledged it.
            if !line.ends_with('\n') || lines.send(std::mem::take(&mut line)).is_err() {
                return;
            }
        }
    });
    (child, orders, reports)
}

/// Starts a process that destroys what is in a phone's folder.
pub(crate) fn begin_to_wipe(folder: &Path) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_phone"));
    command.arg(folder).arg("wipe").stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

impl Drop for Phone {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
