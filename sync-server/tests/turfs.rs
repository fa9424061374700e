//! Boundaries that are bad, lists that are another team's, pictures without anybody: the commands, as processes.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail loudly")]

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

const TOWN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/made-up-town.csv");
/// Around all of the town, and around the other side of the earth.
const WARDS: &str = r#"{"type":"FeatureCollection","features":[
    {"type":"Feature","properties":{"name":"Harbour"},"geometry":{"type":"Polygon","coordinates":[[[-179,-89],[179,-89],[179,89],[-179,89]]]}},
    {"type":"Feature","properties":{"name":"Harbour, again"},"geometry":{"type":"Polygon","coordinates":[[[-179,-89],[179,-89],[179,89],[-179,89]]]}}]}"#;

struct Office {
    home: TempDir,
    tenant: String,
}

impl Office {
    fn new() -> Self {
        let mut office = Self { home: tempfile::tempdir().unwrap(), tenant: String::new() };
        office.lines(&["init", "--region", "eu-west-1"]);
        office.tenant = office.lines(&["tenant", "add", "Made-up Movement"]).remove(0);
        office.with(&["import", TOWN]);
        office
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_walkbook-server"));
        command.arg("--folder").arg(self.home.path().join("server")).args(arguments).stdin(Stdio::null());
        command.output().unwrap()
    }

    fn lines(&self, arguments: &[&str]) -> Vec<String> {
        let said = self.run(arguments);
        assert!(said.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&said.stderr));
        String::from_utf8(said.stdout).unwrap().lines().map(str::to_owned).collect()
    }

    fn with(&self, arguments: &[&str]) -> Vec<String> {
        self.lines(&[arguments, &["--tenant", &self.tenant]].concat())
    }

    /// What a command says that does not do it.
    fn refused(&self, arguments: &[&str]) -> String {
        let said = self.run(&[arguments, &["--tenant", &self.tenant]].concat());
        assert!(!said.status.success(), "{arguments:?}");
        String::from_utf8(said.stderr).unwrap()
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let file = self.home.path().join(name);
        std::fs::write(&file, text).unwrap();
        file
    }
}

#[test]
fn a_file_of_boundaries_is_taken_as_it_was_drawn_or_refused_with_what_is_wrong_where() {
    let office = Office::new();
    let cut = |file: &PathBuf, more: &[&str]| {
        let file = file.to_str().unwrap().to_owned();
        let mut arguments: Vec<String> = ["list", "cut", "--effort", "Trial", "--boundaries"].map(str::to_owned).into();
        arguments.push(file);
        arguments.extend(more.iter().map(|more| (*more).to_owned()));
        arguments
    };
    fn words(arguments: &[String]) -> Vec<&str> {
        arguments.iter().map(String::as_str).collect()
    }
    let metres = office.file("metres.geojson", &WARDS.replace("-179,-89", "385000,6672000"));
    let said = office.refused(&words(&cut(&metres, &[])));
    assert!(said.contains("metres.geojson: shape 1: a corner is not in degrees"), "{said}");
    let said = office.refused(&words(&cut(&office.file("a.kmz", "PK\x03\x04"), &[])));
    assert!(said.contains("unpack the .kml"), "{said}");
    let wards = office.file("wards.geojson", WARDS);
    let arguments = cut(&wards, &["--as-drawn", "--dry-run"]);
    let planned = office.with(&words(&arguments));
    assert_eq!(planned.len(), 1);
    assert_eq!(office.with(&["list", "board"]).len(), 1, "nothing was made");
    let said = office.run(&[&words(&arguments)[..], &["--tenant", &office.tenant]].concat());
    let said = String::from_utf8(said.stderr).unwrap();
    assert!(said.contains("Harbour and Harbour, again overlap"), "{said}");
    assert_eq!(office.with(&words(&cut(&wards, &["--as-drawn"]))).len(), 1);
    assert!(office.with(&["list", "board"])[1].contains("\tHarbour\t"));
    assert!(office.refused(&["list", "cut", "--effort", "Trial", "--as-drawn"]).contains("--boundaries"));
}

#[test]
fn a_lead_changes_the_lists_of_the_own_team_and_no_others() {
    let office = Office::new();
    let lists = office.with(&["list", "cut", "--effort", "Trial", "--doors", "8"]);
    assert!(lists.len() >= 3);
    let teams = ["East", "West"].map(|team| office.with(&["team", "add", team]).remove(0));
    let lead = office.with(&["user", "add", "Lea", "--role", "team_lead"]).remove(0);
    office.with(&["team", "join", &teams[0], &lead]);
    office.with(&["list", "give", &lists[0], &lists[1], "--team", &teams[0]]);
    office.with(&["list", "give", &lists[2], "--team", &teams[1]]);
    let by = ["--by", lead.as_str()];
    for arguments in [
        &["list", "merge", &lists[0], &lists[2]][..],
        &["list", "split", &lists[2], "--doors", "4"],
        &["list", "recut", &lists[0], &lists[2], "--doors", "4"],
        &["list", "recut", &lists[0], &lists[1], "--doors", "4", "--with-new"],
    ] {
        let said = office.refused(&[arguments, &by].concat());
        assert!(said.contains("this is not for the role team_lead"), "{said}");
    }
    let merged = office.with(&[&["list", "merge", &lists[0], &lists[1]][..], &by].concat()).remove(0);
    assert!(merged.starts_with(&lists[0]));
    let made = office.with(&[&["list", "split", &lists[0], "--doors", "5"][..], &by].concat());
    assert!(!made.is_empty());
    // What was made is her team's, and she goes on with it.
    office.with(&[&["list", "recut", &lists[0], &made[0], "--doors", "4"][..], &by].concat());
    let log = office.with(&["audit", "list"]).join("\n");
    for deed in ["lists_merged", "list_split", "lists_recut"] {
        assert!(log.lines().any(|line| line.contains(deed) && line.contains(&lead)), "{deed}: {log}");
    }
}

#[test]
fn a_picture_shows_turfs_and_nobody() {
    let office = Office::new();
    office.with(&["list", "cut", "--effort", "Trial", "--name", "A <turf> & more", "--doors", "12"]);
    let file = office.home.path().join("turfs.svg");
    office.with(&["list", "picture", file.to_str().unwrap()]);
    let svg = std::fs::read_to_string(&file).unwrap();
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    assert!(svg.contains("A &lt;turf&gt; &amp; more 1") && !svg.contains("<turf>"));
    let town = std::fs::read_to_string(TOWN).unwrap();
    let words = town.lines().skip(1).flat_map(|line| line.split(','));
    // Names and streets; numbers and short words may be anything.
    let told = words.filter(|word| word.len() > 5 && word.chars().all(|c| c.is_alphabetic() || c == ' '));
    for word in told {
        assert!(!svg.contains(word), "{word}");
    }
}
