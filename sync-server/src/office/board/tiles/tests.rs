use super::grid::EXTENT;
use super::vector::{FeatureMessage, Kind, LayerMessage, TileMessage};
use super::*;
use crate::office::DoorOnBoard;
use prost::Message;
use std::collections::BTreeSet;
use std::io::Cursor;
use walkbook_ledger::{Board, DoorStatus};
use walkbook_model::{DoorId, WalkListId};
use walkbook_terrain::turf::boundary_around;

fn at(lat: f64, lon: f64) -> Position {
    Position::from_degrees(lat, lon).unwrap()
}

/// A list whose doors lie at these places.
fn list(places: &[Position]) -> ListOnBoard {
    let door = |(number, position): (u8, &Position)| DoorOnBoard {
        door: DoorId::from_bytes([number; 16]),
        position: Some(*position),
        status: if number.is_multiple_of(3) { DoorStatus::Contacted } else { DoorStatus::Untouched },
        knocks: u64::from(number),
        visited: (number > 0).then(|| Timestamp::from_ms(u64::from(number) * 3_600_000)),
    };
    ListOnBoard {
        list: WalkListId::from_bytes([7; 16]),
        name: "List 1".into(),
        team: Some("East".into()),
        people: 2,
        board: Board { doors: places.len() as u64, ..Board::default() },
        clashes: 0,
        doors: (0..).zip(places).map(door).collect(),
        boundary: boundary_around(places.iter().copied()),
    }
}

/// Twenty houses of a village, the last two flats of one.
fn village() -> ListOnBoard {
    let houses = (0..19).map(|n| at(60.17 + f64::from(n % 5) * 0.001, 24.94 + f64::from(n / 5) * 0.002));
    list(&houses.chain([at(60.173, 24.946)]).collect::<Vec<_>>())
}

/// The tiles of a zoom, as a map reads them.
fn tiles(lists: &[ListOnBoard], zoom: u8) -> BTreeMap<Square, TileMessage> {
    let drawn = draw(lists, Grid::at(zoom)).into_iter();
    drawn.map(|(square, layers)| (square, TileMessage::decode(&encode(layers)[..]).unwrap())).collect()
}

fn features<'a>(
    tiles: &'a BTreeMap<Square, TileMessage>,
    layer: &str,
) -> Vec<(Square, &'a LayerMessage, &'a FeatureMessage)> {
    let of = |(square, tile): (&Square, &'a TileMessage)| {
        let layers = tile.layers.iter().filter(|found| found.name == layer);
        layers.flat_map(|layer| layer.features.iter().map(move |feature| (*square, layer, feature))).collect::<Vec<_>>()
    };
    tiles.iter().flat_map(of).collect()
}

/// What is said of a feature under this name.
fn said(layer: &LayerMessage, feature: &FeatureMessage, name: &str) -> Option<Said> {
    let key = layer.keys.iter().position(|key| key == name)? as u32;
    let tag = feature.tags.chunks(2).find(|tag| tag[0] == key)?;
    let value = &layer.values[tag[1] as usize];
    value.text.clone().map(Said::Text).or(value.count.map(Said::Count))
}

/// The corners that commands lead to.
fn corners(geometry: &[u32]) -> Vec<[i32; 2]> {
    let (mut at, mut corners, mut rest) = ([0, 0], Vec::new(), geometry);
    while let [command, numbers @ ..] = rest {
        let count = if command & 7 == 7 { 0 } else { (command >> 3) as usize * 2 };
        for step in numbers[..count].chunks(2) {
            let [x, y] = [step[0], step[1]].map(|number| (number >> 1) as i32 ^ -((number & 1) as i32));
            at = [at[0] + x, at[1] + y];
            corners.push(at);
        }
        rest = &numbers[count..];
    }
    corners
}

/// The examples of the specification, 4.3.5.
#[test]
fn geometries_are_coded_as_the_specification_has_it() {
    let mut layer = Layer::new("examples");
    layer.add(point([25, 17]), []);
    layer.add(polygon(&[[3, 6], [8, 12], [20, 34]]).unwrap(), []);
    // The same outside, the other way round, and closed as GeoJSON would.
    layer.add(polygon(&[[20, 34], [8, 12], [3, 6], [20, 34]]).unwrap(), []);
    let tile = TileMessage::decode(&encode([layer, Layer::new("empty")])[..]).unwrap();
    let [layer] = &tile.layers[..] else { panic!("an empty layer is left out") };
    assert_eq!((layer.version, layer.extent), (2, Some(4_096)));
    let coded: Vec<_> = layer.features.iter().map(|feature| (feature.kind(), &feature.geometry[..])).collect();
    assert_eq!(coded[0], (Kind::Point, &[9, 50, 34][..]));
    assert_eq!(coded[1], (Kind::Polygon, &[9, 6, 12, 18, 10, 12, 24, 44, 15][..]));
    assert_eq!(corners(coded[2].1), [[3, 6], [8, 12], [20, 34]]);
    assert!(polygon(&[[3, 6], [8, 12], [3, 6]]).is_none() && polygon(&[[1, 1]]).is_none() && polygon(&[]).is_none());
}

