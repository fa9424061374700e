//! Published versions of scripts.

use super::{View, Writer};
use crate::error::Error;
use rusqlite::params;
use walkbook_model::ContentHash;

impl View<'_> {
    /// The bytes of the script with this hash, if the phone has it.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn script(&self, hash: ContentHash) -> Result<Option<Vec<u8>>, Error> {
        self.one("SELECT record FROM script WHERE hash = ?1", [hash.to_bytes()], |row| row.get(0))
    }
}

impl Writer<'_> {
    /// Keeps a script under the hash of its bytes. A version never changes: one that is there stays as it is.
    ///
    /// # Errors
    /// As described at [`Writer`].
    pub fn put_script(&self, hash: ContentHash, record: &[u8]) -> Result<(), Error> {
        let sql = "INSERT INTO script (hash, record) VALUES (?1, ?2) ON CONFLICT (hash) DO NOTHING";
        self.run(sql, params![hash.to_bytes(), record]).map(drop)
    }
}
