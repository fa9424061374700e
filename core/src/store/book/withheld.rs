//! What of its doors the phone is not shown, as the server said last.

use super::{View, Writer};
use crate::error::Error;
use rusqlite::params;

impl View<'_> {
    /// The bytes of what is withheld, if the server has said so.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn withheld(&self) -> Result<Option<Vec<u8>>, Error> {
        self.one("SELECT record FROM withheld", [], |row| row.get(0))
    }
}

impl Writer<'_> {
    /// Keeps what is withheld in the place of what was; says whether it is another thing.
    ///
    /// # Errors
    /// As described at [`Writer`].
    pub fn put_withheld(&self, record: &[u8]) -> Result<bool, Error> {
        let sql = "INSERT INTO withheld (only_one, record) VALUES (1, ?1)
            ON CONFLICT (only_one) DO UPDATE SET record = excluded.record WHERE record <> excluded.record";
        Ok(self.run(sql, params![record])? == 1)
    }
}
