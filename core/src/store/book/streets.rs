//! The streets around each list's doors.

use super::{View, Writer};
use crate::error::Error;
use rusqlite::params;
use walkbook_model::WalkListId;

impl View<'_> {
    /// The streets around a list's doors, as they came, if they have.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn streets(&self, list: WalkListId) -> Result<Option<Vec<u8>>, Error> {
        self.one("SELECT record FROM list_streets WHERE list = ?1", [list.to_bytes()], |row| row.get(0))
    }
}

impl Writer<'_> {
    /// Keeps the streets around a list's doors, in the place of those there were.
    ///
    /// # Errors
    /// As described at [`Writer`].
    pub fn put_streets(&self, list: WalkListId, record: &[u8]) -> Result<(), Error> {
        let sql = "INSERT INTO list_streets (list, record) VALUES (?1, ?2)
                   ON CONFLICT (list) DO UPDATE SET record = excluded.record";
        self.run(sql, params![list.to_bytes(), record]).map(drop)
    }
}
