//! Streets that people may walk: an OpenStreetMap extract (`.osm.pbf`), or lines as GeoJSON (plain or gzip).
//!
//! What counts is whether a person may go there on foot. Bridges and tunnels meet what the map says they meet; lines of a
//! GeoJSON meet where they have a corner in common.

mod walkable;

use super::refused::FileRefused;
use super::source::Source;
use super::unpack;
use super::ways::{CORNERS, read_ways};
use geojson::{FeatureCollection, GeometryValue};
use std::io::{BufReader, Read};
use std::path::Path;
use walkable::{of_named_class, of_tags, parts};
use walkbook_model::Position;
use walkbook_terrain::StreetsBuilder;

#[cfg(test)]
mod tests;

/// Bytes of a GeoJSON, unpacked: it is held as a whole.
const GEOJSON_BYTES: u64 = 256 * 1024 * 1024;

/// Adds a file's streets to those there are; returns how many ways it had.
///
/// # Errors
/// [`FileRefused`] if the file cannot be opened, is of another kind, is damaged, has no street at all, or more than are held
/// at once.
pub fn read_streets(path: &Path, streets: &mut StreetsBuilder) -> Result<u64, FileRefused> {
    let ways = if is_extract(path)? { read_extract(path, streets)? } else { read_geojson(path, streets)? };
    if ways == 0 { Err(FileRefused::NoStreets) } else { Ok(ways) }
}

/// Whether a file is an OpenStreetMap extract.
///
/// # Errors
/// [`FileRefused`] if it cannot be opened, or is plainly neither that nor text.
pub fn is_extract(path: &Path) -> Result<bool, FileRefused> {
    let unreadable = |error: std::io::Error| FileRefused::Unreadable(error.kind());
    let mut first = Vec::new();
    let mut file = std::fs::File::open(path).map_err(unreadable)?;
    file.by_ref().take(Source::FIRST_BYTES).read_to_end(&mut first).map_err(unreadable)?;
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    Ok(Source::detect(&name, &first)? == Source::OpenStreetMap)
}

/// What an OpenStreetMap extract says that nobody walks across: rivers, canals and motorways. A file of another kind says
/// nothing.
///
/// # Errors
/// [`FileRefused`] if the file cannot be opened or is damaged.
pub fn read_barriers_of_extract(path: &Path) -> Result<Vec<Vec<Position>>, FileRefused> {
    if !is_extract(path)? {
        return Ok(Vec::new());
    }
    let ways = read_ways(path, |tags| parts(tags).then_some(()))?;
    let lines = ways.iter().flat_map(|way| way.runs().map(|run| run.map(|(_, at)| at).collect::<Vec<_>>()));
    Ok(lines.filter(|line| line.len() > 1).collect())
}

fn read_extract(path: &Path, streets: &mut StreetsBuilder) -> Result<u64, FileRefused> {
    let ways = read_ways(path, |tags| of_tags(tags))?;
    for (class, run) in ways.iter().flat_map(|way| way.runs().map(|run| (way.kind, run))) {
        streets.add(class, run);
    }
    Ok(ways.len() as u64)
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
