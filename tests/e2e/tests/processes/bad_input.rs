//! Commands that are given what they cannot use: they say what and where, and change nothing.

use crate::world::{Office, Said, TOWN, copy_folder, dump, office_at};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// What stands in a bad row. It is personal data, and has no business in a message.
const RESIDENT: &str = "Zoltan-Zebedee";

/// A command that was refused as it should be: in words, with the exit code 1, and without a result.
#[track_caller]
fn refused(said: &Said, what: &str, place: &str) {
    let told = &said.to_people;
    assert_eq!((said.code, said.results.as_str()), (Some(1), ""), "{told}");
    let last = told.lines().last().unwrap_or_default();
    assert!(last.starts_with("walkbook-server: "), "{told}");
    assert!(told.contains(what), "it does not say what is wrong, `{what}`: {told}");
    assert!(told.contains(place), "it does not say where, `{place}`: {told}");
    assert!(!told.contains(RESIDENT), "it tells of people: {told}");
    assert!(told.len() < 4_096, "nobody reads so much: {} bytes", told.len());
}

fn registers() -> Vec<(&'static str, Vec<u8>, &'static str, &'static str)> {
    let header = "id,number,street,city,lon,lat,last_name\n";
    let row = |number: &str| format!("{header}1,{number},Main St,Town,24.9,60.1,{RESIDENT}\n").into_bytes();
    let columns: Vec<String> = (0..200).map(|column| format!("column {column}")).collect();
    let wide = format!("street,lon,lat,{}\n", columns[3..].join(","));
    let unclosed = format!("{header}1,\"12,Main St,Town,24.9,60.1,{RESIDENT}\n");
    let latin = [header.as_bytes(), b"1,1,M\xe4in St,Town,24.9,60.1,", RESIDENT.as_bytes(), b"\n"].concat();
    let pbf = b"\0\0\0\x0d\x0a\x09OSMHeader\x18\x7c".to_vec();
    let sheet = b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0[Content_Types].xml".to_vec();
    let nothing = "not one row of it can be taken";
    vec![
        ("empty.csv", Vec::new(), "the file is empty", "empty.csv"),
        ("sheet.xlsx", sheet.clone(), "neither a CSV table nor", "sheet.xlsx"),
        ("sheet.csv", sheet, "neither a CSV table nor", "sheet.csv"),
        ("utf-16.csv", b"\xff\xfei\0d\0,\0".to_vec(), "is UTF-16", "utf-16.csv"),
        ("cut-off.osm.pbf", pbf, "is damaged", "cut-off.osm.pbf"),
        ("noise.osm.pbf", vec![0xA5; 50_000], "neither a CSV table nor", "noise.osm.pbf"),
        ("no-columns.csv", b"id,number,street\n1,1,Main St\n".to_vec(), "no column is named `lon`", "line 1"),
        ("no-street.csv", b"id,lon,lat\n1,24.9,60.1\n".to_vec(), "no column is named `street`", "line 1"),
        ("wide.csv", wide.into_bytes(), "the header has 200 columns, the limit is 100", "line 1"),
        ("header.csv", b"str\xe4et,lon,lat\n1,2,3\n".to_vec(), "the header is not text", "line 1"),
        ("long-header.csv", vec![b'x'; 10_000_000], "the header is longer than 65536 bytes", "line 1"),
        ("header-only.csv", header.as_bytes().to_vec(), nothing, "header-only.csv"),
        ("nowhere.csv", format!("{header}1,1,Main St,Town,,,{RESIDENT}\n").into_bytes(), "no coordinates", "line 2"),
        ("latin.csv", latin, "not text in the encoding given", "line 2, column street"),
        ("huge.csv", row(&"9".repeat(10_000_000)), "longer than 65536 bytes", "line 2"),
        ("long.csv", row(&"9".repeat(300)), "address.number", "line 2"),
        (
            "nul.csv",
            format!("{header}1,1,Main St,Town,24.9,60.1,{RESIDENT}\0\n").into_bytes(),
            "holds a NUL",
            "line 2, column family_name",
        ),
        ("unclosed.csv", unclosed.into_bytes(), "a quote is never closed", "line 2"),
        ("short.csv", format!("{header}1,1\n").into_bytes(), "2 fields where the header has 7", "line 2"),
    ]
}

