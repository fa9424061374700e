//! Why a file of shapes was not taken.

use crate::import::FileRefused;
use thiserror::Error;
use walkbook_model::InvalidPosition;

/// Why no shape of a file was taken. Mend the file and give the command again.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ShapesRefused {
    /// The file is none that can be read at all.
    #[error(transparent)]
    File(#[from] FileRefused),
    /// Neither kind of file.
    #[error("the file is neither GeoJSON nor KML")]
    UnknownKind,
    /// A KMZ, which is a KML packed with zip.
    #[error("the file is packed with zip; unpack the .kml in it, and give that")]
    Packed,
    /// The file is not UTF-8.
    #[error("the file is not UTF-8 text")]
    NotText,
    /// The file takes more bytes than the bound.
    #[error("the file is larger than {limit} bytes")]
    TooManyBytes {
        /// The bound.
        limit: u64,
    },
    /// The file has more shapes than the bound.
    #[error("the file has more than {limit} shapes")]
    TooManyShapes {
        /// The bound.
        limit: usize,
    },
    /// Its shapes have more corners than the bound. Simplify them.
    #[error("the shapes have more than {limit} corners; simplify them or cut out a smaller area")]
    TooManyCorners {
        /// The bound.
        limit: usize,
    },
    /// It is not GeoJSON from here on.
    #[error("line {line}, column {column}: this is not GeoJSON")]
    GeoJson {
        /// The line, from 1 on.
        line: usize,
        /// The column, from 1 on.
        column: usize,
    },
    /// It is not XML from here on.
    #[error("line {line}: this is not well-formed XML")]
    Xml {
        /// The line, from 1 on.
        line: usize,
    },
    /// It is XML, but no KML.
    #[error("the file is XML, but its first element is not `kml`")]
    NotKml,
    /// Something is wrong with one shape.
    #[error("shape {number}: {flaw}")]
    Shape {
        /// Its number in the file, from 1 on.
        number: usize,
        /// What.
        flaw: ShapeFlaw,
    },
    /// There are no areas in it.
    #[error("the file has no areas (polygons)")]
    NoAreas,
    /// There are no lines in it.
    #[error("the file has nothing that could not be crossed: no lines and no areas")]
    NoLines,
}

impl ShapesRefused {
    pub(super) fn unreadable(error: &std::io::Error) -> Self {
        FileRefused::Unreadable(error.kind()).into()
    }
}

/// What is wrong with a shape.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ShapeFlaw {
    /// A corner is not on the earth; maybe it is in metres of some map.
    #[error("a corner is not in degrees (WGS 84, longitude first): its {0}")]
    NotDegrees(InvalidPosition),
    /// A corner is not two numbers.
    #[error("a corner is not two numbers, longitude and latitude")]
    NotACorner,
    /// A ring encloses nothing.
    #[error("a ring has fewer than three corners apart")]
    NoRing,
    /// A line leads nowhere.
    #[error("a line has fewer than two corners")]
    NoLine,
    /// An area has no outer ring, or several.
    #[error("an area has not exactly one outer ring")]
    NoOutside,
    /// Its name cannot be a list's.
    #[error("its name is longer than {limit} bytes, or holds control characters")]
    Name {
        /// The bound.
        limit: usize,
    },
}
