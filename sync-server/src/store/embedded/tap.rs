//! Draws off what is committed, page by page, for a backup.
//!
//! SQLite writes what is committed behind the end of its log, and begins the log anew once all of it stands in the database
//! and nobody reads it any more. Whoever reads on a log must not miss the moment: a frame that was written and then
//! overwritten is lost to him. So a tap **always has a transaction open that reads**. Such a reader either stands in the
//! log, and then the log cannot begin anew; or it was begun when the whole log stood in the database, and then the log can
//! begin anew once, and not a second time, since nothing can be moved into the database under that reader.
//!
//! The reader moves on only while the tap holds the write lock: then nobody commits, all that the log has is read, and
//! what is lost if the log begins anew afterwards is nothing. This holds also against other processes, which open the store
//! beside the server.

mod wal;

pub use wal::Pages;

use crate::clock;
use crate::store::Error;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use wal::Place;
use walkbook_model::Timestamp;

/// A longer log is moved into the database, so that it begins anew.
const LONG: u64 = 1_000;
/// Bytes of pages that are read at once.
const AT_ONCE: usize = 8 * 1024 * 1024;
/// So often it is tried to move the log while another process does.
const TRIES: u32 = 20;
const BUSY: Duration = Duration::from_secs(10);

/// What a tap gave: the changes of some transactions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// One more with everything that is drawn, from 1.
    pub number: u64,
    /// All of it was committed by then.
    pub at: Timestamp,
    /// The pages.
    pub pages: Pages,
}

/// Where a copy of the whole database stands among what was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    /// The last that is in it.
    pub number: u64,
    /// The database is as it was then.
    pub at: Timestamp,
}

/// Draws off what is committed, from its opening on.
pub struct Tap {
    inner: Mutex<Inner>,
}

struct Inner {
    file: PathBuf,
    log: PathBuf,
    /// Takes the write lock, and moves the log into the database.
    lock: Connection,
    /// Keeps the log from being overwritten unread.
    reader: Connection,
    place: Option<Place>,
    /// All of the log stood in the database when the reader began: the log may begin anew.
    may_begin_anew: bool,
    /// The frames that the log had then.
    relieved_at: Option<u64>,
    /// Read already, and not yet drawn.
    read: Vec<Drawn>,
    number: u64,
    at: Timestamp,
    is_broken: bool,
}

impl Tap {
    /// A tap at the end of what is committed in this database, which is open in this process and stays so.
    pub(super) fn open(file: &Path) -> Result<Self, Error> {
        let open = || -> Result<Connection, Error> {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection = Connection::open_with_flags(file, flags)?;
            connection.busy_timeout(BUSY)?;
            Ok(connection)
        };
        let mut log = file.as_os_str().to_owned();
        log.push("-wal");
        let mut inner = Inner {
            file: file.to_owned(),
            log: log.into(),
            lock: open()?,
            reader: open()?,
            place: None,
            may_begin_anew: false,
            relieved_at: None,
            read: Vec::new(),
            number: 0,
            at: Timestamp::from_ms(0),
            is_broken: false,
        };
        inner.locked(|inner| {
            inner.place = wal::beginning(&inner.log)?;
            // What is committed by now is in the first copy.
            if let Some(place) = &mut inner.place {
                while wal::read_on(&inner.log, place, AT_ONCE)?.is_some() {}
            }
            inner.begin_to_read()
        })?;
        Ok(Self { inner: Mutex::new(inner) })
    }

    /// The next that was committed, if there is more. Nothing is missed between what two calls give.
    ///
    /// # Errors
    /// [`Error::Stopped`] once something was missed, which nobody but a faulty disk or hand brings about: whoever draws has
    /// to begin with a copy and a new tap. Those of the database; then the call can be made again.
    pub fn draw(&self) -> Result<Option<Drawn>, Error> {
        let mut inner = self.inner();
        if inner.read.is_empty() {
            inner.read_on()?;
        }
        if inner.read.is_empty() {
            inner.relieve()?;
        }
        Ok((!inner.read.is_empty()).then(|| inner.read.remove(0)))
    }

