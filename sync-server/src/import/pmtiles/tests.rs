use super::*;
use pmtiles::{Compression, PmTilesWriter, TileType};
use std::io::Cursor;

/// A tile with one layer of this name.
fn tile(name: &str) -> Vec<u8> {
    let layer = [&[0x78, 2, 0x0a, name.len() as u8][..], name.as_bytes()].concat();
    [&[0x1a, layer.len() as u8][..], &layer].concat()
}

fn at(zoom: u8, column: u32, row: u32) -> MapTile {
    MapTile { zoom, column, row }
}

/// A file with these tiles, as the board's writer makes it.
fn file(writer: PmTilesWriter, tiles: &[(MapTile, Vec<u8>)]) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let mut archive = writer.create(&mut file).unwrap();
    let mut tiles: Vec<_> =
        tiles.iter().map(|(at, tile)| (TileCoord::new(at.zoom, at.column, at.row).unwrap(), tile)).collect();
    tiles.sort_unstable_by_key(|(at, _)| TileId::from(*at));
    tiles.into_iter().for_each(|(at, tile)| archive.add_tile(at, tile).unwrap());
    archive.finalize().unwrap();
    file.into_inner()
}

fn writer() -> PmTilesWriter {
    PmTilesWriter::new(TileType::Mvt).min_zoom(3).max_zoom(8).metadata(r#"{"attribution":"&copy; OpenStreetMap"}"#)
}

fn open(bytes: &[u8]) -> Result<MapFile<Cursor<&[u8]>>, MapRefused> {
    MapFile::open(Cursor::new(bytes))
}

fn refused(bytes: &[u8]) -> MapRefused {
    open(bytes).err().expect("it is taken")
}

#[test]
fn every_tile_comes_out_as_it_went_in_and_there_are_no_others() {
    // So many that there are directories below the root, and the sea is one tile again and again.
    let tiles: Vec<(MapTile, Vec<u8>)> = (0..200)
        .flat_map(|column| (0..200).map(move |row| at(8, column, row)))
        .map(|place| {
            let name = if place.column < 100 { "sea".into() } else { format!("{}/{}", place.column, place.row) };
            (place, tile(&name))
        })
        .chain([(at(3, 7, 7), tile("corner"))])
        .collect();
    for packing in [Compression::Gzip, Compression::None] {
        let bytes = file(writer().tile_compression(packing), &tiles);
        let mut map = open(&bytes).unwrap();
        assert!(map.header.leaves.bytes > 0, "all of it is in the root");
        assert_eq!((map.zooms(), map.attribution()), (3..=8, "© OpenStreetMap"));
        for (place, tile) in &tiles {
            assert_eq!(map.tile(*place).unwrap().as_ref(), Some(tile), "{place:?}");
        }
        for nowhere in
            [at(8, 200, 0), at(8, 255, 255), at(4, 0, 0), at(3, 7, 6), at(0, 0, 0), at(8, 256, 0), at(40, 0, 0)]
        {
            assert_eq!(map.tile(nowhere), Ok(None), "{nowhere:?}");
        }
    }
}

#[test]
fn what_is_no_map_file_is_told_for_what_it_is() {
    let good = file(writer(), &[(at(3, 1, 1), tile("roads"))]);
    let with = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        refused(&bytes)
    };
    assert_eq!(refused(b""), MapRefused::NotPmtiles);
    assert_eq!(refused(&good[..126]), MapRefused::NotPmtiles);
    assert_eq!(refused(&[b'x'; 500]), MapRefused::NotPmtiles);
    assert_eq!(with(7, 2), MapRefused::Version { found: 2 });
    assert_eq!(with(97, 4), MapRefused::Packed { what: "directories", how: "zstd" });
    assert_eq!(with(98, 3), MapRefused::Packed { what: "tiles", how: "brotli" });
    assert_eq!(with(99, 2), MapRefused::NotVectorTiles { found: "PNG pictures" });
    assert_eq!(with(100, 9), MapRefused::NoZooms);
    let pictures = file(PmTilesWriter::new(TileType::Png), &[(at(3, 1, 1), b"picture".to_vec())]);
    let told = refused(&pictures).to_string();
    assert_eq!(told, "its tiles are PNG pictures; only vector tiles (MVT) can be taken");
}

