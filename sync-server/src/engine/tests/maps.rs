//! The maps under the doors of lists.

use super::phone::Phone;
use super::world::{AINO, BERTA, HILL, NORTH, RIVER, World, at, door, door_base};
use crate::import::{MapFile, made_up_map};
use crate::office::{GivenMaps, MapCutter, give_maps, take_maps_away};
use crate::store::{Documents, ListUpdate, NewBase};
use std::collections::BTreeSet;
use std::io::Cursor;
use walkbook_ledger::Subject;
use walkbook_model::{ContentHash, Position, WalkListId};
use walkbook_sync::{Frame, FrameReader, Request};

/// Where the door of this number lies: those of the river and of the hill are neighbours.
fn place(number: u16) -> Position {
    Position::from_degrees(60.17 + f64::from(number) * 0.002, 24.94).unwrap()
}

/// A server whose lists lie somewhere.
fn world() -> World {
    let world = World::with_lists();
    for number in 1..=8 {
        let mut base = door_base(number);
        base.record.position = Some(place(number));
        world
            .store
            .put_bases(NORTH, &[NewBase { subject: Subject::Door(door(number)), bytes: base.to_bytes() }])
            .unwrap();
    }
    world
}

/// Cuts the maps of these lists out of a file whose tiles are of so many bytes.
fn import(world: &World, lists: &[WalkListId], bytes: usize) -> GivenMaps {
    let places: Vec<Position> = (1..=8).map(place).collect();
    let file = made_up_map(&places, 12..=15, 2_000.0, |_| bytes).unwrap();
    let mut cutter = MapCutter::new(MapFile::open(Cursor::new(file)).unwrap(), "© Nobody".into());
    give_maps(&*world.store, NORTH, lists.iter().copied(), &mut cutter).unwrap()
}

fn hashes(tiles: &[Vec<u8>]) -> BTreeSet<ContentHash> {
    tiles.iter().map(|tile| ContentHash::of(tile)).collect()
}

fn named(phone: &Phone, list: WalkListId) -> BTreeSet<ContentHash> {
    phone.book.maps[&list].tiles.iter().map(|(_, hash)| *hash).collect()
}

#[test]
fn a_list_comes_with_its_map_and_the_tiles_when_they_are_asked_for() {
    let world = world();
    assert_eq!(import(&world, &[RIVER, HILL], 3_000).lists, 2);
    let mut aino = world.phone(NORTH, AINO);
    aino.sync(&world, at(1)).unwrap();
    assert!(!aino.book.lists.is_empty() && aino.book.doors.len() == 4);
    assert_eq!((aino.book.maps[&RIVER].attribution.as_str(), aino.book.tiles.len()), ("© Nobody", 0));
    assert!(!aino.book.maps.contains_key(&HILL), "another's list");
    aino.sync(&world, at(2)).unwrap();
    assert_eq!((hashes(&aino.book.tiles), aino.book.lacks()), (named(&aino, RIVER), Vec::new()));
    // And never again.
    let before = aino.book.tiles.len();
    let answer = aino.send(&world, &aino.request(at(3)), at(3)).unwrap();
    aino.take(&answer, at(3)).unwrap();
    assert_eq!((aino.book.tiles.len(), aino.book.maps_came), (before, 1));
    import(&world, &[RIVER], 3_000);
    aino.sync(&world, at(4)).unwrap();
    assert_eq!(aino.book.maps_came, 1, "the same file changes nothing");
}

#[test]
fn a_tile_of_two_lists_travels_once() {
    let world = world();
    world.update(&[ListUpdate::Assign(HILL, AINO)], at(0));
    import(&world, &[RIVER, HILL], 3_000);
    let mut aino = world.phone(NORTH, AINO);
    for second in 1..=2 {
        aino.sync(&world, at(second)).unwrap();
    }
    let (river, hill) = (named(&aino, RIVER), named(&aino, HILL));
    assert!(river.intersection(&hill).count() > 0 && river != hill);
    assert_eq!(aino.book.tiles.len(), river.union(&hill).count());
}

#[test]
fn another_file_brings_what_has_changed_and_nothing_else() {
    let world = world();
    import(&world, &[RIVER], 3_000);
    let mut aino = world.phone(NORTH, AINO);
    for second in 1..=2 {
        aino.sync(&world, at(second)).unwrap();
    }
    let (before, doors) = (named(&aino, RIVER), aino.book.doors_came.len());
    // One zoom is another one.
    let places: Vec<Position> = (1..=8).map(place).collect();
    let file = made_up_map(&places, 12..=15, 2_000.0, |at| if at.zoom == 13 { 3_500 } else { 3_000 }).unwrap();
    let mut cutter = MapCutter::new(MapFile::open(Cursor::new(file)).unwrap(), "© Nobody".into());
    give_maps(&*world.store, NORTH, [RIVER], &mut cutter).unwrap();
    let came = aino.book.tiles.len();
    for second in 3..=4 {
        aino.sync(&world, at(second)).unwrap();
    }
    let changed: BTreeSet<ContentHash> = named(&aino, RIVER).difference(&before).copied().collect();
    assert!(!changed.is_empty() && hashes(&aino.book.tiles[came..]) == changed);
    assert_eq!(aino.book.tiles.len() - came, changed.len());
    assert_eq!(aino.book.doors_came.len(), doors, "neither doors nor the list come again");
    take_maps_away(&*world.store, NORTH, [RIVER, HILL]).unwrap();
    aino.sync(&world, at(5)).unwrap();
    assert!(aino.book.maps[&RIVER].tiles.is_empty() && !aino.book.maps.contains_key(&HILL));
}

