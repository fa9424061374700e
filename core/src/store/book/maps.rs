//! The map under each list's doors. A tile that several lists have is kept once.

use super::{View, Writer, unsigned};
use crate::error::Error;
use rusqlite::params;
use walkbook_model::{BaseMap, ContentHash, MapTile, WalkListId};

/// Where a list's map has tiles, at its nearest zoom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MapReach {
    /// Its farthest and its nearest zoom.
    pub zooms: [u8; 2],
    /// Its tile in the north-west, and the one in the south-east.
    pub corners: [MapTile; 2],
}

impl View<'_> {
    /// A tile of the lists' maps, if it has come.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn tile(&self, at: MapTile) -> Result<Option<Vec<u8>>, Error> {
        let sql = "SELECT bytes FROM list_tile JOIN tile ON tile.content = list_tile.content
            WHERE zoom = ?1 AND tile_column = ?2 AND tile_row = ?3 ORDER BY list LIMIT 1";
        self.one(sql, params![at.zoom, at.column, at.row], |row| row.get(0))
    }

    /// Tiles of the lists' maps that have not come, those first that show most.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn lacking_tiles(&self, limit: u32) -> Result<Vec<ContentHash>, Error> {
        let sql = "SELECT content FROM list_tile
            WHERE NOT EXISTS (SELECT 1 FROM tile WHERE tile.content = list_tile.content)
            GROUP BY content ORDER BY min(zoom), content LIMIT ?1";
        self.all(sql, [limit], |row| row.get(0).map(ContentHash::from_bytes))
    }

    /// How many tiles the lists' maps have, and how many of them have come.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn tile_counts(&self) -> Result<[u64; 2], Error> {
        let sql = "SELECT count(DISTINCT list_tile.content), count(DISTINCT tile.content)
            FROM list_tile LEFT JOIN tile ON tile.content = list_tile.content";
        let counts = self.one(sql, [], |row| Ok([unsigned(row, 0)?, unsigned(row, 1)?]))?;
        Ok(counts.unwrap_or_default())
    }

    /// Where each of the lists' maps has tiles.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn map_reaches(&self) -> Result<Vec<MapReach>, Error> {
        let sql = "SELECT reach.first, reach.last, min(tile_column), min(tile_row), max(tile_column), max(tile_row)
            FROM (SELECT list, min(zoom) AS first, max(zoom) AS last FROM list_tile GROUP BY list) AS reach
            JOIN list_tile ON list_tile.list = reach.list AND list_tile.zoom = reach.last GROUP BY reach.list";
        self.all(sql, [], |row| {
            let zooms: [u8; 2] = [row.get(0)?, row.get(1)?];
            let tile = |column: u32, row: u32| MapTile { zoom: zooms[1], column, row };
            Ok(MapReach { zooms, corners: [tile(row.get(2)?, row.get(3)?), tile(row.get(4)?, row.get(5)?)] })
        })
    }

    /// Lists of whose maps nothing was told.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn lists_without_map(&self) -> Result<Vec<WalkListId>, Error> {
        let sql = "SELECT list FROM list_cursor
            WHERE NOT EXISTS (SELECT 1 FROM list_map WHERE list_map.list = list_cursor.list) ORDER BY list";
        self.all(sql, [], |row| row.get(0).map(WalkListId::from_bytes))
    }

    /// Whose data the lists' maps are, each name once.
    ///
    /// # Errors
    /// As described at [`View`].
    pub fn attributions(&self) -> Result<Vec<String>, Error> {
        let sql = "SELECT DISTINCT attribution FROM list_map WHERE attribution <> '' ORDER BY attribution";
        self.all(sql, [], |row| row.get(0))
    }
}

impl Writer<'_> {
    /// Keeps the map under a list's doors, in the place of the one there was. Tiles that no list has any more are forgotten.
    ///
    /// # Errors
    /// As described at [`Writer`].
    pub fn put_map(&self, list: WalkListId, map: &BaseMap) -> Result<(), Error> {
        self.run("DELETE FROM list_tile WHERE list = ?1", [list.to_bytes()])?;
        let sql = "INSERT INTO list_map (list, attribution) VALUES (?1, ?2)
            ON CONFLICT (list) DO UPDATE SET attribution = excluded.attribution";
        self.run(sql, params![list.to_bytes(), map.attribution])?;
        for (at, content) in &map.tiles {
            let sql = "INSERT INTO list_tile (zoom, tile_column, tile_row, list, content) VALUES (?1, ?2, ?3, ?4, ?5)";
            self.run(sql, params![at.zoom, at.column, at.row, list.to_bytes(), content.to_bytes()])?;
        }
        self.forget_tiles()
    }

    /// Keeps a tile, if a list has it; says whether it was lacking.
    ///
    /// # Errors
    /// As described at [`Writer`].
    pub fn put_tile(&self, bytes: &[u8]) -> Result<bool, Error> {
        let sql = "INSERT INTO tile (content, bytes) SELECT ?1, ?2
            WHERE EXISTS (SELECT 1 FROM list_tile WHERE content = ?1) ON CONFLICT (content) DO NOTHING";
        Ok(self.run(sql, params![ContentHash::of(bytes).to_bytes(), bytes])? > 0)
    }

    /// Forgets the map under a list's doors; says whether there was one.
    ///
    /// # Errors
    /// As described at [`Writer`].
    pub fn forget_map(&self, list: WalkListId) -> Result<bool, Error> {
        self.run("DELETE FROM list_tile WHERE list = ?1", [list.to_bytes()])?;
        let was_there = self.run("DELETE FROM list_map WHERE list = ?1", [list.to_bytes()])? > 0;
        self.forget_tiles()?;
        Ok(was_there)
    }

    fn forget_tiles(&self) -> Result<(), Error> {
        let sql = "DELETE FROM tile WHERE NOT EXISTS (SELECT 1 FROM list_tile WHERE list_tile.content = tile.content)";
        self.run(sql, []).map(drop)
    }
}
