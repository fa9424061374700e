//! A server, phones, and the wire between them, each a process or a thread of its own.

#[path = "world/draw.rs"]
mod draw;
#[path = "world/office.rs"]
mod office;
#[path = "world/phone.rs"]
mod phone;
#[path = "world/small_disk.rs"]
mod small_disk;
#[path = "world/terminal.rs"]
mod terminal;
#[path = "world/wire.rs"]
mod wire;

pub(crate) use draw::Draw;
pub(crate) use office::{Office, Said};
pub(crate) use phone::{Phone, begin_to_wipe};
pub(crate) use small_disk::SmallDisk;
pub(crate) use terminal::Terminal;

use office::Serving;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use walkbook_cluster::Database;
use wire::Wire;

/// A few streets that lie nowhere.
pub(crate) const TOWN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/made-up-town.csv");

/// The server brings what it took to the tables within moments.
const SETTLES_WITHIN: Duration = Duration::from_secs(60);

/// Copies a folder with everything in it.
pub(crate) fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let (from, to) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if from.is_dir() {
            copy_folder(&from, &to);
        } else {
            std::fs::copy(from, to).unwrap();
        }
    }
}

/// An office without a server that runs, and a tenant with no more than a name.
pub(crate) fn office_at(folder: PathBuf) -> (Office, String) {
    let office = Office::new(folder);
    office.run(&["init", "--region", "eu-west-1"]);
    let tenant = office.run_for_one(&["tenant", "add", "Made-up Movement"]);
    (office, tenant)
}

/// An office with a register and one list for everybody.
pub(crate) struct World {
    pub(crate) office: Office,
    pub(crate) tenant: String,
    pub(crate) list: String,
    wire: Wire,
    serving: Option<Serving>,
    phones: PathBuf,
    folder: TempDir,
}

/// A server beside the first.
pub(crate) struct Second {
    pub(crate) office: Office,
    serving: Serving,
}

/// Everything that the commands tell of a tenant, as text.
pub(crate) fn dump(office: &Office, tenant: &str) -> String {
    let mut told = vec![office.run(&["tenant", "list"])];
    told.push(office.run(&["user", "list", "--tenant", tenant]));
    let board = office.run(&["list", "board", "--tenant", tenant]);
    for line in board.iter().skip(1) {
        let list = line.split('\t').next().unwrap();
        told.push(office.run(&["list", "show", list, "--tenant", tenant]));
    }
    told.push(board);
    told.push(office.run(&["status"]));
    // Which state of a document the tables have is the server's own note.
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'document' ORDER BY name";
    for table in office.run(&["backend", "query", tables]) {
        told.push(office.run(&["backend", "query", &format!("SELECT * FROM \"{table}\" ORDER BY 1, 2")]));
    }
    told.concat().join("\n")
}

impl World {
    /// A server that runs, with a list of about so many doors.
    pub(crate) fn start(doors: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let office = folder.path().join("server");
        Self::start_at(folder, office, doors)
    }

    /// A server in a folder somewhere else.
    pub(crate) fn start_at(folder: TempDir, office: PathBuf, doors: usize) -> Self {
        Self::start_with(folder, office, doors, &[])
    }

    /// A server that runs, with its store and the tenants' tables in a database.
    pub(crate) fn start_in(database: &Database, doors: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let authority = folder.path().join("authority.pem");
        std::fs::write(&authority, database.authority()).unwrap();
        let (url, owner, office) = (database.url(), database.owner_url(), folder.path().join("server"));
        let authority = authority.to_str().unwrap();
        let store = ["--store", &url, "--store-ca", authority, "--store-owner", &owner];
        let backend = ["--backend", &url, "--backend-ca", authority, "--backend-owner", &owner];
        Self::start_with(folder, office, doors, &[store, backend].concat())
    }

