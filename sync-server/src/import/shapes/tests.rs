use super::*;
use crate::import::FileRefused;
use crate::import::osm::tests::Extract;
use std::path::PathBuf;
use tempfile::TempDir;

fn file(bytes: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("drawn");
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn boundaries(text: impl AsRef<[u8]>) -> Result<Boundaries, ShapesRefused> {
    read_boundaries(&file(text).1, None)
}

fn barriers(text: impl AsRef<[u8]>) -> Result<Vec<Vec<Position>>, ShapesRefused> {
    read_barriers(&file(text).1)
}

fn at(lat: f64, lon: f64) -> Position {
    Position::from_degrees(lat, lon).unwrap()
}

/// A square with a hole, and another square far from it that belongs to it.
const GEOJSON: &str = r#"{ "type": "FeatureCollection", "features": [
    { "type": "Feature", "properties": { "ID": 7, "NAME": " North \n Ward" }, "geometry": { "type": "MultiPolygon", "coordinates": [
        [[[0,0],[3,0],[3,3],[0,3],[0,0]], [[1,1],[1,2],[2,2],[2,1],[1,1]]],
        [[[10,10,250],[11,10,250],[11,11,250],[10,11,250],[10,10,250]]] ] } },
    { "type": "Feature", "properties": { "id": 8 }, "geometry": { "type": "GeometryCollection", "geometries": [
        { "type": "Point", "coordinates": [5, 5] },
        { "type": "Polygon", "coordinates": [[[3,0],[6,0],[6,3],[3,3]]] } ] } },
    { "type": "Feature", "properties": null, "geometry": null },
    { "type": "Feature", "properties": {}, "geometry": { "type": "Polygon", "coordinates": [[[6,0],[9,0],[9,3]]] } },
    { "type": "Feature", "properties": {}, "geometry": { "type": "LineString", "coordinates": [[0,4],[9,4]] } } ] }"#;

const KML: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document><name>Wards</name>
  <Folder><name>2026</name><Placemark><name>North &amp; &#83;outh <![CDATA[Ward]]></name>
    <ExtendedData><SchemaData><SimpleData name="name">not this one</SimpleData><SimpleData name="code">N7</SimpleData></SchemaData></ExtendedData>
    <MultiGeometry>
      <Polygon><outerBoundaryIs><LinearRing><coordinates>0,0 3,0,0 3,3 0,3 0,0</coordinates></LinearRing></outerBoundaryIs>
        <innerBoundaryIs><LinearRing><coordinates>1,1 1,2 2,2 2,1 1,1</coordinates></LinearRing></innerBoundaryIs></Polygon>
      <Polygon><outerBoundaryIs><LinearRing><coordinates>
        10,10,250 11,10,250
        11,11,250 10,11,250 10,10,250 </coordinates></LinearRing></outerBoundaryIs></Polygon>
    </MultiGeometry></Placemark></Folder>
  <Placemark><ExtendedData><Data name="label"><value>8</value></Data></ExtendedData>
    <Polygon><outerBoundaryIs><LinearRing><coordinates>3,0 6,0 6,3 3,3</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>
  <Placemark><name/><Point><coordinates>5,5</coordinates></Point></Placemark>
  <Placemark><Polygon><outerBoundaryIs><LinearRing><coordinates>6,0 9,0 9,3</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>
  <Placemark><LineString><coordinates>0,4 9,4</coordinates></LineString></Placemark>
</Document></kml>"#;

#[test]
fn a_ward_has_its_holes_and_all_its_parts_in_either_format() {
    for (text, name) in [(GEOJSON, "North Ward"), (KML, "North & South Ward")] {
        let read = boundaries(text).unwrap();
        let names: Vec<&str> = read.areas.iter().map(|boundary| boundary.name.as_str()).collect();
        assert_eq!(names, [name, "8", "4"]);
        assert_eq!(read.passed_over, 2);
        let north = &read.areas[0].area;
        for (lat, lon, within) in [(0.5, 0.5, true), (1.5, 1.5, false), (10.5, 10.5, true), (5.0, 5.0, false)] {
            assert_eq!(north.contains(at(lat, lon)), within, "{lat} {lon}");
        }
        assert!(read.areas[1].area.contains(at(1.5, 4.0)) && !read.areas[1].area.contains(at(0.5, 0.5)));
    }
}

#[test]
fn whoever_says_which_property_is_the_name_gets_that_one() {
    let named = |text, property| {
        let (_folder, path) = file(text);
        read_boundaries(&path, Some(property)).unwrap().areas[0].name.clone()
    };
    assert_eq!(named(GEOJSON, "ID"), "7");
    assert_eq!(named(KML, "code"), "N7");
}

#[test]
fn lines_and_the_borders_of_areas_are_barriers() {
    for text in [GEOJSON, KML] {
        let lines = barriers(text).unwrap();
        assert_eq!(lines.len(), 6, "three rings of one area, two other areas, a line");
        assert_eq!(lines[5], [at(4.0, 0.0), at(4.0, 9.0)]);
        let rings = &lines[..5];
        assert!(rings.iter().all(|ring| ring.first() == ring.last()), "a border is closed");
    }
    let again = barriers(barriers_to_geojson(&barriers(KML).unwrap()).unwrap());
    assert_eq!(again, barriers(KML));
}

