//! The phone's store: two encrypted files in one folder. `core/decisions/0002-two-files.md` says why two.
//!
//! [`Log`] holds what this device wrote, [`Book`] what can be had again or computed. The store looks into none of the
//! bytes that it keeps.

mod anew;
mod book;
mod connection;
mod door_row;
mod files;
mod log;
mod migrations;
mod own_entry;
mod salvage;
mod wiping;

use crate::error::OnFile;
pub use crate::error::{Error, StoreFile};
pub(crate) use anew::NOTE as FORMER_DEVICES;
pub use anew::Unreadable;
pub use book::{Book, Bounds, Document, HeldBase, HeldEntry, MapReach, Progress, View, Writer};
pub use door_row::DoorRow;
pub(crate) use files::write_new as write_new_file;
pub use log::{Log, Reached, Turned};
pub use own_entry::{Counts, EntryState, Notice, OwnContent, OwnEntry, Tail};
pub use salvage::Salvage;
pub(crate) use wiping::KEY_FILE;
pub use wiping::Wiped;

use std::path::{Path, PathBuf};

/// The two files, open.
pub struct Store {
    /// What this device wrote.
    pub log: Log,
    /// What can be had again.
    pub book: Book,
    mended: Mended,
    folder: PathBuf,
    unreadable: Vec<Unreadable>,
}

/// What had to be put right while opening.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mended {
    /// The log was damaged: what was salvaged, and where the damaged file is. Tell the person, and send what is left; where
    /// entries are missing that no server has, the chain is broken and the device goes on with a new log.
    pub log: Option<Salvage>,
    /// The book was damaged and is new and empty: download the lists again. Where the damaged file is.
    pub book: Option<PathBuf>,
}

/// How the book stands to the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The book has worked in every own entry.
    Level,
    /// A crash came between: the entries after `applied_to` are to be worked in.
    BookBehind {
        /// The last that was worked in.
        applied_to: u64,
        /// The last there is.
        tail: u64,
    },
    /// The log has lost its end: the book has worked in entries that are not there any more. See [`Store::can_append`].
    LogShort {
        /// The last that was worked in.
        applied_to: u64,
        /// The last there is; 0 where there is none.
        tail: u64,
    },
}

impl Store {
    /// Opens the store in this folder, or makes it. What is seen to be damaged at the first look is mended; see
    /// [`Store::mended`] and [`Store::standing`] for what to do then.
    ///
    /// # Errors
    /// [`Error::WrongKey`] and [`Error::NewerVersion`] change nothing; [`Error::Wiped`] if a wipe that was cut off has just
    /// been finished; others as described there.
    pub fn open(folder: &Path, key: &[u8; 32]) -> Result<Self, Error> {
        open(folder, key, false)
    }

