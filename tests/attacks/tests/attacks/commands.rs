//! Commands that are given for a user who may not give them (`--by`), or of whom there is none; and files that a command is
//! to take in.

use crate::device::{Device, knock, now, public_key, random};
use crate::world::{Said, TOWN, World};
use walkbook_server::store::audit::Deed;
use walkbook_sync::{Rescue, Run};
use walkbook_vault::{Nonce, RescueCode, SoftwareSigner, sign_tip};

/// Refused in words, with the exit code 1, without a result.
#[track_caller]
fn refused(said: &Said, why: &str) {
    assert_eq!((said.code, said.results.as_str()), (Some(1), ""), "{}", said.to_people);
    assert!(said.to_people.contains(why), "`{why}`: {}", said.to_people);
}

/// Each of these commands, given for this user, is refused with these words, and changes nothing.
#[track_caller]
fn none_is_done(world: &World, name: &str, why: &str, commands: &[Vec<&str>]) {
    let before = world.stand();
    for command in commands {
        let said = world.home.attempt_by(world.user(name), world.names.north, command);
        assert!(said.to_people.contains(why), "{name}, {command:?}: `{why}`: {}", said.to_people);
        refused(&said, why);
    }
    before.is_still(&world.stand());
}

/// What a tenant's office can be told, with everything that it names being there.
fn every_command(world: &World) -> Vec<Vec<String>> {
    let names = &world.names;
    let (river, hill, script) = (names.river.to_string(), names.hill.to_string(), names.script.to_string());
    let (aino, mallory, team) = (world.user("aino"), world.user("mallory").to_string(), names.hill_team.to_string());
    let aino = aino.to_string();
    let settings = world.folder().join("settings.json");
    std::fs::write(&settings, "{}").unwrap();
    let script_file = world.folder().join("script.json");
    std::fs::write(&script_file, r#"{"title":"T","questions":[]}"#).unwrap();
    let script_file = script_file.to_str().unwrap();
    let commands: [&[&str]; 21] = [
        &["import", TOWN],
        &["list", "cut", "--effort", "Mine"],
        &["list", "assign", &hill, &mallory],
        &["list", "assign", &river, &mallory],
        &["list", "give", &hill, "--team", &team],
        &["list", "script", &river, &script],
        &["list", "rename", &river, "Mine"],
        &["list", "show", &hill],
        &["user", "add", "Friend"],
        &["user", "add", "Friend", "--role", "owner"],
        &["user", "role", &mallory, "owner"],
        &["user", "invite", &aino],
        &["user", "shut-out", &aino],
        &["user", "password", &aino],
        &["user", "sign-in-link", &aino],
        &["user", "forget-password", &aino],
        &["team", "add", "Mine"],
        &["team", "join", &team, &mallory],
        &["team", "leave", &team, &aino],
        &["script", "publish", script_file],
        &["script", "draft", script_file],
    ];
    commands.iter().map(|command| command.iter().map(|&word| word.to_owned()).collect()).collect()
}

fn borrowed(commands: &[Vec<String>]) -> Vec<Vec<&str>> {
    commands.iter().map(|command| command.iter().map(String::as_str).collect()).collect()
}

#[test]
fn who_walks_gives_no_commands() {
    let world = World::at_rest();
    none_is_done(&world, "mallory", "this is not for", &borrowed(&every_command(&world)));
}

#[test]
fn an_analyst_and_the_operators_staff_give_none_either() {
    let world = World::at_rest();
    none_is_done(&world, "anna", "this is not for", &borrowed(&every_command(&world)));
    none_is_done(&world, "sam", "this is not for", &borrowed(&every_command(&world)));
}

#[test]
fn a_lead_commands_the_own_team_and_no_other() {
    let world = World::at_rest();
    let names = &world.names;
    let (river, hill, spare) = (names.river.to_string(), names.hill.to_string(), names.spare.to_string());
    let (own, other) = (names.river_team.to_string(), names.hill_team.to_string());
    let [aino, lea, berta, leo] = ["aino", "lea", "berta", "leo"].map(|name| world.user(name).to_string());
    let commands: [&[&str]; 14] = [
        &["user", "password", &aino],
        &["user", "forget-password", &aino],
        &["list", "assign", &hill, &lea],
        &["list", "assign", &spare, &lea],
        &["list", "assign", &river, &berta],
        &["list", "rename", &hill, "Mine"],
        &["list", "show", &hill],
        &["list", "give", &river, "--team", &other],
        &["user", "add", "Friend", "--team", &other],
        &["user", "add", "Friend", "--role", "team_lead", "--team", &own],
        &["user", "invite", &berta],
        &["user", "shut-out", &leo],
        &["team", "join", &own, &berta],
        &["import", TOWN],
    ];
    let commands: Vec<Vec<&str>> = commands.iter().map(|command| command.to_vec()).collect();
    none_is_done(&world, "lea", "this is not for", &commands);
}

#[test]
fn nobody_gets_hold_of_who_is_above_by_inviting_a_phone_for_them() {
    let world = World::at_rest();
    let [olga, mika, leo] = ["olga", "mika", "leo"].map(|name| world.user(name).to_string());
    let invite = |user| vec!["user", "invite", user];
    none_is_done(&world, "lea", "this is not for", &[invite(&olga), invite(&mika), invite(&leo)]);
    none_is_done(&world, "mika", "this is not for", &[invite(&olga)]);
}

#[test]
fn nobody_makes_owners_but_owners_and_nobody_makes_the_operators_staff() {
    let world = World::at_rest();
    let [olga, mika] = ["olga", "mika"].map(|name| world.user(name).to_string());
    let by_manager = [
        vec!["user", "add", "Friend", "--role", "owner"],
        vec!["user", "role", &mika, "owner"],
        vec!["user", "role", &olga, "canvasser"],
        vec!["user", "shut-out", &olga],
    ];
    none_is_done(&world, "mika", "this is not for", &by_manager);
    let support = [vec!["user", "add", "Friend", "--role", "support"], vec!["user", "role", &mika, "support"]];
    none_is_done(&world, "olga", "this is not for", &support);
    none_is_done(&world, "olga", "last owner", &[vec!["user", "role", &olga, "manager"]]);
}

#[test]
fn a_user_of_another_tenant_is_nobody_here() {
    let world = World::at_rest();
    let before = world.stand();
    for command in borrowed(&every_command(&world)) {
        let said = world.home.attempt_by(world.user("sofia"), world.names.north, &command);
        refused(&said, "no such user");
    }
    before.is_still(&world.stand());
}

#[test]
fn what_another_tenant_has_is_not_there_even_for_an_owner() {
    let world = World::at_rest();
    let names = &world.names;
    let (theirs, script) = (names.theirs.to_string(), names.their_script.to_string());
    let (river, sanna, olga) =
        (names.river.to_string(), world.user("sanna").to_string(), world.user("olga").to_string());
    let commands = [
        vec!["list", "show", &theirs],
        vec!["list", "assign", &theirs, &olga],
        vec!["list", "rename", &theirs, "Mine"],
        vec!["list", "assign", &river, &sanna],
        vec!["list", "script", &river, &script],
        vec!["script", "show", &script],
        vec!["user", "invite", &sanna],
        vec!["user", "shut-out", &sanna],
        vec!["user", "role", &sanna, "owner"],
    ];
    none_is_done(&world, "olga", "", &commands);
}

#[test]
fn what_is_the_operators_is_nobody_elses() {
    let world = World::at_rest();
    let (olga, tenant) = (world.user("olga").to_string(), world.names.north.to_string());
    let to = world.folder().join("backup");
    std::fs::create_dir(&to).unwrap();
    let map = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/made-up-map.pmtiles");
    let commands: [&[&str]; 11] = [
        &["tenant", "list"],
        &["tenant", "add", "Mine"],
        &["region", "list"],
        &["region", "add", "moon", "https://moon.example"],
        &["base-map", "import", map],
        &["base-map", "remove"],
        &["backend", "query", "SELECT * FROM contact"],
        &["backend", "letters", "--tenant", &tenant],
        &["backup", "list", "--from", to.to_str().unwrap()],
        &["status"],
        &["serve", "--listen", "127.0.0.1:0"],
    ];
    let before = world.stand();
    for command in commands {
        let said = world.home.attempt(&[command, &["--by", &olga]].concat());
        assert_ne!(said.code, Some(0), "{command:?} was done");
        assert_eq!(said.results, "", "{command:?} shows something");
    }
    before.is_still(&world.stand());
}

#[test]
fn an_analyst_sees_the_board_and_no_person_and_no_door() {
    let world = World::at_rest();
    let exported = exports(&world, "anna");
    assert!(exported.iter().all(|file| !holds(file, "door_") && !holds(file, "Street")));
    for command in [&["user", "list"][..], &["quarantine", "list"]] {
        let said = world.home.attempt_by(world.user("anna"), world.names.north, command);
        assert_eq!(said.results, "", "{command:?}");
    }
    let said = world.home.attempt_by(world.user("anna"), world.names.north, &["audit", "list"]);
    refused(&said, "this is not for");
}

#[test]
fn tables_are_asked_and_not_changed() {
    let world = World::at_rest();
    let asked = |sql: &str| world.home.attempt(&["backend", "query", sql]);
    let doors = asked("SELECT count(*) FROM door").results;
    for sql in [
        "DELETE FROM door",
        "UPDATE door SET street = ''",
        "DROP TABLE door",
        "SELECT 1; DELETE FROM door",
        "ATTACH DATABASE '/tmp/other.sqlite' AS other",
        "PRAGMA writable_schema = 1",
        "WITH gone AS (SELECT 1) DELETE FROM door",
    ] {
        asked(sql);
        assert_eq!(asked("SELECT count(*) FROM door").results, doors, "{sql}");
    }
    assert!(!std::path::Path::new("/tmp/other.sqlite").exists());
}

#[test]
fn what_is_done_to_a_list_is_written_down_with_who_did_it() {
    let world = World::at_rest();
    let (north, river, lea) = (world.names.north, world.names.river, world.user("lea"));
    let (list, aino) = (river.to_string(), world.user("aino"));
    let hers = aino.to_string();
    let records = world.audit(north).len();
    let commands =
        [&["list", "assign", &list, &hers][..], &["list", "rename", &list, "Riverside"], &["list", "script", &list]];
    for command in commands {
        let said = world.home.attempt_by(lea, north, command);
        assert_eq!(said.code, Some(0), "{}", said.to_people);
    }
    let done = [
        Deed::ListHandedOut { list: river, users: vec![aino] },
        Deed::ListRenamed { list: river },
        Deed::ListScripted { list: river, version: None },
    ];
    assert_eq!(world.audited_since(north, records), done);
    let (tenant, by) = (north.to_string(), lea.to_string());
    let log = world.home.run(&["audit", "list", "--tenant", &tenant]);
    let by_lea = log.iter().filter(|line| line.contains(&by)).count();
    assert!(by_lea >= done.len(), "{log:?}");
}

#[test]
fn a_map_of_the_board_shows_whoever_asks_their_own_lists_and_nobody_elses() {
    let world = World::at_rest();
    let names = &world.names;
    for (who, own, other) in [("lea", names.river, names.hill), ("leo", names.hill, names.river)] {
        for file in exports(&world, who) {
            assert!(holds(&file, &own.to_string()), "{who} does not see the own list");
            assert!(!holds(&file, &other.to_string()), "{who} sees another team's list");
            assert!(!holds(&file, &names.theirs.to_string()), "{who} sees another tenant's list");
        }
    }
    let file = world.folder().join("theirs.pmtiles");
    let (tenant, sofia) = (names.north.to_string(), world.user("sofia").to_string());
    let see = ["list", "board", "--tiles", file.to_str().unwrap(), "--tenant", &tenant, "--by", &sofia];
    assert_ne!(world.home.attempt(&see).code, Some(0));
    assert!(!file.exists(), "somebody of another tenant has written a map");
}

/// The board as GeoJSON and as tiles, each as it can be read.
fn exports(world: &World, who: &str) -> [Vec<u8>; 2] {
    let [map, tiles] = ["geojson", "pmtiles"].map(|kind| world.folder().join(format!("{who}.{kind}")));
    let see = ["list", "board", "--geojson", map.to_str().unwrap(), "--tiles", tiles.to_str().unwrap()];
    let said = world.home.attempt_by(world.user(who), world.names.north, &see);
    assert_eq!(said.code, Some(0), "{}", said.to_people);
    [std::fs::read(map).unwrap(), unpacked(&std::fs::read(tiles).unwrap())]
}

/// What is packed in a file.
fn unpacked(archive: &[u8]) -> Vec<u8> {
    let begins = |window: &[u8]| window == [0x1f, 0x8b, 8];
    let members = archive.windows(3).enumerate().filter(|(_, window)| begins(window));
    let mut text = archive.to_vec();
    for (place, _) in members {
        // What only looks like one breaks off.
        let _ = std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&archive[place..]), &mut text);
    }
    text
}