#[test]
fn each_door_is_on_one_tile_and_each_turf_with_its_counts_on_those_it_touches() {
    let lists = [village()];
    for zoom in ZOOMS {
        let tiles = tiles(&lists, zoom);
        let turfs = features(&tiles, "turfs");
        assert!(!turfs.is_empty(), "zoom {zoom}");
        for (_, layer, turf) in turfs {
            assert_eq!(turf.kind(), Kind::Polygon);
            assert_eq!(said(layer, turf, "name"), Some(Said::Text("List 1".into())));
            assert_eq!(said(layer, turf, "team"), Some(Said::Text("East".into())));
            assert_eq!(said(layer, turf, "doors"), Some(Said::Count(20)));
            let seen = corners(&turf.geometry);
            assert!(seen.iter().flatten().all(|at| (-64..=EXTENT as i32 + 64).contains(at)), "{seen:?}");
        }
        let doors = features(&tiles, "doors");
        let count = |name: &str| -> u64 {
            let counts = doors.iter().map(|(_, layer, door)| said(layer, door, name));
            counts.map(|said| if let Some(Said::Count(count)) = said { count } else { 0 }).sum()
        };
        let wanted = if zoom < DOORS_FROM { [0, 0] } else { [20, (0..20).sum()] };
        assert_eq!([count("doors"), count("knocks")], wanted, "zoom {zoom}");
    }
}

/// The last two doors are one house.
#[test]
fn doors_say_in_which_hour_somebody_was_there_last() {
    let tiles = tiles(&[village()], 14);
    let hours = features(&tiles, "doors").into_iter().map(|(_, layer, door)| said(layer, door, "visited"));
    let hours: BTreeSet<Option<u64>> =
        hours.map(|said| said.map(|said| if let Said::Count(ms) = said { ms / 3_600_000 } else { 0 })).collect();
    assert!(hours.contains(&None) && hours.contains(&Some(19)) && !hours.contains(&Some(0)), "{hours:?}");
}

/// Tile 14/9327/4742 by the usual formula of slippy maps.
#[test]
fn a_place_is_on_the_tile_where_every_map_looks_for_it() {
    let (square, [x, y]) = Grid::at(14).place(at(60.17, 24.94));
    assert_eq!((square.column, square.row), (9_327, 4_742));
    assert!((0..4_096).contains(&x) && (0..4_096).contains(&y));
    assert_eq!(Grid::at(0).place(at(0.0, 0.0)), (Square { column: 0, row: 0 }, [2_048, 2_048]));
    for (lat, lon) in [(90.0, 180.0), (-90.0, -180.0), (90.0, -180.0)] {
        let (square, _) = Grid::at(14).place(at(lat, lon));
        assert!(square.column < 1 << 14 && square.row < 1 << 14, "{square:?}");
    }
}

#[test]
fn a_turf_across_the_180th_meridian_is_on_both_edges_of_the_map_and_not_between() {
    let island = list(&[at(-17.0, 179.99), at(-17.0, -179.99), at(-17.01, 180.0), at(-17.005, 179.98)]);
    let tiles = tiles(&[island], 10);
    let columns: Vec<u32> = features(&tiles, "turfs").iter().map(|(square, ..)| square.column).collect();
    assert!(columns.contains(&0) && columns.contains(&1_023), "{columns:?}");
    assert!(columns.iter().all(|column| [0, 1_023].contains(column)), "{columns:?}");
}

#[test]
fn a_turf_that_is_strewn_over_the_world_does_not_fill_the_disk() {
    let strewn = list(&[at(60.0, 0.0), at(60.0, 60.0), at(-30.0, 30.0), at(10.0, 30.0)]);
    let turfs = |zoom| features(&tiles(std::slice::from_ref(&strewn), zoom), "turfs").len();
    assert!((8..=TILES_OF_TURF).contains(&turfs(5)), "{}", turfs(5));
    assert_eq!(turfs(14), 0);
    assert_eq!(features(&tiles(std::slice::from_ref(&strewn), 14), "doors").len(), 4);
}

/// What an analyst gets: turfs with their counts, unless a turf is so small that it points at somebody.
#[test]
fn where_no_door_may_be_seen_there_are_turfs_only() {
    let mut lists = [village(), list(&[at(60.2, 25.0), at(60.2, 25.01), at(60.21, 25.0)])];
    lists.iter_mut().for_each(ListOnBoard::hide_doors);
    let tiles = tiles(&lists, 14);
    assert!(features(&tiles, "doors").is_empty());
    let turfs = features(&tiles, "turfs");
    assert!(!turfs.is_empty());
    assert!(turfs.iter().all(|(_, layer, turf)| said(layer, turf, "doors") == Some(Said::Count(20))));
}

#[test]
fn an_archive_says_what_is_in_it() {
    let mut file = Cursor::new(Vec::new());
    let count = write_tiles(&[village()], &mut file).unwrap();
    let bytes = file.into_inner();
    assert_eq!(&bytes[..8], b"PMTiles\x03");
    let number = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
    let by_zoom = ZOOMS.map(|zoom| draw(&[village()], Grid::at(zoom)).len() as u64);
    assert_eq!((count, number(72)), (by_zoom.sum(), count), "addressed tiles");
    assert_eq!((bytes[99], bytes[100], bytes[101]), (1, *ZOOMS.start(), *ZOOMS.end()), "vector tiles of these zooms");
    let mut empty = Cursor::new(Vec::new());
    assert_eq!(write_tiles(&[], &mut empty).unwrap(), 0);
    assert_eq!(&empty.into_inner()[..8], b"PMTiles\x03");
}
