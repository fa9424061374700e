//! Shapes out of GeoJSON: a feature collection, a feature or a geometry.

use super::{CORNERS, Shape, ShapeFlaw, Shapes, ShapesRefused, rank_of};
use geojson::{Feature, FeatureCollection, Geometry, GeometryValue, JsonValue, Position as Numbers};
use serde::de::DeserializeOwned;
use walkbook_model::Position;
use walkbook_terrain::Polygon;

pub(super) fn read(text: &str, name_property: Option<&str>, shapes: &mut Shapes) -> Result<(), ShapesRefused> {
    // Every corner opens a bracket: what has too many is not even taken apart.
    if text.bytes().filter(|byte| *byte == b'[').count() > CORNERS * 2 {
        return Err(ShapesRefused::TooManyCorners { limit: CORNERS });
    }
    match parse::<Kind>(text)?.kind.as_str() {
        "FeatureCollection" => {
            let features = parse::<FeatureCollection>(text)?.features;
            features.iter().try_for_each(|feature| add_feature(feature, name_property, shapes))
        }
        "Feature" => add_feature(&parse::<Feature>(text)?, name_property, shapes),
        _ => add(None, Some(&parse::<Geometry>(text)?), shapes),
    }
}

#[derive(serde::Deserialize)]
struct Kind {
    #[serde(rename = "type")]
    kind: String,
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, ShapesRefused> {
    let place = |error: serde_json::Error| ShapesRefused::GeoJson { line: error.line(), column: error.column() };
    serde_json::from_str(text).map_err(place)
}

fn add_feature(feature: &Feature, name_property: Option<&str>, shapes: &mut Shapes) -> Result<(), ShapesRefused> {
    let properties = feature.properties.iter().flatten();
    let named = properties.filter_map(|(key, value)| Some((rank_of(key, name_property)?, said(value)?)));
    let name = named.min_by_key(|(rank, _)| *rank).map(|(_, name)| name);
    add(name, feature.geometry.as_ref(), shapes)
}

fn said(value: &JsonValue) -> Option<String> {
    match value {
        JsonValue::String(text) => Some(text.clone()),
        JsonValue::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn add(name: Option<String>, geometry: Option<&Geometry>, shapes: &mut Shapes) -> Result<(), ShapesRefused> {
    let name = match name {
        Some(name) => shapes.name(&name)?,
        None => None,
    };
    let mut shape = Shape { number: shapes.next_number(), name, ..Shape::default() };
    if let Some(geometry) = geometry {
        draw(&geometry.value, &mut shape, shapes)?;
    }
    shapes.add(shape)
}

/// Collections nest no deeper than JSON may, which is 128.
fn draw(value: &GeometryValue, shape: &mut Shape, shapes: &mut Shapes) -> Result<(), ShapesRefused> {
    match value {
        GeometryValue::Point { .. } | GeometryValue::MultiPoint { .. } => {}
        GeometryValue::LineString { coordinates } => {
            shape.lines.push(line(coordinates, shapes)?);
        }
        GeometryValue::MultiLineString { coordinates } => {
            for coordinates in coordinates {
                shape.lines.push(line(coordinates, shapes)?);
            }
        }
        GeometryValue::Polygon { coordinates } => {
            shape.polygons.push(polygon(coordinates, shapes)?);
        }
        GeometryValue::MultiPolygon { coordinates } => {
            for coordinates in coordinates {
                shape.polygons.push(polygon(coordinates, shapes)?);
            }
        }
        GeometryValue::GeometryCollection { geometries } => {
            for geometry in geometries {
                draw(&geometry.value, shape, shapes)?;
            }
        }
    }
    Ok(())
}

fn polygon(rings: &[Vec<Numbers>], shapes: &mut Shapes) -> Result<Polygon, ShapesRefused> {
    let mut read = Vec::with_capacity(rings.len());
    for ring in rings {
        let corners = corners(ring, shapes)?;
        read.push(shapes.ring(corners)?);
    }
    let mut rings = read.into_iter();
    let outer = rings.next().ok_or_else(|| shapes.flaw(ShapeFlaw::NoOutside))?;
    Ok(Polygon { outer, holes: rings.collect() })
}

fn line(coordinates: &[Numbers], shapes: &mut Shapes) -> Result<Vec<Position>, ShapesRefused> {
    let corners = corners(coordinates, shapes)?;
    shapes.line(corners)
}

fn corners(coordinates: &[Numbers], shapes: &mut Shapes) -> Result<Vec<Position>, ShapesRefused> {
    let corner = |numbers: &Numbers| match *numbers.as_slice() {
        [lon, lat, ..] => shapes.corner(lon, lat),
        _ => Err(shapes.flaw(ShapeFlaw::NotACorner)),
    };
    coordinates.iter().map(corner).collect()
}
