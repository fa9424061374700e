//! The two regions as every test finds them.

use super::{Names, Person, Region};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::LazyLock;
use tempfile::TempDir;
use walkbook_model::TenantId;

/// A few streets that lie nowhere.
pub(crate) const TOWN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/made-up-town.csv");

const SCRIPT: &str = r#"{ "title": "Kitchen table", "questions": [
    { "key": 1, "name": "support", "text": "How much?", "kind": { "scale": [1, 5] } },
    { "key": 2, "name": "sign", "text": "A sign in the window?", "kind": "yes_no" } ] }"#;

struct Template {
    folder: PathBuf,
    names: Names,
}

static TEMPLATE: LazyLock<Template> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("two-regions");
    // What an earlier run has left.
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let names = make(&folder);
    Template { folder, names }
});

/// A copy, and who is in it.
pub(super) fn copy() -> (TempDir, Names) {
    let folder = tempfile::tempdir().unwrap();
    for region in ["eu", "us"] {
        copy_folder(&TEMPLATE.folder.join(region), &folder.path().join(region));
    }
    (folder, TEMPLATE.names.clone())
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    std::fs::set_permissions(to, std::fs::metadata(from).unwrap().permissions()).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let (from, to) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if from.is_dir() {
            copy_folder(&from, &to);
        } else {
            std::fs::copy(from, to).unwrap();
        }
    }
}

fn make(folder: &Path) -> Names {
    let [eu, us] = ["eu", "us"].map(|name| Region::new(folder.join(name)));
    eu.run(&["init", "--region", "eu-west-1"]);
    us.run(&["init", "--region", "us-west-1", "--url", "https://localhost:8444"]);
    eu.run(&["region", "add", "us-west-1", "https://localhost:8444"]);
    us.run(&["region", "add", "eu-west-1", "https://localhost:8443"]);
    let west: TenantId = one(&us, &["tenant", "add", "Western Movement"]);
    eu.run(&["tenant", "add", "Western Movement", "--region", "us-west-1", "--id", &west.to_string()]);
    let [north, south]: [TenantId; 2] =
        ["Northern Movement", "Southern Movement"].map(|name| one(&eu, &["tenant", "add", name]));
    let script = folder.join("script.json");
    std::fs::write(&script, SCRIPT).unwrap();
    let other = folder.join("other.json");
    std::fs::write(&other, SCRIPT.replace("Kitchen", "Coffee")).unwrap();
    let [script, other] = [script, other].map(|file| file.to_str().unwrap().to_owned());
    let mut people = Vec::new();
    let mut add = |region: &Region, tenant: TenantId, name: &'static str, role: &str, team: Option<&str>| {
        let id = tenant.to_string();
        let team: Vec<&str> = team.into_iter().flat_map(|team| ["--team", team]).collect();
        let user = region.run_for_one(&[&["user", "add", name, "--role", role, "--tenant", &id], &*team].concat());
        let link = region.run_for_one(&["user", "invite", &user, "--tenant", &id]);
        people.push(Person { name, user: user.parse().unwrap(), link });
        user
    };
    let [north_id, south_id] = [north, south].map(|tenant| tenant.to_string());
    let [river_team, hill_team] =
        ["River", "Hill"].map(|team| eu.run_for_one(&["team", "add", team, "--tenant", &north_id]));
    let [river, hill] = [Some(&*river_team), Some(&*hill_team)];
    let in_north = [
        ("olga", "owner", None),
        ("mika", "manager", None),
        ("lea", "team_lead", river),
        ("leo", "team_lead", hill),
        ("aino", "canvasser", river),
        ("mallory", "canvasser", river),
        ("berta", "canvasser", hill),
        ("anna", "analyst", None),
        ("sam", "support", None),
    ];
    let in_north = in_north.map(|(name, role, team)| add(&eu, north, name, role, team));
    let in_south = [("sofia", "owner"), ("sanna", "canvasser")].map(|(name, role)| add(&eu, south, name, role, None));
    add(&us, west, "wanda", "canvasser", None);
    let version = |tenant: &str, file: &str| eu.run_for_one(&["script", "publish", file, "--tenant", tenant]);
    let (worked, theirs_only) = (version(&north_id, &script), version(&south_id, &other));
    let cut = |tenant: &str, more: &[&str]| {
        eu.run(&["import", TOWN, "--tenant", tenant, "--made-up-contacts", "1"]);
        let cut = ["list", "cut", "--tenant", tenant, "--effort", "Trial", "--size", "40"];
        eu.run(&[&cut, more].concat())
    };
    let lists = cut(&north_id, &["--script", &worked]);
    let theirs = cut(&south_id, &[]).remove(0);
    let [river_list, hill_list, spare] = [0, 1, 2].map(|number: usize| lists[number].clone());
    eu.run(&["list", "give", &river_list, "--team", &river_team, "--tenant", &north_id]);
    eu.run(&["list", "give", &hill_list, "--team", &hill_team, "--tenant", &north_id]);
    let [.., aino, mallory, berta, _, _] = &in_north;
    eu.run(&["list", "assign", &river_list, aino, mallory, "--tenant", &north_id]);
    eu.run(&["list", "assign", &hill_list, berta, "--tenant", &north_id]);
    eu.run(&["list", "assign", &theirs, &in_south[1], "--tenant", &south_id]);
    Names {
        north,
        south,
        west,
        river: read(&river_list),
        hill: read(&hill_list),
        spare: read(&spare),
        theirs: read(&theirs),
        script: read(&worked),
        their_script: read(&theirs_only),
        river_team: read(&river_team),
        hill_team: read(&hill_team),
        people,
    }
}

fn one<T: FromStr<Err: std::fmt::Debug>>(region: &Region, arguments: &[&str]) -> T {
    read(&region.run_for_one(arguments))
}

fn read<T: FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}
