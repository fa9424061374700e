//! What the tenant has decided for all its phones.

use super::{View, Writer};
use crate::error::Error;
use rusqlite::params;

impl View<'_> {
    /// The bytes of the tenant's settings, if any came.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn settings(&self) -> Result<Option<Vec<u8>>, Error> {
        self.one("SELECT record FROM settings", [], |row| row.get(0))
    }

    /// The server's mark of the settings.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn settings_mark(&self) -> Result<Option<Vec<u8>>, Error> {
        self.one("SELECT mark FROM settings", [], |row| row.get(0))
    }
}

impl Writer<'_> {
    /// Keeps the settings in the place of earlier ones.
    ///
    /// # Errors
    /// As described at [`Writer`].
    pub fn put_settings(&self, record: &[u8], mark: &[u8]) -> Result<(), Error> {
        let sql = "INSERT INTO settings (only_one, record, mark) VALUES (1, ?1, ?2)
            ON CONFLICT (only_one) DO UPDATE SET record = excluded.record, mark = excluded.mark";
        self.run(sql, params![record, mark]).map(drop)
    }
}
