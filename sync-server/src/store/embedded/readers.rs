//! The connections that read, shared by the callers.

use crate::store::Error;
use rusqlite::Connection;
use std::sync::{Condvar, Mutex, PoisonError};

pub(super) struct Readers {
    idle: Mutex<Vec<Connection>>,
    returned: Condvar,
}

/// Brings its connection back, whatever happens in between, and lets go of the snapshot.
struct Borrowed<'a> {
    readers: &'a Readers,
    connection: Option<Connection>,
}

impl Readers {
    pub(super) fn new(connections: Vec<Connection>) -> Self {
        Self { idle: Mutex::new(connections), returned: Condvar::new() }
    }

    /// Works on one snapshot with the next connection that is free.
    pub(super) fn with<T>(&self, work: impl FnOnce(&Connection) -> Result<T, Error>) -> Result<T, Error> {
        let borrowed = self.borrow();
        let connection = borrowed.connection.as_ref().ok_or(Error::Stopped)?;
        connection.prepare_cached("BEGIN")?.execute([])?;
        let result = work(connection);
        connection.prepare_cached("COMMIT")?.execute([])?;
        result
    }

    fn borrow(&self) -> Borrowed<'_> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(connection) = idle.pop() {
                return Borrowed { readers: self, connection: Some(connection) };
            }
            idle = self.returned.wait(idle).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        let returned = self.connection.take();
        if let Some(connection) = returned.as_ref().filter(|connection| !connection.is_autocommit()) {
            // Where that fails, the next one's beginning fails, and says why.
            let _ = connection.execute_batch("ROLLBACK");
        }
        self.readers.idle.lock().unwrap_or_else(PoisonError::into_inner).extend(returned);
        self.readers.returned.notify_one();
    }
}