#[test]
fn a_register_that_cannot_be_taken_is_refused_with_what_and_where_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (office, tenant) = office_at(folder.path().join("server"));
    office.run(&["import", TOWN, "--tenant", &tenant, "--made-up-contacts", "1"]);
    let before = dump(&office, &tenant);
    for (name, bytes, what, place) in registers() {
        let file = folder.path().join(name);
        std::fs::write(&file, bytes).unwrap();
        let said = office.attempt(&["import", file.to_str().unwrap(), "--tenant", &tenant]);
        refused(&said, what, place);
        refused(&said, name, name);
    }
    let missing = folder.path().join("missing.csv");
    let said = office.attempt(&["import", missing.to_str().unwrap(), "--tenant", &tenant]);
    refused(&said, "cannot be read: entity not found", "missing.csv");
    let said = office.attempt(&["import", folder.path().to_str().unwrap(), "--tenant", &tenant]);
    refused(&said, "is a directory", folder.path().to_str().unwrap());
    assert!(dump(&office, &tenant) == before, "something was changed");
}

#[test]
fn what_is_wrong_in_a_register_costs_its_rows_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let (office, tenant) = office_at(folder.path().join("server"));
    let mixed = format!(
        "id,number,street,city,lon,lat,last_name\n\
         1,1,Main St,Town,24.90,60.1,Good\n\
         1,1,Main St,Town,24.90,60.1,Good\n\
         2,2,Main St,Town,,,{RESIDENT}\n\
         3,3,Main St,Town,24.92,95,{RESIDENT}\n\
         4,{},Main St,Town,24.93,60.1,{RESIDENT}\n\
         5,5,Main St,Town,24.94,60.1,Good\n",
        "9".repeat(10_000_000)
    );
    let file = folder.path().join("mixed.csv");
    std::fs::write(&file, mixed).unwrap();
    let import = ["import", file.to_str().unwrap(), "--tenant", &tenant];
    let said = office.attempt(&import);
    assert_eq!((said.code, said.results.as_str()), (Some(0), "2\t0\t0\n"), "{}", said.to_people);
    for told in [
        "6 rows read, 2 taken, 1 repeats, 3 refused",
        "line 4: no coordinates",
        "line 5, column lat: ",
        "line 6: longer than 65536 bytes",
    ] {
        assert!(said.to_people.contains(told), "`{told}`: {}", said.to_people);
    }
    assert!(!said.to_people.contains(RESIDENT), "it tells of people: {}", said.to_people);
    let before = dump(&office, &tenant);
    assert_eq!(office.run(&import), ["0\t0\t2"], "the same file a second time is news");
    assert!(dump(&office, &tenant) == before, "the same file a second time has changed something");
}

/// Every file in a folder, and what is in it.
fn bytes_of(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(bytes_of(&path));
        } else {
            all.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    all.sort_unstable();
    all
}

