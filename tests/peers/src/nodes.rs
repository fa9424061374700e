//! Servers as processes of their own, with a store in a folder or in a PostgreSQL that waits for its disk.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use walkbook_cluster::{Cluster, Database};
use walkbook_server::config::{Layout, read_master_key};
use walkbook_server::store::postgres::{self, Address, PostgresStore};
use walkbook_server::store::{EmbeddedStore, Options, Store};
use walkbook_server::tls::Authority;
use walkbook_town::real::REGION;
use walkbook_vault::SystemRandom;

const STARTS_WITHIN: Duration = Duration::from_secs(120);
/// Who measures comes more often than any phone.
const PACES: [&str; 4] = ["--pace-of-device", "--pace-of-user", "--pace-of-tenant", "--pace-of-address"];
const ANY_PACE: &str = "1000000/1000000";
const CONNECTIONS: [&str; 2] = ["--connections", "--connections-of-address"];

/// One server or several, on one store.
pub struct Nodes {
    servers: Vec<Server>,
    database: Option<Database>,
    program: PathBuf,
    folder: TempDir,
}

struct Server {
    process: Child,
    port: u16,
}

impl Nodes {
    /// A region without a server that runs: its store in a folder, or in a new database of this cluster.
    pub fn make(program: &Path, cluster: Option<&'static Cluster>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = cluster.map(Cluster::database);
        let nodes = Self { servers: Vec::new(), database, program: program.to_owned(), folder };
        nodes.init(&nodes.folder_of(0));
        nodes
    }

    /// What the commands call it.
    fn folder_of(&self, number: usize) -> PathBuf {
        self.folder.path().join(format!("server-{number}"))
    }

    fn init(&self, folder: &Path) {
        let mut arguments: Vec<String> =
            ["init", "--region", REGION, "--url", "https://localhost:8443"].map(str::to_owned).to_vec();
        if let Some(database) = &self.database {
            let authority = self.folder.path().join("authority.pem");
            std::fs::write(&authority, database.authority()).unwrap();
            for place in ["store", "backend"] {
                let values = [database.url(), authority.display().to_string(), database.owner_url()];
                for (what, value) in ["", "-ca", "-owner"].into_iter().zip(values) {
                    arguments.extend([format!("--{place}{what}"), value]);
                }
            }
        }
        let output = Command::new(&self.program).arg("--folder").arg(folder).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// The store, opened beside the servers.
    pub fn store(&self) -> Arc<dyn Store> {
        let layout = Layout::new(self.folder_of(0));
        let (master, random) = (read_master_key(&layout.master_key()).unwrap(), Arc::new(SystemRandom::new()));
        match &self.database {
            None => Arc::new(EmbeddedStore::open(&layout.store(), REGION, master, random, Options::default()).unwrap()),
            Some(database) => {
                let address = Address::parse(&database.url(), database.authority().as_bytes()).unwrap();
                Arc::new(PostgresStore::open(address, REGION, master, random, postgres::Options::default()).unwrap())
            }
        }
    }

    /// The certificate that phones trust, as DER.
    pub fn authority(&self) -> Vec<u8> {
        Authority::read(&Layout::new(self.folder_of(0)).tls()).unwrap().certificate().to_vec()
    }

    /// Starts one more server, for so many connections.
    pub fn serve(&mut self, connections: usize) {
        let folder = self.folder_of(self.servers.len());
        if !folder.exists() {
            copy(&self.folder_of(0), &folder);
            std::fs::remove_file(folder.join("pen.key")).unwrap();
            self.init(&folder);
        }
        let port_file = folder.with_extension("port");
        let connections = connections.to_string();
        let logs = std::fs::File::create(folder.with_extension("log")).unwrap();
        let mut process = Command::new(&self.program)
            .arg("--folder")
            .arg(&folder)
            .args(["serve", "--listen", "127.0.0.1:0", "--log", "warn", "--port-file"])
            .arg(&port_file)
            .args(PACES.iter().flat_map(|pace| [pace, ANY_PACE]))
            .args(CONNECTIONS.iter().flat_map(|option| [*option, &connections]))
            .stdout(Stdio::null())
            .stderr(logs)
            .spawn()
            .unwrap();
        let started = Instant::now();
        let port = loop {
            if let Some(port) = std::fs::read_to_string(&port_file).ok().and_then(|text| text.trim_end().parse().ok()) {
                break port;
            }
            let ended = process.try_wait().unwrap();
            let log = || std::fs::read_to_string(folder.with_extension("log")).unwrap_or_default();
            assert!(ended.is_none() && started.elapsed() < STARTS_WITHIN, "a server does not start: {}", log());
            std::thread::sleep(Duration::from_millis(5));
        };
        self.servers.push(Server { process, port });
    }

    /// Where phones go, in turn.
    pub fn ports(&self) -> Vec<u16> {
        self.servers.iter().map(|server| server.port).collect()
    }

    /// Processor time that the servers have taken, of all cores.
    pub fn processor(&self) -> Duration {
        self.servers.iter().map(|server| processor_of(server.process.id())).sum()
    }

    /// Memory that the servers have in use, in bytes.
    pub fn memory(&self) -> u64 {
        self.servers.iter().map(|server| resident_of(server.process.id())).sum()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// User and system time, in the hundredths of a second that Linux counts in.
fn processor_of(process: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    // The name, in brackets, may hold anything.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks = |field: usize| fields[field].parse::<u64>().unwrap();
    Duration::from_millis((ticks(11) + ticks(12)) * 10)
}

fn resident_of(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let (from, to) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            std::fs::copy(from, to).unwrap();
        }
    }
}
