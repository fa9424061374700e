//! Walking a list: where to go next, and how far it has come.

use super::rows::{COLUMNS, from_row};
use super::{View, unsigned};
use crate::error::Error;
use crate::store::door_row::DoorRow;
use rusqlite::named_params;
use rusqlite::types::Type;
use walkbook_model::{Day, DoorId, Position, WalkListId};

/// How far a list has come. No person in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Doors in all.
    pub doors: u64,
    /// Doors where someone has been.
    pub attempted: u64,
    /// Doors where nobody has been and someone may go.
    pub left: u64,
    /// Doors where someone was spoken to at the last attempt.
    pub contact: u64,
    /// Doors where nobody was reached at the last attempt.
    pub attempt: u64,
    /// Doors where the register is wrong.
    pub data_fix: u64,
    /// Doors where nobody shall go.
    pub suppress: u64,
}

impl View<'_> {
    /// The first door of a list, behind `from` and then from the front again, where nobody has been and someone may go;
    /// `from` itself comes last. Without `from`, or where it is not on the list, from the front.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn next_door(&self, list: WalkListId, from: Option<DoorId>) -> Result<Option<DoorRow>, Error> {
        let sql = format!(
            "WITH start AS (
                SELECT coalesce(max(place), -1) AS place FROM list_door WHERE list = :list AND door = :from
             )
             SELECT {COLUMNS} FROM list_door JOIN door_row ON door_row.door = list_door.door, start
             WHERE list_door.list = :list AND door_row.attempts = 0 AND door_row.suppressed = 0
             ORDER BY list_door.place <= start.place, list_door.place LIMIT 1"
        );
        let from = from.map(DoorId::to_bytes);
        self.one(&sql, named_params! { ":list": list.to_bytes(), ":from": from }, from_row)
    }

    /// The rows of a list's doors where nobody has been and someone may go, in walking order.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn rows_left(&self, list: WalkListId) -> Result<Vec<DoorRow>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM list_door JOIN door_row ON door_row.door = list_door.door
             WHERE list_door.list = ?1 AND door_row.attempts = 0 AND door_row.suppressed = 0 ORDER BY list_door.place"
        );
        self.all(&sql, [list.to_bytes()], from_row)
    }

    /// How far a list has come.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn progress(&self, list: WalkListId) -> Result<Progress, Error> {
        let sql = "SELECT count(*), coalesce(sum(attempts > 0), 0),
                coalesce(sum(attempts = 0 AND suppressed = 0), 0), coalesce(sum(class = 'contact'), 0),
                coalesce(sum(class = 'attempt'), 0), coalesce(sum(class = 'data_fix'), 0),
                coalesce(sum(class = 'suppress'), 0)
            FROM list_door JOIN door_row ON door_row.door = list_door.door WHERE list_door.list = ?1";
        let progress = self.one(sql, [list.to_bytes()], |row| {
            Ok(Progress {
                doors: unsigned(row, 0)?,
                attempted: unsigned(row, 1)?,
                left: unsigned(row, 2)?,
                contact: unsigned(row, 3)?,
                attempt: unsigned(row, 4)?,
                data_fix: unsigned(row, 5)?,
                suppress: unsigned(row, 6)?,
            })
        });
        progress.map(Option::unwrap_or_default)
    }

    /// Every door that is on the map, and where.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn places(&self) -> Result<Vec<(DoorId, Position)>, Error> {
        self.all("SELECT door, lat, lon FROM door_row WHERE lat IS NOT NULL", [], |row| {
            let unknown = |_| rusqlite::Error::InvalidColumnType(1, String::new(), Type::Real);
            let position = Position::from_degrees(row.get(1)?, row.get(2)?).map_err(unknown)?;
            Ok((DoorId::from_bytes(row.get(0)?), position))
        })
    }

    /// Rows of doors with a place that two people wrote without knowing of each other, by address.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn clashing(&self) -> Result<Vec<DoorRow>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM door_row WHERE clashes > 0 ORDER BY line, door");
        self.all(&sql, [], from_row)
    }

    /// Doors whose row does not hold on this day any more.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn ended(&self, today: Day) -> Result<Vec<DoorId>, Error> {
        let sql = "SELECT door FROM door_row WHERE holds_until < ?1";
        self.all(sql, [today.to_string()], |row| row.get(0).map(DoorId::from_bytes))
    }
}
