//! The square map of the world (Web Mercator, EPSG:3857) as a grid of tiles, and each tile as a grid of pixels.

use walkbook_model::Position;
use walkbook_terrain::map_tiles::on_map;

/// Pixels along the side of a tile.
pub(super) const EXTENT: i64 = 4_096;
/// Pixels by which what lies on a tile reaches into its neighbours, so that no seam shows.
const MARGIN: i64 = 64;
/// A tile, by its place at one zoom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Square {
    /// From the 180th meridian to the east.
    pub(super) column: u32,
    /// From the north.
    pub(super) row: u32,
}

/// A place in pixels of the whole map. To the east it may lie beyond the map's edge, which is its other edge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spot {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// What of the map is seen on one tile, and a little around.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Window {
    pub(super) low: Spot,
    pub(super) high: Spot,
    corner: Spot,
}

/// The tiles of one zoom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grid {
    pub(super) zoom: u8,
    /// Tiles from edge to edge.
    tiles: i64,
}

impl Grid {
    pub(super) const fn at(zoom: u8) -> Self {
        Self { zoom, tiles: 1 << zoom }
    }

    fn spot(self, position: Position) -> Spot {
        let [x, y] = on_map(position);
        let side = (self.tiles * EXTENT) as f64;
        Spot { x: x * side, y: y * side }
    }

    /// The one tile that a place lies on, and the pixel there.
    pub(super) fn place(self, position: Position) -> (Square, [i32; 2]) {
        let Spot { x, y } = self.spot(position);
        let last = self.tiles * EXTENT - 1;
        // The map's edges belong to its first and last tiles.
        let [x, y] = [whole(x), whole(y)].map(|at| at.clamp(0, last));
        let local = |at: i64| i32::try_from(at.rem_euclid(EXTENT)).unwrap_or_default();
        (self.square(x / EXTENT, y / EXTENT), [local(x), local(y)])
    }

    /// A ring's corners, each at that side of the world's edge where it is nearer to the first one.
    pub(super) fn ring(self, corners: &[Position]) -> Vec<Spot> {
        let side = (self.tiles * EXTENT) as f64;
        let mut spots: Vec<Spot> = corners.iter().map(|corner| self.spot(*corner)).collect();
        let Some(first) = spots.first().map(|spot| spot.x) else { return spots };
        for spot in &mut spots {
            spot.x -= ((spot.x - first) / side).round() * side;
        }
        spots
    }

    /// The tiles that a ring may touch; none where they are more than so many.
    pub(super) fn windows(self, ring: &[Spot], most: usize) -> impl Iterator<Item = (Square, Window)> {
        let ends = |of: fn(&Spot) -> f64| {
            let low = ring.iter().map(of).fold(f64::INFINITY, f64::min);
            let high = ring.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
            (whole(low) - MARGIN).div_euclid(EXTENT)..=(whole(high) + MARGIN).div_euclid(EXTENT)
        };
        // Without a corner they end before they begin.
        let (columns, rows) = (ends(|spot| spot.x), ends(|spot| spot.y));
        let rows = (*rows.start()).max(0)..=(*rows.end()).min(self.tiles - 1);
        let is_drawn = columns.clone().count().saturating_mul(rows.clone().count()) <= most;
        let squares = columns.flat_map(move |column| rows.clone().map(move |row| (column, row)));
        squares.filter(move |_| is_drawn).map(move |(column, row)| (self.square(column, row), Window::of(column, row)))
    }

    fn square(self, column: i64, row: i64) -> Square {
        let number = |at: i64| u32::try_from(at).unwrap_or_default();
        Square { column: number(column.rem_euclid(self.tiles)), row: number(row) }
    }
}

impl Window {
    fn of(column: i64, row: i64) -> Self {
        let spot = |more: i64| Spot { x: (column * EXTENT + more) as f64, y: (row * EXTENT + more) as f64 };
        Self { low: spot(-MARGIN), high: spot(EXTENT + MARGIN), corner: spot(0) }
    }

    /// The same in pixels of the tile.
    pub(super) fn local(self, spots: &[Spot]) -> Vec<[i32; 2]> {
        let pixel = |at: f64| i32::try_from(whole(at)).unwrap_or_default();
        spots
            .iter()
            .map(|spot| [pixel((spot.x - self.corner.x).round()), pixel((spot.y - self.corner.y).round())])
            .collect()
    }
}

#[allow(clippy::cast_possible_truncation, reason = "the map has 2²⁶ pixels a side at most")]
const fn whole(at: f64) -> i64 {
    at.floor() as i64
}
