//! What the tables did not take, and the operator who sees to it: the commands and the server, as processes.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail loudly")]

use rusqlite::Connection;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

const TOWN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/made-up-town.csv");

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_walkbook-server"));
    command.arg("--folder").arg(folder).args(arguments).stdin(Stdio::null());
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().unwrap()
}

fn lines(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let said = run(folder, arguments);
    assert!(said.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&said.stderr));
    String::from_utf8(said.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// A server that runs; killed when dropped.
struct Serving(Child);

impl Serving {
    fn start(folder: &Path) -> Self {
        let mut command = command(folder, &["serve", "--listen", "127.0.0.1:0"]);
        Self(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_dead_letter_is_shown_tried_again_by_the_server_or_dropped() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("server");
    lines(&folder, &["init", "--region", "eu-west-1"]);
    let tenant = lines(&folder, &["tenant", "add", "Made-up Movement"]).remove(0);
    let of = ["--tenant", tenant.as_str()];
    let with = |arguments: &[&str]| lines(&folder, &[arguments, &of].concat());
    with(&["import", TOWN]);
    let list = with(&["list", "cut", "--effort", "Trial"]).remove(0);
    for name in ["North", "South"] {
        with(&["list", "rename", &list, name]);
    }
    // The tables have refused both five times.
    let store = Connection::open(folder.join("store/walkbook.sqlite")).unwrap();
    store.execute("UPDATE outbox SET dead = 1, attempts = 5, reason = 'no such list'", []).unwrap();
    drop(store);
    let letters = with(&["backend", "letters"]);
    assert!(
        letters.len() == 2 && letters.iter().all(|line| line.contains(&list) && line.ends_with("\t5\tno such list"))
    );
    let status = lines(&folder, &["status"]);
    let column = |name: &str| status[0].split('\t').position(|column| column == name).unwrap();
    let counts: Vec<&str> = status[1].split('\t').collect();
    assert_eq!((counts[column("waiting")], counts[column("dead letters")]), ("0", "2"));

    let numbers: Vec<&str> = letters.iter().map(|line| line.split('\t').next().unwrap()).collect();
    with(&["backend", "drop", numbers[0]]);
    assert_eq!(with(&["backend", "letters", "--dropped"]).len(), 1);
    let none = run(&folder, &[&["backend", "retry", "999999"][..], &of].concat());
    assert!(!none.status.success() && String::from_utf8_lossy(&none.stderr).contains("there is no such letter"));
    with(&["backend", "retry", "--all"]);
    let server = Serving::start(&folder);
    let started = Instant::now();
    let query = format!("SELECT name FROM walk_list WHERE walk_list = '{list}'");
    let name = ["backend", "query", &query];
    while lines(&folder, &name) != ["South"] && started.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(lines(&folder, &name), ["South"]);
    drop(server);
    // What was dropped was about the same list, and came with it.
    assert!(with(&["backend", "letters"]).is_empty());

    // Tables that are lost are had again.
    for ending in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(folder.join(format!("backend.sqlite{ending}")));
    }
    with(&["backend", "bring"]);
    assert_eq!(lines(&folder, &name), ["South"]);
}

#[test]
fn a_change_in_the_tables_that_is_none_is_shown_and_whoever_drops_it_stands_in_the_audit_log() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("server");
    lines(&folder, &["init", "--region", "eu-west-1"]);
    let tenant = lines(&folder, &["tenant", "add", "Made-up Movement"]).remove(0);
    let of = ["--tenant", tenant.as_str()];
    let with = |arguments: &[&str]| lines(&folder, &[arguments, &of].concat());
    with(&["import", TOWN, "--made-up-contacts", "1"]);
    let tables = Connection::open(folder.join("backend.sqlite")).unwrap();
    let two = "UPDATE contact SET birth_year = 'long ago' WHERE contact IN (SELECT contact FROM contact LIMIT 2)";
    assert_eq!(tables.execute(two, []).unwrap(), 2);
    drop(tables);
    let server = Serving::start(&folder);
    let started = Instant::now();
    while with(&["backend", "changes"]).len() < 2 && started.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(50));
    }
    drop(server);
    let given_up = with(&["backend", "changes"]);
    assert!(given_up.len() == 2 && given_up.iter().all(|line| line.contains("\tbirth_year\t")), "{given_up:?}");
    assert!(!given_up.concat().contains("long ago"));

    let [dropped, retried] = [0, 1].map(|row: usize| given_up[row].split('\t').next().unwrap());
    with(&["backend", "changes", "--drop", dropped]);
    with(&["backend", "changes", "--retry", retried]);
    assert!(with(&["backend", "changes"]).is_empty());
    let again = run(&folder, &[&["backend", "changes", "--drop", dropped][..], &of].concat());
    assert!(!again.status.success() && String::from_utf8_lossy(&again.stderr).contains("there is no such change"));
    let log = with(&["audit", "list"]).join("\n");
    assert_eq!((log.matches("change_dropped").count(), log.matches("change_retried").count()), (1, 1), "{log}");
}

#[test]
fn who_has_the_last_word_on_a_field_is_said_and_written_down() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("server");
    lines(&folder, &["init", "--region", "eu-west-1"]);
    let tenant = lines(&folder, &["tenant", "add", "Made-up Movement"]).remove(0);
    let of = ["--tenant", tenant.as_str()];
    let authority = |arguments: &[&str]| lines(&folder, &[&["backend", "authority"], arguments, &of].concat());
    // The tables have nothing of the tenant yet.
    assert!(authority(&[]).is_empty());
    for _ in 0..2 {
        assert_eq!(authority(&["email", "theirs"]), ["email\ttheirs"]);
    }
    authority(&["support", "ours"]);
    authority(&["dog", "theirs", "--own"]);
    authority(&["support", "ask"]);
    assert_eq!(authority(&[]), ["dog\ttheirs", "email\ttheirs"]);
    assert_eq!([authority(&["access_notes"]), authority(&["email"])], [["access_notes\task"], ["email\ttheirs"]]);
    for slip in [&["emial", "theirs"][..], &["email", "theirs", "--own"], &["email", "mine"], &["", "ours", "--own"]] {
        let said = run(&folder, &[&["backend", "authority"], slip, &of].concat());
        assert!(!said.status.success() && said.stdout.is_empty(), "{slip:?}");
    }
    assert_eq!(authority(&[]).len(), 2);
    let audit = lines(&folder, &[&["audit", "list"], &of[..]].concat());
    let given: Vec<&str> =
        audit.iter().filter_map(|line| line.split_once("last_word_given").map(|(_, rest)| rest.trim())).collect();
    assert_eq!(given, ["field=email wins=theirs", "field=support wins=ours", "field=dog wins=theirs", "field=support"]);
}
