//! Made-up map files for trials, by the same writer as the board's.

use crate::office::TilesNotWritten;
use pmtiles::{PmTilesWriter, TileCoord, TileId, TileType};
use std::io::Cursor;
use std::ops::RangeInclusive;
use walkbook_model::{MapTile, Position};
use walkbook_terrain::map_tiles::tiles_around;

/// A map file of these zooms around these places, in which each tile has so many bytes, as unlike to the others as text is.
/// The same places give the same file.
///
/// # Errors
/// [`TilesNotWritten`] where the format takes no such zoom.
pub fn made_up_map(
    places: &[Position],
    zooms: RangeInclusive<u8>,
    margin_m: f64,
    bytes: impl Fn(MapTile) -> usize,
) -> Result<Vec<u8>, TilesNotWritten> {
    let (first, last) = zooms.clone().into_inner();
    let mut file = Cursor::new(Vec::new());
    let writer = PmTilesWriter::new(TileType::Mvt).min_zoom(first).max_zoom(last);
    let mut archive = writer.metadata(r#"{"attribution":"<a href='/'>&copy; Nobody</a>"}"#).create(&mut file)?;
    for zoom in zooms {
        let mut tiles = Vec::new();
        for at in tiles_around(places.iter().copied(), zoom, margin_m) {
            let coordinates = TileCoord::new(at.zoom, at.column, at.row)?;
            tiles.push((TileId::from(coordinates), coordinates, at));
        }
        tiles.sort_unstable_by_key(|(id, ..)| *id);
        for (_, coordinates, at) in tiles {
            archive.add_tile(coordinates, &tile(at, bytes(at)))?;
        }
    }
    archive.finalize()?;
    Ok(file.into_inner())
}

/// A tile with one layer, which is called as the tile lies, and has a long word for a key.
fn tile(at: MapTile, bytes: usize) -> Vec<u8> {
    let name = format!("{}/{}/{}", at.zoom, at.column, at.row);
    let mut state = at.zoom as u32 ^ at.column.rotate_left(11) ^ at.row.rotate_left(22);
    let word = (name.len()..bytes).map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        b'a' + (state >> 24) as u8 % 26
    });
    let word: Vec<u8> = word.collect();
    let layer = [&[0x78, 2][..], &field(1, name.as_bytes()), &field(3, &word)].concat();
    field(3, &layer)
}

fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let mut field = vec![number << 3 | 2];
    let mut left = content.len();
    while left > 127 {
        field.push((left & 127) as u8 | 128);
        left >>= 7;
    }
    field.push(left as u8);
    field.extend(content);
    field
}
