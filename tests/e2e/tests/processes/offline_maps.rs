//! The map under the doors: out of the operator's file, onto phones, and there without a network.

use crate::world::{Draw, Phone, TOWN, World};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;
use walkbook_cluster::Cluster;
use walkbook_e2e::protocol::{MapSeen, Order, Report};
use walkbook_model::{MapTile, Position, TenantId};
use walkbook_server::import::{MapFile, Options, made_up_map, open};

/// One list for all doors of the town.
const ALL: usize = 500;

fn town() -> Vec<Position> {
    let rows = open(Path::new(TOWN), Options::new(TenantId::from_bytes([1; 16]))).unwrap();
    rows.filter_map(Result::ok).filter_map(|row| row.door.position).collect()
}

/// A file with a map of the town, each tile of so many bytes.
fn map_file(world: &World, name: &str, bytes: usize) -> PathBuf {
    let path = world.folder().join(name);
    std::fs::write(&path, made_up_map(&town(), 10..=16, 2_000.0, |_| bytes).unwrap()).unwrap();
    path
}

fn import(world: &World, file: &Path) -> Vec<u64> {
    let told = world.office.run_for_one(&["base-map", "import", file.to_str().unwrap()]);
    told.split('\t').map(|number| number.parse().unwrap()).collect()
}

/// The tile of a place, by the usual formula of slippy maps.
fn under(at: Position, zoom: u8) -> MapTile {
    let side = f64::from(1_u32 << zoom);
    let south = 0.5 - at.lat().to_radians().tan().asinh() / std::f64::consts::TAU;
    let [column, row] = [at.lon() / 360.0 + 0.5, south].map(|share| (share * side) as u32);
    MapTile { zoom, column, row }
}

/// The tiles on which doors lie, at the zooms that phones have, as the file has them.
fn under_doors(file: &Path) -> BTreeMap<MapTile, Vec<u8>> {
    let mut map = MapFile::open(File::open(file).unwrap()).unwrap();
    let places: BTreeSet<MapTile> =
        (12..=15).flat_map(|zoom| town().into_iter().map(move |at| under(at, zoom))).collect();
    places.into_iter().map(|at| (at, map.tile(at).unwrap().unwrap())).collect()
}

fn seen(phone: &mut Phone) -> Option<MapSeen> {
    match phone.tell(&Order::Map) {
        Some(Report::Map(seen)) => seen,
        other => panic!("the map: {other:?}"),
    }
}

fn tile(phone: &mut Phone, at: MapTile) -> Option<Vec<u8>> {
    match phone.tell(&Order::Tile { zoom: at.zoom, column: at.column, row: at.row }) {
        Some(Report::Tile { bytes }) => bytes,
        other => panic!("a tile: {other:?}"),
    }
}

/// All of the map is there, and under the doors it is the file's to the byte.
fn hold(phone: &mut Phone, file: &Path) {
    let seen = seen(phone).expect("there is a map");
    assert_eq!((seen.zooms, seen.attribution.as_str()), ([12, 15], "© Nobody"));
    assert_eq!(seen.tiles_here, seen.tiles);
    let wanted = under_doors(file);
    assert!(wanted.len() >= 4 && seen.tiles >= wanted.len() as u64);
    for (at, bytes) in wanted {
        assert!(tile(phone, at) == Some(bytes), "{at:?} is another tile");
    }
}

fn phone_with_the_list(world: &World) -> Phone {
    let user = world.add_canvasser("Aino");
    world.assign(std::slice::from_ref(&user));
    world.ready_phone("aino", &user)
}

#[test]
fn a_phone_has_the_map_of_its_turf_without_a_network_and_until_the_list_is_taken_away() {
    let mut world = World::start(ALL);
    let file = map_file(&world, "map.pmtiles", 2_000);
    let [lists, without, reduced, bytes] = import(&world, &file)[..] else { panic!("other columns") };
    assert_eq!((lists, without, reduced), (1, 0, 0));
    assert!(bytes > 10_000);
    let mut phone = phone_with_the_list(&world);
    assert!(world.stop_server().success());
    std::fs::remove_file(world.office.folder().join("base-map.pmtiles")).unwrap();
    hold(&mut phone, &file);
    phone.close();
    phone.start_again();
    hold(&mut phone, &file);
    assert_eq!(tile(&mut phone, MapTile { zoom: 11, column: 0, row: 0 }), None);
    world.serve();
    world.assign(&[]);
    phone.sync().unwrap();
    assert_eq!(seen(&mut phone), None);
    assert!(under_doors(&file).keys().all(|at| tile(&mut phone, *at).is_none()));
}

