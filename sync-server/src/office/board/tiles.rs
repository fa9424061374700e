//! The board as vector tiles (Mapbox Vector Tile 2.1) in one file (PMTiles 3), for maps of a whole town: `turfs` with their
//! counts at every zoom, and `doors` by how they stand from zoom 13 on.

mod clip;
mod grid;
mod vector;

use super::{ListOnBoard, word};
use clip::clip;
use grid::{Grid, Square};
use pmtiles::{PmTilesWriter, TileCoord, TileId, TileType};
use std::collections::BTreeMap;
use std::io::{Seek, Write};
use thiserror::Error;
use vector::{Layer, Said, encode, point, polygon};
use walkbook_model::{Position, Timestamp};

/// From a country on one screen to what is as fine as a doorstep: beyond, maps draw what they have larger.
const ZOOMS: std::ops::RangeInclusive<u8> = 4..=14;
/// Before, there are too many doors on one tile, and nobody could tell them apart.
const DOORS_FROM: u8 = 13;
/// Tiles that one turf is drawn on at one zoom. One that somebody has strewn over a country is drawn where it is small.
const TILES_OF_TURF: usize = 1_024;

/// Why there are no tiles.
#[derive(Debug, Error)]
#[error("the tiles cannot be written: {0}")]
pub struct TilesNotWritten(#[from] pmtiles::PmtError);

/// Writes the tiles that these lists lie on, and returns how many. Doors that are together on a pixel and stand alike are one
/// feature: `doors` says how many, `knocks` how many knocks of theirs count, `visited` the hour of the last. Without a door anywhere there are no tiles.
///
/// # Errors
/// [`TilesNotWritten`] where the file cannot be written; what it holds by then is no archive.
pub fn write_tiles(lists: &[ListOnBoard], file: impl Write + Seek) -> Result<u64, TilesNotWritten> {
    let [first_zoom, last_zoom] = [*ZOOMS.start(), *ZOOMS.end()];
    let mut writer =
        PmTilesWriter::new(TileType::Mvt).min_zoom(first_zoom).max_zoom(last_zoom).metadata(metadata().to_string());
    if let Some([west, south, east, north]) = bounds(lists) {
        writer = writer.bounds(west, south, east, north).center(west.midpoint(east), south.midpoint(north));
    }
    let mut archive = writer.create(file)?;
    let mut count = 0;
    for zoom in ZOOMS {
        let mut coded = Vec::new();
        for (square, layers) in draw(lists, Grid::at(zoom)) {
            let at = TileCoord::new(zoom, square.column, square.row)?;
            coded.push((TileId::from(at), at, encode(layers)));
        }
        // As the archive wants them: along Hilbert's curve.
        coded.sort_unstable_by_key(|(id, ..)| *id);
        for (_, at, bytes) in coded {
            archive.add_tile(at, &bytes)?;
            count += 1;
        }
    }
    archive.finalize()?;
    Ok(count)
}

type Tiles = BTreeMap<Square, [Layer; 2]>;

/// The layers of each tile on which something lies.
fn draw(lists: &[ListOnBoard], grid: Grid) -> Tiles {
    let mut tiles = Tiles::new();
    for list in lists {
        draw_turf(&mut tiles, list, grid);
        if grid.zoom >= DOORS_FROM {
            draw_doors(&mut tiles, list, grid);
        }
    }
    tiles
}

fn layers(tiles: &mut Tiles, square: Square) -> &mut [Layer; 2] {
    tiles.entry(square).or_insert_with(|| ["turfs", "doors"].map(Layer::new))
}

fn draw_turf(tiles: &mut Tiles, list: &ListOnBoard, grid: Grid) {
    let corners = grid.ring(&list.boundary);
    for (square, window) in grid.windows(&corners, TILES_OF_TURF) {
        let Some(geometry) = polygon(&window.local(&clip(&corners, window))) else { continue };
        let [turfs, _] = layers(tiles, square);
        turfs.add(geometry, turf_properties(list));
    }
}

fn draw_doors(tiles: &mut Tiles, list: &ListOnBoard, grid: Grid) {
    for ((square, at, status), Together { count, knocks, visited }) in standing(list, grid) {
        let named = [("list", list.list.to_string()), ("status", status.to_owned())];
        let named = named.into_iter().map(|(name, text)| (name, Said::Text(text)));
        let visited = visited.map(|visited| ("visited", Said::Count(visited.as_ms())));
        let counts = [("doors", Said::Count(count)), ("knocks", Said::Count(knocks))].into_iter().chain(visited);
        let [_, doors] = layers(tiles, square);
        doors.add(point(at), named.chain(counts));
    }
}

fn turf_properties(list: &ListOnBoard) -> impl Iterator<Item = (&'static str, Said)> {
    let named = [("list", Some(list.list.to_string())), ("name", Some(list.name.clone())), ("team", list.team.clone())];
    let named = named.into_iter().filter_map(|(name, text)| Some((name, Said::Text(text?))));
    named.chain(list.counts().into_iter().map(|(name, count)| (name, Said::Count(count))))
}

type Standing = (Square, [i32; 2], &'static str);

/// Doors that stand alike at one place.
#[derive(Default)]
struct Together {
    count: u64,
    /// How many knocks of theirs count, and the hour of the last.
    knocks: u64,
    visited: Option<Timestamp>,
}

/// The doors of a list that stand so at each place.
fn standing(list: &ListOnBoard, grid: Grid) -> BTreeMap<Standing, Together> {
    let mut standing = BTreeMap::new();
    for door in &list.doors {
        let Some((square, at)) = door.position.map(|position| grid.place(position)) else { continue };
        let together: &mut Together = standing.entry((square, at, word(door.status))).or_default();
        together.count += 1;
        together.knocks += door.knocks;
        together.visited = together.visited.max(door.visited);
    }
    standing
}

/// West, south, east and north of everything that is drawn, in degrees.
fn bounds(lists: &[ListOnBoard]) -> Option<[f64; 4]> {
    let drawn = lists
        .iter()
        .flat_map(|list| list.boundary.iter().copied().chain(list.doors.iter().filter_map(|door| door.position)));
    let around = |position: Position| [position.lon(), position.lat(), position.lon(), position.lat()];
    drawn
        .map(around)
        .reduce(|[west, south, east, north], [w, s, e, n]| [west.min(w), south.min(s), east.max(e), north.max(n)])
}

/// What map libraries ask an archive for (TileJSON 3.0, `vector_layers`).
fn metadata() -> serde_json::Value {
    let counts = "people doors untouched attempted contacted data_fix suppressed knocks contacts clashes";
    let fields = |texts: &str, counts: &str| {
        let texts = texts.split(' ').map(|name| (name.to_owned(), "String".into()));
        let counts = counts.split(' ').map(|name| (name.to_owned(), "Number".into()));
        texts.chain(counts).collect::<serde_json::Map<String, serde_json::Value>>()
    };
    let [first, last] = [*ZOOMS.start(), *ZOOMS.end()];
    serde_json::json!({
        "name": "Board",
        "vector_layers": [
            { "id": "turfs", "minzoom": first, "maxzoom": last, "fields": fields("list name team", counts) },
            { "id": "doors", "minzoom": DOORS_FROM, "maxzoom": last, "fields": fields("list status", "doors knocks visited") },
        ],
    })
}

#[cfg(test)]
mod tests;
