//! What SQLite's failures mean, and what is done about them.

use rusqlite::config::DbConfig;
use rusqlite::{Connection, Error, ErrorCode, ffi};
use std::thread;
use std::time::{Duration, Instant};

/// Whether there was no room, also for the write-ahead log's index, which SQLite calls by another name.
pub(crate) fn is_disk_full(error: &Error) -> bool {
    error
        .sqlite_error()
        .is_some_and(|cause| cause.code == ErrorCode::DiskFull || cause.extended_code == ffi::SQLITE_IOERR_SHMSIZE)
}

/// Plans a statement once. Without this, one with a bound range is planned anew for every value that it is given, which
/// costs as much as a small query, and nobody keeps the statistics that could make a better plan of it.
pub(crate) fn plan_once(connection: &Connection) -> Result<(), Error> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
}

/// Turns the write-ahead log on. Where several do so at once SQLite does not wait, whatever its patience: this does.
pub(crate) fn use_write_ahead_log(connection: &Connection, patience: Duration) -> Result<(), Error> {
    let started = Instant::now();
    loop {
        match connection.pragma_update(None, "journal_mode", "WAL") {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && started.elapsed() < patience =>
            {
                thread::sleep(Duration::from_millis(5));
            }
            turned_on => return turned_on,
        }
    }
}
