//! What an office brings: registers, map extracts, boundaries, scripts.

use std::io::Cursor;
use walkbook_model::limits::ATTRIBUTION_BYTES;
use walkbook_model::{Door, MapTile, TenantId};
use walkbook_server::import::{
    Encoding, MapFile, Options, Register, RegisterRow, RowRefused, addresses_csv, barriers_to_geojson, osm,
    read_barriers, read_boundaries,
};
use walkbook_server::office;
use walkbook_sync::MAX_RECORD_BYTES;

const TENANT: TenantId = TenantId::from_bytes([1; 16]);
const ROWS: u64 = 10_000;

fn options(encoding: Encoding) -> Options {
    Options { encoding, allow_unplaced: true, max_rows: ROWS, max_bytes: 8 * 1024 * 1024, ..Options::new(TENANT) }
}

/// A table of addresses and people, plain or packed.
pub(crate) fn csv(bytes: &[u8]) {
    for encoding in [Encoding::Utf8, Encoding::Windows1252] {
        if let Ok(rows) = addresses_csv::read(bytes, options(encoding)) {
            taken(rows);
        }
    }
}

/// An extract of OpenStreetMap.
pub(crate) fn pbf(bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("town.osm.pbf");
    std::fs::write(&path, bytes).unwrap();
    if let Ok(rows) = osm::read(&path, options(Encoding::Utf8)) {
        taken(rows);
    }
}

/// A map file: what is in it is a vector tile within its bound, or is told where it is none.
pub(crate) fn pmtiles(bytes: &[u8]) {
    let Ok(mut map) = MapFile::open(Cursor::new(bytes)) else { return };
    assert!(map.attribution().len() <= ATTRIBUTION_BYTES && !map.attribution().contains(char::is_control));
    for zoom in map.zooms() {
        let last = (1 << zoom) - 1;
        for (column, row) in [(0, 0), (last / 2, last / 2), (last / 2 + 1, last / 3), (last, last), (last + 1, 0)] {
            match map.tile(MapTile { zoom, column, row }) {
                Ok(tile) => assert!(tile.is_none_or(|tile| column <= last && tile.len() <= MAX_RECORD_BYTES)),
                Err(refused) => assert!(!refused.to_string().is_empty()),
            }
        }
    }
}

/// Boundaries and barriers that somebody drew, as GeoJSON or KML.
pub(crate) fn shapes(bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("drawn");
    std::fs::write(&path, bytes).unwrap();
    for property in [None, Some("code")] {
        let Ok(read) = read_boundaries(&path, property) else { continue };
        assert!(!read.areas.is_empty());
        for boundary in &read.areas {
            assert!(!boundary.name.is_empty() && !boundary.name.contains(char::is_control));
        }
    }
    let Ok(lines) = read_barriers(&path) else { return };
    std::fs::write(&path, barriers_to_geojson(&lines).unwrap()).unwrap();
    assert_eq!(read_barriers(&path), Ok(lines), "what was written down is read again");
}

/// Whatever a file says, only what is within every bound becomes a door.
fn taken(rows: impl Iterator<Item = Result<RegisterRow, RowRefused>>) {
    let mut refused = 0;
    let count = |_| {
        refused += 1;
        Ok(())
    };
    let mut register = Register::read(rows, &std::env::temp_dir(), count).unwrap();
    let doors: Vec<Door> = register.by_ref().map(Result::unwrap).collect();
    let summary = register.summary().clone();
    drop(register);
    assert!(doors.len() as u64 <= ROWS && summary.taken + refused == summary.read);
    let mut ids: Vec<_> = doors.iter().map(|door| door.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), doors.len(), "two doors have one id");
    for door in &doors {
        assert_eq!(door.check(), Ok(()));
    }
}

/// A script as somebody writes it.
pub(crate) fn script_file(bytes: &[u8]) {
    let Ok(script) = office::read_script(TENANT, bytes) else { return };
    let written = serde_json::to_vec(&script).unwrap();
    let again = office::read_script(TENANT, &written).expect("what was read can be written and read");
    assert_eq!(again, script);
    let _ = script.check();
}