#[test]
fn a_first_download_has_every_door_before_it_hears_of_a_map() {
    let world = world();
    import(&world, &[RIVER], 3_000);
    let mut aino = world.phone(NORTH, AINO);
    let answer = aino.send(&world, &aino.request(at(1)), at(1)).unwrap();
    let mut frames = FrameReader::new().push(&answer).unwrap().into_iter();
    assert!(frames.any(|frame| matches!(frame, Frame::Doors(_))));
    let behind: Vec<Frame> = frames.collect();
    assert!(behind.iter().any(|frame| matches!(frame, Frame::BaseMap(..))));
    assert!(!behind.iter().any(|frame| matches!(frame, Frame::Doors(_) | Frame::List(_) | Frame::Script(_))));
    // Tiles wait for whatever else there is.
    aino.take(&answer, at(1)).unwrap();
    world.update(&[ListUpdate::Assign(HILL, AINO)], at(1));
    let answer = aino.send(&world, &aino.request(at(2)), at(2)).unwrap();
    let frames = FrameReader::new().push(&answer).unwrap();
    let first_tile = frames.iter().position(|frame| matches!(frame, Frame::Tiles(_))).unwrap();
    let last_other = frames.iter().rposition(|frame| !matches!(frame, Frame::Tiles(_) | Frame::End(_))).unwrap();
    assert!(last_other < first_tile);
}

#[test]
fn tiles_that_came_before_an_answer_broke_off_do_not_come_again() {
    let world = world();
    import(&world, &[RIVER], 60_000);
    let mut aino = world.phone(NORTH, AINO);
    aino.sync(&world, at(1)).unwrap();
    let all = aino.book.lacks().len();
    let answer = aino.send(&world, &aino.request(at(2)), at(2)).unwrap();
    assert_eq!(aino.take(&answer[..answer.len() / 2], at(2)), None);
    let came = aino.book.tiles.len();
    assert!(came > 0 && came < all, "{came} of {all}");
    aino.sync(&world, at(3)).unwrap();
    assert_eq!((aino.book.tiles.len(), aino.book.lacks()), (all, Vec::new()));
}

#[test]
fn a_phone_that_knows_of_no_maps_is_told_of_none_until_its_app_is_a_later_one() {
    let world = world();
    import(&world, &[RIVER], 3_000);
    let mut aino = world.phone(NORTH, AINO);
    aino.knows = Some(Frame::ERASE);
    for second in 1..=2 {
        aino.sync(&world, at(second)).unwrap();
    }
    assert!(aino.book.maps.is_empty() && aino.book.doors.len() == 4);
    aino.knows = Some(Frame::LAST);
    aino.sync(&world, at(3)).unwrap();
    assert!(aino.book.maps.is_empty(), "what it has was told before");
    world.update(&[ListUpdate::Assign(HILL, AINO)], at(3));
    aino.sync(&world, at(3)).unwrap();
    aino.maps_of = Some(vec![RIVER, HILL, WalkListId::from_bytes([77; 16])]);
    aino.sync(&world, at(4)).unwrap();
    assert!(aino.book.maps[&HILL].tiles.is_empty(), "it is told that there is none");
    aino.maps_of = None;
    aino.sync(&world, at(5)).unwrap();
    assert_eq!(hashes(&aino.book.tiles), named(&aino, RIVER));
}

#[test]
fn a_phone_gets_no_tile_that_is_on_none_of_its_lists() {
    let world = world();
    import(&world, &[RIVER, HILL], 3_000);
    let mut berta = world.phone(NORTH, BERTA);
    berta.sync(&world, at(1)).unwrap();
    let only_on_the_hill: Vec<ContentHash> = {
        let mut aino = world.phone(NORTH, AINO);
        aino.sync(&world, at(1)).unwrap();
        let river = named(&aino, RIVER);
        named(&berta, HILL).into_iter().filter(|hash| !river.contains(hash)).collect()
    };
    assert!(!only_on_the_hill.is_empty());
    let mut aino = world.phone(NORTH, AINO);
    let mut hello = aino.hello(at(2));
    hello.tiles = Some([only_on_the_hill, vec![ContentHash::of(b"nothing"); 5_000]].concat());
    let body = Request { hello, runs: Vec::new() }.to_bytes();
    let answer = aino.send(&world, &aino.sign(body, at(2)), at(2)).unwrap();
    aino.take(&answer, at(2)).unwrap();
    assert!(aino.book.tiles.is_empty());
}
