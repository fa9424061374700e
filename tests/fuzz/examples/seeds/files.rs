//! Files that people bring, and files that phone and server keep.

use crate::{Made, made};
use walkbook_model::Position;
use walkbook_server::import::made_up_map;

const CSV: &str = "id,number,street,unit,city,postcode,lon,lat,first name,last name,phone,do not contact\n\
    1,40,Unioninkatu,A 1,Helsinki,00170,24.95,60.17,Aino,Aho,050 123,\n\
    1,40,Unioninkatu,A 1,Helsinki,00170,24.95,60.17,Eino,\"Aho, senior\",,yes\n\
    2,42,Unioninkatu,,Helsinki,00170,24.951,60.171,,,,\n\
    3,44,\"Union\"\"in\nkatu\",,Helsinki,00170,,,,,,\n";

/// A ward in two parts, one with a hole, and what is no area.
const GEOJSON: &str = r#"{"type":"FeatureCollection","features":[
    {"type":"Feature","properties":{"NAME":"North Ward","code":7},"geometry":{"type":"MultiPolygon","coordinates":[
        [[[0,0],[3,0],[3,3],[0,3],[0,0]],[[1,1],[1,2],[2,2],[2,1],[1,1]]],[[[10,10,25],[11,10,25],[11,11,25],[10,10,25]]]]}},
    {"type":"Feature","properties":{"id":8},"geometry":{"type":"GeometryCollection","geometries":[
        {"type":"Point","coordinates":[5,5]},{"type":"Polygon","coordinates":[[[3,0],[6,0],[6,3],[3,3]]]}]}},
    {"type":"Feature","properties":null,"geometry":null},
    {"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[0,4],[9.5,-4e0]]}}]}"#;

/// The same in KML's words.
const KML: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>Wards</name><Folder><Placemark>
  <name>North &amp; &#83;outh <![CDATA[Ward]]></name>
  <ExtendedData><SchemaData><SimpleData name="code">N7</SimpleData></SchemaData></ExtendedData>
  <MultiGeometry><Polygon>
    <outerBoundaryIs><LinearRing><coordinates>0,0 3,0,0 3,3 0,3 0,0</coordinates></LinearRing></outerBoundaryIs>
    <innerBoundaryIs><LinearRing><coordinates>1,1 1,2 2,2 2,1 1,1</coordinates></LinearRing></innerBoundaryIs>
  </Polygon></MultiGeometry></Placemark></Folder>
  <Placemark><ExtendedData><Data name="label"><value>8</value></Data></ExtendedData>
    <LineString><coordinates>0,4 9,4</coordinates></LineString></Placemark>
  <Placemark><name/><Point><coordinates>5,5</coordinates></Point></Placemark></Document></kml>"#;

const SCRIPT: &str = r#"{"title":"Spring","questions":[
    {"key":1,"name":"home","text":"Do you vote?","kind":"yes_no","when":null},
    {"key":2,"name":"party","text":"For whom?","kind":{"single":[{"code":1,"text":"Green"}]},"when":{"said":[1,true]}},
    {"key":3,"name":"support","text":"How much?","kind":{"scale":[1,5]},"when":{"all":[{"chose":[2,1]},{"not":{"answered":1}}]}},
    {"key":4,"name":"call","text":"May we call?","kind":{"consent":["phone","We will call once."]},"when":null}]}"#;

const SETTINGS: &str =
    r#"{"region":"eu-west-1","url":"https://walk.example:8443","regions":{"us-west-1":"https://other.example"}}"#;

