//! Forgetting: the book holds a door while it is on one of the phone's lists, and of the rest only what nobody else has.

use super::{Document, View, Writer};
use crate::error::Error;
use rusqlite::params;
use std::collections::BTreeSet;
use walkbook_model::{DoorId, EntryId, WalkListId};

impl View<'_> {
    /// The documents that the phone does not have any more, but holds entries about.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn orphans(&self) -> Result<Vec<Document>, Error> {
        let sql = "SELECT DISTINCT kind, subject FROM entry
            WHERE NOT EXISTS (SELECT 1 FROM base WHERE base.kind = entry.kind AND base.id = entry.subject)
              AND (kind <> 0 OR NOT EXISTS (SELECT 1 FROM list_door WHERE list_door.door = entry.subject))
              AND (kind <> 2 OR NOT EXISTS (SELECT 1 FROM drafts_cursor))";
        self.all(sql, [], |row| Document::from_row(row, 0, 1))
    }
}

impl Writer<'_> {
    /// Forgets a list, except the entries in `keep`: those that nobody but this phone has. Gives its doors, which may be on
    /// no other one.
    ///
    /// # Errors
    /// As described at [`Writer`].
    pub fn forget_list(&self, list: WalkListId, keep: &BTreeSet<EntryId>) -> Result<Vec<DoorId>, Error> {
        let doors = self.view().doors_of(list)?;
        self.run("DELETE FROM list_door WHERE list = ?1", [list.to_bytes()])?;
        self.run("DELETE FROM list_cursor WHERE list = ?1", [list.to_bytes()])?;
        self.run("DELETE FROM list_streets WHERE list = ?1", [list.to_bytes()])?;
        self.forget_map(list)?;
        self.forget_document(Document::List(list), keep)?;
        Ok(doors)
    }

    /// Forgets a door that is on none of the phone's lists, except the entries in `keep`.
    ///
    /// # Errors
    /// As described at [`Writer`].
    pub fn forget_if_on_no_list(&self, door: DoorId, keep: &BTreeSet<EntryId>) -> Result<(), Error> {
        if self.view().lists_of(door)?.is_empty() { self.forget_document(Document::Door(door), keep) } else { Ok(()) }
    }

    /// Forgets what is held of a document, except the entries in `keep`.
    ///
    /// # Errors
    /// As described at [`Writer`].
    pub fn forget_document(&self, document: Document, keep: &BTreeSet<EntryId>) -> Result<(), Error> {
        let (kind, id) = document.columns();
        let mut removed = self.run("DELETE FROM base WHERE kind = ?1 AND id = ?2", params![kind, id])?;
        if let Document::Door(door) = document {
            removed += self.run("DELETE FROM door_row WHERE door = ?1", [door.to_bytes()])?;
        }
        for entry in self.view().entries_about(document)? {
            if !keep.contains(&entry.id) {
                self.remove_entry(entry.id)?;
                removed += 1;
            }
        }
        if removed > 0 { self.leaves_traces() } else { Ok(()) }
    }
}
