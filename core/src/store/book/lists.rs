//! Walk lists: their cursors and the order of their doors.

use super::{View, Writer};
use crate::error::Error;
use crate::store::signed;
use rusqlite::params;
use std::collections::BTreeSet;
use walkbook_model::{DoorId, WalkListId};

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

    /// The doors on lists whose rows have not come yet, by id.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn doors_to_come(&self) -> Result<Vec<DoorId>, Error> {
        let sql = "SELECT DISTINCT door FROM list_door
                   WHERE NOT EXISTS (SELECT 1 FROM door_row WHERE door_row.door = list_door.door) ORDER BY door";
        self.all(sql, [], |row| row.get(0).map(DoorId::from_bytes))
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

    /// Sets a list's doors in walking order. A door that is named twice keeps its first place. Gives the doors that are
    /// not on the list any more.
    ///
    /// # Errors
    /// As described at [`Writer`].
    pub fn set_order(&self, list: WalkListId, doors: &[DoorId]) -> Result<Vec<DoorId>, Error> {
        let before = self.view().doors_of(list)?;
        if before == doors {
            return Ok(Vec::new());
        }
        self.run("DELETE FROM list_door WHERE list = ?1", [list.to_bytes()])?;
        for (place, door) in (0_u64..).zip(doors) {
            let sql = "INSERT INTO list_door (list, place, door) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
            self.run(sql, params![list.to_bytes(), signed(place)?, door.to_bytes()])?;
        }
        let stay: BTreeSet<&DoorId> = doors.iter().collect();
        Ok(before.into_iter().filter(|door| !stay.contains(door)).collect())
    }

    /// Takes a door off a list.
    ///
    /// # Errors
    /// As described at [`Writer`].
    pub fn take_off(&self, list: WalkListId, door: DoorId) -> Result<(), Error> {
        let sql = "DELETE FROM list_door WHERE list = ?1 AND door = ?2";
        self.run(sql, params![list.to_bytes(), door.to_bytes()]).map(drop)
    }
}