/// A folder's name, what spoils it, what is said and where.
type Spoilt = (&'static str, Box<dyn Fn(&Path)>, &'static str, &'static str);

#[test]
fn a_folder_that_cannot_be_used_is_named_with_the_reason_and_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let (office, tenant) = office_at(folder.path().join("sound"));
    office.run(&["import", TOWN, "--tenant", &tenant]);
    let write = |name: &'static str, bytes: &'static [u8]| {
        move |server: &Path| {
            let file = server.join(name);
            std::fs::write(&file, bytes).unwrap();
            std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
    };
    let other_key: &[u8] = &[b'7'; 64];
    let cases: Vec<Spoilt> = vec![
        ("wrong-key", Box::new(write("master.key", other_key)), "the master key does not open this store", "/store: "),
        ("half-key", Box::new(write("master.key", b"0123")), "is not what `init` wrote", "/master.key "),
        ("no-key", Box::new(|s| std::fs::remove_file(s.join("master.key")).unwrap()), "No such file", "/master.key: "),
        (
            "open-key",
            Box::new(|s| expose(&s.join("master.key"))),
            "can be read by others; run `chmod 600`",
            "/master.key ",
        ),
        (
            "newer",
            Box::new(|s| set_version(&s.join("store/walkbook.sqlite"))),
            "has schema 99, this software",
            "/store: ",
        ),
        (
            "newer-tables",
            Box::new(|s| set_version(&s.join("backend.sqlite"))),
            "has schema 99, this software",
            "/backend.sqlite ",
        ),
        (
            "no-settings",
            Box::new(|s| std::fs::remove_file(s.join("server.json")).unwrap()),
            "holds no server",
            "/no-settings ",
        ),
        ("bad-settings", Box::new(write("server.json", b"{}")), "is not what `init` wrote", "/server.json "),
        ("no-database", Box::new(write("store/walkbook.sqlite", &[b'x'; 8192])), "is not a database", "/store: "),
    ];
    for (name, spoil, what, place) in cases {
        let server = folder.path().join(name);
        copy_folder(office.folder(), &server);
        spoil(&server);
        let before = bytes_of(&server);
        let spoilt = Office::new(server.clone());
        for command in [&["import", TOWN, "--tenant", &tenant][..], &["serve", "--listen", "127.0.0.1:0"]] {
            refused(&spoilt.attempt(command), what, place);
        }
        // Where the store itself is sound, it notes that it was opened.
        let is_notable = |file: &str| name != "newer-tables" || !file.ends_with("/walkbook.sqlite");
        let changed = bytes_of(&server).into_iter().filter(|file| !before.contains(file)).map(|(name, _)| name);
        let changed: Vec<String> = changed.filter(|file| is_notable(file)).collect();
        assert!(changed.is_empty(), "{name}: {changed:?} were touched");
    }
    refused(
        &Office::new(folder.path().join("nowhere")).attempt(&["status"]),
        "run `walkbook-server init` first",
        "/nowhere ",
    );
    assert!(!folder.path().join("nowhere").exists());
    refused(&office.attempt(&["init", "--region", "us-west-1"]), "holds another server already", "/sound ");
}

fn expose(file: &Path) {
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o644)).unwrap();
}

/// Says in a database's head that later software has written it (SQLite file format, offset 60).
fn set_version(database: &Path) {
    let mut bytes = std::fs::read(database).unwrap();
    bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
    std::fs::write(database, bytes).unwrap();
}

#[test]
fn two_servers_do_not_listen_at_one_port() {
    let folder = tempfile::tempdir().unwrap();
    let (office, _) = office_at(folder.path().join("one"));
    let (other, _) = office_at(folder.path().join("other"));
    let serving = office.serve();
    let address = format!("127.0.0.1:{}", serving.port());
    refused(&other.attempt(&["serve", "--listen", &address]), "Address already in use", &address);
    // The first one goes on.
    assert!(serving.stop().success());
    refused(
        &other.attempt(&["serve", "--listen", "192.0.2.1:443"]),
        "Cannot assign requested address",
        "192.0.2.1:443",
    );
}

#[test]
fn a_tenant_a_list_or_a_user_that_is_not_there_is_said_to_be_so() {
    let folder = tempfile::tempdir().unwrap();
    let (office, tenant) = office_at(folder.path().join("server"));
    office.run(&["import", TOWN, "--tenant", &tenant]);
    let list = office.run(&["list", "cut", "--tenant", &tenant, "--effort", "Trial"]).remove(0);
    let (_, stranger) = office_at(folder.path().join("elsewhere"));
    let nobody = format!("user_{}", stranger.trim_start_matches("tenant_"));
    let no_list = format!("list_{}", stranger.trim_start_matches("tenant_"));
    let before = dump(&office, &tenant);
    let cases: [(&[&str], &str); 5] = [
        (&["import", TOWN, "--tenant", &stranger], "there is no such tenant"),
        (&["list", "cut", "--tenant", &stranger, "--effort", "Trial"], "there is no such tenant"),
        (&["list", "cut", "--tenant", &tenant, "--effort", "Trial", "--size", "0"], "from 1 to 5,000 doors"),
        (&["list", "assign", &list, &nobody, "--tenant", &tenant], "no such user"),
        (&["list", "show", &no_list, "--tenant", &tenant], "no such list"),
    ];
    for (command, what) in cases {
        refused(&office.attempt(command), what, "");
    }
    assert!(dump(&office, &tenant) == before, "something was changed");
}