#[test]
fn rivers_canals_and_motorways_of_an_extract_are_barriers_but_not_what_is_under_the_ground() {
    let mut town = Extract::default();
    for (id, lon) in (1..).zip([24.0, 24.1, 24.2]) {
        town.node(id, 60.0, lon, &[]);
    }
    let kinds: [&[(&str, &str)]; 8] = [
        &[("waterway", "river"), ("name", "Vantaa")],
        &[("waterway", "canal"), ("tunnel", "no")],
        &[("highway", "motorway")],
        &[("highway", "trunk"), ("motorroad", "yes")],
        &[("waterway", "stream")],
        &[("waterway", "river"), ("tunnel", "culvert")],
        &[("highway", "primary")],
        &[("motorroad", "yes")],
    ];
    for (id, tags) in (1..).zip(kinds) {
        town.way(id, &[1, 2, 3], tags);
    }
    // It goes on beyond the extract's edge.
    town.way(9, &[1, 2, 99, 3], &[("waterway", "river")]);
    let lines = barriers(town.file()).unwrap();
    assert_eq!(lines.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 3, 3, 2]);
    assert_eq!(barriers(Extract::default().file()), Err(ShapesRefused::NoLines));
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let square = "[[0,0],[1,0],[1,1],[0,1],[0,0]]";
    let feature = |rings: &str, name: &str| {
        format!(
            r#"{{"type":"FeatureCollection","features":[
            {{"type":"Feature","properties":{{}},"geometry":{{"type":"Polygon","coordinates":[{square}]}}}},
            {{"type":"Feature","properties":{{"name":"{name}"}},"geometry":{{"type":"Polygon","coordinates":[{rings}]}}}}]}}"#
        )
    };
    let placemark = |rings: &str| format!("<kml><Placemark><Polygon>{rings}</Polygon></Placemark></kml>");
    let outer = |corners: &str| {
        format!("<outerBoundaryIs><LinearRing><coordinates>{corners}</coordinates></LinearRing></outerBoundaryIs>")
    };
    let wrong: [(String, &str); 17] = [
        (feature("[[385000,6672000],[385100,6672000],[385100,6672100]]", "x"), "shape 2: a corner is not in degrees"),
        (feature("[[0,0],[1,1],[0,0]]", "x"), "shape 2: a ring has fewer than three corners apart"),
        (placemark(""), "shape 1: an area has not exactly one outer ring"),
        (feature(square, &"x".repeat(300)), "shape 2: its name is longer"),
        (feature(square, r"a\u0000b"), "shape 2: its name is longer than 236 bytes, or holds control characters"),
        (feature("[[0,0],[1]]", "x"), "shape 2: a corner is not two numbers"),
        ("{\"type\":\"FeatureCollection\",\n\"features\":[}".into(), "line 2, column 13: this is not GeoJSON"),
        ("{\"features\":[]}".into(), "line 1, column 15: this is not GeoJSON"),
        (r#"{"type":"Point","coordinates":[1,2]}"#.into(), "the file has no areas"),
        (placemark(&outer("0,0 1,0 x,1")), "shape 1: a corner is not two numbers"),
        (placemark(&outer("0,0 1,0 NaN,1")), "shape 1: a corner is not in degrees"),
        (placemark(&(outer("0,0 1,0 1,1") + &outer("0,0 1,0 1,1"))), "shape 1: an area has not exactly one outer ring"),
        ("<kml>\n<Placemark>\n</kml>".into(), "line 3: this is not well-formed XML"),
        ("<kml>\n<Placemark>\n".into(), "line 3: this is not well-formed XML"),
        ("<gpx></gpx>".into(), "the file is XML, but its first element is not `kml`"),
        ("id,street".into(), "the file is neither GeoJSON nor KML"),
        ("PK\x03\x04".into(), "the file is packed with zip"),
    ];
    for (text, said) in wrong {
        let refused = boundaries(&text).unwrap_err().to_string();
        assert!(refused.starts_with(said), "{said}: {refused}");
    }
    assert_eq!(boundaries(""), Err(FileRefused::Empty.into()));
    assert_eq!(boundaries(b"{\"a\":\"\xff\"}"), Err(ShapesRefused::NotText));
    assert!(matches!(
        read_boundaries(std::path::Path::new("/nowhere/at/all"), None),
        Err(ShapesRefused::File(FileRefused::Unreadable(std::io::ErrorKind::NotFound)))
    ));
}

#[test]
fn a_file_with_too_many_corners_is_refused_before_it_is_taken_apart() {
    let corners = "[0,0],".repeat(CORNERS * 2);
    let geojson = format!(r#"{{"type":"MultiPoint","coordinates":[{corners}[0,0]]}}"#);
    assert_eq!(boundaries(geojson), Err(ShapesRefused::TooManyCorners { limit: CORNERS }));
    let line = "<kml><Placemark><LineString><coordinates>".to_owned() + &"0,0 ".repeat(CORNERS + 1);
    let kml = line + "</coordinates></LineString></Placemark></kml>";
    assert_eq!(boundaries(kml), Err(ShapesRefused::TooManyCorners { limit: CORNERS }));
    let many = "<kml>".to_owned() + &"<Placemark/>".repeat(SHAPES + 1) + "</kml>";
    assert_eq!(boundaries(many), Err(ShapesRefused::TooManyShapes { limit: SHAPES }));
}

#[test]
fn a_damaged_file_is_refused_or_read_and_never_worse() {
    for text in [GEOJSON, KML] {
        for place in 0..text.len() {
            let mut bent = text.as_bytes().to_vec();
            bent[place] ^= 0x41;
            let _ = boundaries(&bent);
            let _ = boundaries(&text.as_bytes()[..place]);
        }
    }
}