/// The numbers of the header: where each part lies, and how many bytes it has.
#[test]
fn a_part_outside_of_the_file_or_too_large_is_refused_before_there_is_room_for_it() {
    let good = file(writer(), &[(at(3, 1, 1), tile("roads"))]);
    let with = |at: usize, number: u64| {
        let mut bytes = good.clone();
        bytes[at..at + 8].copy_from_slice(&number.to_le_bytes());
        bytes
    };
    let part = |what, flaw| MapRefused::Part { what, flaw };
    let too_large = |limit| MapFlaw::TooLarge { limit };
    assert_eq!(refused(&with(16, u64::MAX)), part("root directory", too_large(16_384)));
    assert_eq!(refused(&with(8, u64::MAX)), part("root directory", too_large(16_384)));
    assert_eq!(refused(&with(16, 10)), part("root directory", MapFlaw::Damaged));
    assert_eq!(refused(&with(32, 1 << 40)), part("metadata", MapFlaw::Outside));
    assert_eq!(refused(&with(24, u64::MAX)), part("metadata", MapFlaw::Outside));
    let tile_at = at(3, 1, 1);
    for (number, at) in [(56, u64::MAX - 3), (64, 1)] {
        let bytes = with(number, at);
        let told = open(&bytes).unwrap().tile(tile_at).unwrap_err();
        assert_eq!(told, MapRefused::Tile { at: tile_at, flaw: MapFlaw::Outside });
        assert_eq!(told.to_string(), "its tile 3/1/1 does not lie within the file");
    }
    assert_eq!(refused(&good[..130]), part("root directory", MapFlaw::Outside));
    assert_eq!(refused(&good[..200]), part("metadata", MapFlaw::Outside));
}

#[test]
fn a_tile_that_is_none_or_swells_costs_itself_alone() {
    let bomb = vec![0; 8 << 20];
    let tiles = [(at(3, 1, 1), tile("roads")), (at(3, 2, 2), bomb), (at(3, 3, 3), b"<svg/>".to_vec())];
    let bytes = file(writer(), &tiles);
    assert!(bytes.len() < 64 << 10, "it is small as long as it is packed");
    let mut map = open(&bytes).unwrap();
    let flaw = |at, flaw| Err(MapRefused::Tile { at, flaw });
    assert_eq!(map.tile(at(3, 2, 2)), flaw(at(3, 2, 2), MapFlaw::TooLarge { limit: TILE_BYTES }));
    assert_eq!(map.tile(at(3, 3, 3)), flaw(at(3, 3, 3), MapFlaw::Damaged));
    assert_eq!(map.tile(at(3, 1, 1)), Ok(Some(tile("roads"))));
}

fn column(numbers: &[u64]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for number in numbers {
        let mut left = *number;
        while left > 127 {
            bytes.push(left as u8 | 128);
            left >>= 7;
        }
        bytes.push(left as u8);
    }
    bytes
}

#[test]
fn directories_that_make_no_sense_are_none() {
    let two = |steps: [u64; 2], runs: [u64; 2], bytes: [u64; 2], starts: [u64; 2]| {
        Directory::read(&column(&[&[2][..], &steps, &runs, &bytes, &starts].concat()))
    };
    assert!(two([5, 1], [1, 1], [9, 9], [1, 0]).is_some());
    assert!(two([5, 0], [1, 1], [9, 9], [1, 0]).is_none(), "two of one number");
    assert!(two([5, u64::MAX], [1, 1], [9, 9], [1, 0]).is_none(), "numbers that run over");
    assert!(two([5, 1], [1, 1], [9, 0], [1, 0]).is_none(), "a tile of no bytes");
    assert!(two([5, 1], [1, 1], [9, 9], [0, 1]).is_none(), "behind the one before the first");
    assert!(two([5, 1], [1, 1], [9, 9], [u64::MAX, 0]).is_none(), "behind the end of all numbers");
    assert!(two([5, 1], [1, 1 << 33], [9, 9], [1, 0]).is_none());
    assert!(Directory::read(&[]).is_none() && Directory::read(&[0]).is_none());
    let promise = column(&[u64::MAX]);
    assert!(Directory::read(&promise).is_none(), "more than there is room for");
    assert!(Directory::read(&[[0xff; 10].as_slice(), &[0; 40]].concat()).is_none());
}

/// A file whose one directory leads to itself.
#[test]
fn directories_that_lead_in_circles_are_followed_three_times() {
    let mut bytes = file(writer().internal_compression(Compression::None), &[(at(3, 1, 1), tile("roads"))]);
    let leaf = column(&[1, 0, 0, 5, 1]);
    bytes[127..127 + leaf.len()].copy_from_slice(&leaf);
    bytes[16..24].copy_from_slice(&(leaf.len() as u64).to_le_bytes());
    bytes[40..48].copy_from_slice(&127_u64.to_le_bytes());
    bytes[48..56].copy_from_slice(&(leaf.len() as u64).to_le_bytes());
    let told = open(&bytes).unwrap().tile(at(3, 1, 1));
    assert_eq!(told, Err(MapRefused::Directory { at: 0, flaw: MapFlaw::TooDeep }));
}
