//! Map files (PMTiles 3): the vector tiles of a region in one file, found by way of directories.
//!
//! <https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md>. A part of the file is held against its cap and the
//! file's end before room is made for it, and what it unpacks to as it unpacks.

mod attribution;
mod directory;
mod header;
mod made_up;
mod refused;
mod vector_tile;

pub use made_up::made_up_map;
pub use refused::{MapFlaw, MapRefused};

use attribution::attribution;
use directory::{Directory, Found};
use header::{HEADER_BYTES, Header, Packing, Section};
use pmtiles::{TileCoord, TileId};
use std::collections::BTreeMap;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::ops::RangeInclusive;
use vector_tile::is_vector_tile;
use walkbook_model::MapTile;
use walkbook_sync::MAX_RECORD_BYTES;

/// The root directory ends within so many bytes of the file's begin: so the format has it.
const ROOT_WITHIN: u64 = 16 * 1024;
/// Bytes of a directory, packed or not: some hundred thousand entries.
const DIRECTORY_BYTES: u64 = 2 * 1024 * 1024;
/// Bytes of what a file says of itself, packed or not.
const METADATA_BYTES: u64 = 8 * 1024 * 1024;
/// Bytes of a tile, packed or not: a larger one fits into no frame of the protocol.
const TILE_BYTES: u64 = MAX_RECORD_BYTES as u64;
/// Directories below the root, one below the other.
const DEPTH: usize = 3;
/// Directories that are kept when they are read.
const KEPT: usize = 8;

/// A map file.
pub struct MapFile<R> {
    file: R,
    bytes: u64,
    header: Header,
    attribution: String,
    root: Directory,
    leaves: BTreeMap<u64, Directory>,
}