pub(crate) fn seeds() -> Vec<Made> {
    vec![
        made("csv", "people", CSV),
        made("csv", "semicolons", CSV.replace(',', ";")),
        made(
            "csv",
            "latin",
            CSV.as_bytes().iter().map(|byte| if *byte == b'A' { 0xc4 } else { *byte }).collect::<Vec<_>>(),
        ),
        made("csv", "plain", "id,number,street,city,lon,lat\n1,12,Main St,Springfield,-72.5,42.1\n"),
        made("pbf", "town", extract()),
        made("pmtiles", "town", town_map()),
        made("pmtiles", "with_leaf", map_with_leaf()),
        made("shapes", "geojson", GEOJSON),
        made("shapes", "geometry", r#"{"type":"LineString","coordinates":[[24.9,60.1],[25,60.2]]}"#),
        made("shapes", "kml", KML),
        made("script_file", "spring", SCRIPT),
        made("settings_file", "two_regions", SETTINGS),
        made("rescue_file", "empty", rescue()),
        made("key_file", "short", [7; 31]),
        made("key_file", "other", [7; 32]),
        made("damaged_log", "first_page", [0, 0, 0, 200, 1]),
        made("damaged_log", "inner_page", [0, 0x10, 0x10, 4, 1]),
        made("damaged_log", "two_pages", [0, 0x30, 0x10, 4, 1, 0, 0x50, 0x10, 4, 1]),
        made("damaged_log", "cut_off", [0, 0x40, 0, 255, 1]),
        made("damaged_book", "first_page", [0, 0, 0, 200, 1]),
        made("damaged_book", "later_pages", [0, 0x30, 0x10, 4, 1, 1, 0x50, 0x10, 4, 1]),
        made("damaged_book", "cut_off", [0, 0x40, 0, 255, 1]),
    ]
}

/// A map of a few tiles around two doors.
fn town_map() -> Vec<u8> {
    let doors = [(60.17, 24.94), (0.0, 0.0)].map(|(lat, lon)| Position::from_degrees(lat, lon).unwrap());
    made_up_map(&doors, 0..=6, 500.0, |_| 60).unwrap()
}

/// A map with one tile, in a directory below the root; nothing in it is packed.
fn map_with_leaf() -> Vec<u8> {
    let directory = |entry: [u8; 4]| [&[1][..], &entry].concat();
    // From tile 0 on there is a leaf; in it, tile 0 counts for all of zooms 0 and 1.
    let (root, leaf, tile) = (directory([0, 0, 5, 1]), directory([0, 5, 6, 1]), bytes(3, &bytes(1, b"ab")));
    let metadata = br#"{"attribution":"&copy; Nobody"}"#.to_vec();
    let mut map = b"PMTiles\x03".to_vec();
    let mut start = 127;
    for part in [&root, &metadata, &leaf, &tile] {
        map.extend([start, part.len() as u64].map(u64::to_le_bytes).concat());
        start += part.len() as u64;
    }
    map.extend([5, 1, 1].map(u64::to_le_bytes).concat());
    // Clustered; neither directories nor tiles are packed; vector tiles of zooms 0 and 1.
    map.extend([1, 1, 1, 1, 0, 1]);
    map.resize(127, 0);
    [map, root, metadata, leaf, tile].concat()
}

/// What a rescue file holds of a phone that had nothing to rescue.
fn rescue() -> Vec<u8> {
    use walkbook_model::{TenantId, UserId, cbor};
    use walkbook_vault::Signer;
    let key = walkbook_fuzz::known_signer().public_key();
    cbor::encode(&walkbook_core::Rescue {
        device: walkbook_fuzz::DEVICE,
        user: UserId::from_bytes([7; 16]),
        tenant: TenantId::from_bytes([1; 16]),
        public_key: key.as_bytes().to_vec().into(),
        written_at: walkbook_model::Timestamp::from_ms(1_795_000_000_000),
        runs: vec![crate::messages::run()],
        loose: vec![],
    })
}

// Just enough of protocol buffers to write an extract: https://wiki.openstreetmap.org/wiki/PBF_Format

fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value > 127 {
        bytes.push(value.to_le_bytes()[0] | 128);
        value >>= 7;
    }
    bytes.push(value.to_le_bytes()[0]);
    bytes
}

fn number(field: u64, value: u64) -> Vec<u8> {
    [varint(field << 3), varint(value)].concat()
}

fn bytes(field: u64, content: &[u8]) -> Vec<u8> {
    [varint(field << 3 | 2), varint(content.len() as u64), content.to_vec()].concat()
}

fn block(kind: &str, content: &[u8]) -> Vec<u8> {
    let blob = [bytes(1, content), number(2, content.len() as u64)].concat();
    let header = [bytes(1, kind.as_bytes()), number(3, blob.len() as u64)].concat();
    [u32::try_from(header.len()).unwrap().to_be_bytes().to_vec(), header, blob].concat()
}

/// A node with an address, four without, as they stand in a dense group, and an outline with two house numbers.
fn extract() -> Vec<u8> {
    let texts = ["", "addr:housenumber", "40;42", "addr:street", "Unioninkatu", "building", "house"];
    let table: Vec<u8> = texts.iter().flat_map(|text| bytes(1, text.as_bytes())).collect();
    let tags = [bytes(2, &[1, 3]), bytes(3, &[2, 4])].concat();
    let place = [number(8, 1_203_400_000), number(9, 499_000_000)].concat();
    let node = bytes(1, &[number(1, 2), tags, place].concat());
    let steps = [varint(1_203_400_000), varint(2), varint(2), varint(3)].concat();
    let dense = bytes(
        2,
        &[bytes(1, &[4, 2, 2, 2]), bytes(8, &steps), bytes(9, &steps), bytes(10, &[1, 2, 0, 0, 0, 0])].concat(),
    );
    let way = bytes(3, &[number(1, 7), bytes(2, &[1, 3, 5]), bytes(3, &[2, 4, 6]), bytes(8, &[4, 2, 2, 3])].concat());
    let groups: Vec<u8> = [node, dense, way].iter().flat_map(|group| bytes(2, group)).collect();
    let data = [bytes(1, &table), groups].concat();
    [block("OSMHeader", &bytes(4, b"OsmSchema-V0.6")), block("OSMData", &data)].concat()
}
