//! The map under a walk list's doors: which of its tiles there are, each by the hash of its bytes.

use crate::ContentHash;
use crate::check::{self, Invalid};
use crate::limits::{ATTRIBUTION_BYTES, MAP_ZOOM, TILES_PER_LIST};

/// A tile of the square map of the world (Web Mercator), by its place: `z`, `x` and `y` of every map library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct MapTile {
    /// How near one looks: at zoom 0 the world is one tile, and at each one more a tile is four.
    #[n(0)]
    pub zoom: u8,
    /// From the 180th meridian to the east.
    #[n(1)]
    pub column: u32,
    /// From the north.
    #[n(2)]
    pub row: u32,
}

impl MapTile {
    /// Whether there is such a tile.
    pub const fn is_there(self) -> bool {
        self.zoom <= MAP_ZOOM && self.column >> self.zoom == 0 && self.row >> self.zoom == 0
    }
}

/// The map under a walk list's doors. By default there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct BaseMap {
    /// Whose data it is, as plain text: to be shown with the map, as its licence asks for.
    #[n(0)]
    pub attribution: String,
    /// The tiles by their places, each with the hash of its bytes.
    #[n(1)]
    pub tiles: Vec<(MapTile, ContentHash)>,
}

impl BaseMap {
    /// Holds the map against its bounds.
    ///
    /// # Errors
    /// [`Invalid`] names the field.
    pub fn check(&self) -> Result<(), Invalid> {
        check::text("map.attribution", &self.attribution, ATTRIBUTION_BYTES)?;
        check::count("map.tiles", self.tiles.len(), TILES_PER_LIST)?;
        check::holds("map.tiles", "tiles of the world", self.tiles.iter().all(|(tile, _)| tile.is_there()))?;
        let places = self.tiles.iter().zip(self.tiles.iter().skip(1));
        check::holds("map.tiles", "by their places, each once", places.into_iter().all(|((a, _), (b, _))| a < b))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cbor::{self, Caps};

    fn tile(zoom: u8, column: u32, row: u32) -> (MapTile, ContentHash) {
        (MapTile { zoom, column, row }, ContentHash::of(&[zoom]))
    }

    #[test]
    fn a_map_is_read_back_and_none_is_as_by_default() {
        let map = BaseMap { attribution: "© OpenStreetMap".into(), tiles: vec![tile(12, 2_331, 1_185)] };
        assert_eq!(cbor::decode::<BaseMap>(&cbor::encode(&map), Caps::RECORD), Ok(map));
        assert_eq!(BaseMap::default().check(), Ok(()));
    }

    #[test]
    fn a_map_with_tiles_off_the_world_twice_or_in_disorder_is_refused() {
        let checked = |tiles| BaseMap { attribution: String::new(), tiles }.check();
        let [first, second] = [tile(1, 0, 1), tile(2, 3, 3)];
        assert_eq!(checked(vec![first, second]), Ok(()));
        for tiles in
            [vec![second, first], vec![first, first], vec![tile(2, 4, 0)], vec![tile(25, 0, 0)], vec![tile(255, 0, 0)]]
        {
            assert!(matches!(checked(tiles), Err(Invalid::Malformed { what: "map.tiles", .. })));
        }
        assert!(matches!(checked((0..1_025).map(|row| tile(11, 0, row)).collect()), Err(Invalid::TooMany { .. })));
    }
}
