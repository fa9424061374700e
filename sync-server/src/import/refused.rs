//! Why a file or a row was not taken.

use thiserror::Error;
use walkbook_model::{Invalid, InvalidPosition};

/// Why a whole file was not read. The tenant mends the file or the options and tries again.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FileRefused {
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// Neither a table nor an OpenStreetMap extract. Spreadsheets are to be saved as CSV, OSM XML turned into PBF.
    #[error("the file is neither a CSV table nor an OpenStreetMap .osm.pbf extract")]
    UnknownKind,
    /// The file is UTF-16. Save it as UTF-8.
    #[error("the file is UTF-16; save it as UTF-8")]
    Utf16,
    /// The first line is longer than a record may be.
    #[error("line 1: the header is longer than {limit} bytes")]
    HeaderTooLong {
        /// The bound.
        limit: usize,
    },
    /// The first line is not text in the encoding that the options name.
    #[error("line 1: the header is not text in the encoding given")]
    HeaderEncoding,
    /// The header has more columns than the bound.
    #[error("line 1: the header has {found} columns, the limit is {limit}")]
    TooManyColumns {
        /// How many there are.
        found: usize,
        /// The bound.
        limit: usize,
    },
    /// No column has any of the names under which a needed part is known.
    #[error("line 1: no column is named `{column}` or one of its other names")]
    NoColumn {
        /// The part.
        column: &'static str,
    },
    /// An OpenStreetMap extract has more addresses, or buildings more corners, than the bound.
    #[error(
        "the extract has more than {limit} addresses or their buildings more than {corners} corners; cut out a smaller area"
    )]
    TooManyAddresses {
        /// The bound of addresses.
        limit: u64,
        /// The bound of corners.
        corners: usize,
    },
    /// The ways have more corners than the bound, or take more bytes.
    #[error("the ways have more than {limit} corners or too many bytes; cut out a smaller area")]
    TooManyStreets {
        /// The bound of corners.
        limit: usize,
    },
    /// Neither an OpenStreetMap extract nor a GeoJSON feature collection of lines.
    #[error(
        "the file is neither an OpenStreetMap .osm.pbf extract nor a GeoJSON feature collection of lines in degrees"
    )]
    NotStreets,
    /// There is no street in it that people may walk.
    #[error("there is no street in the file that people may walk")]
    NoStreets,
    /// The file's own structure is damaged. Fetch it again.
    #[error("the file is damaged and cannot be read")]
    Damaged,
    /// The file could not be read.
    #[error("the file cannot be read: {0}")]
    Unreadable(std::io::ErrorKind),
}

/// A row that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}{}: {reason}", column.map(|name| format!(", column {name}")).unwrap_or_default())]
pub struct RowRefused {
    /// The line that the row starts on, the header being line 1; in an extract, the place among its addresses.
    pub line: u64,
    /// The column, by the name that this reader gives it, if one column is at fault.
    pub column: Option<&'static str>,
    /// Why.
    pub reason: Reason,
}

/// Why a row was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Reason {
    /// Longitude or latitude is empty, and the options want both.
    #[error("no coordinates")]
    NoCoordinates,
    /// An earlier row is the same door with the same contact, or nobody new.
    #[error("the same as line {of_line}")]
    Duplicate {
        /// The earlier row.
        of_line: u64,
    },
    /// An earlier row at another address has the same id.
    #[error("the id of line {of_line}, at another address")]
    SameId {
        /// The earlier row.
        of_line: u64,
    },
    /// The bytes are not text in the encoding that the options name.
    #[error("not text in the encoding given")]
    Encoding,
    /// A NUL or another control character.
    #[error("holds a NUL or another control character")]
    Control,
    /// Not a number.
    #[error("not a number")]
    NotANumber,
    /// Not on the earth.
    #[error(transparent)]
    OffTheEarth(#[from] InvalidPosition),
    /// More or fewer fields than the header has columns.
    #[error("{found} fields where the header has {wanted}")]
    Fields {
        /// How many there are, counted to one above the limit.
        found: usize,
        /// How many there should be.
        wanted: usize,
    },
    /// The row is longer than a record may be.
    #[error("longer than {limit} bytes")]
    TooLong {
        /// The bound.
        limit: usize,
    },
    /// A quote opens and does not close within the bound. The line is left out and reading goes on at the next.
    #[error("a quote is never closed")]
    QuoteOpen,
    /// A part of the door is over a bound or not what it should be.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// A building that is plainly not lived in.
    #[error("not a dwelling")]
    NotADwelling,
    /// The file has more rows than the options allow. Nothing after this row was read.
    #[error("more than {limit} rows; nothing after this was read")]
    TooManyRows {
        /// The bound.
        limit: u64,
    },
    /// The file has more bytes, unpacked, than the options allow. Nothing after this row was read.
    #[error("more than {limit} bytes; nothing after this was read")]
    TooManyBytes {
        /// The bound.
        limit: u64,
    },
    /// The file broke off here. Nothing after this row was read.
    #[error("the file cannot be read any further: {0}")]
    Unreadable(std::io::ErrorKind),
}
