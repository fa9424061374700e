//! The rows that screens read.

use super::{View, Writer};
use crate::error::Error;
use crate::store::door_row::{DoorRow, class_of_text, class_text};
use rusqlite::types::Type;
use rusqlite::{Row, params};
use walkbook_model::{BuildingId, DoorId, Outcome, Position, WalkListId};

pub(super) const COLUMNS: &str = "door_row.door, door_row.line, door_row.street, door_row.number, door_row.unit,
    door_row.lat, door_row.lon, door_row.class, door_row.attempts, door_row.last_outcome, door_row.suppressed,
    door_row.names, door_row.clashes, door_row.holds_until, door_row.building, door_row.floor";

/// A part of the map, with its edges. A part over the 180th meridian is asked for in two halves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// The corner with the lesser latitude and longitude.
    pub south_west: Position,
    /// The corner with the greater ones.
    pub north_east: Position,
}

impl View<'_> {
    /// A door's row, if it has one.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn row(&self, door: DoorId) -> Result<Option<DoorRow>, Error> {
        self.one(&format!("SELECT {COLUMNS} FROM door_row WHERE door = ?1"), [door.to_bytes()], from_row)
    }

    /// Whether a door has a row.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn has_row(&self, door: DoorId) -> Result<bool, Error> {
        let found = self.one("SELECT 1 FROM door_row WHERE door = ?1", [door.to_bytes()], |_| Ok(()))?;
        Ok(found.is_some())
    }

    /// A list's rows in walking order.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn rows_of(&self, list: WalkListId) -> Result<Vec<DoorRow>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM list_door JOIN door_row ON door_row.door = list_door.door
             WHERE list_door.list = ?1 ORDER BY list_door.place"
        );
        self.all(&sql, [list.to_bytes()], from_row)
    }

    /// Rows of doors in this part of the map, at most `limit`, always the same ones.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn rows_in(&self, bounds: Bounds, limit: u32) -> Result<Vec<DoorRow>, Error> {
        // The tree keeps rounded numbers, rounded outwards; the row has the exact ones.
        let sql = format!(
            "SELECT {COLUMNS} FROM door_place JOIN door_row ON door_row.row = door_place.row
             WHERE north >= ?1 AND south <= ?2 AND east >= ?3 AND west <= ?4
               AND lat BETWEEN ?1 AND ?2 AND lon BETWEEN ?3 AND ?4
             ORDER BY door_row.door LIMIT ?5"
        );
        let Bounds { south_west, north_east } = bounds;
        let params = params![south_west.lat(), north_east.lat(), south_west.lon(), north_east.lon(), limit];
        self.all(&sql, params, from_row)
    }
}

impl Writer<'_> {
    /// Puts a door's row in the place of the one before; search and map follow.
    ///
    /// # Errors
    /// As described at [`Writer`].
    pub fn put_row(&self, row: &DoorRow) -> Result<(), Error> {
        let sql = "INSERT INTO door_row
                (door, line, street, number, unit, lat, lon, class, attempts, last_outcome, suppressed, names, clashes,
                 holds_until, building, floor)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
            ON CONFLICT (door) DO UPDATE SET line = excluded.line, street = excluded.street, number = excluded.number,
                unit = excluded.unit, lat = excluded.lat, lon = excluded.lon, class = excluded.class,
                attempts = excluded.attempts, last_outcome = excluded.last_outcome,
                suppressed = excluded.suppressed, names = excluded.names, clashes = excluded.clashes,
                holds_until = excluded.holds_until, building = excluded.building, floor = excluded.floor";
        let names: Vec<String> = row.names.iter().map(|name| name.replace('\n', " ")).collect();
        let params = params![
            row.door.to_bytes(),
            row.line,
            row.street,
            row.number,
            row.unit,
            row.position.map(Position::lat),
            row.position.map(Position::lon),
            row.class.map(class_text),
            row.attempts,
            row.last_outcome.map(Outcome::as_str),
            row.suppressed,
            names.join("\n"),
            row.clashes,
            row.holds_until.map(|day| day.to_string()),
            row.building.to_bytes(),
            row.floor,
        ];
        self.run(sql, params).map(drop)
    }

    /// Takes a door's row away; search and map follow.
    ///
    /// # Errors
    /// As described at [`Writer`].
    pub fn remove_row(&self, door: DoorId) -> Result<(), Error> {
        self.run("DELETE FROM door_row WHERE door = ?1", [door.to_bytes()]).map(drop)
    }
}

pub(super) fn from_row(row: &Row<'_>) -> rusqlite::Result<DoorRow> {
    let position = match (row.get(5)?, row.get(6)?) {
        (Some(lat), Some(lon)) => Some(Position::from_degrees(lat, lon).map_err(|_| unknown(5))?),
        _ => None,
    };
    let class: Option<String> = row.get(7)?;
    let last_outcome: Option<String> = row.get(9)?;
    let names: String = row.get(11)?;
    let holds_until: Option<String> = row.get(13)?;
    Ok(DoorRow {
        door: DoorId::from_bytes(row.get(0)?),
        line: row.get(1)?,
        street: row.get(2)?,
        number: row.get(3)?,
        unit: row.get(4)?,
        // Unknown in a row of an earlier version: then each door is a building.
        building: BuildingId::from_bytes(row.get::<_, Option<[u8; 16]>>(14)?.map_or_else(|| row.get(0), Ok)?),
        floor: row.get(15)?,
        position,
        class: class.map(|text| class_of_text(&text).ok_or_else(|| unknown(7))).transpose()?,
        attempts: row.get(8)?,
        last_outcome: last_outcome.map(|text| text.parse().map_err(|_| unknown(9))).transpose()?,
        suppressed: row.get(10)?,
        names: names.split('\n').filter(|name| !name.is_empty()).map(str::to_owned).collect(),
        clashes: row.get(12)?,
        // Empty in a row of an earlier version, which is about to be computed anew.
        holds_until: holds_until
            .filter(|day| !day.is_empty())
            .map(|day| day.parse().map_err(|_| unknown(13)))
            .transpose()?,
    })
}

/// The row holds what nobody wrote there.
fn unknown(column: usize) -> rusqlite::Error {
    rusqlite::Error::InvalidColumnType(column, String::new(), Type::Text)
}
