//! What people draw on a map elsewhere: wards, turfs, barriers. GeoJSON (RFC 7946) and KML 2.3 (OGC 12-007r2), plain or gzip.
//!
//! A file is taken whole or not at all: half the wards would be other wards. Coordinates are degrees of longitude and latitude
//! (WGS 84), as both standards have it.

mod geojson;
mod kml;
mod refused;

pub use refused::{ShapeFlaw, ShapesRefused};

use super::streets::{is_extract, read_barriers_of_extract};
use super::unpack;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use walkbook_model::Position;
use walkbook_model::limits::SHORT_TEXT_BYTES;
use walkbook_terrain::{Area, Polygon};

#[cfg(test)]
mod tests;

/// Bytes of a file, unpacked: it is held as a whole.
const BYTES: u64 = 64 * 1024 * 1024;
/// Shapes of a file.
const SHAPES: usize = 100_000;
/// Corners of all shapes of a file.
const CORNERS: usize = 2_000_000;

/// A named area out of a file: a ward, or a turf that somebody has drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Boundary {
    /// What the file calls it; its number among the file's shapes where it has no name.
    pub name: String,
    /// Where it is.
    pub area: Area,
}

/// What a file of boundaries holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Boundaries {
    /// Its areas, in the order of the file.
    pub areas: Vec<Boundary>,
    /// Shapes that are no areas: points and lines.
    pub passed_over: usize,
}

/// Reads areas, with holes and in several parts. Their names are those of the property `name_property`, in GeoJSON and in
/// KML's `ExtendedData`; without one, KML's `name`, or the first of the properties `name`, `label`, `title` and `id`,
/// whatever their case.
///
/// # Errors
/// [`ShapesRefused`] says what is wrong, and where.
pub fn read_boundaries(path: &Path, name_property: Option<&str>) -> Result<Boundaries, ShapesRefused> {
    let shapes = read(path, name_property)?;
    let all = shapes.len();
    let areas: Vec<Boundary> = shapes
        .into_iter()
        .filter(|shape| !shape.polygons.is_empty())
        .map(|shape| Boundary {
            name: shape.name.unwrap_or_else(|| shape.number.to_string()),
            area: Area::new(shape.polygons),
        })
        .collect();
    if areas.is_empty() {
        return Err(ShapesRefused::NoAreas);
    }
    Ok(Boundaries { passed_over: all - areas.len(), areas })
}

/// Reads what nobody is to walk across: lines, the borders of areas, and of an OpenStreetMap extract rivers, canals and
/// motorways.
///
/// # Errors
/// [`ShapesRefused`] says what is wrong, and where.
pub fn read_barriers(path: &Path) -> Result<Vec<Vec<Position>>, ShapesRefused> {
    // What cannot be opened at all is said when it is read.
    let lines = if is_extract(path) == Ok(true) {
        read_barriers_of_extract(path)?
    } else {
        read(path, None)?.into_iter().flat_map(Shape::into_lines).collect()
    };
    if lines.is_empty() { Err(ShapesRefused::NoLines) } else { Ok(lines) }
}

/// Barriers as a file that [`read_barriers`] reads.
///
/// # Errors
/// [`ShapesRefused::TooManyCorners`]: it would not read it.
pub fn barriers_to_geojson(lines: &[Vec<Position>]) -> Result<Vec<u8>, ShapesRefused> {
    if lines.iter().map(Vec::len).sum::<usize>() > CORNERS {
        return Err(ShapesRefused::TooManyCorners { limit: CORNERS });
    }
    let corners = |line: &Vec<Position>| line.iter().map(|at| vec![at.lon(), at.lat()]).collect::<Vec<_>>();
    let value = ::geojson::GeometryValue::new_multi_line_string(lines.iter().map(corners));
    Ok(::geojson::Geometry::new(value).to_string().into_bytes())
}