    fn start_with(folder: TempDir, office: PathBuf, doors: usize, places: &[&str]) -> Self {
        let wire = Wire::start();
        let office = Office::new(office);
        office.run(&[&["init", "--region", "eu-west-1", "--url", &wire.url()], places].concat());
        let tenant = office.run_for_one(&["tenant", "add", "Made-up Movement"]);
        // Whether a knock has come is counted on the phones of team mates.
        let settings = folder.path().join("settings.json");
        std::fs::write(&settings, r#"{ "canvassers_see_history": true }"#).unwrap();
        office.run(&["tenant", "set", &tenant, settings.to_str().unwrap()]);
        office.run(&["import", TOWN, "--tenant", &tenant, "--made-up-contacts", "1"]);
        let size = doors.to_string();
        let lists = office.run(&["list", "cut", "--tenant", &tenant, "--effort", "Trial", "--size", &size]);
        let list = lists.into_iter().next().unwrap();
        let phones = folder.path().join("phones");
        std::fs::create_dir(&phones).unwrap();
        let mut world = Self { office, tenant, list, wire, serving: None, phones, folder };
        world.serve();
        world
    }

    /// Where phones find the server, whichever they meet.
    pub(crate) fn url(&self) -> String {
        self.wire.url()
    }

    /// Starts the server.
    pub(crate) fn serve(&mut self) {
        let serving = self.office.serve();
        self.wire.lead_to(serving.port());
        self.serving = Some(serving);
    }

    /// Another server of the same store, made as the README says: phones do not meet it yet.
    pub(crate) fn second_server(&self) -> Second {
        let folder = self.folder().join("second");
        copy_folder(self.office.folder(), &folder);
        std::fs::remove_file(folder.join("pen.key")).unwrap();
        let office = Office::new(folder);
        office.run(&["init", "--region", "eu-west-1", "--url", &self.wire.url()]);
        let serving = office.serve();
        Second { office, serving }
    }

    /// Phones meet this server from now on.
    pub(crate) fn lead_to(&self, second: &Second) {
        self.wire.lead_to(second.serving.port());
    }

    /// SIGKILL.
    pub(crate) fn kill_server(&mut self) {
        self.serving.take().expect("the server runs").kill();
    }

    /// SIGTERM; returns when it has ended.
    pub(crate) fn stop_server(&mut self) -> ExitStatus {
        self.serving.take().expect("the server runs").stop()
    }

    /// A folder for somebody's phone.
    pub(crate) fn phone_folder(&self, name: &str) -> PathBuf {
        self.phones.join(name)
    }

    /// A folder that goes with the world.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Somebody new, who works the list; gives the user.
    pub(crate) fn add_canvasser(&self, name: &str) -> String {
        self.office.run_for_one(&["user", "add", name, "--tenant", &self.tenant])
    }

    /// Hands the list out to these users, and to nobody else.
    pub(crate) fn assign(&self, users: &[String]) {
        let users: Vec<&str> = users.iter().map(String::as_str).collect();
        self.office.run(&[&["list", "assign", &self.list][..], &users, &["--tenant", &self.tenant]].concat());
    }

    /// An invitation for one phone of a user.
    pub(crate) fn invite(&self, user: &str) -> String {
        self.office.run_for_one(&["user", "invite", user, "--tenant", &self.tenant])
    }

    /// The knocks that the tenant's tables have, once the server has brought all that it took.
    pub(crate) fn interactions(&self) -> BTreeSet<String> {
        let started = Instant::now();
        while self.waiting() > 0 {
            assert!(started.elapsed() < SETTLES_WITHIN, "the tables do not get what the server has");
            thread::sleep(Duration::from_millis(20));
        }
        self.office.run(&["backend", "query", "SELECT interaction FROM interaction"]).into_iter().collect()
    }

    /// Entries that the tables do not have yet.
    fn waiting(&self) -> u64 {
        self.count(6)
    }

    /// Entries that the server holds, of every phone.
    pub(crate) fn entries(&self) -> u64 {
        self.count(5)
    }

    fn count(&self, column: usize) -> u64 {
        let lines = self.office.run(&["status"]);
        let row = lines.iter().find(|line| line.starts_with(&self.tenant)).unwrap();
        row.split('\t').nth(column).unwrap().parse().unwrap()
    }

    /// A phone that has enrolled and has its list.
    pub(crate) fn ready_phone(&self, name: &str, user: &str) -> Phone {
        let mut phone = Phone::start(&self.phone_folder(name));
        phone.enrol(&self.invite(user));
        phone.sync().unwrap();
        phone
    }
}