#[test]
fn another_file_comes_to_phones_and_none_takes_the_map_away() {
    let world = World::start(ALL);
    let first = map_file(&world, "first.pmtiles", 2_000);
    import(&world, &first);
    let mut phone = phone_with_the_list(&world);
    hold(&mut phone, &first);
    let second = map_file(&world, "second.pmtiles", 2_500);
    import(&world, &second);
    phone.sync().unwrap();
    hold(&mut phone, &second);
    // What is no map takes no map's place.
    let broken = world.folder().join("broken.pmtiles");
    std::fs::write(&broken, &std::fs::read(&second).unwrap()[..10_000]).unwrap();
    let broken = broken.to_str().unwrap();
    let whys =
        [(broken, "its metadata does not lie within the file"), (TOWN, "is no PMTiles"), ("/nowhere", "No such file")];
    for (file, why) in whys {
        let said = world.office.attempt(&["base-map", "import", file]);
        assert_eq!(said.code, Some(1));
        assert!(said.to_people.contains(why) && said.to_people.contains(file), "{}", said.to_people);
    }
    phone.sync().unwrap();
    hold(&mut phone, &second);
    world.office.run(&["base-map", "remove"]);
    phone.sync().unwrap();
    assert_eq!(seen(&mut phone), None);
}

#[test]
fn a_map_that_breaks_off_goes_on_whoever_is_killed() {
    let mut draw = Draw::from_seed("a map in pieces");
    let mut world = World::start(ALL);
    let file = map_file(&world, "map.pmtiles", 100_000);
    import(&world, &file);
    let user = world.add_canvasser("Aino");
    world.assign(std::slice::from_ref(&user));
    let mut phone = Phone::start(&world.phone_folder("aino"));
    phone.enrol(&world.invite(&user));
    let mut before = 0;
    for kill in 0..6 {
        phone.begin(&Order::Sync);
        thread::sleep(draw.within(Duration::from_millis(120)));
        if kill % 2 == 0 {
            phone.kill();
            phone.start_again();
        } else {
            world.kill_server();
            // It failed, or was done by then.
            assert!(matches!(phone.hear(), Some(Report::Synced { .. } | Report::Failed { .. })));
            world.serve();
        }
        let came = seen(&mut phone).map_or(0, |map| map.tiles_here);
        assert!(came >= before, "what had come is gone");
        before = came;
    }
    phone.sync().unwrap();
    hold(&mut phone, &file);
}

#[test]
fn servers_of_one_database_have_one_map_whichever_took_the_file() {
    let mut world = World::start_in(&Cluster::shared().database(), ALL);
    let other = world.second_server();
    let file = map_file(&world, "map.pmtiles", 2_000);
    import(&world, &file);
    let user = world.add_canvasser("Aino");
    world.assign(std::slice::from_ref(&user));
    world.lead_to(&other);
    world.kill_server();
    let mut phone = world.ready_phone("aino", &user);
    hold(&mut phone, &file);
}

#[test]
fn a_list_that_is_made_later_has_its_map_out_of_the_same_file() {
    let world = World::start(ALL);
    let file = map_file(&world, "map.pmtiles", 2_000);
    import(&world, &file);
    // The operator's own is not asked for again.
    std::fs::remove_file(&file).unwrap();
    let made = world.office.run(&["list", "split", &world.list, "--tenant", &world.tenant, "--doors", "60"]);
    assert!(made.len() > 1);
    let user = world.add_canvasser("Aino");
    world.office.run(&["list", "assign", &made[0], &user, "--tenant", &world.tenant]);
    let mut phone = world.ready_phone("aino", &user);
    // The town is so small that all of it is around each door.
    hold(&mut phone, &world.office.folder().join("base-map.pmtiles"));
}