fn read(path: &Path, name_property: Option<&str>) -> Result<Vec<Shape>, ShapesRefused> {
    let file = File::open(path).map_err(|error| ShapesRefused::unreadable(&error))?;
    let mut bytes = Vec::new();
    let unpacked = unpack::text(BufReader::new(file))?.take(BYTES + 1).read_to_end(&mut bytes);
    unpacked.map_err(|error| ShapesRefused::unreadable(&error))?;
    if bytes.len() as u64 > BYTES {
        return Err(ShapesRefused::TooManyBytes { limit: BYTES });
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(ShapesRefused::Packed);
    }
    let text = String::from_utf8(bytes).map_err(|_| ShapesRefused::NotText)?;
    let mut shapes = Shapes::default();
    match text.trim_start().as_bytes().first() {
        Some(b'{') => geojson::read(&text, name_property, &mut shapes)?,
        Some(b'<') => kml::read(&text, name_property, &mut shapes)?,
        _ => return Err(ShapesRefused::UnknownKind),
    }
    Ok(shapes.all)
}

/// One thing that a file draws.
#[derive(Debug, Default, PartialEq)]
struct Shape {
    /// Its number among the file's shapes, from 1 on.
    number: usize,
    name: Option<String>,
    polygons: Vec<Polygon>,
    lines: Vec<Vec<Position>>,
}

impl Shape {
    fn into_lines(self) -> impl Iterator<Item = Vec<Position>> {
        let rings = self.polygons.into_iter().flat_map(|polygon| std::iter::once(polygon.outer).chain(polygon.holes));
        let closed = rings.map(|mut ring| {
            ring.extend(ring.first().copied());
            ring
        });
        closed.chain(self.lines)
    }
}

/// The shapes of a file, as many as may be.
#[derive(Debug, Default)]
struct Shapes {
    all: Vec<Shape>,
    corners: usize,
}

impl Shapes {
    /// The number of the shape that is read next.
    fn next_number(&self) -> usize {
        self.all.len() + 1
    }

    fn add(&mut self, shape: Shape) -> Result<(), ShapesRefused> {
        if self.all.len() == SHAPES {
            return Err(ShapesRefused::TooManyShapes { limit: SHAPES });
        }
        self.all.push(shape);
        Ok(())
    }

    /// A corner at this longitude and latitude.
    fn corner(&mut self, lon: f64, lat: f64) -> Result<Position, ShapesRefused> {
        self.corners += 1;
        if self.corners > CORNERS {
            return Err(ShapesRefused::TooManyCorners { limit: CORNERS });
        }
        Position::from_degrees(lat, lon).map_err(|invalid| self.flaw(ShapeFlaw::NotDegrees(invalid)))
    }

    /// These corners as a ring, without the first one again at the end.
    fn ring(&self, mut corners: Vec<Position>) -> Result<Vec<Position>, ShapesRefused> {
        if corners.len() > 1 && corners.first() == corners.last() {
            corners.pop();
        }
        let mut apart = corners.clone();
        apart.sort_unstable();
        apart.dedup();
        if apart.len() < 3 { Err(self.flaw(ShapeFlaw::NoRing)) } else { Ok(corners) }
    }

    fn line(&self, corners: Vec<Position>) -> Result<Vec<Position>, ShapesRefused> {
        if corners.len() < 2 { Err(self.flaw(ShapeFlaw::NoLine)) } else { Ok(corners) }
    }

    /// A name as people write it, fit to be a list's.
    fn name(&self, name: &str) -> Result<Option<String>, ShapesRefused> {
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        // A number follows.
        if name.len() > SHORT_TEXT_BYTES - 20 || name.contains(char::is_control) {
            return Err(self.flaw(ShapeFlaw::Name { limit: SHORT_TEXT_BYTES - 20 }));
        }
        Ok(Some(name).filter(|name| !name.is_empty()))
    }

    /// What is wrong with the shape that is being read.
    fn flaw(&self, flaw: ShapeFlaw) -> ShapesRefused {
        ShapesRefused::Shape { number: self.next_number(), flaw }
    }
}

/// Properties that hold a name, best first.
const NAMES: [&str; 4] = ["name", "label", "title", "id"];

/// How good a property is as a name; the lower the better, nothing where it is none.
fn rank_of(property: &str, wanted: Option<&str>) -> Option<usize> {
    match wanted {
        Some(wanted) => (property == wanted).then_some(0),
        None => NAMES.iter().position(|name| property.eq_ignore_ascii_case(name)),
    }
}
