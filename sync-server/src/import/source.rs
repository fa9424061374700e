//! What kind of file it is, told by its bytes first and its name second.

use super::options::Options;
use super::refused::{FileRefused, RowRefused};
use super::row::RegisterRow;
use super::{addresses_csv, osm};
use std::io::{BufReader, Read};
use std::path::Path;

/// A kind of file that can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A table with a header, plain or packed with gzip: [`addresses_csv`].
    AddressesCsv,
    /// An OpenStreetMap extract: [`osm`].
    OpenStreetMap,
}

/// Rows of any kind of file.
pub type BoxedRows = Box<dyn Iterator<Item = Result<RegisterRow, RowRefused>> + Send>;

impl Source {
    /// Bytes that tell the kinds apart.
    pub(super) const FIRST_BYTES: u64 = 64;

    /// The kind of a file with this name and these first bytes, of which 64 are enough.
    ///
    /// # Errors
    /// [`FileRefused::UnknownKind`] for archives, spreadsheets, XML and other bytes that are no text.
    pub fn detect(name: &str, first_bytes: &[u8]) -> Result<Self, FileRefused> {
        let name = name.to_ascii_lowercase();
        // A PBF file begins with the length of its first header, and the header with field 1, "OSMHeader".
        if first_bytes.get(4..15) == Some(b"\x0a\x09OSMHeader") {
            return Ok(Self::OpenStreetMap);
        }
        match first_bytes {
            [] => Err(FileRefused::Empty),
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Err(FileRefused::Utf16),
            [0x1f, 0x8b, ..] if !name.ends_with(".tar.gz") && !name.ends_with(".tgz") => Ok(Self::AddressesCsv),
            _ if name.ends_with(".pbf") || first_bytes.starts_with(b"<") || first_bytes.contains(&0) => {
                Err(FileRefused::UnknownKind)
            }
            [b'P', b'K', 3, 4, ..] | [0x1f, 0x8b, ..] => Err(FileRefused::UnknownKind),
            _ => Ok(Self::AddressesCsv),
        }
    }
}

/// Opens a file of either kind.
///
/// # Errors
/// [`FileRefused`], as the kind's own `read`.
pub fn open(path: &Path, options: Options) -> Result<BoxedRows, FileRefused> {
    let unreadable = |error: std::io::Error| FileRefused::Unreadable(error.kind());
    let mut first = Vec::new();
    let mut file = std::fs::File::open(path).map_err(unreadable)?;
    file.by_ref().take(Source::FIRST_BYTES).read_to_end(&mut first).map_err(unreadable)?;
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    match Source::detect(&name, &first)? {
        Source::OpenStreetMap => Ok(Box::new(osm::read(path, options)?)),
        Source::AddressesCsv => {
            let file = std::fs::File::open(path).map_err(unreadable)?;
            Ok(Box::new(addresses_csv::read(BufReader::new(file), options)?))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_tell_the_kind_before_the_name_does() {
        assert_eq!(Source::detect("a.csv", b"\0\0\0\x0d\x0a\x09OSMHeader\x18\x7c"), Ok(Source::OpenStreetMap));
        assert_eq!(Source::detect("a.pbf.csv", b"id,street"), Ok(Source::AddressesCsv));
        assert_eq!(Source::detect("a.csv.gz", &[0x1f, 0x8b, 8]), Ok(Source::AddressesCsv));
    }

    #[test]
    fn what_is_neither_is_refused() {
        let others: [(&str, &[u8]); 5] = [
            ("a.xlsx", b"PK\x03\x04"),
            ("a.osm", b"<?xml"),
            ("a.pbf", b"id,street"),
            ("a.bin", b"a\0b"),
            ("a.tgz", &[0x1f, 0x8b]),
        ];
        for (name, bytes) in others {
            assert_eq!(Source::detect(name, bytes), Err(FileRefused::UnknownKind), "{name}");
        }
        assert_eq!(Source::detect("a.csv", b""), Err(FileRefused::Empty));
    }
}
