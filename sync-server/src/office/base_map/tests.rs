use super::cutting::MAP_BYTES;
use super::*;
use crate::import::made_up_map;
use std::io::Cursor;
use walkbook_model::{ContentHash, MapTile};

fn at(lat: f64, lon: f64) -> Position {
    Position::from_degrees(lat, lon).unwrap()
}

/// Doors of a few streets.
fn turf() -> Vec<Position> {
    (0..60).map(|n| at(60.17 + f64::from(n % 10) * 0.0005, 24.94 + f64::from(n / 10) * 0.001)).collect()
}

/// A cutter of a file that covers the turf at these zooms, each tile of so many bytes.
fn cutter(zooms: std::ops::RangeInclusive<u8>, bytes: usize) -> MapCutter<Cursor<Vec<u8>>> {
    let file = made_up_map(&turf(), zooms, 3_000.0, |_| bytes).unwrap();
    MapCutter::new(crate::import::MapFile::open(Cursor::new(file)).unwrap(), "© Somebody".into())
}

fn zooms_of(map: &BaseMap) -> Vec<u8> {
    let mut zooms: Vec<u8> = map.tiles.iter().map(|(at, _)| at.zoom).collect();
    zooms.dedup();
    zooms
}

#[test]
fn a_list_gets_the_tiles_around_its_doors_and_its_cut_is_always_the_same() {
    let mut cutter = cutter(0..=15, 2_000);
    let cut = cutter.cut(&turf()).unwrap();
    assert_eq!((zooms_of(&cut.map), cut.is_reduced), (vec![12, 13, 14, 15], false));
    assert_eq!((cut.map.attribution.as_str(), cut.map.check()), ("© Somebody", Ok(())));
    let mut shuffled = turf();
    shuffled.reverse();
    assert_eq!(cutter.cut(&shuffled).unwrap().map, cut.map);
    assert!((12..40).contains(&cut.map.tiles.len()), "{} tiles", cut.map.tiles.len());
    let packed = cutter.tiles(&cut.map).unwrap();
    let tiles = unpack_tiles(&packed, MAP_BYTES * 2).unwrap();
    assert!(tiles.iter().map(|tile| ContentHash::of(tile)).eq(cut.map.tiles.iter().map(|(_, hash)| *hash)));
}

#[test]
fn a_file_of_other_zooms_gives_what_is_nearest_to_them() {
    let zooms = |zooms| zooms_of(&cutter(zooms, 100).cut(&turf()).unwrap().map);
    assert_eq!(zooms(0..=14), [12, 13, 14]);
    assert_eq!(zooms(0..=10), [7, 8, 9, 10]);
    assert_eq!(zooms(9..=10), [9, 10]);
    assert_eq!(zooms(17..=17), [17]);
}

#[test]
fn what_would_be_too_much_is_a_smaller_map_and_that_is_told() {
    let cut = |bytes| {
        let cut = cutter(0..=15, bytes).cut(&turf()).unwrap();
        assert!(cut.bytes <= MAP_BYTES as u64);
        (cut.is_reduced, cut.map.tiles.len(), zooms_of(&cut.map))
    };
    assert_eq!(cut(200_000), (false, 16, vec![12, 13, 14, 15]));
    // Less around the doors, then without the zooms that show more than the list, then without the nearest.
    assert_eq!(cut(300_000), (true, 13, vec![12, 13, 14, 15]));
    let more = [400_000, 600_000, 900_000].map(cut);
    assert_eq!(more, [(true, 10, vec![14, 15]), (true, 6, vec![15]), (true, 4, vec![14])]);
}

#[test]
fn doors_all_over_a_country_have_a_map_from_farther_away() {
    let strewn: Vec<Position> =
        (0..1_500).map(|n| at(60.0 + f64::from(n / 40) * 0.05, 21.0 + f64::from(n % 40) * 0.1)).collect();
    let file = made_up_map(&strewn, 8..=15, 300.0, |_| 500).unwrap();
    let mut cutter = MapCutter::new(crate::import::MapFile::open(Cursor::new(file)).unwrap(), String::new());
    let cut = cutter.cut(&strewn).unwrap();
    assert!(cut.is_reduced && cut.map.tiles.len() <= 1_024 && cut.map.check().is_ok());
    assert_eq!(zooms_of(&cut.map), [11]);
}

#[test]
fn a_turf_off_the_map_has_none() {
    let nowhere = [at(-33.9, 18.4)];
    let mut cutter = cutter(0..=15, 100);
    for doors in [&nowhere[..], &[]] {
        let cut = cutter.cut(doors).unwrap();
        assert_eq!((cut.map, cut.is_reduced), (BaseMap::default(), false));
    }
}

#[test]
fn a_tile_that_cannot_be_had_is_left_out_and_told() {
    let hole = MapTile { zoom: 14, column: 9_327, row: 4_742 };
    let file = made_up_map(&turf(), 12..=15, 3_000.0, |at| if at == hole { 2_000_000 } else { 500 }).unwrap();
    let mut cutter = MapCutter::new(crate::import::MapFile::open(Cursor::new(file)).unwrap(), String::new());
    let cut = cutter.cut(&turf()).unwrap();
    assert!(cut.map.tiles.iter().all(|(at, _)| *at != hole) && cut.map.tiles.len() > 12);
    assert_eq!(cutter.left_out().len(), 1);
    assert_eq!(cutter.left_out()[0].to_string(), "its tile 14/9327/4742 takes more than 1047552 bytes");
}