    /// Copies the database, as it is after everything up to some number, into a new file. Nobody waits for the copying.
    ///
    /// # Errors
    /// As [`Self::draw`].
    pub fn copy(&self, to: &Path) -> Result<Copied, Error> {
        let (source, copied) = {
            let mut inner = self.inner();
            let source = Connection::open_with_flags(&inner.file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
            source.busy_timeout(BUSY)?;
            let copied = inner.locked(|inner| {
                inner.read_all()?;
                begin(&source)?;
                inner.at = inner.at.max(clock::now());
                Ok(Copied { number: inner.number, at: inner.at })
            })?;
            (source, copied)
        };
        let mut copy = Connection::open(to)?;
        // A copy that is not whole is not used.
        copy.execute_batch("PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF")?;
        let backup = Backup::new(&source, &mut copy)?;
        match backup.step(-1)? {
            StepResult::Done => Ok(copied),
            _ => Err(Error::Stopped),
        }
    }

    /// Lets the log be emptied by these means: what was erased has to be gone from it at once. Nobody can tell whether
    /// another process has committed just then, and so the tap is spent.
    pub(super) fn spent_by(&self, empty: impl FnOnce() -> Result<(), Error>) -> Result<(), Error> {
        let mut inner = self.inner();
        inner.is_broken = true;
        if !inner.reader.is_autocommit() {
            inner.reader.execute_batch("ROLLBACK")?;
        }
        empty()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Does something while nobody commits.
    fn locked<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        self.lock.execute_batch("BEGIN IMMEDIATE")?;
        let done = work(self);
        self.lock.execute_batch("ROLLBACK")?;
        done
    }

    /// Begins the transaction that keeps the log. Only where nobody commits, and all is read.
    fn begin_to_read(&mut self) -> Result<(), Error> {
        if !self.reader.is_autocommit() {
            self.reader.execute_batch("ROLLBACK")?;
        }
        let moved = self.move_into_database()?;
        if let (Some((in_log @ 1.., _)), Some(place)) = (moved, self.place) {
            self.is_broken |= place.frames != in_log;
        }
        self.may_begin_anew = moved.is_some_and(|(in_log, in_database)| in_log == in_database);
        self.relieved_at = self.place.map(|place| place.frames);
        begin(&self.reader)
    }

    /// Moves what of the log can be moved into the database. Gives the log's frames, and those that stand in the database;
    /// nothing where another process does the same all the time.
    fn move_into_database(&self) -> Result<Option<(u64, u64)>, Error> {
        for _ in 0..TRIES {
            let passive = "PRAGMA wal_checkpoint(PASSIVE)";
            let counted: (bool, i64, i64) =
                self.reader.query_row(passive, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            if let (false, Ok(in_log), Ok(in_database)) = (counted.0, counted.1.try_into(), counted.2.try_into()) {
                return Ok(Some((in_log, in_database)));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(None)
    }

    /// Reads what was committed since the last time, up to a bound.
    fn read_on(&mut self) -> Result<(), Error> {
        if self.is_broken {
            return Err(Error::Stopped);
        }
        match &self.place {
            Some(place) if wal::has_begun_anew(&self.log, place)? => {
                self.is_broken = !std::mem::take(&mut self.may_begin_anew);
                self.place = wal::beginning(&self.log)?;
            }
            Some(_) => {}
            None => self.place = wal::beginning(&self.log)?,
        }
        if self.is_broken {
            return Err(Error::Stopped);
        }
        let Some(place) = &mut self.place else { return Ok(()) };
        if let Some(pages) = wal::read_on(&self.log, place, AT_ONCE)? {
            self.number += 1;
            self.at = self.at.max(clock::now());
            self.read.push(Drawn { number: self.number, at: self.at, pages });
        }
        Ok(())
    }

    fn read_all(&mut self) -> Result<(), Error> {
        let mut before = None;
        while before != Some(self.number) {
            before = Some(self.number);
            self.read_on()?;
        }
        Ok(())
    }

    /// Lets a long log begin anew.
    fn relieve(&mut self) -> Result<(), Error> {
        let frames = self.place.map(|place| place.frames);
        if frames < Some(LONG) || frames == self.relieved_at && self.may_begin_anew {
            return Ok(());
        }
        self.locked(|inner| {
            inner.read_all()?;
            inner.begin_to_read()
        })
    }
}

/// Begins a transaction that reads what is committed now.
fn begin(connection: &Connection) -> Result<(), Error> {
    connection.execute_batch("BEGIN")?;
    Ok(connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?)
}

impl std::fmt::Debug for Tap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tap(..)")
    }
}
