//! The map under the doors, and its tiles.

use super::*;
use walkbook_sync::Request;

/// Where the tiles of these stories lie, from far to near.
fn place(number: u32) -> MapTile {
    MapTile { zoom: 12 + number as u8, column: 2_331 << number, row: 1_185 << number }
}

fn tile(word: &str) -> Vec<u8> {
    format!("a tile of {word}").into_bytes()
}

/// A map whose tiles are called so, from far to near.
fn map(words: &[&str]) -> BaseMap {
    let tiles = (0..).zip(words).map(|(number, word)| (place(number), ContentHash::of(&tile(word))));
    BaseMap { attribution: "© OpenStreetMap contributors".into(), tiles: tiles.collect() }
}

fn map_frame(list: WalkListId, map: &BaseMap) -> Frame {
    Frame::BaseMap(list, cbor::encode(map).into())
}

fn tiles_frame(words: &[&str]) -> Frame {
    Frame::Tiles(words.iter().map(|word| tile(word).into()).collect())
}

/// What the phone asks for with its next request.
fn asks_for(walkbook: &Walkbook) -> Option<Vec<ContentHash>> {
    Request::read(&begin(walkbook).request_bytes()).unwrap().hello.tiles
}

fn shown(walkbook: &Walkbook, number: u32) -> Option<Vec<u8>> {
    let MapTile { zoom, column, row } = place(number);
    walkbook.map_tile(zoom, column, row).unwrap()
}

fn holds_tiles(walkbook: &Walkbook) -> i64 {
    walkbook.lock().store.book.db.sqlite.query_row("SELECT count(*) FROM tile", [], |row| row.get(0)).unwrap()
}

#[test]
fn a_map_is_asked_for_tile_by_tile_and_is_there_without_a_network() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    assert_eq!((walkbook.base_map(), asks_for(&walkbook)), (Ok(None), None));
    let before = walkbook.changes_since(0).version;
    let map = map(&["sea", "town", "street"]);
    let last_seq = walkbook.lock().last_seq;
    assert!(
        answer_of(&walkbook, last_seq, vec![map_frame(list(), &map), cursor(list())]),
        "its tiles are still to come"
    );
    assert!(walkbook.changes_since(before).map_changed);
    let wanted: Vec<ContentHash> = map.tiles.iter().map(|(_, hash)| *hash).collect();
    assert_eq!(asks_for(&walkbook), Some(wanted.clone()), "those first that show most");
    let told = walkbook.base_map().unwrap().unwrap();
    assert_eq!((told.min_zoom, told.max_zoom, told.tiles, told.tiles_here), (12, 14, 3, 0));
    assert_eq!(told.attribution, "© OpenStreetMap contributors");
    let near = walkbook_terrain::map_tiles::corners(place(2)).unwrap();
    assert_eq!([told.bounds.south_west, told.bounds.north_east], near);

    let before = walkbook.changes_since(0).version;
    assert!(answer_of(&walkbook, last_seq, vec![tiles_frame(&["sea", "nobody's"])]), "there is more to ask for");
    assert!(walkbook.changes_since(before).map_changed);
    assert_eq!((shown(&walkbook, 0), shown(&walkbook, 1)), (Some(tile("sea")), None));
    assert_eq!((asks_for(&walkbook), holds_tiles(&walkbook)), (Some(wanted[1..].to_vec()), 1));
    assert!(!answer_of(&walkbook, last_seq, vec![tiles_frame(&["town", "street"])]));
    drop(walkbook);
    let walkbook = open(&folder);
    assert_eq!(
        [0, 1, 2].map(|number| shown(&walkbook, number)),
        ["sea", "town", "street"].map(|word| Some(tile(word)))
    );
    assert_eq!((asks_for(&walkbook), walkbook.base_map().unwrap().unwrap().tiles_here), (None, 3));
    assert_eq!(walkbook.map_tile(12, 2_332, 1_185), Ok(None));
}

#[test]
fn a_server_that_has_a_tile_no_more_is_not_asked_over_and_over() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    answer(&walkbook, vec![map_frame(list(), &map(&["sea"])), cursor(list())]);
    let last_seq = walkbook.lock().last_seq;
    assert!(!answer_of(&walkbook, last_seq, Vec::new()));
    assert!(!answer_of(&walkbook, last_seq, vec![tiles_frame(&["another"])]));
    assert!(asks_for(&walkbook).is_some(), "it may be there another day");
}

#[test]
fn tiles_that_came_before_an_answer_broke_off_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    answer(&walkbook, vec![map_frame(list(), &map(&["sea", "town"])), cursor(list())]);
    let last_seq = walkbook.lock().last_seq;
    let whole = pack([welcome(last_seq), tiles_frame(&["sea"]), tiles_frame(&["town"]), Frame::End(false)]);
    let part = pack([welcome(last_seq), tiles_frame(&["sea"])]);
    begin(&walkbook).handle_bytes(&part, now(100)).unwrap();
    assert_eq!((shown(&walkbook, 0), shown(&walkbook, 1)), (Some(tile("sea")), None));
    begin(&walkbook).handle_bytes(&whole, now(100)).unwrap();
    assert_eq!((shown(&walkbook, 1), asks_for(&walkbook)), (Some(tile("town")), None));
}

