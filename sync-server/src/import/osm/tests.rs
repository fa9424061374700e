use super::*;
use crate::import::gathered::{Gathered, gather};
use walkbook_model::TenantId;

// Just enough of protocol buffers to write an extract: https://wiki.openstreetmap.org/wiki/PBF_Format

fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value > 127 {
        bytes.push((value & 127) as u8 | 128);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

fn zigzag(value: i64) -> Vec<u8> {
    varint(((value << 1) ^ (value >> 63)) as u64)
}

fn bytes(field: u64, content: &[u8]) -> Vec<u8> {
    [varint(field << 3 | 2), varint(content.len() as u64), content.to_vec()].concat()
}

fn number(field: u64, content: Vec<u8>) -> Vec<u8> {
    [varint(field << 3), content].concat()
}

fn block(kind: &str, content: &[u8]) -> Vec<u8> {
    let blob = [bytes(1, content), number(2, varint(content.len() as u64))].concat();
    let header = [bytes(1, kind.as_bytes()), number(3, varint(blob.len() as u64))].concat();
    [(header.len() as u32).to_be_bytes().to_vec(), header, blob].concat()
}

#[derive(Default)]
pub(in crate::import) struct Extract {
    strings: Vec<String>,
    groups: Vec<u8>,
}

impl Extract {
    fn tags(&mut self, tags: &[(&str, &str)]) -> Vec<u8> {
        let mut place = |text: &str| {
            self.strings.push(text.to_owned());
            varint(self.strings.len() as u64)
        };
        let (keys, values): (Vec<_>, Vec<_>) = tags.iter().map(|(key, value)| (place(key), place(value))).unzip();
        [bytes(2, &keys.concat()), bytes(3, &values.concat())].concat()
    }

    pub(in crate::import) fn node(&mut self, id: i64, lat: f64, lon: f64, tags: &[(&str, &str)]) -> &mut Self {
        let e7 = |degrees: f64| zigzag((degrees * 1e7) as i64);
        let node = [number(1, zigzag(id)), self.tags(tags), number(8, e7(lat)), number(9, e7(lon))].concat();
        self.groups.extend(bytes(2, &bytes(1, &node)));
        self
    }

    pub(in crate::import) fn way(&mut self, id: u64, corners: &[i64], tags: &[(&str, &str)]) -> &mut Self {
        let steps = corners.iter().scan(0, |last, corner| Some(zigzag(corner - std::mem::replace(last, *corner))));
        let way = [number(1, varint(id)), self.tags(tags), bytes(8, &steps.collect::<Vec<_>>().concat())].concat();
        self.groups.extend(bytes(2, &bytes(3, &way)));
        self
    }

    pub(in crate::import) fn file(&self) -> Vec<u8> {
        let strings: Vec<u8> = self.strings.iter().flat_map(|text| bytes(1, text.as_bytes())).collect();
        let table = bytes(1, &[bytes(1, b""), strings].concat());
        let header = bytes(4, b"OsmSchema-V0.6");
        [block("OSMHeader", &header), block("OSMData", &[table, self.groups.clone()].concat())].concat()
    }
}

fn import(file: &[u8]) -> Result<Gathered, FileRefused> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("town.osm.pbf");
    std::fs::write(&path, file).unwrap();
    crate::import::open(&path, Options::new(TenantId::from_bytes([1; 16]))).map(gather)
}

fn town() -> Extract {
    let mut town = Extract::default();
    town.node(1, 60.0, 24.0, &[("addr:housenumber", "4"), ("addr:street", "Tie"), ("addr:flats", "1-6")])
        .node(2, 60.001, 24.0, &[])
        .node(3, 60.001, 24.002, &[])
        .node(4, 60.003, 24.001, &[])
        .node(5, 60.0, 24.0, &[("addr:housenumber", "9")])
        .node(6, 60.01, 24.0, &[("addr:housenumber", "1;3"), ("addr:place", "Kylä")])
        .way(7, &[2, 3, 4, 2], &[("building", "house"), ("addr:housenumber", "6"), ("addr:street", "Tie")])
        .way(8, &[2, 3, 4, 2], &[("building", "retail"), ("addr:housenumber", "8"), ("addr:street", "Tie")])
        .way(9, &[77], &[("building", "yes"), ("addr:housenumber", "10"), ("addr:street", "Tie")])
        .node(10, 60.0001, 24.0, &[("addr:housenumber", "4"), ("addr:street", "tie"), ("addr:flats", "1-6")]);
    town
}

#[test]
fn addresses_on_points_and_outlines_become_doors() {
    let gathered = import(&town().file()).unwrap();
    let lines: Vec<String> = gathered.doors.iter().map(|door| door.address.line()).collect();
    assert_eq!(lines, ["Kylä 1", "Kylä 3", "Tie 4, 1-6", "Tie 6"]);
    let house = gathered.doors[3].position.unwrap();
    assert!((house.lat() - 60.001_666_7).abs() < 1e-6 && (house.lon() - 24.001).abs() < 1e-6);
}

#[test]
fn shops_repeats_and_outlines_cut_off_by_the_extract_are_reported() {
    let gathered = import(&town().file()).unwrap();
    let reasons: Vec<String> = gathered.refused.iter().map(ToString::to_string).collect();
    assert_eq!(reasons, ["line 5: not a dwelling", "line 6: no coordinates", "line 7: the same as line 1"]);
}

#[test]
fn a_damaged_extract_is_refused_wherever_it_is_cut() {
    let file = town().file();
    // The format has no end mark: a cut between two blocks, or in the length of the next, cannot be told from the end.
    let second_block = block("OSMHeader", &bytes(4, b"OsmSchema-V0.6")).len();
    for length in (second_block + 4..file.len()).step_by(7) {
        assert!(import(&file[..length]).is_err(), "cut at {length}");
    }
    for place in 20..file.len() {
        let mut bent = file.clone();
        bent[place] ^= 0x80;
        let _ = import(&bent);
    }
}
