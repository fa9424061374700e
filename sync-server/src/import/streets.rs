//! Streets that people may walk: an OpenStreetMap extract (`.osm.pbf`), or lines as GeoJSON (plain or gzip).
//!
//! What counts is whether a person may go there on foot. Bridges and tunnels meet what the map says they meet; lines of a
//! GeoJSON meet where they have a corner in common.

mod walkable;

use super::osm::{CORNERS_EACH, each};
use super::refused::FileRefused;
use super::source::Source;
use super::unpack;
use geojson::{FeatureCollection, GeometryValue};
use osmpbf::Element;
use std::collections::HashMap;
use std::io::{BufReader, Read};
use std::path::Path;
use walkable::{of_named_class, of_tags};
use walkbook_model::Position;
use walkbook_terrain::{StreetClass, StreetsBuilder};

#[cfg(test)]
mod tests;

/// Corners of streets that are held at once: a country of a few million people.
const CORNERS: usize = 20_000_000;
/// Bytes of a GeoJSON, unpacked: it is held as a whole.
const GEOJSON_BYTES: u64 = 256 * 1024 * 1024;

/// Adds a file's streets to those there are; returns how many ways it had.
///
/// # Errors
/// [`FileRefused`] if the file cannot be opened, is of another kind, is damaged, has no street at all, or more than are held
/// at once.
pub fn read_streets(path: &Path, streets: &mut StreetsBuilder) -> Result<u64, FileRefused> {
    let unreadable = |error: std::io::Error| FileRefused::Unreadable(error.kind());
    let mut first = Vec::new();
    let mut file = std::fs::File::open(path).map_err(unreadable)?;
    file.by_ref().take(Source::FIRST_BYTES).read_to_end(&mut first).map_err(unreadable)?;
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let ways = match Source::detect(&name, &first)? {
        Source::OpenStreetMap => read_extract(path, streets)?,
        Source::AddressesCsv => read_geojson(path, streets)?,
    };
    if ways == 0 { Err(FileRefused::NoStreets) } else { Ok(ways) }
}

/// Two passes, because corners come before the ways that need them.
fn read_extract(path: &Path, streets: &mut StreetsBuilder) -> Result<u64, FileRefused> {
    let mut ways: Vec<(StreetClass, Vec<i64>)> = Vec::new();
    let mut corners: HashMap<i64, Option<Position>> = HashMap::new();
    let mut held = 0;
    each(path, |element| {
        let Element::Way(way) = element else { return };
        let Some(class) = of_tags(way.tags()).filter(|_| held <= CORNERS) else { return };
        let points: Vec<i64> = way.refs().take(CORNERS_EACH).collect();
        held += points.len();
        corners.extend(points.iter().map(|point| (*point, None)));
        ways.push((class, points));
    })?;
    if held > CORNERS {
        return Err(FileRefused::TooManyStreets { limit: CORNERS });
    }
    each(path, |element| {
        let (id, lat, lon) = match element {
            Element::Node(node) => (node.id(), node.lat(), node.lon()),
            Element::DenseNode(node) => (node.id(), node.lat(), node.lon()),
            _ => return,
        };
        if let Some(corner) = corners.get_mut(&id) {
            *corner = Position::from_degrees(lat, lon).ok();
        }
    })?;
    let count = ways.len() as u64;
    for (class, points) in ways {
        // What lies beyond the extract's edge is missing: the way goes on behind the gap as another one.
        let placed = points.into_iter().map(|point| corners.get(&point).copied().flatten().map(|at| (point, at)));
        let placed: Vec<Option<(i64, Position)>> = placed.collect();
        for run in placed.split(Option::is_none) {
            streets.add(class, run.iter().flatten().copied());
        }
    }
    Ok(count)
}

fn read_geojson(path: &Path, streets: &mut StreetsBuilder) -> Result<u64, FileRefused> {
    let file = std::fs::File::open(path).map_err(|error| FileRefused::Unreadable(error.kind()))?;
    let mut text = Vec::new();
    let unpacked = unpack::text(BufReader::new(file))?.take(GEOJSON_BYTES + 1).read_to_end(&mut text);
    unpacked.map_err(|error| FileRefused::Unreadable(error.kind()))?;
    if text.len() as u64 > GEOJSON_BYTES {
        return Err(FileRefused::TooManyStreets { limit: CORNERS });
    }
    let collection: FeatureCollection = serde_json::from_slice(&text).map_err(|_| FileRefused::NotStreets)?;
    let mut count = 0;
    for feature in collection.features {
        let property = |name| feature.properties.as_ref().and_then(|all| all.get(name)?.as_str());
        let Some(class) = of_named_class(property("highway").or_else(|| property("class")).unwrap_or_default()) else {
            continue;
        };
        let lines = match feature.geometry.as_ref().map(|geometry| &geometry.value) {
            Some(GeometryValue::LineString { coordinates }) => std::slice::from_ref(coordinates),
            Some(GeometryValue::MultiLineString { coordinates }) => coordinates,
            _ => continue,
        };
        for line in lines {
            let points: Option<Vec<(i64, Position)>> = line
                .iter()
                .map(|corner| {
                    let [lon, lat, ..] = *corner.as_slice() else { return None };
                    let position = Position::from_degrees(lat, lon).ok()?;
                    Some((number_of(position), position))
                })
                .collect();
            streets.add(class, points.ok_or(FileRefused::NotStreets)?);
            count += 1;
        }
    }
    Ok(count)
}

/// A corner of a GeoJSON is called by where it is.
fn number_of(position: Position) -> i64 {
    let (lat, lon) = position.e7();
    (i64::from(lat) << 32) | i64::from(lon.cast_unsigned())
}
