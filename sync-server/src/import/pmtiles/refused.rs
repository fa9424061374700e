//! Why a map file was not taken.

use std::io::ErrorKind;
use thiserror::Error;
use walkbook_model::MapTile;

/// Why a map file, or a tile of it, was not taken. Mend the file, or make it anew, and give the command again.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MapRefused {
    /// It is no such file.
    #[error("the file is no PMTiles archive")]
    NotPmtiles,
    /// It is of another version of the format. `pmtiles convert` brings it to this one.
    #[error("the file is of version {found} of PMTiles; only version 3 can be read")]
    Version {
        /// Which.
        found: u8,
    },
    /// Its tiles are of another kind.
    #[error("its tiles are {found}; only vector tiles (MVT) can be taken")]
    NotVectorTiles {
        /// What they are.
        found: &'static str,
    },
    /// Something is packed in a way that is not read here.
    #[error("its {what} are packed with {how}; only gzip and none can be read")]
    Packed {
        /// What.
        what: &'static str,
        /// How.
        how: &'static str,
    },
    /// Its highest zoom is below its lowest, or nearer than any map's.
    #[error("it says to have tiles of no zoom")]
    NoZooms,
    /// Something is wrong with a part of it.
    #[error("its {what} {flaw}")]
    Part {
        /// Which part.
        what: &'static str,
        /// What.
        flaw: MapFlaw,
    },
    /// Something is wrong with one of its directories.
    #[error("its directory {at} bytes into the leaf directories {flaw}")]
    Directory {
        /// Where it lies among them.
        at: u64,
        /// What.
        flaw: MapFlaw,
    },
    /// Something is wrong with one tile.
    #[error("its tile {}/{}/{} {flaw}", .at.zoom, .at.column, .at.row)]
    Tile {
        /// Which.
        at: MapTile,
        /// What.
        flaw: MapFlaw,
    },
    /// It could not be read.
    #[error("the file cannot be read: {0}")]
    Unreadable(ErrorKind),
}

/// What is wrong with a part of a map file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MapFlaw {
    /// It does not lie within the file, or within its section.
    #[error("does not lie within the file")]
    Outside,
    /// It takes more bytes than the bound, packed or unpacked.
    #[error("takes more than {limit} bytes")]
    TooLarge {
        /// The bound.
        limit: u64,
    },
    /// Directories lie too many below each other.
    #[error("lies more than three directories deep")]
    TooDeep,
    /// It is not what it should be.
    #[error("is damaged")]
    Damaged,
}
