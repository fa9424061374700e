//! Walk lists: their cursors and the order of their doors.

use super::{Document, View, Writer};
use crate::error::Error;
use crate::store::signed;
use rusqlite::params;
use walkbook_model::{DoorId, EntryId, WalkListId};

impl View<'_> {
    /// Every list that the phone has asked for, by id, with the server's cursor as it came.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn cursors(&self) -> Result<Vec<(WalkListId, Vec<u8>)>, Error> {
        let sql = "SELECT list, cursor FROM list_cursor ORDER BY list";
        self.all(sql, [], |row| Ok((WalkListId::from_bytes(row.get(0)?), row.get(1)?)))
    }

    /// A list's doors in walking order, whether or not their rows have come yet.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn doors_of(&self, list: WalkListId) -> Result<Vec<DoorId>, Error> {
        let sql = "SELECT door FROM list_door WHERE list = ?1 ORDER BY place";
        self.all(sql, [list.to_bytes()], |row| row.get(0).map(DoorId::from_bytes))
    }

    /// The lists that a door is on, by id.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn lists_of(&self, door: DoorId) -> Result<Vec<WalkListId>, Error> {
        let sql = "SELECT list FROM list_door WHERE door = ?1 ORDER BY list";
        self.all(sql, [door.to_bytes()], |row| row.get(0).map(WalkListId::from_bytes))
    }
}

impl Writer<'_> {
    /// Keeps the server's cursor of a list, as it came. In the same transaction as what it stands for, or a crash makes
    /// the server skip something.
    ///
    /// # Errors
    /// As described at [`Writer`].
    pub fn set_cursor(&self, list: WalkListId, cursor: &[u8]) -> Result<(), Error> {
        let sql = "INSERT INTO list_cursor (list, cursor) VALUES (?1, ?2)
                   ON CONFLICT (list) DO UPDATE SET cursor = excluded.cursor";
        self.run(sql, params![list.to_bytes(), cursor]).map(drop)
    }

    /// Sets a list's doors in walking order. A door that is named twice keeps its first place.
    ///
    /// # Errors
    /// As described at [`Writer`].
    pub fn set_order(&self, list: WalkListId, doors: &[DoorId]) -> Result<(), Error> {
        self.run("DELETE FROM list_door WHERE list = ?1", [list.to_bytes()])?;
        for (place, door) in (0_u64..).zip(doors) {
            let sql = "INSERT INTO list_door (list, place, door) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
            self.run(sql, params![list.to_bytes(), signed(place)?, door.to_bytes()])?;
        }
        Ok(())
    }

    /// Forgets a list, and of the doors that are on no other one base, row and entries, except the entries in `keep`:
    /// those that nobody but this phone has.
    ///
    /// # Errors
    /// As described at [`Writer`].
    pub fn forget_list(&self, list: WalkListId, keep: &[EntryId]) -> Result<(), Error> {
        let doors = self.view().doors_of(list)?;
        self.run("DELETE FROM list_door WHERE list = ?1", [list.to_bytes()])?;
        self.run("DELETE FROM list_cursor WHERE list = ?1", [list.to_bytes()])?;
        self.forget_document(Document::List(list), keep)?;
        for door in doors {
            if self.view().lists_of(door)?.is_empty() {
                self.remove_row(door)?;
                self.forget_document(Document::Door(door), keep)?;
            }
        }
        Ok(())
    }

    fn forget_document(&self, document: Document, keep: &[EntryId]) -> Result<(), Error> {
        self.forget_base(document)?;
        for entry in self.view().entries_about(document)? {
            if !keep.contains(&entry.id) {
                self.remove_entry(entry.id)?;
            }
        }
        Ok(())
    }
}
