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