#[test]
fn a_map_is_forgotten_with_its_list_and_a_tile_with_the_last_list_that_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    let second =
        [list_frame(walk(list_n(2), &[door()])), map_frame(list_n(2), &map(&["sea", "hill"])), cursor(list_n(2))];
    answer(&walkbook, [vec![map_frame(list(), &map(&["sea", "town"])), cursor(list())], second.to_vec()].concat());
    answer(&walkbook, vec![tiles_frame(&["sea", "town", "hill"])]);
    assert_eq!(holds_tiles(&walkbook), 3);
    let before = walkbook.changes_since(0).version;
    answer(&walkbook, vec![Frame::ForgetLists(vec![list_n(2)])]);
    assert!(walkbook.changes_since(before).map_changed);
    assert_eq!((holds_tiles(&walkbook), shown(&walkbook, 1)), (2, Some(tile("town"))));
    // Another map takes its place, and what both have does not come again.
    answer(&walkbook, vec![map_frame(list(), &map(&["sea", "new town"])), cursor(list())]);
    assert_eq!((holds_tiles(&walkbook), asks_for(&walkbook).unwrap().len()), (1, 1));
    answer(&walkbook, vec![map_frame(list(), &BaseMap::default()), cursor(list())]);
    assert_eq!((walkbook.base_map(), holds_tiles(&walkbook)), (Ok(None), 0));
    answer(&walkbook, vec![Frame::ForgetLists(vec![list()])]);
    assert_eq!((walkbook.base_map(), asks_for(&walkbook)), (Ok(None), None));
}

#[test]
fn lists_whose_maps_reach_differently_are_each_drawn_somehow() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    let reaching = |numbers: std::ops::Range<u32>| {
        let tiles = numbers.map(|number| (place(number), ContentHash::of(&number.to_be_bytes()))).collect();
        BaseMap { attribution: "© Somebody".into(), tiles }
    };
    for (first, second, zooms) in [(0..4, 0..3, (12, 14)), (0..3, 3..4, (12, 15)), (1..4, 1..4, (13, 15))] {
        let second =
            [list_frame(walk(list_n(2), &[door()])), map_frame(list_n(2), &reaching(second)), cursor(list_n(2))];
        answer(&walkbook, [vec![map_frame(list(), &reaching(first)), cursor(list())], second.to_vec()].concat());
        let told = walkbook.base_map().unwrap().unwrap();
        assert_eq!(((told.min_zoom, told.max_zoom), told.attribution.as_str()), (zooms, "© Somebody"));
    }
}

#[test]
fn a_phone_whose_app_is_a_later_one_asks_for_maps_of_lists_that_it_has_until_all_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    answer(&walkbook, vec![list_frame(walk(list_n(2), &[door()])), cursor(list_n(2))]);
    let asks = |walkbook: &Walkbook| Request::read(&begin(walkbook).request_bytes()).unwrap().hello.maps_of;
    assert_eq!(asks(&walkbook), None, "an exchange has come to its end");
    walkbook.lock().store.book.db.sqlite.execute("DELETE FROM mark WHERE name = 'maps_told'", []).unwrap();
    assert_eq!(asks(&walkbook), Some(vec![list(), list_n(2)]));
    // One that breaks off, and one behind which there is more, tell as much as they tell.
    begin(&walkbook).handle_bytes(&pack([welcome(0), map_frame(list(), &map(&["sea"]))]), now(100)).unwrap();
    assert_eq!(asks(&walkbook).unwrap().len(), 2);
    let part = pack([welcome(0), map_frame(list(), &map(&["sea"])), Frame::End(true)]);
    begin(&walkbook).handle_bytes(&part, now(100)).unwrap();
    assert_eq!(asks(&walkbook), Some(vec![list_n(2)]));
    answer(&walkbook, vec![map_frame(list_n(2), &BaseMap::default())]);
    assert_eq!((asks(&walkbook), asks_for(&walkbook).map(|tiles| tiles.len())), (None, Some(1)));
}

#[test]
fn a_map_that_makes_no_sense_is_counted_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    answer(&walkbook, vec![map_frame(list(), &map(&["sea"])), cursor(list())]);
    let off_the_world =
        BaseMap { tiles: vec![(MapTile { zoom: 3, column: 8, row: 0 }, ContentHash::of(b""))], ..BaseMap::default() };
    answer(
        &walkbook,
        vec![map_frame(list(), &off_the_world), Frame::BaseMap(list(), b"?".to_vec().into()), cursor(list())],
    );
    assert_eq!(walkbook.status().unwrap().not_understood, 2);
    assert_eq!(walkbook.base_map().unwrap().unwrap().tiles, 1);
}
