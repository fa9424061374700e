//! The square map of the world as tiles: which of them a place lies on, and which lie around places.
//!
//! Web Mercator (EPSG:3857), as every map of the web has it: the earth from 180° W to 180° E is one square, cut into four
//! again and again. It ends short of the poles.

use crate::sphere::EARTH_RADIUS_M;
use std::collections::BTreeSet;
use std::f64::consts::{PI, TAU};
use walkbook_model::{MapTile, Position};

/// Where the map ends, in degrees: there it is a square.
const LAST_LAT: f64 = 85.051_128_779_806_59;

/// Where a position lies on the map: from the 180th meridian to the east and from the north, each from 0 to 1.
///
/// ```
/// use walkbook_model::Position;
/// use walkbook_terrain::map_tiles::on_map;
/// assert_eq!(on_map(Position::from_degrees(0.0, 0.0).unwrap()), [0.5, 0.5]);
/// ```
pub fn on_map(position: Position) -> [f64; 2] {
    let lat = position.lat().clamp(-LAST_LAT, LAST_LAT).to_radians();
    // Of `libm`, not of the system: two servers must not cut two maps.
    [position.lon() / 360.0 + 0.5, 0.5 - libm::asinh(libm::tan(lat)) / TAU]
}

/// The tiles of a zoom that lie within so many metres of a position, measured along the map's two directions.
///
/// ```
/// use walkbook_model::{MapTile, Position};
/// use walkbook_terrain::map_tiles::tiles_around;
/// let station = Position::from_degrees(60.17, 24.94).unwrap();
/// let tile = MapTile { zoom: 14, column: 9_327, row: 4_742 };
/// assert!(tiles_around([station], 14, 0.0).into_iter().eq([tile]));
/// assert!(tiles_around([station], 14, 1_000.0).len() > 1);
/// ```
pub fn tiles_around(positions: impl IntoIterator<Item = Position>, zoom: u8, margin_m: f64) -> BTreeSet<MapTile> {
    let side = f64::from(1_u32 << zoom.min(walkbook_model::limits::MAP_ZOOM));
    let mut tiles = BTreeSet::new();
    for position in positions {
        let [x, y] = on_map(position);
        // A metre takes the more of the map the nearer it is to a pole.
        let stretched = libm::cos(position.lat().clamp(-LAST_LAT, LAST_LAT).to_radians());
        let margin = (margin_m.max(0.0) / (TAU * EARTH_RADIUS_M * stretched)).min(0.5);
        let span = |at: f64| [whole((at - margin) * side), whole((at + margin) * side)];
        let ([west, east], [north, south]) = (span(x), span(y));
        let last = whole(side) - 1;
        for column in west..=east.min(west + last) {
            for row in north.clamp(0, last)..=south.clamp(0, last) {
                // To the east of the map's last tile lies its first.
                let [column, row] = [column.rem_euclid(last + 1), row].map(|at| u32::try_from(at).unwrap_or_default());
                tiles.insert(MapTile { zoom, column, row });
            }
        }
    }
    tiles
}

/// The south-west and the north-east corner of a tile; nothing where there is no such tile.
pub fn corners(tile: MapTile) -> Option<[Position; 2]> {
    let side = f64::from(1_u32 << tile.is_there().then_some(tile.zoom)?);
    let corner = |column: f64, row: f64| {
        let lat = libm::atan(libm::sinh(PI * (1.0 - 2.0 * row / side))).to_degrees();
        Position::from_degrees(lat, (column / side * 360.0 - 180.0).clamp(-180.0, 180.0)).ok()
    };
    let (column, row) = (f64::from(tile.column), f64::from(tile.row));
    Some([corner(column, row + 1.0)?, corner(column + 1.0, row)?])
}

#[allow(clippy::cast_possible_truncation, reason = "the map has 2²⁴ tiles a side at most")]
fn whole(at: f64) -> i64 {
    at.floor() as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(lat: f64, lon: f64) -> Position {
        Position::from_degrees(lat, lon).unwrap()
    }

    #[test]
    fn a_margin_across_the_180th_meridian_takes_the_tiles_of_both_edges() {
        let tiles = tiles_around([at(-17.0, 179.999)], 12, 500.0);
        let columns: BTreeSet<u32> = tiles.iter().map(|tile| tile.column).collect();
        assert_eq!(columns, [0, 4_095].into());
    }

    #[test]
    fn at_the_poles_and_at_zoom_0_there_are_tiles_and_no_more_than_there_are() {
        assert_eq!(tiles_around([at(90.0, 0.0), at(-90.0, 180.0)], 0, 1e9).len(), 1);
        for lat in [90.0, -90.0, 89.999_999_9] {
            let tiles = tiles_around([at(lat, 12.0)], 3, f64::INFINITY);
            assert!(tiles.len() <= 64 && tiles.iter().all(|tile| tile.is_there()), "{tiles:?}");
        }
    }

    #[test]
    fn a_tile_of_the_map_is_where_openstreetmap_has_it() {
        // 15/18654/9484, as its tile servers number it.
        let [south_west, north_east] = corners(MapTile { zoom: 15, column: 18_654, row: 9_484 }).unwrap();
        assert!((south_west.lon() - 24.938_964_8).abs() < 1e-6 && (north_east.lon() - 24.949_951_2).abs() < 1e-6);
        let centre = at(f64::midpoint(south_west.lat(), north_east.lat()), 24.945);
        assert!(tiles_around([centre], 15, 0.0).contains(&MapTile { zoom: 15, column: 18_654, row: 9_484 }));
    }

    proptest! {
        #[test]
        fn the_tile_of_a_place_has_it_between_its_corners_and_lies_on_that_of_the_zoom_before(
            lat in -85.0..=85.0, lon in -180.0..180.0, zoom in 1_u8..=20, margin_m in 0.0..2_000.0,
        ) {
            let place = at(lat, lon);
            let tiles = tiles_around([place], zoom, 0.0);
            let tile = *tiles.first().unwrap();
            prop_assert_eq!(tiles.len(), 1);
            let [south_west, north_east] = corners(tile).unwrap();
            prop_assert!(south_west.lat() <= lat + 1e-6 && lat <= north_east.lat() + 1e-6);
            prop_assert!(south_west.lon() <= lon + 1e-6 && lon <= north_east.lon() + 1e-6);
            let before = tiles_around([place], zoom - 1, margin_m);
            for MapTile { column, row, .. } in tiles_around([place], zoom, margin_m) {
                let parent = MapTile { zoom: zoom - 1, column: column / 2, row: row / 2 };
                prop_assert!(before.contains(&parent));
            }
        }
    }
}
