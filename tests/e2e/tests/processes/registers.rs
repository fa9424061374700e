//! Registers that come again: what is new is told first, and what is the same is not written.

use crate::world::{Office, dump, office_at};
use std::path::{Path, PathBuf};

const HEADER: &str = "id,number,street,city,lon,lat,last_name\n";

/// Doors of a street, at this longitude, with somebody of this name at each.
fn street(numbers: std::ops::Range<u32>, lon: f64, name: &str) -> String {
    numbers.map(|number| format!("{number},{number},Main St,Town,{lon},60.{number:04},{name}\n")).collect()
}

struct Desk {
    office: Office,
    tenant: String,
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (office, tenant) = office_at(folder.path().join("server"));
        Self { office, tenant, folder }
    }

    fn file(&self, name: &str, rows: &str) -> PathBuf {
        let file = self.folder.path().join(name);
        std::fs::write(&file, format!("{HEADER}{rows}")).unwrap();
        file
    }

    fn import(&self, file: &Path, more: &[&str]) -> Vec<String> {
        self.office.run(&[&["import", file.to_str().unwrap(), "--tenant", &self.tenant][..], more].concat())
    }

    /// What is in the tables' file, byte for byte.
    fn tables(&self) -> Vec<u8> {
        std::fs::read(self.office.folder().join("backend.sqlite")).unwrap()
    }
}

#[test]
fn what_an_import_would_change_is_told_first_and_a_second_one_writes_nothing() {
    let desk = Desk::new();
    let first = desk.file("first.csv", &street(1..1201, 24.9, "Good"));
    let empty = desk.tables();
    assert_eq!(desk.import(&first, &["--dry-run"]), ["1200\t0\t0"]);
    assert!(desk.tables() == empty, "a look has written into the tables");
    assert_eq!(desk.import(&first, &[]), ["1200\t0\t0"]);
    let (before, tables) = (dump(&desk.office, &desk.tenant), desk.tables());
    assert_eq!(desk.import(&first, &[]), ["0\t0\t1200"]);
    assert!(desk.tables() == tables, "the same file has written into the tables");
    assert!(dump(&desk.office, &desk.tenant) == before);
    let audit = desk.office.run(&["audit", "list", "--tenant", &desk.tenant]);
    assert_eq!(audit.iter().filter(|line| line.contains("register")).count(), 1, "{audit:?}");

    // Two doors lie elsewhere, at one of them lives somebody new, and one is new.
    let moved = format!("{}{}", street(7..8, 24.9001, "Good"), street(8..9, 24.9001, "New"));
    let changed =
        desk.file("changed.csv", &format!("{}{moved}{}", street(1..7, 24.9, "Good"), street(1201..1202, 24.9, "Good")));
    let told = desk.import(&changed, &["--dry-run"]);
    let mut parts: Vec<&str> =
        told.iter().filter_map(|line| line.strip_prefix("changed\tdoor_")?.split('\t').nth(1)).collect();
    parts.sort_unstable();
    assert_eq!((parts, told.last().unwrap().as_str()), (vec!["position", "position, people"], "1\t2\t6"));
    assert!(desk.tables() == tables && dump(&desk.office, &desk.tenant) == before, "a look has changed something");
    assert_eq!(desk.import(&changed, &[]), ["1\t2\t6"]);
    let doors = desk.office.run(&["backend", "query", "SELECT count(*), count(DISTINCT door) FROM door"]);
    assert_eq!(doors, ["1201\t1201"]);
}

#[test]
fn the_rows_that_were_not_taken_are_written_down_with_line_column_and_reason() {
    let desk = Desk::new();
    let rows = format!(
        "1,1,Main St,Town,24.90,60.1,Good\n\
         1,1,Main St,Town,24.90,60.1,Good\n\
         2,2,Main St,Town,,,Bad\n\
         3,3,Main St,Town,24.92,95,Bad\n\
         4,{},Main St,Town,24.93,60.1,Bad\n\
         {}\n\
         1,5,Main St,Town,24.94,60.1,Bad\n\
         6,6,Main St,Town,24.95,60.1,Good\n",
        "9".repeat(10_000_000),
        vec!["x"; 200].join(",")
    );
    let file = desk.file("mixed.csv", &rows);
    let bad = desk.folder.path().join("bad.tsv");
    for more in [&["--dry-run"][..], &[]] {
        assert_eq!(desk.import(&file, &[&["--bad-rows", bad.to_str().unwrap()], more].concat()), ["2\t0\t0"]);
        let told = std::fs::read_to_string(&bad).unwrap();
        let lines: Vec<&str> = told.lines().collect();
        let expected = [
            "line\tcolumn\treason",
            "3\t\tthe same as line 2",
            "4\t\tno coordinates",
            "5\tlat\tlatitude is not a number from -90 to 90",
            "6\t\tlonger than 65536 bytes",
            "7\t\t200 fields where the header has 7",
            "8\t\tthe id of line 2, at another address",
        ];
        assert_eq!(lines, expected);
    }
    let before = dump(&desk.office, &desk.tenant);
    let nowhere = desk.folder.path().join("no such folder").join("bad.tsv");
    let said = desk.office.attempt(&[
        "import",
        file.to_str().unwrap(),
        "--tenant",
        &desk.tenant,
        "--bad-rows",
        nowhere.to_str().unwrap(),
    ]);
    assert_eq!(said.code, Some(1));
    assert!(said.to_people.contains("no such folder"), "{}", said.to_people);
    assert!(dump(&desk.office, &desk.tenant) == before);
}
