//! What can go wrong with the phone's two files: rich, for the layers above to decide on.

use rusqlite::ErrorCode;
use thiserror::Error;

/// One of the phone's two files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StoreFile {
    /// `log.db`: what this device wrote. Nowhere else until the server has it.
    Log,
    /// `book.db`: what can be had again from the server, or computed.
    Book,
}

impl StoreFile {
    /// The file's name without its ending, as it stands in the folder.
    pub const fn stem(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Book => "book",
        }
    }
}

impl std::fmt::Display for StoreFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.stem())
    }
}

/// Why the store did not do it. Nothing was half done: every operation is one transaction. None of the variants carries
/// stored data, an SQL text or a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Error {
    /// The key does not open the files. Nothing was changed. Fetch the right key from the app's keystore; where it is
    /// gone, the files cannot be read any more and the person has to be told so.
    #[error("the key does not open the store")]
    WrongKey,
    /// A file's content is damaged. Drop the store and call `Store::mend`: a damaged book is made anew, a damaged log
    /// is salvaged row by row, and neither is deleted.
    #[error("the {file} is damaged")]
    Damaged {
        /// Which.
        file: StoreFile,
    },
    /// The device has no room left. What was to be written is not written; tell the person to make room and try again.
    #[error("the device has no room left for the {file}")]
    DiskFull {
        /// Which file could not grow.
        file: StoreFile,
    },
    /// A newer version of the app wrote this file. Nothing was changed. Update the app.
    #[error("the {file} is of version {found}, this app knows up to {known}")]
    NewerVersion {
        /// Which file.
        file: StoreFile,
        /// The file's version.
        found: u32,
        /// The newest version that this app knows.
        known: u32,
    },
    /// A wipe had been cut off and is finished now, and the key file is gone with the rest. Open again, with a new key.
    #[error("the store was wiped")]
    Wiped,
    /// Someone else holds the file: another process, or another store in this one. Close it, or try again.
    #[error("the {file} is in use elsewhere")]
    Busy {
        /// Which file.
        file: StoreFile,
    },
    /// The entry does not follow the last one in the log: it was made on an earlier end of the log. Read `Log::tail` and
    /// make the entry again.
    #[error("the log's next entry is {expected}")]
    OutOfOrder {
        /// The sequence number that the log takes next.
        expected: u64,
    },
    /// A number does not fit the file's 63 bits, or a text is longer than a row may be. Checked values never do this.
    #[error("a value is too large to be stored")]
    TooLarge,
    /// The folder or a file cannot be read, written or made: rights, a device that was unplugged, a failing disk. Nothing
    /// is lost by trying again.
    #[error("the {file} cannot be reached ({kind})")]
    Unreachable {
        /// Which file.
        file: StoreFile,
        /// What the operating system says, without the path.
        kind: std::io::ErrorKind,
    },
    /// SQLite refused for a reason that the store does not expect. A defect; report it with the code.
    #[error("the {file} gave code {code}")]
    Sqlite {
        /// Which file.
        file: StoreFile,
        /// SQLite's extended result code, 0 where it gave none.
        code: i32,
    },
}

impl Error {
    /// What a failure of SQLite on this file means. The library's own message is dropped: it may quote stored text.
    pub(crate) fn from_sqlite(file: StoreFile, error: &rusqlite::Error) -> Self {
        let cause = match error {
            rusqlite::Error::SqliteFailure(cause, _) => cause,
            rusqlite::Error::SqlInputError { error: cause, .. } => cause,
            // A row that does not have the form in which it was written.
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::Utf8Error(..) => return Self::Damaged { file },
            rusqlite::Error::ToSqlConversionFailure(_) => return Self::TooLarge,
            _ => return Self::Sqlite { file, code: 0 },
        };
        match cause.code {
            ErrorCode::DiskFull => Self::DiskFull { file },
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Damaged { file },
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed => {
                Self::Busy { file }
            }
            ErrorCode::TooBig => Self::TooLarge,
            ErrorCode::CannotOpen => Self::Unreachable { file, kind: std::io::ErrorKind::NotFound },
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied => {
                Self::Unreachable { file, kind: std::io::ErrorKind::PermissionDenied }
            }
            ErrorCode::SystemIoFailure => match cause.extended_code {
                rusqlite::ffi::SQLITE_IOERR_CORRUPTFS | rusqlite::ffi::SQLITE_IOERR_DATA => Self::Damaged { file },
                // The write-ahead log's index finds no room: the first thing that a full disk stops at opening.
                rusqlite::ffi::SQLITE_IOERR_SHMSIZE => Self::DiskFull { file },
                _ => Self::Unreachable { file, kind: std::io::ErrorKind::Other },
            },
            _ => Self::Sqlite { file, code: cause.extended_code },
        }
    }

    /// What a failure of the operating system on this file means.
    pub(crate) fn from_io(file: StoreFile, error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::DiskFull { file },
            kind => Self::Unreachable { file, kind },
        }
    }
}

/// Gives a failure the file that it happened on.
pub(crate) trait OnFile<T> {
    fn on(self, file: StoreFile) -> Result<T, Error>;
}

impl<T> OnFile<T> for rusqlite::Result<T> {
    fn on(self, file: StoreFile) -> Result<T, Error> {
        self.map_err(|error| Error::from_sqlite(file, &error))
    }
}

impl<T> OnFile<T> for std::io::Result<T> {
    fn on(self, file: StoreFile) -> Result<T, Error> {
        self.map_err(|error| Error::from_io(file, &error))
    }
}
