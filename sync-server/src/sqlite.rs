//! What SQLite's failures mean to a person.

use rusqlite::{Error, ErrorCode, ffi};

/// Whether there was no room, also for the write-ahead log's index, which SQLite calls by another name.
pub(crate) fn is_disk_full(error: &Error) -> bool {
    error
        .sqlite_error()
        .is_some_and(|cause| cause.code == ErrorCode::DiskFull || cause.extended_code == ffi::SQLITE_IOERR_SHMSIZE)
}
