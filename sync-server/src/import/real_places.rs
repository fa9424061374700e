//! Real address lists, where they are present: `WALKBOOK_DATA`, or `shared/data` beside the workspace. None is copied into
//! the repository.

use super::gathered::{Gathered, gather};
use super::{Options, open};
use std::path::{Path, PathBuf};
use std::time::Instant;
use walkbook_model::TenantId;

fn file(place: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let folder = std::env::var_os("WALKBOOK_DATA").map_or_else(beside, PathBuf::from);
    let path = folder.join(place).join("addresses.csv.gz");
    if !path.exists() {
        println!("skipped: no data for {place}; set WALKBOOK_DATA to its folder");
        return None;
    }
    Some(path)
}

fn import(path: &Path) -> Gathered {
    let started = Instant::now();
    let gathered = gather(open(path, Options::new(TenantId::from_bytes([1; 16]))).unwrap());
    println!("{:?} {} doors in {:?}", gathered.summary, gathered.doors.len(), started.elapsed());
    gathered
}

#[test]
fn every_row_of_a_real_town_is_a_door_or_a_repeat() {
    for (place, rows) in [("ie-dublin", 15_912), ("us-ma-cambridge", 29_033), ("us-vt-orange-rural", 14_722)] {
        let Some(path) = file(place) else { continue };
        let gathered = import(&path);
        assert_eq!(gathered.summary.read, rows, "{place}");
        assert_eq!(
            gathered.summary.taken + gathered.summary.duplicates,
            rows,
            "{place}: {:?}",
            gathered.refused.first()
        );
        assert_eq!(gathered.doors.len() as u64, gathered.summary.taken);
    }
}

/// By hand: `WALKBOOK_EXTRACT=town.osm.pbf cargo test -p walkbook-server --lib extract -- --nocapture`.
#[test]
fn an_extract_given_by_hand_is_read() {
    match std::env::var_os("WALKBOOK_EXTRACT") {
        Some(path) => assert!(!import(Path::new(&path)).doors.is_empty()),
        None => println!("skipped: WALKBOOK_EXTRACT names no extract"),
    }
}
