//! The first bytes of a map file: where its parts lie, and of what kind its tiles are.

use super::MapRefused;
use walkbook_model::limits::MAP_ZOOM;

pub(super) const HEADER_BYTES: usize = 127;

/// Bytes of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) start: u64,
    pub(super) bytes: u64,
}

impl Section {
    pub(super) const fn end(self) -> Option<u64> {
        self.start.checked_add(self.bytes)
    }

    /// This one, told from the begin of another; nothing where it does not lie within.
    pub(super) fn behind(self, within: Self) -> Option<Self> {
        let fits = self.end().is_some_and(|end| end <= within.bytes);
        let start = within.start.checked_add(self.start)?;
        fits.then_some(Self { start, bytes: self.bytes })
    }
}

/// How bytes are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    None,
    Gzip,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Header {
    pub(super) root: Section,
    pub(super) metadata: Section,
    pub(super) leaves: Section,
    pub(super) tiles: Section,
    /// Of directories and metadata.
    pub(super) internal: Packing,
    /// Of tiles.
    pub(super) packing: Packing,
    pub(super) min_zoom: u8,
    pub(super) max_zoom: u8,
}

impl Header {
    pub(super) fn read(bytes: &[u8; HEADER_BYTES]) -> Result<Self, MapRefused> {
        let Some((b"PMTiles", [version, rest @ ..])) = bytes.split_first_chunk::<7>() else {
            return Err(MapRefused::NotPmtiles);
        };
        if *version != 3 {
            return Err(MapRefused::Version { found: *version });
        }
        let mut numbers = rest.as_chunks::<8>().0.iter().map(|number| u64::from_le_bytes(*number));
        let mut next = || numbers.next().unwrap_or_default();
        let [root, metadata, leaves, tiles] = [(); 4].map(|()| Section { start: next(), bytes: next() });
        let byte = |at: usize| bytes.get(at).copied().unwrap_or_default();
        let (internal, packing) = (packing("directories", byte(97))?, packing("tiles", byte(98))?);
        if byte(99) != 1 {
            return Err(MapRefused::NotVectorTiles { found: kind(byte(99)) });
        }
        let (min_zoom, max_zoom) = (byte(100), byte(101).min(MAP_ZOOM));
        if min_zoom > max_zoom {
            return Err(MapRefused::NoZooms);
        }
        Ok(Self { root, metadata, leaves, tiles, internal, packing, min_zoom, max_zoom })
    }
}

fn packing(what: &'static str, code: u8) -> Result<Packing, MapRefused> {
    let how = match code {
        1 => return Ok(Packing::None),
        2 => return Ok(Packing::Gzip),
        3 => "brotli",
        4 => "zstd",
        _ => "something unknown",
    };
    Err(MapRefused::Packed { what, how })
}

const fn kind(code: u8) -> &'static str {
    match code {
        2 => "PNG pictures",
        3 => "JPEG pictures",
        4 => "WebP pictures",
        5 => "AVIF pictures",
        6 => "MapLibre tiles (MLT)",
        _ => "of an unknown kind",
    }
}
