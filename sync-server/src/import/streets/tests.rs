use super::*;
use crate::import::osm::tests::Extract;
use std::io::Write;
use walkbook_terrain::{StreetMap, Streets};

fn read(name: &str, bytes: &[u8]) -> Result<Streets, FileRefused> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let mut streets = StreetsBuilder::default();
    read_streets(&path, &mut streets)?;
    Ok(streets.build())
}

/// Two banks, a motorway bridge in the west and a footbridge in the east; a road passes over another without meeting it.
fn town(footbridge: &[(&str, &str)]) -> Vec<u8> {
    let mut town = Extract::default();
    town.node(1, 60.000, 24.00, &[])
        .node(2, 60.000, 24.05, &[])
        .node(3, 60.001, 24.00, &[])
        .node(4, 60.001, 24.05, &[])
        .node(5, 60.0005, 24.05, &[])
        .way(10, &[1, 2], &[("highway", "residential"), ("name", "Etelätie")])
        .way(11, &[3, 4], &[("highway", "unclassified")])
        .way(12, &[1, 3], &[("highway", "motorway"), ("bridge", "yes")])
        .way(13, &[2, 5, 4], footbridge)
        .way(14, &[1, 99], &[("highway", "path")])
        .way(15, &[1, 2], &[("building", "yes")]);
    town.file()
}

fn over_the_river_m(streets: Streets) -> (f64, bool) {
    use walkbook_terrain::Ground;
    let banks = [60.000, 60.001].map(|lat| Position::from_degrees(lat, 24.0).unwrap());
    let (table, cut_off) = StreetMap::new(streets).distances(&banks).unwrap();
    (table.leg_m(0, 1), cut_off)
}

#[test]
fn people_cross_a_river_where_they_may_and_not_on_a_motorway() {
    let (way_m, cut_off) = over_the_river_m(read("a.osm.pbf", &town(&[("highway", "footway")])).unwrap());
    // There and back along both banks, 2.8 km each.
    assert!(!cut_off && (5_500.0..5_900.0).contains(&way_m), "{way_m}");
    for closed in [
        &[("highway", "footway"), ("foot", "no")][..],
        &[("highway", "service"), ("access", "no")],
        &[("highway", "trunk"), ("motorroad", "yes")],
        &[("highway", "service"), ("tunnel", "yes"), ("access", "destination")],
        &[("railway", "rail")],
    ] {
        assert!(over_the_river_m(read("a.osm.pbf", &town(closed)).unwrap()).1, "{closed:?}");
    }
    for open in [
        &[("highway", "service"), ("access", "no"), ("foot", "yes")][..],
        &[("highway", "service"), ("tunnel", "yes"), ("foot", "permissive")],
        &[("highway", "service"), ("tunnel", "building_passage")],
        &[("highway", "residential"), ("tunnel", "yes")],
    ] {
        assert!(!over_the_river_m(read("a.osm.pbf", &town(open)).unwrap()).1, "{open:?}");
    }
}

#[test]
fn a_damaged_extract_gives_no_streets_and_no_panic() {
    let file = town(&[("highway", "footway")]);
    for place in (20..file.len()).step_by(3) {
        let mut bent = file.clone();
        bent[place] ^= 0x80;
        let _ = read("a.osm.pbf", &bent);
    }
    assert_eq!(read("a.osm.pbf", &file[..file.len() - 9]), Err(FileRefused::Damaged));
}

const LINES: &str = r#"{"type":"FeatureCollection","features":[
    {"type":"Feature","properties":{"class":"S1400"},"geometry":{"type":"LineString","coordinates":[[24.0,60.0],[24.05,60.0]]}},
    {"type":"Feature","properties":{"highway":"primary"},"geometry":{"type":"MultiLineString","coordinates":[[[24.05,60.0],[24.05,60.001]]]}},
    {"type":"Feature","properties":null,"geometry":{"type":"LineString","coordinates":[[24.05,60.001],[24.0,60.001]]}},
    {"type":"Feature","properties":{"class":"S1100"},"geometry":{"type":"LineString","coordinates":[[24.0,60.0],[24.0,60.001]]}},
    {"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[24.0,60.0]}}]}"#;

#[test]
fn lines_of_a_geojson_meet_where_they_have_a_corner_in_common() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(LINES.as_bytes()).unwrap();
    for (name, bytes) in [("a.geojson", LINES.as_bytes().to_vec()), ("a.geojson.gz", packed.finish().unwrap())] {
        let streets = read(name, &bytes).unwrap();
        assert_eq!(streets.len(), 3);
        let (way_m, cut_off) = over_the_river_m(streets);
        assert!(!cut_off && way_m > 5_500.0);
    }
}

#[test]
fn what_holds_no_streets_is_refused() {
    assert_eq!(read("a.geojson", b"{}"), Err(FileRefused::NotStreets));
    assert_eq!(read("a.csv", b"id,street\n"), Err(FileRefused::NotStreets));
    assert_eq!(read("a.geojson", br#"{"type":"FeatureCollection","features":[]}"#), Err(FileRefused::NoStreets));
    let off_the_earth = LINES.replace("[24.05,60.0]", "[24.05,960.0]");
    assert_eq!(read("a.geojson", off_the_earth.as_bytes()), Err(FileRefused::NotStreets));
    assert_eq!(read("a.osm.pbf", &Extract::default().file()), Err(FileRefused::NoStreets));
}
