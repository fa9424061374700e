//! Drafts of scripts: which there are, and how far the phone has come with them.

use super::{Document, View, Writer};
use crate::error::Error;
use rusqlite::params;
use std::collections::BTreeSet;
use walkbook_model::{EntryId, ScriptId};

impl View<'_> {
    /// The drafts that the phone has anything of.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn drafts(&self) -> Result<Vec<ScriptId>, Error> {
        let sql = "SELECT DISTINCT subject FROM entry WHERE kind = 2 ORDER BY subject";
        self.all(sql, [], |row| row.get(0).map(ScriptId::from_bytes))
    }

    /// The server's cursor of the drafts as it came; nothing on a phone that is given none.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn drafts_cursor(&self) -> Result<Option<Vec<u8>>, Error> {
        self.one("SELECT cursor FROM drafts_cursor", [], |row| row.get(0))
    }
}

impl Writer<'_> {
    /// Keeps the server's cursor of the drafts. In the same transaction as what it stands for.
    ///
    /// # Errors
    /// As described at [`Writer`].
    pub fn set_drafts_cursor(&self, cursor: &[u8]) -> Result<(), Error> {
        let sql = "INSERT INTO drafts_cursor (only_one, cursor) VALUES (1, ?1)
            ON CONFLICT (only_one) DO UPDATE SET cursor = excluded.cursor";
        self.run(sql, params![cursor]).map(drop)
    }

    /// Forgets the drafts and their cursor, except the entries in `keep`: those that nobody but this phone has. Gives the
    /// drafts.
    ///
    /// # Errors
    /// As described at [`Writer`].
    pub fn forget_drafts(&self, keep: &BTreeSet<EntryId>) -> Result<Vec<ScriptId>, Error> {
        let drafts = self.view().drafts()?;
        for draft in &drafts {
            self.forget_document(Document::Draft(*draft), keep)?;
        }
        self.run("DELETE FROM drafts_cursor", [])?;
        Ok(drafts)
    }
}