    /// Opens the store after it has reported [`Error::Damaged`]: looks at every page of both files, and mends. Takes time
    /// in proportion to the files.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn mend(folder: &Path, key: &[u8; 32]) -> Result<Self, Error> {
        open(folder, key, true)
    }

    /// Finishes a wipe that was cut off; nothing, where none had begun.
    ///
    /// # Errors
    /// [`Error::Unreachable`] if a file cannot be removed.
    pub fn finish_wiping(folder: &Path) -> Result<Option<Wiped>, Error> {
        wiping::finish_interrupted(folder)
    }

    /// Whether this folder holds a store, of whatever key.
    pub fn is_there(folder: &Path) -> bool {
        [StoreFile::Log, StoreFile::Book].into_iter().any(|file| holds_something(folder, file))
    }

    /// Whether the log can be gone on with: it has its end, and from what the server has to there nothing is missing. If
    /// not, append nothing: sequence numbers would be used twice, or hang in the air.
    ///
    /// # Errors
    /// [`Error::Damaged`] and others as described there.
    pub fn can_append(&self) -> Result<bool, Error> {
        Ok(!matches!(self.standing()?, Standing::LogShort { .. }) && self.log.is_whole_behind_server()?)
    }

    /// Destroys the store in this folder, key file and all; other files stay.
    ///
    /// # Errors
    /// [`Error::Busy`] if somebody else has it open: then nothing is changed. [`Error::Unreachable`] if a file cannot be
    /// removed: the next opening goes on from there.
    pub fn wipe(self, folder: &Path) -> Result<Wiped, Error> {
        self.log.db.ensure_alone()?;
        self.book.db.ensure_alone()?;
        drop(self);
        wiping::wipe(folder)
    }

    /// Begins to destroy the store while it is open: the key goes now, the files with the next opening.
    ///
    /// # Errors
    /// [`Error::Unreachable`] if a file cannot be removed: the next call, or the next opening, goes on from there.
    pub(crate) fn begin_wiping(&self) -> Result<(), Error> {
        wiping::destroy_key(&self.folder)
    }

    /// Begins anew in this folder: the log is moved aside and the book, which can be had again, dropped. The key stays, and
    /// opens the old log too; the new one keeps `note`.
    ///
    /// # Errors
    /// [`Error::Busy`] if somebody else has it open: then nothing is changed. [`Error::Unreachable`] and
    /// [`Error::DiskFull`]: the next opening goes on from there.
    pub(crate) fn begin_anew(self, folder: &Path, key: &[u8; 32], note: &[u8]) -> Result<(), Error> {
        // Neither has a write-ahead log any more then.
        self.log.db.ensure_alone()?;
        self.book.db.ensure_alone()?;
        drop(self);
        anew::begin(folder, key, note)
    }

    /// Begins anew in a folder whose key is gone: everything is moved aside.
    ///
    /// # Errors
    /// [`Error::Unreachable`] if a file cannot be moved; the next call goes on from there.
    pub(crate) fn begin_without_key(folder: &Path) -> Result<(), Error> {
        anew::begin_without_key(folder)
    }

    /// Whether this key opens one of the files in the folder.
    ///
    /// # Errors
    /// Those of a file that cannot be looked at.
    pub(crate) fn is_opened_by(folder: &Path, key: &[u8; 32]) -> Result<bool, Error> {
        for file in [StoreFile::Log, StoreFile::Book].into_iter().filter(|file| holds_something(folder, *file)) {
            match connection::unlock(&files::path(folder, file), file, key) {
                Ok(_) => return Ok(true),
                Err(Error::WrongKey) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }

    /// Logs in this folder whose key is gone, oldest first, as they were found at the opening.
    pub fn unreadable(&self) -> &[Unreadable] {
        &self.unreadable
    }

    /// Destroys what nobody can read.
    ///
    /// # Errors
    /// [`Error::Unreachable`] if a file cannot be removed; the next call goes on from there.
    pub(crate) fn give_up_unreadable(&mut self) -> Result<Wiped, Error> {
        let wiped = wiping::remove_unreadable(&self.folder)?;
        self.unreadable.clear();
        Ok(wiped)
    }

    /// What had to be put right while opening.
    pub const fn mended(&self) -> &Mended {
        &self.mended
    }

    /// How the book stands to the log; ask after opening.
    ///
    /// # Errors
    /// [`Error::Damaged`] and others as described there.
    pub fn standing(&self) -> Result<Standing, Error> {
        let applied_to = self.book.view().applied_to()?;
        let tail = self.log.tail()?.map_or(0, |tail| tail.seq);
        Ok(match applied_to.cmp(&tail) {
            std::cmp::Ordering::Equal => Standing::Level,
            std::cmp::Ordering::Less => Standing::BookBehind { applied_to, tail },
            std::cmp::Ordering::Greater => Standing::LogShort { applied_to, tail },
        })
    }
}

fn open(folder: &Path, key: &[u8; 32], thoroughly: bool) -> Result<Store, Error> {
    let mut mended = Mended::default();
    if let Some(wiped) = wiping::finish_interrupted(folder)?
        && wiped.files.iter().any(|name| wiping::is_key(name))
    {
        // The key that the caller holds may be the one that has just gone.
        return Err(Error::Wiped);
    }
    anew::finish_interrupted(folder, key)?;
    salvage::finish_interrupted(folder)?;
    for file in [StoreFile::Log, StoreFile::Book] {
        files::gather_strays(folder, file)?;
    }
    if !holds_something(folder, StoreFile::Log) && fits(folder, StoreFile::Book, key) == Some(false) {
        // An empty log takes any key: the book must say which one is right.
        return Err(Error::WrongKey);
    }
    let log = match open_log(folder, key, thoroughly) {
        Err(error) if is_damage_of_log(error, folder, key) => {
            mended.log = Some(salvage::salvage(folder, key)?);
            open_log(folder, key, true)?
        }
        opened => opened?,
    };
    let mut book = match open_book(folder, key, thoroughly) {
        // The log has just taken this key.
        Err(Error::WrongKey | Error::Damaged { .. }) => {
            mended.book = Some(files::move_aside(folder, StoreFile::Book, files::DAMAGED)?);
            open_book(folder, key, true)?
        }
        opened => opened?,
    };
    // A crash may have come between forgetting and this. Where there is no room for it now, the next opening does it.
    match book.leave_no_trace() {
        Ok(()) | Err(Error::DiskFull { .. }) => {}
        Err(error) => return Err(error),
    }
    let unreadable = anew::unreadable(folder).on(StoreFile::Log)?;
    Ok(Store { log, book, mended, folder: folder.to_owned(), unreadable })
}

/// A key that opens the book is not wrong for the log: then it is the log's first page that is damaged.
fn is_damage_of_log(error: Error, folder: &Path, key: &[u8; 32]) -> bool {
    match error {
        Error::Damaged { file } => file == StoreFile::Log,
        Error::WrongKey => fits(folder, StoreFile::Book, key) == Some(true),
        _ => false,
    }
}

/// Whether the key opens this file; nothing, where there is no file to tell by.
fn fits(folder: &Path, file: StoreFile, key: &[u8; 32]) -> Option<bool> {
    holds_something(folder, file).then(|| connection::unlock(&files::path(folder, file), file, key).is_ok())
}

fn holds_something(folder: &Path, file: StoreFile) -> bool {
    std::fs::metadata(files::path(folder, file)).is_ok_and(|about| about.len() > 0)
}

fn open_log(folder: &Path, key: &[u8; 32], thoroughly: bool) -> Result<Log, Error> {
    let log = Log::open(folder, &files::path(folder, StoreFile::Log), key)?;
    if thoroughly {
        log.db.check()?;
    }
    // Every knock reads the end of the log first: damage there is to be known now.
    log.tail()?;
    Ok(log)
}

fn open_book(folder: &Path, key: &[u8; 32], thoroughly: bool) -> Result<Book, Error> {
    let book = Book::open(folder, &files::path(folder, StoreFile::Book), key)?;
    if thoroughly {
        book.db.check()?;
    }
    book.view().applied_to()?;
    Ok(book)
}

/// SQLite's whole numbers have a sign.
fn signed(value: u64) -> Result<i64, Error> {
    i64::try_from(value).map_err(|_| Error::TooLarge)
}

#[cfg(test)]
mod tests;
