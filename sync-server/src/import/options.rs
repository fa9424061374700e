//! What the tenant says about a file, and the bounds it is read within.

use walkbook_model::TenantId;

/// How a file's bytes are text. Nothing is guessed: a guess that is wrong spoils names silently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    #[default]
    Utf8,
    /// Windows-1252, which is also how files labelled ISO-8859-1 are read (as the WHATWG Encoding Standard does).
    Windows1252,
}

/// How to read a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Whose register it is: a part of every door's id.
    pub tenant: TenantId,
    /// How bytes are text.
    pub encoding: Encoding,
    /// Take rows without coordinates; their doors are on no map until placed.
    pub allow_unplaced: bool,
    /// Rows after which reading stops. They are sorted on the disk, which they take about twice as they are there.
    pub max_rows: u64,
    /// Bytes, unpacked, after which reading stops: a small packed file can unpack without end.
    pub max_bytes: u64,
}

impl Options {
    /// UTF-8, coordinates needed, at most five million rows and eight gibibytes.
    pub const fn new(tenant: TenantId) -> Self {
        Self {
            tenant,
            encoding: Encoding::Utf8,
            allow_unplaced: false,
            max_rows: 5_000_000,
            max_bytes: 8 * 1024 * 1024 * 1024,
        }
    }
}

/// Bytes of one record of a table. A longer one is skipped without being held.
pub(crate) const RECORD_BYTES: usize = 64 * 1024;
/// Columns of a table.
pub(crate) const COLUMNS: usize = 100;
/// How far apart, in metres, two rows of one address may lie and be one door.
pub(crate) const SAME_DOOR_M: f64 = 30.0;