impl<R: Read + Seek> MapFile<R> {
    /// Opens a file: reads what it says of itself, and no tile yet.
    ///
    /// # Errors
    /// [`MapRefused`] if it is none, is damaged, or has no vector tiles that are plain or packed with gzip.
    pub fn open(mut file: R) -> Result<Self, MapRefused> {
        let bytes = file.seek(SeekFrom::End(0)).map_err(unreadable)?;
        let mut first = [0; HEADER_BYTES];
        file.rewind().and_then(|()| file.read_exact(&mut first)).map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => MapRefused::NotPmtiles,
            _ => unreadable(error),
        })?;
        let header = Header::read(&first)?;
        let mut opened = Self {
            file,
            bytes,
            header,
            attribution: String::new(),
            root: Directory::default(),
            leaves: BTreeMap::new(),
        };
        let Header { root, metadata, .. } = opened.header;
        let of_root = |flaw| MapRefused::Part { what: "root directory", flaw };
        if root.end().is_none_or(|end| end > ROOT_WITHIN) {
            return Err(of_root(MapFlaw::TooLarge { limit: ROOT_WITHIN }));
        }
        let packed = opened.read(root, root, DIRECTORY_BYTES, of_root)?;
        opened.root = opened.directory(&packed).map_err(of_root)?;
        let of_metadata = |flaw| MapRefused::Part { what: "metadata", flaw };
        let packed = opened.read(metadata, metadata, METADATA_BYTES, of_metadata)?;
        let text = unpacked(packed, opened.header.internal, METADATA_BYTES).map_err(of_metadata)?;
        opened.attribution = attribution(&text).map_err(of_metadata)?;
        Ok(opened)
    }

    /// The zooms of which it has tiles.
    pub fn zooms(&self) -> RangeInclusive<u8> {
        self.header.min_zoom..=self.header.max_zoom
    }

    /// Whose data it is, as plain text; empty where it does not say.
    pub fn attribution(&self) -> &str {
        &self.attribution
    }

    /// A tile as map libraries want it, unpacked; nothing where the file has none there.
    ///
    /// # Errors
    /// [`MapRefused::Tile`] is about this tile, others about the file.
    pub fn tile(&mut self, at: MapTile) -> Result<Option<Vec<u8>>, MapRefused> {
        let of_tile = |flaw| MapRefused::Tile { at, flaw };
        let Ok(coordinates) = TileCoord::new(at.zoom, at.column, at.row) else { return Ok(None) };
        let Some(part) = self.find(TileId::from(coordinates).value())? else { return Ok(None) };
        let packed = self.read(part, self.header.tiles, TILE_BYTES, of_tile)?;
        let tile = unpacked(packed, self.header.packing, TILE_BYTES).map_err(of_tile)?;
        if is_vector_tile(&tile) { Ok(Some(tile)) } else { Err(of_tile(MapFlaw::Damaged)) }
    }

    /// Where a tile lies, by its number along Hilbert's curve.
    fn find(&mut self, number: u64) -> Result<Option<Section>, MapRefused> {
        let mut found = self.root.find(number);
        for _ in 0..DEPTH {
            match found {
                Found::Nothing => return Ok(None),
                Found::Tile(part) => return Ok(Some(part)),
                Found::Leaf(leaf) => found = self.leaf(leaf)?.find(number),
            }
        }
        match found {
            Found::Nothing => Ok(None),
            Found::Tile(part) => Ok(Some(part)),
            Found::Leaf(leaf) => Err(MapRefused::Directory { at: leaf.start, flaw: MapFlaw::TooDeep }),
        }
    }

    fn leaf(&mut self, leaf: Section) -> Result<&Directory, MapRefused> {
        if !self.leaves.contains_key(&leaf.start) {
            let of_leaf = |flaw| MapRefused::Directory { at: leaf.start, flaw };
            let packed = self.read(leaf, self.header.leaves, DIRECTORY_BYTES, of_leaf)?;
            let directory = self.directory(&packed).map_err(of_leaf)?;
            if self.leaves.len() >= KEPT {
                self.leaves.clear();
            }
            self.leaves.insert(leaf.start, directory);
        }
        self.leaves.get(&leaf.start).ok_or(MapRefused::Directory { at: leaf.start, flaw: MapFlaw::Damaged })
    }

    fn directory(&self, packed: &[u8]) -> Result<Directory, MapFlaw> {
        let bytes = unpacked(packed.to_vec(), self.header.internal, DIRECTORY_BYTES)?;
        Directory::read(&bytes).ok_or(MapFlaw::Damaged)
    }

    /// The bytes of a part that lies in a section of the file: from the section's begin, unless it is the section itself.
    fn read(
        &mut self,
        part: Section,
        within: Section,
        limit: u64,
        refused: impl Fn(MapFlaw) -> MapRefused,
    ) -> Result<Vec<u8>, MapRefused> {
        let part = if part == within { Some(part) } else { part.behind(within) };
        let part = part.filter(|part| part.end().is_some_and(|end| end <= self.bytes));
        let part = part.ok_or_else(|| refused(MapFlaw::Outside))?;
        let too_large = || refused(MapFlaw::TooLarge { limit });
        let length = usize::try_from(part.bytes).ok().filter(|_| part.bytes <= limit).ok_or_else(too_large)?;
        let mut bytes = vec![0; length];
        self.file
            .seek(SeekFrom::Start(part.start))
            .and_then(|_| self.file.read_exact(&mut bytes))
            .map_err(unreadable)?;
        Ok(bytes)
    }
}

/// What bytes unpack to, as long as it is not more than so much.
fn unpacked(bytes: Vec<u8>, packing: Packing, limit: u64) -> Result<Vec<u8>, MapFlaw> {
    match packing {
        Packing::None => Ok(bytes),
        Packing::Gzip => {
            let mut unpacked = Vec::new();
            let unpacking = flate2::bufread::GzDecoder::new(bytes.as_slice());
            unpacking.take(limit + 1).read_to_end(&mut unpacked).map_err(|_| MapFlaw::Damaged)?;
            if unpacked.len() as u64 > limit { Err(MapFlaw::TooLarge { limit }) } else { Ok(unpacked) }
        }
    }
}

#[allow(clippy::needless_pass_by_value, reason = "as what maps errors has it")]
fn unreadable(error: std::io::Error) -> MapRefused {
    MapRefused::Unreadable(error.kind())
}

#[cfg(test)]
mod tests;
