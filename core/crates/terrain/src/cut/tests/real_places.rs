//! Real address lists, where they are present: `WALKBOOK_DATA`, or `shared/data` beside the workspace. None is copied into
//! the repository.

use super::*;
use std::io::Read;
use std::path::{Path, PathBuf};

const PLACES: [&str; 5] =
    ["ie-dublin", "us-ma-cambridge", "us-vt-addison-smalltown", "us-vt-orange-rural", "us-vt-suburb"];

fn file(place: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data");
    let folder = std::env::var_os("WALKBOOK_DATA").map_or_else(beside, PathBuf::from);
    let path = folder.join(place).join("addresses.csv.gz");
    if !path.exists() {
        println!("skipped: no data for {place}; set WALKBOOK_DATA to its folder");
        return None;
    }
    Some(path)
}

fn read(path: &Path) -> Vec<Place> {
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let mut buildings = BTreeMap::new();
    let row = |(number, row): (usize, csv::StringRecord)| {
        let next = buildings.len() as u32;
        let building = *buildings.entry([1, 2, 7, 8].map(|column| row[column].to_owned())).or_insert(next);
        let position = at(row[8].parse().unwrap(), row[7].parse().unwrap());
        let house = row[1].chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok();
        Place { street: row[2].to_lowercase(), number: house, ..door(number as u32, building, position) }
    };
    rows.records().map(Result::unwrap).enumerate().map(row).collect()
}

#[test]
fn turfs_of_real_places_are_fair() {
    for name in PLACES {
        let Some(path) = file(name) else { continue };
        let places = read(&path);
        let doors_in: BTreeMap<_, usize> = places.iter().fold(BTreeMap::new(), |mut doors, place| {
            *doors.entry(place.building).or_default() += 1;
            doors
        });
        let building: BTreeMap<_, _> = places.iter().map(|place| (place.door, place.building)).collect();
        let turfs = cut_turfs(&places, 60);
        assert_eq!(turfs.iter().map(|turf| turf.doors.len()).sum::<usize>(), places.len());
        // Where there is no building of a third of a turf, no building can be the reason.
        let unfair = turfs.iter().filter(|turf| {
            let largest = turf.doors.iter().map(|door| doors_in[&building[door]]).max().unwrap_or_default();
            largest < 20 && !(54..=66).contains(&turf.doors.len())
        });
        assert_eq!(unfair.count(), 0, "{name}");
    }
}