fn holds(file: &[u8], word: &str) -> bool {
    file.windows(word.len()).any(|window| window == word.as_bytes())
}

/// What a phone's rescue file holds.
fn rescue(world: &World, device: &Device, key: &SoftwareSigner, runs: Vec<Run>) -> Rescue {
    Rescue {
        device: device.id,
        user: world.user("mallory"),
        tenant: world.names.north,
        public_key: public_key(key).into(),
        written_at: now(),
        runs,
        loose: Vec::new(),
    }
}

#[tokio::test]
async fn a_rescue_file_brings_nothing_in_anothers_name_nor_to_another_tenant() {
    let world = World::start();
    let [mut mallory, mut aino] = [Device::enrolled(&world, "mallory").await, Device::enrolled(&world, "aino").await];
    let door = world.doors(world.names.river)[0];
    mallory.write_at(door, &knock(world.names.river));
    aino.write_at(door, &knock(world.names.river));
    // As if hers, under the own key.
    let start = aino.tip_at(0).to_bytes();
    let signature = sign_tip(&*mallory.signer, aino.id, 1, aino.tip_at(1)).unwrap();
    let forged = Run::new(start, &aino.entries_after(0), *signature.as_bytes());
    let own = rescue(&world, &mallory, &mallory.signer, vec![mallory.run_after(0)]);
    let before = world.stand();
    for (file, why) in [
        (Rescue { tenant: world.names.south, ..own.clone() }, "another tenant"),
        (rescue(&world, &aino, &mallory.signer, vec![forged.clone()]), ""),
        (rescue(&world, &aino, &aino.signer, vec![forged]), "not what the device signed"),
    ] {
        refused(&taken(&world, &file), why);
    }
    before.is_still(&world.stand());
    assert_eq!(taken(&world, &own).results, "1\t0\t0\t0\n");
}

/// What comes of a rescue file.
fn taken(world: &World, rescue: &Rescue) -> Said {
    let code = RescueCode::from_bytes(random());
    let file = world.folder().join("rescue");
    std::fs::write(&file, rescue.seal(&code, Nonce::from_bytes(random())).unwrap()).unwrap();
    let tenant = world.names.north.to_string();
    let arguments = ["rescue", file.to_str().unwrap(), "--tenant", &tenant];
    world.home.attempt_with_code(&arguments, &code.text())
}
